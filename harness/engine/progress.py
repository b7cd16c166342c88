"""One bar on the terminal: how far, how fast, how many tokens, what it cost, how long it will take. Nothing where there is no terminal."""

from __future__ import annotations

from typing import Any, Self

from harness.schema import Prediction


class Progress:
    """The bar of one run."""

    def __init__(self, name: str, total: int) -> None:
        from tqdm import tqdm

        self._bar: Any = tqdm(total=total, desc=name, unit="question", disable=None, leave=False, dynamic_ncols=True)
        self._n_tokens: int | None = 0
        self._usd: float | None = 0.0
        self._n_failed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def add(self, row: Prediction) -> None:
        """Count one prediction."""
        if self._bar.disable:
            return
        self._n_failed += row.error is not None
        if row.n_requests:
            tokens = None if row.n_tokens_in is None or row.n_tokens_out is None else row.n_tokens_in + row.n_tokens_out
            self._n_tokens = None if self._n_tokens is None or tokens is None else self._n_tokens + tokens
            self._usd = None if self._usd is None or row.cost is None else self._usd + row.cost
            self._bar.set_postfix_str(self._told(), refresh=False)
        self._bar.update()

    def _told(self) -> str:
        tokens = "tokens unknown" if self._n_tokens is None else f"{self._n_tokens:,} tokens"
        cost = "cost unknown" if self._usd is None else f"${self._usd:.4f}"
        return ", ".join([tokens, cost, *([f"{self._n_failed} without a label"] if self._n_failed else [])])
