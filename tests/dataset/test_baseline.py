"""Probes as baselines: each finds the leak that is planted for it, and no other does."""

import numpy as np
import pytest

from harness.dataset.baseline import baselines
from harness.label import Content, Form, Origin, Stance, Veracity
from harness.schema import Claim, Pair, Passage

N = 120
WORDS = ("amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jetty")
SIDES = (Veracity.SUPPORTED, Veracity.REFUTED)


def claim(i, **changed):
    """A claim of its own cluster; supported and refuted in a fixed order that words, evidence and form do not follow."""
    fields = {
        "id": f"vc-{i:04d}",
        "text": f"{WORDS[i % 10]} {WORDS[i // 10 % 10]} {WORDS[i * 7 % 10]}.",
        "origin": Origin.EXTRACTED,
        "edit": None,
        "parent": None,
        "family": f"vc-{i:04d}",
        "cluster": f"k-{i:04d}",
        "fold": i % 5,
        "form": Form.OWN_VOICE,
        "content": Content.FACTUAL,
        "article": "a1",
        "spans": (),
        "veracity": side(i),
        "evidence": (f"a1.s{i % 10:02d}",),
        "justification": "It says so.",
        "ambiguous": False,
        "invented": False,
    }
    return Claim(**fields | changed)


def side(i):
    return SIDES[int(np.random.default_rng(i).integers(2))]


PASSAGES = {
    f"a1.s{i:02d}": Passage(
        id=f"a1.s{i:02d}",
        article="a1",
        start=10 * i,
        end=10 * i + 5,
        section="body",
        paragraph=1,
        sha256="",
        text=WORDS[i],
    )
    for i in range(10)
}


def pair(i, stance):
    return Pair(
        id=f"vp-{i:04d}",
        claim=f"vc-{i:04d}",
        passage="a1.s00",
        holder="voice",
        stance=stance,
        same_event=False,
        ambiguous=False,
    )


def found(claims, pairs=()):
    """Accuracy by probe."""
    embed = {word: np.eye(10, dtype=np.float32)[k] for k, word in enumerate(WORDS)}
    made = baselines(claims, pairs, PASSAGES, lambda text: embed[text.split()[0].lower().strip(".")])
    return {row.probe: row for row in made}


PLANTED = {
    "words of the claim": lambda i: {"text": f"{WORDS[i % 10]} {'yes' if side(i) == 'supported' else 'nay'}."},
    "surface form (case, length, punctuation, negation words, digits)": lambda i: {
        "text": f"{WORDS[i % 10]} {WORDS[i * 7 % 10]}{'!' if side(i) == 'supported' else '.'}"
    },
    "kind of edit, form, article and section": lambda i: {
        "form": Form.OWN_VOICE if side(i) == "supported" else Form.ATTRIBUTED
    },
    "words of the gold passages, without the claim": lambda i: {
        "evidence": ("a1.s00",) if side(i) == "supported" else ("a1.s01",)
    },
    "number and length of gold passages": lambda i: {
        "evidence": ("a1.s00", "a1.s01", "a1.s02") if side(i) == "supported" else ("a1.s03",)
    },
}


@pytest.mark.parametrize("name", PLANTED)
def test_probe_finds_the_leak_planted_for_it(name):
    rows = found([claim(i, **PLANTED[name](i)) for i in range(N)])
    assert rows[name].accuracy > 0.95
    assert rows[name].low is None or rows[name].low > rows["majority label"].macro_f1


def test_stance_labels_are_a_probe():
    rows = found(
        [claim(i) for i in range(N)],
        [pair(i, Stance.AGREE if side(i) == "supported" else Stance.DISAGREE) for i in range(N)],
    )
    assert rows["stance labels of the claim's pairs"].accuracy == 1


def test_no_probe_finds_anything_where_nothing_is_planted():
    # 120 fair coins: a probe without signal stays below 50 % + 4 standard errors of 4.6 points.
    assert all(row.accuracy < 0.5 + 4 * 0.046 for row in found([claim(i) for i in range(N)]).values())


def test_majority_and_its_score():
    claims = [claim(i, veracity=Veracity.SUPPORTED if i % 4 else Veracity.REFUTED) for i in range(N)]
    row = found(claims)["majority label"]
    # Three quarters are supported: F1 2 * .75 / 1.75, over four labels.
    assert row.accuracy == 0.75
    assert row.macro_f1 == pytest.approx(2 * 0.75 / 1.75 / 4)
    assert (row.n, row.n_clusters) == (N, N)


def test_claims_that_are_not_factual_are_left_out():
    rows = found([claim(i, content=Content.OPINION if i % 2 else Content.FACTUAL) for i in range(2 * N)])
    assert {row.n for row in rows.values()} == {N}
