"""What the probes may not see changes nothing in their answers."""

from __future__ import annotations

import pytest
from sklearn.linear_model import LogisticRegression

from harness.system.evidence_only import EvidenceOnly
from harness.system.surface_form import SurfaceForm, form

GOLD = {"a": "supported", "b": "refuted", "c": "supported", "d": "refuted"}


@pytest.fixture
def rows(question):
    return [
        question("a", "It rained.", "Rain fell on the city."),
        question("b", "It snowed!", "Rain fell on the river."),
        question("c", "He left in May.", "The city was calm."),
        question("d", "They came?", "The river rose."),
    ]


def test_evidence_only_never_looks_at_the_claim(rows):
    system = EvidenceOnly(LogisticRegression())
    other = [q.model_copy(update={"claim": f"Refuted {q.id}."}) for q in rows]
    assert list(system.fit(rows, GOLD).predict(rows)) == list(system.fit(other, GOLD).predict(other))


def test_evidence_only_learns_from_the_evidence(rows):
    given = EvidenceOnly(LogisticRegression(C=100)).fit(rows, GOLD).predict(rows)
    assert {p.id: p.label for p in given} == GOLD


def test_evidence_only_without_evidence_gives_every_question_the_same(rows):
    closed = [q.model_copy(update={"evidence": ()}) for q in rows]
    given = list(EvidenceOnly(LogisticRegression()).fit(closed, GOLD).predict(closed))
    assert len({tuple(p.probabilities.values()) for p in given}) == 1


def test_surface_form_does_not_change_with_the_words(rows, question):
    system = SurfaceForm(LogisticRegression())
    other = [
        question(q.id, q.claim.replace("rained", "sleets"), *(e.text.replace("calm", "warm") for e in q.evidence))
        for q in rows
    ]
    first, second = (list(system.fit(part, GOLD).predict(part)) for part in (rows, other))
    assert [p.probabilities for p in first] == [p.probabilities for p in second]


def test_form_counts_marks_and_shares():
    found = form("NATO said “no” in 2025!")
    assert (found["quotes"], found["exclamations"], found["negated"]) == (2.0, 1.0, 1.0)
    assert found["shouting"] == 1 / 5
    assert found["sayings"] == 1 / 5
    assert found["digits"] == 4 / len("NATO said “no” in 2025!")


def test_form_of_nothing_is_nothing():
    assert set(form("").values()) == {0.0}
