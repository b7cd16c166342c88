"""Forward passes of a transformers model: batches of like length, padded to their own longest, smaller where memory runs out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from harness.errors import ConfigError, InputError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Forward:
    """Where and how a model runs."""

    device: str = "cpu"
    """`cpu`, `cuda`, `mps`, or `auto`: the first of cuda, mps and cpu that is there."""
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    """Of weights and activations."""
    batch: int = 32
    """Texts at once; halved, for good, each time that memory runs out."""

    def __post_init__(self) -> None:
        if self.batch < 1 or self.dtype not in {"float32", "bfloat16", "float16"}:
            raise ConfigError(
                f"forward has batch {self.batch} and dtype {self.dtype}; expected 1 or more, and float32, bfloat16 or float16"
            )

    def place(self, model: Any) -> Any:
        """The model on its device; raises InputError for one that is not there."""
        import torch

        name = self.device
        if name == "auto":
            name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        try:
            return model.to(device=name, dtype=getattr(torch, self.dtype))
        except (RuntimeError, AssertionError) as error:
            raise InputError(
                f"the device {name} cannot be used: {' '.join(str(error).split())[:200]}; try device=cpu"
            ) from error

    def rows(
        self, model: Any, tokenizer: Any, encoded: Sequence[dict[str, list[int]]], row: Callable[[Any, Any], Any]
    ) -> npt.NDArray[np.float32]:
        """float32[n, d]: `row(output, mask)` of each encoded text, in their order."""
        import torch

        order = sorted(
            range(len(encoded)), key=lambda k: -len(encoded[k]["input_ids"])
        )  # memory runs out at once or not at all
        found: dict[int, npt.NDArray[np.float32]] = {}
        size, start = self.batch, 0
        with torch.inference_mode():
            while start < len(order):
                part = order[start : start + size]
                try:
                    inputs = tokenizer.pad([encoded[k] for k in part], return_tensors="pt").to(model.device)
                    made = row(model(**inputs), inputs["attention_mask"]).float().cpu().numpy()
                except (torch.OutOfMemoryError, RuntimeError) as error:
                    if not _is_memory(error):
                        raise
                    if size == 1:
                        raise InputError(
                            f"memory runs out on one text of {len(encoded[part[0]]['input_ids'])} tokens; expected a smaller model, "
                            "a shorter max_tokens or more memory"
                        ) from error
                    size = max(1, size // 2)
                    log.warning("memory ran out: %d texts at once from here on", size)
                    if torch.cuda.is_available():
                        torch.cuda.empty_cache()
                    continue
                found |= zip(part, made, strict=True)
                start += len(part)
        return np.array([found[k] for k in range(len(encoded))], dtype=np.float32)


def _is_memory(error: Exception) -> bool:
    import torch

    return (
        isinstance(error, torch.OutOfMemoryError) or "not enough memory" in str(error) or "out of memory" in str(error)
    )
