"""Sentence embeddings of claim and evidence by a packaged ONNX model, with a linear classifier upon them. No torch.

encoder("A strong earthquake hit the coast.")   # float32[384], of length 1
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Encoder:
    """From a text to the mean of its tokens' vectors, brought to length 1."""

    model: PackagedModel
    """An ONNX model of the BERT kind: ids, mask and types in, vectors of tokens out."""
    tokenizer: PackagedModel
    """Its `tokenizer.json`."""
    threads: int
    """Of onnxruntime; on few or busy cores 1 is the fastest."""

    def __call__(self, text: str) -> npt.NDArray[np.float32]:
        """float32[d], read-only; the same for the same text, whatever else is embedded."""
        return _embed(self, text)


@dataclass(frozen=True)
class Embedding:
    """MiniLM embeddings of claim and evidence, their difference and their product, in a linear classifier."""

    encoder: Encoder
    """What embeds a text."""
    estimator: Any
    """A scikit-learn classifier; a copy is fitted."""

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit a copy of the estimator; the encoder learns nothing."""
        return train(questions, gold, self.rows, self.estimator)

    def rows(self, questions: Sequence[Question]) -> npt.NDArray[np.float64]:
        """float64[n, 4 d]; the evidence is 0 where there is none."""
        return np.array([self._row(question) for question in questions], dtype=np.float64)

    def _row(self, question: Question) -> npt.NDArray[np.float32]:
        # Two holders in one passage would otherwise be one and the same row.
        claim = self.encoder(f"{question.holder}: {question.claim}" if question.holder else question.claim)
        texts = [self.encoder(text.text) for text in question.evidence]
        evidence = np.mean(texts, axis=0) if texts else np.zeros_like(claim)
        return np.concatenate([claim, evidence, np.abs(claim - evidence), claim * evidence])


# One text at a time: padding and neighbours cannot then change a vector, and passages of 35 tokens are no faster in batches.
# Remembered, since folds repeat the texts: 16,384 vectors of 384 floats are 25 MB.
@lru_cache(maxsize=16_384)
def _embed(encoder: Encoder, text: str) -> npt.NDArray[np.float32]:
    tokenizer, session = _load(encoder)
    ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    # Without padding the mask is all ones, and the mean over it is the mean over the tokens.
    mean = session.run(None, inputs)[0][0].mean(axis=0)
    vector: npt.NDArray[np.float32] = mean / np.linalg.norm(mean)
    vector.flags.writeable = False
    return vector


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
