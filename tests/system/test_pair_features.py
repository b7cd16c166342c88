from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from harness.system.pair_features import PairFeatures
from harness.system.passage import stems

ROWS = [
    ("Eight drones were shot down.", "Storms hit the coast. Malkov said eight drones were intercepted.", ""),
    ("Nine drones were shot down.", "Malkov said eight drones were intercepted.", ""),
    ("The refinery was hit.", "Kyiv denied that the refinery was hit.", ""),
    ("The forum was in May 2025.", "", ""),
]
TABLE = np.array(ROWS, dtype=object)


def features(*row, fitted=TABLE):
    system = PairFeatures().fit(fitted)
    values = system.transform(np.array([row], dtype=object))[0]
    return dict(zip(system.get_feature_names_out(), values, strict=True))


def test_cosine_agrees_with_scikit_learn():
    texts = sorted({text for row in ROWS for text in row[:2] if text})
    vectors = TfidfVectorizer(analyzer=stems).fit(texts)
    expected = [float((vectors.transform([c]) @ vectors.transform([e]).T).toarray()[0, 0]) for c, e, _ in ROWS]
    system = PairFeatures().fit(TABLE)
    column = list(system.get_feature_names_out()).index("cosine")
    assert system.transform(TABLE)[:, column].tolist() == pytest.approx(expected, abs=1e-9)


def test_rare_words_weigh_more_in_what_the_evidence_holds():
    # Of the stems nine, drone, shot and down's absence: only "drone" is held; idf = ln(9 / (1 + df)) + 1 over 7 texts... by hand below.
    found = features("drones malkov", "drones", "")
    n = len({text for row in ROWS for text in row[:2] if text})
    idf = {"drone": math.log((1 + n) / (1 + 4)) + 1, "malkov": math.log((1 + n) / (1 + 2)) + 1}
    assert found["held"] == pytest.approx(idf["drone"] / sum(idf.values()))


def test_the_best_sentence_is_found_wherever_it_stands():
    found = features(*ROWS[0])
    assert found["best_place"] == 1 / 2
    assert found["held_best"] > found["held_next"] == 0.0


def test_numbers_with_units_agree_or_clash():
    same, other = features(*ROWS[0]), features(*ROWS[1])
    assert (same["quantities_agree"], same["quantities_clash"]) == (1.0, 0.0)
    assert (other["quantities_agree"], other["quantities_clash"]) == (0.0, 1.0)
    assert (other["numbers_agree"], other["numbers_clash"]) == (0.0, 1.0)


def test_another_unit_is_no_clash():
    assert features("Nine drones fell.", "Eight people spoke.", "")["quantities_clash"] == 0.0


def test_a_denial_is_found_in_the_sentence_that_holds_the_claim():
    found = features(*ROWS[2])
    assert (found["best_denial"], found["claim_denial"]) == (1.0, 0.0)


def test_a_holder_is_found_in_the_passage():
    assert features("It rained.", "Peskov said that it rained.", "Dmitry Peskov")["holder_named"] == 1 / 2


def test_without_evidence_nothing_agrees_or_clashes():
    found = features(*ROWS[3])
    for name in ("cosine", "held", "numbers_clash", "dates_clash", "names_missing", "best_denial", "bigrams"):
        assert found[name] == 0.0


def test_topics_are_the_same_alone_as_in_company_and_bounded_in_memory(monkeypatch):
    system = PairFeatures(n_topics=2).fit(TABLE)
    whole = system.transform(TABLE)
    assert whole.shape == (4, len(system.get_feature_names_out()))
    monkeypatch.setattr("harness.system.pair_features.CACHE", 3)
    alone = np.vstack([system.transform(TABLE[k : k + 1]) for k in range(4)])
    np.testing.assert_allclose(alone, whole, atol=1e-12)
    assert len(system.vectors_) <= 3


def test_no_words_at_all_make_no_topics():
    rows = np.array([("1 2", "", ""), ("3", "", "")], dtype=object)
    assert np.isfinite(PairFeatures(n_topics=2).fit(rows).transform(rows)).all()
