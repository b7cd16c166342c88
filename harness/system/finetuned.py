"""A transformers classifier, fine-tuned on claim and evidence: stopped early on held-out clusters, kept as safetensors, resumed.

    <folder>/<hash of settings and training questions>/epoch.safetensors  state.json  best.safetensors

A training that was interrupted goes on after its last whole epoch with the same batches, and one that is done is not repeated.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import ConfigError, InputError
from harness.metric.macro_f1 import MacroF1
from harness.schema import Prediction, Question
from harness.selection import inner_folds
from harness.system import System
from harness.system.checkpoint import Checkpoint, imported
from harness.system.classifier import BATCH, Prior, answer, labelled, shares
from harness.system.forward import Forward

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FineTuned:
    """A transformers classifier, fine-tuned on claim and evidence, and stopped early on held-out clusters."""

    checkpoint: Checkpoint
    """The model to begin with; its head is made anew."""
    folder: str
    """Where weights are kept."""
    epochs: int = 5
    """At most."""
    patience: int = 2
    """Epochs without a better macro-F1 on the held-out clusters before training stops."""
    learning_rate: float = 2e-5
    """The highest: it rises for a tenth of the steps and falls to 0."""
    batch: int = 16
    """Questions a step."""
    max_tokens: int = 256
    """Of claim and evidence together; the end of longer evidence is not read."""
    balanced: bool = True
    """Whether each label weighs as much as every other."""
    n_folds: int = 5
    """One of so many parts of the training clusters is held out."""
    forward: Forward = field(default_factory=Forward)
    """Where it runs."""
    seed: int = 0
    """Of the head, of the order and of the dropout."""

    def __post_init__(self) -> None:
        if min(self.epochs, self.patience, self.batch) < 1 or self.n_folds < 2 or self.learning_rate <= 0:
            raise ConfigError(
                f"system has epochs {self.epochs}, patience {self.patience}, batch {self.batch}, n_folds {self.n_folds} and learning_rate "
                f"{self.learning_rate}; expected 1 or more, 1 or more, 1 or more, 2 or more and above 0"
            )

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """As `fit_clusters`, with each question a cluster of its own."""
        return self.fit_clusters(questions, gold, {question.id: question.id for question in questions})

    def fit_clusters(
        self, questions: Sequence[Question], gold: Mapping[str, str], clusters: Mapping[str, str]
    ) -> System:
        """Train, or take up a training of the same questions with the same settings."""
        ordered, labels = labelled(questions, gold)
        names = tuple(label for label in ordered[0].labels if label in set(labels))
        if len(names) == 1:
            return Prior(shares(labels))
        folds = inner_folds(ordered, gold, clusters, self.n_folds, self.seed)
        training = Training(self, names, self._place(ordered, gold))
        return training.run(
            [(q, gold[q.id]) for q in ordered if folds[q.id] != 0],
            [(q, gold[q.id]) for q in ordered if folds[q.id] == 0],
        )

    def _place(self, ordered: Sequence[Question], gold: Mapping[str, str]) -> Path:
        digest = hashlib.sha256(Checkpoint.content_hash(self.checkpoint.model, self.checkpoint.revision).encode())
        settings = {k: v for k, v in vars(self).items() if k not in {"checkpoint", "folder", "forward"}}
        digest.update(json.dumps(settings | {"dtype": self.forward.dtype}, sort_keys=True).encode())
        for question in ordered:
            digest.update(f"{question.model_dump_json()}\t{gold[question.id]}\n".encode())
        return Path(self.folder) / digest.hexdigest()[:16]


@dataclass(frozen=True)
class FittedTransformer:
    """A fine-tuned classifier."""

    model: Any
    tokenizer: Any
    labels: tuple[str, ...]
    """Those of its columns."""
    forward: Forward
    max_tokens: int

    def predict(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Give one prediction a question, in their order."""
        stream = iter(questions)
        while part := list(islice(stream, BATCH)):
            encoded = [encode(self.tokenizer, question, self.max_tokens) for question in part]
            logits = self.forward.rows(self.model, self.tokenizer, encoded, lambda output, _: output.logits)
            odds = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
            for question, row in zip(part, odds / odds.sum(axis=1, keepdims=True), strict=True):
                yield answer(question, dict(zip(self.labels, row.tolist(), strict=True)))


