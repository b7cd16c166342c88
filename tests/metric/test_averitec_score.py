"""AVeriTeC's score: stems and METEOR against NLTK's, the matching by hand, and real systems' saved answers by both."""

import itertools
import json
import os
import random
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from answering import made, value

from harness import paths
from harness.errors import ConfigError
from harness.metric.averitec_score import AveritecScore, utility
from harness.metric.meteor import meteor, words
from harness.metric.porter import stem

TEXTS = {
    "a": "Eight drones were shot down near the city.",
    "b": "The governor thanked the soldiers on Friday.",
    "c": "Near the city eight drones were shot down.",
    "x": "Bread prices rose in May.",
}


class NoWords:
    """WordNet's place in NLTK's scorer, without a word in it."""

    def synsets(self, word):
        return []


@pytest.fixture(scope="module")
def theirs():
    """NLTK's METEOR of two lists of words, without synonyms."""
    scorer = pytest.importorskip("nltk.translate.meteor_score")
    return lambda given, gold: scorer.single_meteor_score(gold, given, wordnet=NoWords())


@pytest.fixture(scope="module")
def sentences():
    return pq.read_table(paths.SHIPPED / "dataset/data/claims/test.parquet", columns=["text"])["text"].to_pylist()


def test_stems_are_nltks(sentences):
    porter = pytest.importorskip("nltk.stem.porter").PorterStemmer()
    found = {word for text in sentences for word in words(text)}
    # Besides, every ending of the rules on beginnings of several measures.
    begin = ("b", "tr", "o", "happ", "sens", "adopt", "electr", "ration", "controll", "hop", "fall", "gener", "y", "sy")
    end = (
        "s ies sses ss eed ed ing ied ated bled ized y ational tional enci anci izer abli bli alli entli eli ousli ization "
        "ation ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance "
        "ence er ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e le ll lle ying"
    )
    found |= {a + b for a, b in itertools.product(begin, end.split())} | {
        "skies",
        "dying",
        "news",
        "innings",
        "proceed",
    }
    assert [(word, stem(word)) for word in sorted(found) if stem(word) != porter.stem(word)] == []


def test_meteor_is_nltks(theirs, sentences):
    rng = random.Random(0)
    for _ in range(500):
        a, b = (words(rng.choice(sentences)) for _ in range(2))
        mixed = [rng.choice(a + b) for _ in range(len(a))]
        for given, gold in ((a, b), (mixed, b), (a, a)):
            assert meteor(given, gold) == pytest.approx(theirs(given, gold), abs=1e-12)


def test_meteor_by_hand():
    # All six words match, in two chunks: F is 1, and the penalty .5 (2 / 6)^3.
    assert meteor(["a", "cat", "sat", "on", "the", "mat"], ["on", "the", "mat", "a", "cat", "sat"]) == pytest.approx(
        1 - 0.5 * (2 / 6) ** 3
    )
    assert meteor(["drones"], ["drone"]) == 0.5  # by stem; one chunk of one word
    assert meteor(["drones"], ["bread"]) == 0


def test_best_matching_is_one_to_one_and_counts_what_is_unmatched():
    one = utility([TEXTS["a"]], [TEXTS["a"]])
    assert utility([TEXTS["x"], TEXTS["a"], TEXTS["a"]], [TEXTS["a"], TEXTS["b"]]) >= one / 2
    assert utility([TEXTS["a"]], [TEXTS["a"], TEXTS["b"]]) == pytest.approx(one / 2)
    assert utility([], [TEXTS["a"]]) == 0


def answered(predicted, named, gold="aabb"):
    a = made(0, n=4)
    return type(a)(
        a.ids, np.zeros(4, dtype=int), np.array(predicted), a.clusters, a.labels,
        evidence=tuple((frozenset(id_),) for id_ in gold), retrieved=tuple(map(tuple, named)), texts=TEXTS,
    )  # fmt: skip


def test_score_wants_label_and_evidence_that_says_the_same():
    # The same passage; another that says the same; the same and a wrong label; another that says something else.
    assert value(AveritecScore(), answered([0, 0, 1, 0], ["a", "c", "b", "x"])) == 2 / 4


def test_only_the_first_ten_passages_count():
    assert value(AveritecScore(), answered([0] * 4, ["x" * 10 + "a", "a", "b", "b"])) == 3 / 4


def test_question_without_a_known_gold_text_is_left_out():
    assert value(AveritecScore(), answered([0] * 4, ["a", "a", "b", "b"], gold="aab?")) == 1


def test_slice_keeps_the_texts():
    a = answered([0] * 4, ["a", "a", "x", "x"])
    assert value(AveritecScore(), a.only(np.array([True, False, True, False]))) == 1 / 2


def test_without_named_evidence_there_is_no_score():
    assert AveritecScore().on(answered([0] * 4, ["", "", "", ""])) is None


def test_level_that_makes_no_sense_is_refused():
    with pytest.raises(ConfigError, match="level 1; expected at least 0 and less than 1"):
        AveritecScore(1)


@pytest.mark.public_data
@pytest.mark.skipif("VERISTANCE_PUBLIC_DATA" not in os.environ, reason="VERISTANCE_PUBLIC_DATA names no folder")
def test_heros_saved_answers_score_as_by_nltk(theirs):
    # The scorer's own rules, written anew over NLTK's METEOR, on every tenth claim.
    from scipy.optimize import linear_sum_assignment

    public = Path(os.environ["VERISTANCE_PUBLIC_DATA"])
    gold = json.loads((public / "averitec/dev.json").read_text("utf-8"))
    given = json.loads((public / "averitec-systems/hero_dev_veracity_prediction_8b.json").read_text("utf-8"))
    for row in given[::10]:
        ours = [f"{qa['question']} {qa['answer']}" for qa in row["evidence"]][:10]
        right = references(gold[int(row["claim_id"])])
        table = np.array([[theirs(words(a), words(b)) for b in right] for a in ours])
        expected = table[linear_sum_assignment(-table)].sum() / len(right)
        assert utility(ours, right) == pytest.approx(expected, abs=1e-12)


def references(claim):
    """The texts of AVeriTeC's gold: a question with each answer, and a yes or no with its explanation."""
    return [
        f"{qa['question']} {answer['answer']}"
        + (f". {answer['boolean_explanation']}" if answer["answer_type"] == "Boolean" else "")
        for qa in claim["questions"]
        for answer in qa["answers"]
    ] or [f"{qa['question']} No answer could be found." for qa in claim["questions"]]
