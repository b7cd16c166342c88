"""Scores of evidence against arithmetic by hand."""

from math import log2

import pytest

from harness.evidence.ranking import Head, Hit, Ranking, Retrieval
from harness.evidence.score import Asked, report, scores
from harness.schema import Evidence

PASSAGES = ("a", "b", "c", "d", "e", "f")


def retrieval(**rankings):
    head = Head(method="m", k=2, n_passages=6, n_withheld=0, collection="x", collection_sha256="0")
    return Retrieval(
        head=head,
        passages=tuple(Evidence(id=p, text=p) for p in PASSAGES),
        # Equal scores on purpose: the order alone must count.
        rankings=tuple(
            Ranking(id=id_, query_sha256="0", hits=tuple(Hit(p, 1.0) for p in found)) for id_, found in rankings.items()
        ),
    )


ASKED = [
    Asked("q1", "k1", gold=("b", "e"), shown=("f", "b"), gold_label="supported", label="supported"),
    Asked("q2", "k2", gold=("a",), shown=("a", "c"), gold_label="supported", label="refuted"),
    Asked("q3", "k2", gold=("d",), shown=(), gold_label="refuted", label=None),
]
FOUND = retrieval(q1="fbae", q2="ac", q3="")


def value(made, of, measure):
    [found] = [score for score in made if (score.of, score.measure) == (of, measure)]
    return found.value


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("R@1", (0 + 1 + 0) / 3),
        ("R@2", (1 / 2 + 1 + 0) / 3),
        ("R@5", (1 + 1 + 0) / 3),
        ("MRR", (1 / 2 + 1 + 0) / 3),
        ("nDCG@2", ((1 / log2(3)) / (1 + 1 / log2(3)) + 1 + 0) / 3),
        ("nDCG@5", ((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)) + 1 + 0) / 3),
    ],
)
def test_rankings_are_scored_by_their_order_and_an_empty_one_counts_zero(measure, expected):
    assert value(scores(ASKED, FOUND), "ranking", measure) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("P", (1 / 2 + 1 / 2 + 0) / 3),
        ("R", (1 / 2 + 1 + 0) / 3),
        ("F1", (2 * 1 / 4 + 2 * 1 / 3 + 0) / 3),
        ("complete", (0 + 1 + 0) / 3),
    ],
)
def test_shown_passages_are_scored_as_sets(measure, expected):
    assert value(scores(ASKED, FOUND), "shown", measure) == pytest.approx(expected)


def test_cited_passages_are_scored_over_the_answered():
    cited = [Asked("q1", "k1", ("b", "e"), ("b", "e"), cited=("b",)), Asked("q2", "k2", ("a",), ("a",), cited=None)]
    made = scores(cited)
    assert {score.of for score in made} == {"cited"}
    assert value(made, "cited", "F1") == pytest.approx(2 / 3)


def test_labels_that_are_still_claimed_are_shares_of_the_answered():
    made = scores(ASKED, FOUND)
    assert value(made, "answers", "still says supported") == 1 / 2
    assert not [score for score in made if score.measure == "still says refuted"]


def test_gold_that_is_just_shown_has_no_score():
    assert scores([Asked("q1", "k1", ("b",), ("b",), gold_label="supported", label="supported")]) == ()


def test_a_collection_without_gold_has_no_ranking_score():
    others = [Asked("q1", "k1", ("z",), ("a",))]
    assert not [score for score in scores(others, retrieval(q1="a")) if score.of == "ranking"]


def test_the_line_tells_what_was_withheld():
    held = FOUND.model_copy(update={"head": FOUND.head.model_copy(update={"n_withheld": 3})})
    assert (
        report("retrieved", ASKED, held)
        .line()
        .startswith("evidence retrieved: 6 passages, 3 withheld and left out; R@2 ")
    )
