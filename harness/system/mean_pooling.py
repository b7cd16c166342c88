"""Any embedding model of transformers, by the mean over its tokens: an encoder for the system `embedding`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.system.checkpoint import Checkpoint
from harness.system.embedding import Vector, _remembered
from harness.system.forward import Forward


@dataclass(frozen=True)
class MeanPooling:
    """From a text to the mean of its tokens' vectors, brought to length 1 (Reimers and Gurevych 2019)."""

    checkpoint: Checkpoint
    """An encoder: BERT, MPNet, E5 and their kin."""
    forward: Forward = field(default_factory=Forward)
    """Where and how it runs."""
    max_tokens: int = 256
    """The rest of a longer text is not read."""
    prefix: str = ""
    """Before every text, where a model was trained with one ("query: ")."""

    def many(self, texts: Sequence[str]) -> list[Vector]:
        """float32[d] a text, read-only, in their order; the latest 4,096 are remembered."""
        return _remembered(self, _embedded, texts)


def _embedded(encoder: MeanPooling, texts: Sequence[str]) -> list[Vector]:
    if not texts:
        return []
    model, tokenizer = _loaded(encoder.checkpoint, encoder.forward)
    encoded = [dict(tokenizer(encoder.prefix + text, truncation=True, max_length=encoder.max_tokens)) for text in texts]
    rows: npt.NDArray[np.float32] = encoder.forward.rows(model, tokenizer, encoded, _mean)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    rows.flags.writeable = False
    return list(rows)


def _mean(output: Any, mask: Any) -> Any:
    """float[n, d]: the mean over the tokens that are no padding."""
    weights = mask.unsqueeze(-1).to(output.last_hidden_state.dtype)
    return (output.last_hidden_state * weights).sum(dim=1) / weights.sum(dim=1)


@lru_cache(maxsize=1)
def _loaded(checkpoint: Checkpoint, forward: Forward) -> tuple[Any, Any]:
    return forward.place(checkpoint.weights("AutoModel")), checkpoint.tokenizer()