@dataclass(frozen=True)
class Training:
    """One training, and its folder."""

    system: FineTuned
    labels: tuple[str, ...]
    place: Path

    def run(self, inside: Sequence[tuple[Question, str]], outside: Sequence[tuple[Question, str]]) -> FittedTransformer:
        """Train on `inside` until `outside` gets no better; the weights of the best epoch are taken."""
        import torch

        imported()
        s = self.system
        torch.manual_seed(s.seed)
        model = s.forward.place(
            s.checkpoint.weights(
                "AutoModelForSequenceClassification",
                num_labels=len(self.labels),
                id2label=dict(enumerate(self.labels)),
                label2id={label: k for k, label in enumerate(self.labels)},
                ignore_mismatched_sizes=True,
            )
        )
        tokenizer = s.checkpoint.tokenizer()
        fitted = FittedTransformer(model, tokenizer, self.labels, s.forward, s.max_tokens)
        n_steps = s.epochs * -(-len(inside) // s.batch)
        optimizer = torch.optim.AdamW(model.parameters(), lr=s.learning_rate, weight_decay=0.01)
        state = self._resume(model, optimizer)
        while state["epoch"] < s.epochs and state["bad"] < s.patience:
            self._epoch(model, tokenizer, optimizer, inside, state["epoch"], n_steps)
            score = self._score(fitted, outside)
            better = state["best"] is None or score > state["best"]
            if better:
                self._save("best", model.state_dict())
            state = {
                "epoch": state["epoch"] + 1,
                "best": score if better else state["best"],
                "bad": 0 if better else state["bad"] + 1,
            }
            log.info("epoch %d: macro-F1 %.3f on %d held-out questions", state["epoch"], score, len(outside))
            self._keep(model, optimizer, state)
        model.load_state_dict(self._read("best"))
        model.eval()
        return fitted

    def _epoch(
        self, model: Any, tokenizer: Any, optimizer: Any, rows: Sequence[tuple[Question, str]], epoch: int, n_steps: int
    ) -> None:
        import torch

        s = self.system
        torch.manual_seed(s.seed * 1000 + epoch + 1)  # so that an epoch is the same after an interruption
        order = np.random.default_rng([s.seed, epoch]).permutation(len(rows))
        counts = Counter(label for _, label in rows)
        weights = [len(rows) / (len(counts) * counts[k]) if counts[k] and s.balanced else 1.0 for k in self.labels]
        loss = torch.nn.CrossEntropyLoss(torch.tensor(weights, device=model.device, dtype=torch.float32))
        model.train()
        for k, start in enumerate(range(0, len(rows), s.batch)):
            step = epoch * -(-len(rows) // s.batch) + k
            warm = max(1, n_steps // 10)
            rate = min((step + 1) / warm, (n_steps - step) / max(1, n_steps - warm))
            for group in optimizer.param_groups:
                group["lr"] = s.learning_rate * rate
            part = [rows[i] for i in order[start : start + s.batch]]
            encoded = [encode(tokenizer, question, s.max_tokens) for question, _ in part]
            inputs = tokenizer.pad(encoded, return_tensors="pt").to(model.device)
            wanted = torch.tensor([self.labels.index(label) for _, label in part], device=model.device)
            optimizer.zero_grad()
            loss(model(**inputs).logits.float(), wanted).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        model.eval()

    def _score(self, fitted: FittedTransformer, rows: Sequence[tuple[Question, str]]) -> float:
        given = {p.id: str(p.label) for p in fitted.predict(question for question, _ in rows)}
        truth = np.array([self.labels.index(label) for _, label in rows], dtype=np.intp)
        told = np.array([self.labels.index(given[question.id]) for question, _ in rows], dtype=np.intp)
        return float(MacroF1().of(truth, told, len(self.labels)).score(np.ones((1, len(rows))))[0])

    def _resume(self, model: Any, optimizer: Any) -> dict[str, Any]:
        """The state after the last whole epoch; weights and moments are put in place."""
        file = self.place / "state.json"
        if not file.is_file():
            return {"epoch": 0, "best": None, "bad": 0}
        state: dict[str, Any] = json.loads(file.read_text("utf-8"))
        kept = self._read("epoch")
        model.load_state_dict({k.removeprefix("model."): v for k, v in kept.items() if k.startswith("model.")})
        moments: dict[int, dict[str, Any]] = {}
        for name, value in kept.items():
            if name.startswith("moment."):
                _, number, key = name.split(".")
                moments.setdefault(int(number), {})[key] = value
        optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
        log.info("training goes on after epoch %d: %s", state["epoch"], self.place)
        return state

    def _keep(self, model: Any, optimizer: Any, state: Mapping[str, Any]) -> None:
        moments = optimizer.state_dict()["state"]
        flat = {f"moment.{number}.{key}": value for number, of in moments.items() for key, value in of.items()}
        self._save("epoch", {f"model.{name}": value for name, value in model.state_dict().items()} | flat)
        partial = self.place / ".state.json"
        partial.write_text(json.dumps(state), "utf-8")
        partial.replace(self.place / "state.json")

    def _save(self, name: str, tensors: Mapping[str, Any]) -> None:
        from safetensors.torch import save_file

        self.place.mkdir(parents=True, exist_ok=True)
        partial = self.place / f".{name}.safetensors"
        save_file({key: value.detach().cpu().contiguous().clone() for key, value in tensors.items()}, partial)
        partial.replace(self.place / f"{name}.safetensors")

    def _read(self, name: str) -> dict[str, Any]:
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        file = self.place / f"{name}.safetensors"
        try:
            found: dict[str, Any] = load_file(file)
        except (OSError, SafetensorError) as error:
            raise InputError(f"{file} cannot be read ({error}); remove {self.place} to train again") from error
        return found


def encode(tokenizer: Any, question: Question, max_tokens: int) -> dict[str, list[int]]:
    """Claim (with its holder) and evidence as a pair; the end of the evidence is cut where it is too long."""
    claim = f"{question.holder}: {question.claim}" if question.holder else question.claim
    evidence = "\n".join(text.text for text in question.evidence)
    texts = (claim, evidence) if evidence else (claim,)
    return dict(tokenizer(*texts, truncation="only_second" if evidence else True, max_length=max_tokens))
