"""A comparison of three systems on three claims, small enough to be checked by eye."""

import pytest

from harness.label import Outcome, Task
from harness.schema import Evidence, Message, Prediction
from harness.score import Comparison, Difference, Item, Score, System

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")


def score(value, low, high, *, metric="macro_f1", part="all", n=3, n_answered=3, n_clusters=2, bounds=None, note=""):
    wrong, right = bounds or (value, value)
    corrected = {} if part == "all" else {"low_corrected": low - 0.05, "high_corrected": high + 0.05}
    return Score(
        metric=metric, slice=part, value=value, low=low, high=high, n=n, n_answered=n_answered, n_clusters=n_clusters,
        all_wrong=wrong, all_right=right, note=note, **corrected,
    )  # fmt: skip


def system(name, scores, confusion, predictions, **facts):
    outcomes = {outcome: sum(p.outcome is outcome for p in predictions) for outcome in Outcome}
    defaults = {
        "run": f"veracity/{name}-0a1b2c3d", "signature": f"{name}|seed:0", "about": f"About {name}.", "floor": False,
        "trained": True, "evidence": "gold", "n_declared": 3, "n_tokens_in": None, "n_tokens_out": None, "seconds": None,
    }  # fmt: skip
    return System(
        name=name, scores=scores, confusion=confusion, outcomes=outcomes, predictions={p.id: p for p in predictions},
        **{**defaults, **facts},
    )  # fmt: skip


def answered(question, label, **facts):
    return Prediction(id=question, outcome=Outcome.ANSWERED, label=label, **facts)


def item(question, claim, gold, edit):
    return Item(
        id=question, claim=claim, holder=None, evidence=(Evidence(id="a1.s01", text="Eight drones were shot down."),),
        gold=gold, justification="The passage gives the number.", cluster="c1", slices={"edit": edit, "article": "a1"},
    )  # fmt: skip


@pytest.fixture
def comparison():
    tfidf = system(
        "tfidf",
        (
            score(0.7125, 0.66, 0.761),
            score(0.75, 0.7, 0.8, metric="accuracy"),
            score(0.5, 0.3, 0.7, part="edit=negation", n=2, n_answered=2, n_clusters=5),
            score(0.9, 0.8, 0.95, part="edit=place", n=1, n_answered=1, n_clusters=4),
        ),
        ((1, 0, 0, 0), (0, 2, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)),
        [
            answered("vc-1", "supported", probabilities=dict(zip(LABELS, (0.7, 0.1, 0.1, 0.1), strict=True))),
            answered("vc-2", "refuted"),
            answered("vc-3", "refuted"),
        ],
    )
    llm = system(
        "llm",
        (
            score(0.613, 0.5, 0.7, n_answered=2, bounds=(0.409, 0.742), note="few clusters"),
            score(0.5, 0.4, 0.6, metric="accuracy", n_answered=2),
        ),
        ((1, 0, 0, 0), (1, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)),
        [
            answered(
                "vc-1",
                "supported",
                rationale="It says so.",
                messages=(Message(role="user", content="Judge the claim."),),
                raw='{"verdict": "supported"}',
            ),
            answered("vc-2", "supported"),
            Prediction(id="vc-3", outcome=Outcome.UNPARSABLE, raw="It depends.", error="no JSON object"),
        ],
        trained=False,
        n_tokens_in=900,
        n_tokens_out=100,
        seconds=4.0,
    )
    majority = system(
        "majority",
        (score(0.2, None, None, note="one class"), score(1 / 3, 0.1, 0.6, metric="accuracy")),
        ((1, 0, 0, 0), (2, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)),
        [answered(f"vc-{i}", "supported") for i in (1, 2, 3)],
        floor=True,
        evidence="none",
    )
    return Comparison(
        task=Task.VERACITY, dataset="drones", version="1.0.0", sha256="ab" * 32, metric="macro_f1", labels=LABELS, n=3,
        n_clusters=2, answer="tfidf is ahead of llm by 10.0 points.", warnings=("Two clusters are few.",),
        systems=(tfidf, llm, majority),
        differences=(
            Difference(a="tfidf", b="llm", value=0.0995, low=-0.02, high=0.22, p=0.25, p_holm=0.5, exact=True,
                       detectable=0.314, n=2, n_clusters=2),
            Difference(a="tfidf", b="majority", value=0.5125, low=0.4, high=0.6, p=0.0002, p_holm=0.0006, exact=False,
                       detectable=0.2, n=3, n_clusters=2),
            Difference(a="llm", b="majority", value=None, low=None, high=None, p=None, p_holm=None, exact=False,
                       detectable=None, n=0, n_clusters=0),
        ),
        items=(
            item("vc-1", "Eight drones were shot down.", "supported", "-"),
            item("vc-2", "No drone was shot down.", "refuted", "negation"),
            item("vc-3", "The drones were shot down over Samara.", "refuted", "place"),
        ),
    )  # fmt: skip


@pytest.fixture
def hostile(comparison):
    """The comparison with text that would run, fetch, hide or break out if a renderer let it."""
    bad = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \u202egnorw\u202c \x00 ![x](http://evil.test/x) | `x`"
    first, *others = comparison.systems
    raw = bad + "x" * 100_000
    answer = answered("vc-1", "refuted", rationale=bad, raw=raw, messages=(Message(role=bad, content=bad),))
    return comparison.model_copy(
        update={
            "answer": bad,
            "warnings": (bad,),
            "systems": (
                first.model_copy(update={"about": bad, "predictions": {**first.predictions, "vc-1": answer}}),
                others[0].model_copy(update={"name": bad}),
                *others[1:],
            ),
            "items": (comparison.items[0].model_copy(update={"claim": bad, "holder": bad}), *comparison.items[1:]),
        }
    )


@pytest.fixture
def by_bh(comparison):
    """The comparison by Benjamini and Hochberg, which tells tfidf from llm (p .031) where Holm does not (.5)."""
    differences = tuple(
        d.model_copy(update={"correction": "bh", "p_bh": {"llm": 0.031, "majority": 0.0003}[d.b] if d.p else None})
        for d in comparison.differences
    )
    return comparison.model_copy(update={"correction": "bh", "differences": differences})
