"""A scikit-learn pipeline of the user's own, named in a YAML by `_target_`, as a system.

It is fitted anew for every fold and never loaded from a file. A class of the user's own is allowed by `+allow=[package]`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from harness.errors import ConfigError, InputError
from harness.schema import Question
from harness.system import System
from harness.system.classifier import Rows, train
from harness.system.tfidf import table

Input = Literal["text", "claim", "evidence", "columns"]


@dataclass(frozen=True)
class OwnPipeline:
    """A scikit-learn pipeline of your own, from texts to probabilities."""

    pipeline: Any
    """A scikit-learn Pipeline, or any estimator; the last step gives probabilities. A copy is fitted."""
    input: Input = "text"
    """What the first step is given: one string a question (claim and evidence on lines of their own, the claim, or the evidence), or
    strings [n, 3] (claim, evidence, holder) for a ColumnTransformer."""

    def __post_init__(self) -> None:
        if self.input not in get_args(Input):
            raise ConfigError(f"system.input is {self.input!r}; expected {', '.join(get_args(Input))}")
        if not hasattr(self.pipeline, "fit"):
            raise ConfigError(
                f"system.pipeline is {type(self.pipeline).__name__}, which has no fit; expected a scikit-learn Pipeline or estimator"
            )

    @property
    def about(self) -> str:
        """What it is, with its steps, for a reader of the report."""
        steps = [type(step).__name__ for _, step in getattr(self.pipeline, "steps", [("", self.pipeline)])]
        return f"A scikit-learn pipeline on {self.input}: {', '.join(steps)}."

    def fit(self, questions: Sequence[Question], gold: Mapping[str, str]) -> System:
        """Fit a copy of the pipeline."""
        try:
            return train(questions, gold, _rows(self.input), _with_tuples(self.pipeline))
        except (ValueError, TypeError, AttributeError) as error:
            raise InputError(
                f"the pipeline cannot be fitted on {self.input}: {' '.join(str(error).split())}; "
                "expected steps that take what system.input gives"
            ) from error


def _with_tuples(pipeline: Any) -> Any:
    """A copy in which YAML's lists are tuples where scikit-learn's own default is one, such as ngram_range."""
    from sklearn.base import clone

    made = clone(pipeline)
    for name, node in {"": made, **getattr(made, "get_params", dict)()}.items():
        if not hasattr(node, "get_params") or inspect.isclass(node):
            continue
        defaults = inspect.signature(type(node)).parameters
        for key, value in node.get_params(deep=False).items():
            if isinstance(value, list) and key in defaults and isinstance(defaults[key].default, tuple):
                made.set_params(**{f"{name}__{key}" if name else key: tuple(value)})
    return made


def _rows(form: Input) -> Rows:
    if form == "columns":
        return table
    return {"text": _texts, "claim": _claims, "evidence": _evidence}[form]


def _texts(questions: Sequence[Question]) -> list[str]:
    return ["\n".join(part for part in (q.holder, q.claim, *(e.text for e in q.evidence)) if part) for q in questions]


def _claims(questions: Sequence[Question]) -> list[str]:
    return [question.claim for question in questions]


def _evidence(questions: Sequence[Question]) -> list[str]:
    return ["\n".join(text.text for text in question.evidence) for question in questions]
