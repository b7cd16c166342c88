"""The tasks: what a question shows, what is kept from it, and the order of its evidence."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from harness.dataset.corpus import Corpus
from harness.errors import ConfigError, InputError
from harness.evidence import ClosedBook, Gold, in_order, texts
from harness.evidence.bm25 import Bm25
from harness.evidence.noisy import Noisy
from harness.schema import Claim, Pair, Passage
from harness.task.check_worthiness import CheckWorthinessTask
from harness.task.stance import StanceTask
from harness.task.veracity import VeracityTask


def passage(article, number, text="It rained."):
    return Passage(
        id=f"{article}.s{number:02d}",
        article=article,
        start=number * 20,
        end=number * 20 + 10,
        section="body",
        paragraph=1,
        sha256=hashlib.sha256((text or "withheld").encode()).hexdigest(),
        text=text,
    )


def claim(name, *, content="factual", veracity="supported", evidence=("a1.s01",)):
    return Claim(
        id=name,
        text=f"Claim {name}.",
        origin="extracted",
        edit=None,
        parent=None,
        family=name,
        cluster=f"k-{name}",
        fold=1,
        form="own_voice",
        content=content,
        article="a1",
        spans=(),
        veracity=veracity,
        evidence=evidence,
        justification="It says so.",
        ambiguous=False,
        invented=False,
    )


def corpus(passages, claims, pairs=()):
    return Corpus(
        name="tiny",
        version="1.0.0",
        sha256="0" * 64,
        as_of=date(2025, 9, 6),
        path=Path("tiny"),
        passages={row.id: row for row in passages},
        claims={row.id: row for row in claims},
        pairs={row.id: row for row in pairs},
    )


PAIR = Pair(
    id="p1", claim="c2", passage="a1.s02", holder="Ann", stance="disagree", same_event=False, ambiguous=False
)  # fmt: skip
CORPUS = corpus(
    [passage("a1", 1), passage("a1", 2, "Ann denied it.")],
    [claim("c2", veracity="refuted"), claim("c1"), claim("c3", content="forecast")],
    [PAIR],
)


def test_evidence_is_in_the_order_of_the_articles_beyond_a_hundred_passages():
    made = corpus([passage("a2", 3), passage("a1", 100), passage("a1", 99)], [])
    assert [e.id for e in texts(made, in_order(made, ("a2.s03", "a1.s100", "a1.s99")))] == [
        "a1.s99",
        "a1.s100",
        "a2.s03",
    ]


def test_withheld_text_that_a_question_needs_is_named():
    with pytest.raises(InputError, match=r'passage "a1.s01" has no text in tiny'):
        texts(corpus([passage("a1", 1, None)], []), ("a1.s01",))


def test_veracity_asks_about_factual_claims_in_the_order_of_ids():
    assert [q.id for q in VeracityTask().items(CORPUS, Gold()).questions] == ["c1", "c2"]


def test_veracity_asks_about_other_claims_where_told():
    assert [q.id for q in VeracityTask(["forecast"]).items(CORPUS, Gold()).questions] == ["c3"]


def test_unknown_kind_of_claim_is_refused():
    with pytest.raises(ConfigError, match=r"task.content holds 'rumour'; expected factual, forecast, opinion, vague"):
        VeracityTask(["rumour"])


def test_task_without_a_question_is_refused():
    with pytest.raises(InputError, match="the task has no question"):
        VeracityTask(["opinion"]).items(CORPUS, Gold())


def test_gold_evidence_is_shown():
    first, _ = VeracityTask().items(CORPUS, Gold()).questions
    assert [(e.id, e.text) for e in first.evidence] == [("a1.s01", "It rained.")]


def test_closed_book_shows_no_evidence():
    assert [q.evidence for q in VeracityTask().items(CORPUS, ClosedBook()).questions] == [(), ()]


def test_gold_of_veracity_is_kept_apart_by_id():
    assert VeracityTask().items(CORPUS, Gold()).gold == {"c1": "supported", "c2": "refuted"}


def test_stance_asks_about_the_holder_in_the_passage():
    [question] = StanceTask().items(CORPUS, Gold()).questions
    assert (question.claim, question.holder, question.evidence[0].text) == ("Claim c2.", "Ann", "Ann denied it.")


def test_pair_has_the_cluster_and_fold_of_its_claim():
    items = StanceTask().items(CORPUS, Gold())
    assert (items.gold, items.clusters, items.folds) == ({"p1": "disagree"}, {"p1": "k-c2"}, {"p1": 1})


def test_stance_refuses_a_setting_that_takes_the_pairs_passage_for_another():
    with pytest.raises(ConfigError, match="evidence is Noisy and the task is stance"):
        StanceTask().items(CORPUS, Noisy(Bm25()))


def worthy(article, number, label, text="It rained.", *, example=False):
    return passage(article, number, text).model_copy(update={"check_worthiness": label, "example": example})


SENTENCES = [
    worthy("a1", 1, "heading", "Background"),
    worthy("a1", 2, "check_worthy"),
    worthy("a1", 3, "rhetoric", "So be it."),
    worthy("a1", 4, "check_worthy", "Shown in the guidelines.", example=True),
    worthy("a2", 1, "heading", "Background"),
    worthy("a2", 2, None, "Nobody decided."),
]


def test_check_worthiness_asks_about_decided_sentences_that_are_no_worked_example():
    items = CheckWorthinessTask().items(corpus(SENTENCES, []), Gold())
    assert items.gold == {
        "a1.s01": "not_check_worthy",
        "a1.s02": "check_worthy",
        "a1.s03": "not_check_worthy",
        "a2.s01": "not_check_worthy",
    }
    assert [(q.claim, [e.id for e in q.evidence]) for q in items.questions] == [
        ("Background", ["a1.s02"]),
        ("It rained.", ["a1.s01", "a1.s03"]),
        ("So be it.", ["a1.s02", "a1.s04"]),
        ("Background", ["a2.s02"]),
    ]
    assert items.clusters["a1.s01"] == items.clusters["a2.s01"] != items.clusters["a1.s02"]
    assert items.slices["a1.s03"]["reason"] == "rhetoric"


def test_check_worthiness_hides_the_neighbours_and_takes_no_retrieval():
    items = CheckWorthinessTask().items(corpus(SENTENCES, []), ClosedBook())
    assert {q.evidence for q in items.questions} == {()}
    with pytest.raises(ConfigError, match="evidence is Noisy and the task is check_worthiness"):
        CheckWorthinessTask().items(corpus(SENTENCES, []), Noisy(Bm25()))


def test_check_worthiness_needs_the_words():
    made = corpus([worthy("a1", 1, "heading", "Background"), worthy("a1", 2, "check_worthy", None)], [])
    with pytest.raises(InputError, match=r"1 of 2 passages have no text in tiny, a1.s02 the first"):
        CheckWorthinessTask().items(made, Gold())
