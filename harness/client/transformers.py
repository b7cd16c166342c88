"""Asks a causal language model of `transformers` in this process: label log-probabilities with the shared prefix computed once.

    Transformers("path/to/model").score_labels([Message(role="user", content="...")], ["A", "B"])

The chat template is the model's own; a model without one reads the messages' words, a blank line between them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.client import ClientError, Completion, LabelScores
from harness.errors import ConfigError, InputError
from harness.schema import Message

DTYPES = ("float32", "bfloat16", "float16")
N_AT_ONCE = 8  # chats in one pass of `score_many`


@dataclass(frozen=True)
class Transformers:
    """One model in memory, loaded at the first question. Nothing is downloaded, and no code of the model's folder is run."""

    model: str
    """A folder with safetensors weights and a tokenizer, or the name of a model in the local hub cache."""
    dtype: str = "float32"
    """Of the weights; in float32 a score does not depend on what stands beside it in a batch."""
    threads: int | None = None
    """Of torch; `None` leaves its own choice."""
    max_tokens: int = 64
    """Of a generated answer."""
    temperature: float = 0
    """0 takes the likeliest token; above it, tokens are drawn, by `seed` and the number of the sample."""
    seed: int = 0
    """Of the draws."""
    before: str = ""
    """Put before each label, for a model without chat template whose prompt ends in a word: " "."""

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ConfigError(f"client has dtype {self.dtype}; expected {', '.join(DTYPES)}")

    @property
    def n_at_once(self) -> int:
        """How many chats one pass of `score_many` takes."""
        return N_AT_ONCE

    @property
    def name(self) -> str:
        """The last part of the model's name."""
        return Path(self.model).name

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], sample: int = 0) -> Completion:  # noqa: ARG002 - nothing holds it
        """An answer, token by token; it is not held to the schema, and what does not fit it is unparsable."""
        import torch

        tokenizer, model, _ = self._loaded
        context = self._context(messages)
        start = time.perf_counter()
        ids = torch.tensor([context])
        how: dict[str, Any] = (
            {"do_sample": True, "temperature": self.temperature} if self.temperature else {"do_sample": False}
        )
        with torch.random.fork_rng():  # generate takes no generator of its own
            torch.manual_seed(self.seed + sample)
            made = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=self.max_tokens,
                pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id or 0,
                **how,
            )[0, len(context) :]
        ended = len(made) < self.max_tokens or int(made[-1]) in _ends(model)
        return Completion(
            raw=tokenizer.decode(made, skip_special_tokens=True),
            n_tokens_in=len(context),
            n_tokens_out=len(made),
            seconds=time.perf_counter() - start,
            finish_reason="stop" if ended else "length",
        )

    def score_labels(self, messages: Sequence[Message], labels: Sequence[str]) -> LabelScores:
        """The log-probability of each label as the answer's first words; a label may be several tokens."""
        return self.score_many([messages], labels)[0]

    def score_many(self, chats: Sequence[Sequence[Message]], labels: Sequence[str]) -> list[LabelScores]:
        """The same for several chats at once, in their order; chats of like length share a pass."""
        tokenizer, _, scorer = self._loaded
        contexts = [self._context(messages) for messages in chats]
        answers = [tokenizer(self.before + label, add_special_tokens=False)["input_ids"] for label in labels]
        if not all(answers):
            raise ClientError(f"the tokenizer of {self.name} has no token for one of {', '.join(labels)}")
        start = time.perf_counter()
        scores = scorer.score(contexts, answers)
        seconds = (time.perf_counter() - start) / len(chats)
        return [
            LabelScores(
                raw=labels[max(range(len(labels)), key=row.__getitem__)],
                n_tokens_in=len(context),
                n_tokens_out=0,
                seconds=seconds,
                finish_reason="stop",
                log_probabilities=dict(zip(labels, row, strict=True)),
            )
            for context, row in zip(contexts, scores, strict=True)
        ]

    def _context(self, messages: Sequence[Message]) -> list[int]:
        tokenizer, model, _ = self._loaded
        if tokenizer.chat_template:
            chat = [message.model_dump() for message in messages]
            words = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
        else:
            words = "\n\n".join(message.content for message in messages)
        # A template writes its own special tokens.
        ids: list[int] = tokenizer(words, add_special_tokens=not tokenizer.chat_template)["input_ids"]
        most = getattr(model.config, "max_position_embeddings", None)
        if most and len(ids) >= most:
            raise ClientError(f"the prompt has {len(ids)} tokens and {self.name} reads {most}; give fewer passages")
        return ids

    @cached_property  # writes to __dict__, which a frozen dataclass allows; it is no field, so equality and repr ignore it
    def _loaded(self) -> tuple[Any, Any, Any]:
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer
            from transformers.utils import logging
        except ImportError as error:
            raise InputError(f"{error.name} is not installed; run `pip install 'veristance[transformers]'`") from error

        from harness.client.shared_prefix import SharedPrefix

        if self.threads:
            torch.set_num_threads(self.threads)
        logging.disable_progress_bar()
        known: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.model, **known)
            dtype = getattr(torch, self.dtype)
            model: Any = AutoModelForCausalLM.from_pretrained(self.model, dtype=dtype, use_safetensors=True, **known)
        except (OSError, ValueError) as error:
            what = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise InputError(
                f"{self.model} cannot be loaded ({what}); expected a folder with a causal language model in safetensors and its "
                "tokenizer: set client.model to it"
            ) from error
        model.eval()
        return tokenizer, model, SharedPrefix(model, N_AT_ONCE)


def _ends(model: Any) -> set[int]:
    ends = model.generation_config.eos_token_id
    return set(ends) if isinstance(ends, list) else {ends}
