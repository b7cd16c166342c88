"""A natural language inference model, zero-shot: does a passage entail the claim, contradict it, or neither?

Yin et al. (2019), "Benchmarking zero-shot text classification". Any `AutoModelForSequenceClassification` whose labels have names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from harness.errors import ConfigError
from harness.schema import Prediction, Question
from harness.system.checkpoint import Checkpoint, label_ids
from harness.system.classifier import answer
from harness.system.forward import Forward

WINDOW = 64  # questions in memory at once: enough windows of text to sort by length
NAMES = {
    "entailment": ("entailment", "entail", "entails"),
    "contradiction": ("contradiction", "contradict", "contradicts"),
}
NEUTRAL = ("neutral", "not_entailment", "none")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ZeroShotNli:
    """A natural language inference model, zero-shot: passage as premise, claim as hypothesis."""

    checkpoint: Checkpoint
    """The model."""
    labels: Mapping[str, Mapping[str, str]]
    """For each task the label of `entailment`, `contradiction`, `neutral`, and of `both` where there is one."""
    forward: Forward = field(default_factory=Forward)
    """Where and how it runs."""
    rule: Literal["noisy_or", "mean", "decided"] = "noisy_or"
    """From windows of text to one answer. noisy_or: each may entail or contradict for itself, and `both` is when some do either;
    mean: of their probabilities; decided: the window that is least neutral."""
    max_tokens: int = 512
    """Of passage and claim together; a longer passage is read in windows that overlap by half."""
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Other names of entailment, contradiction or neutral in the model's config."""

    def __post_init__(self) -> None:
        if self.rule not in {"noisy_or", "mean", "decided"}:
            raise ConfigError(f"system.rule is {self.rule!r}; expected noisy_or, mean or decided")
        for task, labels in self.labels.items():
            if missing := {"entailment", "contradiction", "neutral"} - labels.keys():
                raise ConfigError(
                    f"system.labels.{task} has no {min(missing)}; expected entailment, contradiction and neutral"
                )

    @property
    def about(self) -> str:
        """What it is, with the model's name."""
        return f"The inference model {self.checkpoint.model}, zero-shot, passages joined by {self.rule}."

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question, in their order; without evidence every claim is neutral."""
        stream = iter(questions)
        while batch := list(islice(stream, WINDOW)):
            model, tokenizer, columns = _loaded(self.checkpoint, self.forward, _key(self.names))
            windows = [(k, text) for k, question in enumerate(batch) for text in self._windows(tokenizer, question)]
            shares = self._shares(model, tokenizer, columns, batch, windows)
            for k, question in enumerate(batch):
                rows = shares[[row for row, (of, _) in enumerate(windows) if of == k]]
                yield answer(question, self._labelled(question, pooled(rows, self.rule)))

    def _windows(self, tokenizer: Any, question: Question) -> list[str]:
        """The passages, those that are too long cut into overlapping windows."""
        claim = len(tokenizer(question.claim, add_special_tokens=False)["input_ids"])
        room = self.max_tokens - claim - tokenizer.num_special_tokens_to_add(pair=True)
        if room < 16:
            raise ConfigError(
                f'question "{question.id}" leaves {room} of {self.max_tokens} tokens for the passage; expected 16 or more: raise system.max_tokens'
            )
        found = []
        for passage in question.evidence:
            spans = tokenizer(passage.text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
            starts = range(0, max(len(spans) - room // 2, 1), room // 2) if len(spans) > room else [0]
            ends = [min(start + room, len(spans)) for start in starts]
            found += [passage.text[spans[a][0] : spans[b - 1][1]] for a, b in zip(starts, ends, strict=True) if b > a]
        return found

    def _shares(
        self,
        model: Any,
        tokenizer: Any,
        columns: Mapping[str, int],
        batch: Sequence[Question],
        windows: Sequence[tuple[int, str]],
    ) -> Floats:
        """float[w, 3]: entailment, contradiction, neutral of each window."""
        encoded = [
            dict(tokenizer(text, batch[k].claim, truncation="only_first", max_length=self.max_tokens))
            for k, text in windows
        ]
        if not encoded:
            return np.zeros((0, 3))
        logits = self.forward.rows(model, tokenizer, encoded, lambda output, _: output.logits).astype(np.float64)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        entailed = shares[:, columns["entailment"]]
        denied = shares[:, columns["contradiction"]] if "contradiction" in columns else np.zeros_like(entailed)
        return np.stack([entailed, denied, 1 - entailed - denied], axis=1)

    def _labelled(self, question: Question, shares: Mapping[str, float]) -> dict[str, float]:
        if question.task not in self.labels:
            raise ConfigError(
                f"system.labels has nothing for the task {question.task}; expected its labels of entailment, contradiction and neutral"
            )
        names = self.labels[question.task]
        made: dict[str, float] = dict.fromkeys(question.labels, 0.0)
        if "both" not in names:  # what both would get goes to the two by their shares
            total = shares["entailment"] + shares["contradiction"] or 1.0
            split = {k: shares[k] + shares["both"] * shares[k] / total for k in ("entailment", "contradiction")}
            shares = {**shares, **split, "both": 0.0}
        for name, share in shares.items():
            if share and names.get(name, names["neutral"]) not in made:
                raise ConfigError(
                    f"system.labels.{question.task}.{name} is {names.get(name)!r}; expected one of {', '.join(question.labels)}"
                )
            made[names.get(name, names["neutral"])] += max(share, 0.0)
        whole = sum(made.values())
        return {label: share / whole for label, share in made.items()}


def pooled(rows: Floats, rule: str) -> dict[str, float]:
    """One distribution over entailment, contradiction, neutral and both, from float[w, 3]; neutral where there is no window."""
    if not len(rows):
        return {"entailment": 0.0, "contradiction": 0.0, "neutral": 1.0, "both": 0.0}
    if rule == "noisy_or":
        entailed, denied, _ = 1 - np.prod(1 - rows, axis=0)
        return {
            "entailment": float(entailed * (1 - denied)),
            "contradiction": float(denied * (1 - entailed)),
            "neutral": float((1 - entailed) * (1 - denied)),
            "both": float(entailed * denied),
        }
    row = rows.mean(axis=0) if rule == "mean" else rows[rows[:, 2].argmin()]
    return {"entailment": float(row[0]), "contradiction": float(row[1]), "neutral": float(row[2]), "both": 0.0}


def _key(names: Mapping[str, Sequence[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(sorted((name, tuple(others)) for name, others in names.items()))


@lru_cache(maxsize=1)
def _loaded(
    checkpoint: Checkpoint, forward: Forward, names: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[Any, Any, dict[str, int]]:
    given = {name: tuple(n.lower().replace("-", "_") for n in others) for name, others in names}
    wanted = {**NAMES, "neutral": NEUTRAL, **given}
    model = checkpoint.weights("AutoModelForSequenceClassification")
    if len(model.config.id2label) == 2:  # entailment or not
        del wanted["contradiction"]
    columns = label_ids(model.config, wanted, checkpoint.model)
    return forward.place(model), checkpoint.tokenizer(), columns
