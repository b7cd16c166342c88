"""The retrievers against arithmetic by hand and a second implementation of each formula."""

import math
from collections import Counter

import pytest

from harness.errors import ConfigError
from harness.evidence.bm25 import Bm25, words
from harness.evidence.dense import Dense
from harness.evidence.hybrid import Hybrid

PASSAGES = ["It rained in Ryazan.", "Ryazan, Ryazan and a bridge of Ryazan.", "A bridge was closed.", "Nothing."]


def by_hand(passages, query, k1=1.5, b=0.75):
    """Lucene's BM25: sum over the query's words of ln(1 + (N - df + .5) / (df + .5)) tf / (tf + k1 (1 - b + b len / mean len))."""
    docs = [words(p) for p in passages]
    mean = sum(map(len, docs)) / len(docs)
    scores = []
    for doc in docs:
        tf, total = Counter(doc), 0.0
        for word in set(words(query)):
            df = sum(word in d for d in docs)
            idf = math.log(1 + (len(docs) - df + 0.5) / (df + 0.5))
            total += idf * tf[word] / (tf[word] + k1 * (1 - b + b * len(doc) / mean))
        scores.append(total)
    return scores


@pytest.mark.parametrize("query", ["Ryazan", "a closed bridge in Ryazan", "It rained, it rained"])
def test_bm25_gives_the_scores_of_its_formula(query):
    expected = by_hand(PASSAGES, query)
    [found] = Bm25().rank(PASSAGES, [query], 4)
    assert dict(found) == pytest.approx({i: score for i, score in enumerate(expected) if score > 0}, rel=1e-5)
    assert [i for i, _ in found] == sorted(dict(found), key=lambda i: -expected[i])


def test_bm25_leaves_out_what_shares_no_word():
    assert Bm25().rank(PASSAGES, ["Moscow", "", "?!"], 4) == [[], [], []]


def test_bm25_breaks_ties_by_the_order_of_the_passages():
    [found] = Bm25().rank(["same words", "same words", "other"], ["words"], 3)
    assert [i for i, _ in found] == [0, 1]


def test_a_number_is_one_word_in_any_script():
    assert words("Putin’s 1,200 км, 17.5% of Саратов_2") == ["putin", "s", "1,200", "км", "17.5", "of", "саратов", "2"]


class Fixed:
    about = "fixed"

    def __init__(self, *order):
        self.order = order

    def rank(self, passages, queries, depth):
        return [[(i, float(-rank)) for rank, i in enumerate(self.order[:depth])] for _ in queries]


def test_hybrid_adds_reciprocal_ranks():
    [found] = Hybrid([Fixed(0, 1), Fixed(1, 2, 0)], c=60).rank(["a", "b", "c", "d"], ["q"], 4)
    # b: 1/62 + 1/61; a: 1/61 + 1/63; c: 1/62; d is in no ranking.
    assert found == [(1, 1 / 62 + 1 / 61), (0, 1 / 61 + 1 / 63), (2, 1 / 62)]


@pytest.mark.parametrize(("retrievers", "c"), [([Fixed(0)], 60), ([Fixed(0), Fixed(1)], 0)])
def test_hybrid_of_one_retriever_or_without_a_constant_is_refused(retrievers, c):
    with pytest.raises(ConfigError, match="expected at least two, and c of 1 or more"):
        Hybrid(retrievers, c=c)


def test_dense_ranks_by_the_cosine():
    import numpy as np

    vectors = {"east": [1, 0], "north-east": [0.6, 0.8], "north": [0, 1], "query": [1, 0]}
    dense = Dense(lambda text: np.array(vectors[text], dtype=np.float32))
    [found] = dense.rank(["north", "north-east", "east"], ["query"], 2)
    assert found == [(2, 1.0), (1, pytest.approx(0.6))]
