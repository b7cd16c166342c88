"""Sentence embeddings of claim and evidence by a packaged ONNX model, with a linear classifier upon them. No torch.

encoder("A strong earthquake hit the coast.")   # float32[384], of length 1
encoder.many(texts)                             # the same for each text, in batches of like length
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.errors import InputError
from harness.packaged_model import PackagedModel
from harness.schema import Question
from harness.system import System
from harness.system.classifier import train

MAX_TOKENS = 256  # what all-MiniLM-L6-v2 is meant for; the rest of a longer text is not read
# Vectors are remembered, since folds and claims repeat the texts: 4,096 of 384 floats are 6 MB, and a fixed 6 MB.
REMEMBERED = 4096
Vector = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Encoder:
    """From a text to the mean of its tokens' vectors, brought to length 1."""

    model: PackagedModel
    """An ONNX model of the BERT kind: ids, mask and types in, vectors of tokens out."""
    tokenizer: PackagedModel
    """Its `tokenizer.json`."""
    threads: int
    """Of onnxruntime; on few or busy cores 1 is the fastest."""

    batch: int = 16
    """Texts at once in `many`. The model rounds activations by the largest of its batch, so that neighbours change a vector by a
    thousandth; 1 rules that out, and takes half as long again."""

    def __call__(self, text: str) -> Vector:
        """float32[d], read-only; the same for the same text, whatever else is embedded."""
        return _embed(self, text)

    def many(self, texts: Sequence[str]) -> list[Vector]:
        """float32[d] a text, read-only, in their order; each distinct text is embedded once, beside texts of like length."""
        return _remembered(self, _batched, texts)


@dataclass(frozen=True)
class Embedding:
    """MiniLM embeddings of claim and evidence, their difference and their product, in a linear classifier."""

    encoder: Any
    """What embeds texts: `many(texts)` gives a vector of each."""
    estimator: Any
    """A scikit-learn classifier; a copy is fitted."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit a copy of the estimator; the encoder learns nothing."""
        return train(questions, gold, self.rows, self.estimator)

    def rows(self, questions: Sequence[Question]) -> npt.NDArray[np.float64]:
        """float64[n, 4 d]; the evidence is 0 where there is none."""
        # Two holders in one passage would otherwise be one and the same row.
        claims = [f"{q.holder}: {q.claim}" if q.holder else q.claim for q in questions]
        vectors = iter(self.encoder.many([*claims, *(text.text for q in questions for text in q.evidence)]))
        claimed = np.array([next(vectors) for _ in questions], dtype=np.float64)
        given = np.zeros_like(claimed)
        for row, question in zip(given, questions, strict=True):
            for _ in question.evidence:
                row += next(vectors) / len(question.evidence)
        return np.hstack([claimed, given, np.abs(claimed - given), claimed * given])


@lru_cache(maxsize=REMEMBERED)
def _embed(encoder: Encoder, text: str) -> Vector:
    return _pooled(encoder, [text])[0]


def _batched(encoder: Encoder, texts: Sequence[str]) -> list[Vector]:
    """Vectors of distinct texts; the batches depend on the texts and not on their order."""
    order = sorted(range(len(texts)), key=lambda k: (len(texts[k]), texts[k]))
    found: dict[int, Vector] = {}
    for start in range(0, len(order), encoder.batch):
        part = order[start : start + encoder.batch]
        found |= zip(part, _pooled(encoder, [texts[k] for k in part]), strict=True)
    return [found[k] for k in range(len(texts))]


def _pooled(encoder: Encoder, texts: Sequence[str]) -> list[Vector]:
    """Means over the tokens of each text, padding left out, brought to length 1."""
    tokenizer, session = _load(encoder)
    rows = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    for k, row in enumerate(rows):
        ids[k, : len(row)] = row
    mask = (np.arange(ids.shape[1]) < np.array([[len(row)] for row in rows])).astype(np.int64)
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    tokens = session.run(None, inputs)[0]
    vectors = []
    for k, row in enumerate(rows):
        mean = tokens[k, : len(row)].mean(axis=0)
        vector: Vector = mean / np.linalg.norm(mean)
        vector.flags.writeable = False
        vectors.append(vector)
    return vectors


_vectors: OrderedDict[tuple[Any, str], Vector] = OrderedDict()


def _remembered(
    encoder: Any, embed: Callable[[Any, Sequence[str]], list[Vector]], texts: Sequence[str]
) -> list[Vector]:
    """Vectors of the texts, those of the latest 4,096 texts from memory."""
    new = [text for text in dict.fromkeys(texts) if (encoder, text) not in _vectors]
    known = {text: _vectors[encoder, text] for text in texts if (encoder, text) in _vectors}
    known |= zip(new, embed(encoder, new), strict=True)
    for text in new:
        _vectors[encoder, text] = known[text]
    while len(_vectors) > REMEMBERED:
        _vectors.popitem(last=False)
    return [known[text] for text in texts]


@lru_cache(maxsize=1)
def _load(encoder: Encoder) -> tuple[Any, Any]:
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise InputError(
            f"{error.name} is not installed, and the embedding system needs it: "
            'install it with pip install "veristance[embedded]"'
        ) from error

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = encoder.threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(encoder.model.path(), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(encoder.tokenizer.path()))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer, session
