"""Scores several continuations of many contexts, with what all contexts begin with computed once.

    SharedPrefix(model, batch=8).score(contexts, [[32], [33, 7]])

A pass reads, for each context, what follows the prefix, and then every continuation but its last token, each as a branch that sees the
context and itself alone. So a context takes one pass, however many continuations it has and however long they are.
Letters: B contexts in a pass, T tokens after the prefix, Q = T and all branches, P tokens of prefix.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import torch
from transformers import DynamicCache

log = logging.getLogger(__name__)

FEWEST = 8  # A shorter prefix is another prompt's, or none: it is looked for anew.
TOLERANCE = 1e-3  # A model whose layers do not take such a mask differs by far more; float32 passes differ by 1e-5.


class SharedPrefix:
    """Keeps the keys and values of the longest beginning that all contexts so far have had in common."""

    def __init__(self, model: Any, batch: int) -> None:
        """`model` is a causal language model of transformers, in evaluation mode."""
        self._model, self._batch = model, batch
        self._prefix: list[int] = []
        self._layers: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._trusted: bool | None = None

    def score(self, contexts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]) -> list[list[float]]:
        """The log-probability of each answer after each context: float[len(contexts)][len(answers)].

        The first context is also scored by one full pass an answer. Where the two differ, the model cannot do with a shared prefix,
        and all are scored by full passes: slower, and never wrong.
        """
        with torch.inference_mode():
            if self._trusted is None:
                self._trusted = self._agrees(contexts[0], answers)
            if not self._trusted:
                return [self.full(context, answers) for context in contexts]
            self._share(contexts)
            order = sorted(range(len(contexts)), key=lambda i: len(contexts[i]))
            made: dict[int, list[float]] = {}
            for start in range(0, len(order), self._batch):
                chosen = order[start : start + self._batch]
                tails = [contexts[i][len(self._prefix) :] for i in chosen]
                made.update(zip(chosen, self._pass(tails, answers), strict=True))
        return [made[i] for i in range(len(contexts))]

    def full(self, context: Sequence[int], answers: Sequence[Sequence[int]]) -> list[float]:
        """The same for one context, by a pass over the whole text for each answer."""
        scores = []
        with torch.inference_mode():
            for answer in answers:
                ids = torch.tensor([[*context, *answer]])
                shares = self._model(input_ids=ids, use_cache=False).logits[0].float().log_softmax(-1)
                rows = torch.arange(len(context) - 1, ids.shape[1] - 1)
                scores.append(float(shares[rows, torch.tensor(list(answer))].sum()))
        return scores

    def _agrees(self, context: Sequence[int], answers: Sequence[Sequence[int]]) -> bool:
        self._share([context])
        # Half of the context as prefix, so that prefix, rest and branches are all tried.
        self._crop(len(context) // 2)
        [ours] = self._pass([context[len(self._prefix) :]], answers)
        apart = max(abs(a - b) for a, b in zip(ours, self.full(context, answers), strict=True))
        agrees = apart <= TOLERANCE or self._model.dtype is not torch.float32
        if not agrees:
            log.warning(
                "a shared prefix changes this model's scores by %.2g: every text is read whole, which is slower", apart
            )
        self._prefix, self._layers = [], []
        return agrees

    def _share(self, contexts: Sequence[Sequence[int]]) -> None:
        """Make the prefix one that every context begins with; the last token of a context is never part of it."""
        common = _common(contexts)
        kept = _common([self._prefix, *contexts], whole_first=True) if self._prefix else 0
        if self._prefix and kept >= min(FEWEST, common):
            self._crop(kept)
            return
        self._prefix = list(contexts[0][:common])
        self._layers = []
        if self._prefix:
            ids = torch.tensor([self._prefix])
            cache = self._model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values
            self._layers = [(layer.keys, layer.values) for layer in cache.layers]

    def _crop(self, n: int) -> None:
        if n < len(self._prefix):
            self._prefix = self._prefix[:n]
            self._layers = [(k[:, :, :n], v[:, :, :n]) for k, v in self._layers] if n else []

    def _pass(self, tails: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]) -> list[list[float]]:
        ids, positions, allowed, first = self._layout(tails, answers)
        n, dtype = len(tails), self._model.dtype
        mask = torch.zeros(allowed.shape, dtype=dtype).masked_fill_(~allowed, torch.finfo(dtype).min)[:, None]
        cache = DynamicCache()
        for number, (keys, values) in enumerate(self._layers):
            cache.update(keys.expand(n, -1, -1, -1), values.expand(n, -1, -1, -1), number)
        logits = self._model(
            input_ids=ids,
            position_ids=positions,
            attention_mask=mask,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=torch.arange(first, ids.shape[1]),
        ).logits
        shares = logits.float().log_softmax(-1)  # float[B, 1 + all branches, vocabulary]
        made = torch.zeros(n, len(answers))
        at = 1
        for column, answer in enumerate(answers):
            made[:, column] = shares[:, 0, answer[0]]
            for token in answer[1:]:
                made[:, column] += shares[:, at, token]
                at += 1
        rows: list[list[float]] = made.tolist()
        return rows

    def _layout(
        self, tails: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, int]:
        """int[B, Q] ids and positions, bool[B, Q, P + Q] of what each token sees, and the column of the contexts' last tokens.

        Contexts end in the same column, so that logits are taken at the same columns of all.
        """
        p, t = len(self._prefix), max(map(len, tails))
        branch = [(number, k, token) for number, a in enumerate(answers, start=1) for k, token in enumerate(a[:-1])]
        q = t + len(branch)
        ids, positions = torch.zeros(len(tails), q, dtype=torch.long), torch.zeros(len(tails), q, dtype=torch.long)
        segment = torch.full((len(tails), q), -1)  # -1 is padding, 0 the context, 1.. the branches
        for row, tail in enumerate(tails):
            ids[row, t - len(tail) : t] = torch.tensor(list(tail))
            positions[row, t - len(tail) : t] = torch.arange(p, p + len(tail))
            segment[row, t - len(tail) : t] = 0
            for column, (number, k, token) in enumerate(branch, start=t):
                ids[row, column], positions[row, column], segment[row, column] = token, p + len(tail) + k, number
        earlier = torch.ones(q, q, dtype=torch.bool).tril()
        seen = (segment[:, None, :] == 0) | (segment[:, None, :] == segment[:, :, None])
        # Padding sees itself alone: a row of nothing would be nan.
        own = earlier & seen & (segment[:, None, :] >= 0) | torch.eye(q, dtype=torch.bool)
        prefix = torch.ones(len(tails), q, p, dtype=torch.bool)
        return ids, positions, torch.cat([prefix, own], dim=2), t - 1


def _common(texts: Sequence[Sequence[int]], *, whole_first: bool = False) -> int:
    """How many tokens all begin with, short of the last of each; the first text may be taken whole."""
    first, *others = texts
    n = len(first) if whole_first else len(first) - 1
    for other in others:
        n = min(n, len(other) - 1)
        n = next((i for i in range(n) if other[i] != first[i]), n)
    return n
