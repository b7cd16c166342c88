"""What the tests of systems share: questions in one line."""

from __future__ import annotations

from datetime import date

import pytest

from harness.label import Task
from harness.schema import Evidence, Question


@pytest.fixture
def question():
    def make(name, claim, *passages, labels=("supported", "refuted"), holder=None):
        return Question(
            id=name,
            task=Task.STANCE if holder else Task.VERACITY,
            claim=claim,
            holder=holder,
            evidence=tuple(Evidence(id=f"a1.s{k}", text=text) for k, text in enumerate(passages)),
            labels=labels,
            as_of=date(2025, 9, 6),
        )

    return make
