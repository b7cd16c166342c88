from __future__ import annotations

from datetime import date

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from harness.label import Task
from harness.schema import Evidence, Question
from harness.system.claim_only import ClaimOnly

CLAIMS = ["He never met him.", "He met him.", "They never came.", "They came on Friday.", "She left."]
GOLD = dict(zip("abcde", ["refuted", "supported", "refuted", "supported", "supported"], strict=True))


def questions(evidence):
    return [
        Question(
            id=name,
            task=Task.VERACITY,
            claim=claim,
            evidence=(Evidence(id="a1.s1", text=evidence),) if evidence else (),
            labels=("supported", "refuted"),
            as_of=date(2025, 9, 6),
        )
        for name, claim in zip("abcde", CLAIMS, strict=True)
    ]


def test_claim_only_agrees_with_scikit_learn():
    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    model = LogisticRegression(class_weight="balanced").fit(vectorizer.fit_transform(CLAIMS), list(GOLD.values()))
    expected = model.predict_proba(vectorizer.transform(CLAIMS))[:, list(model.classes_).index("refuted")]
    fitted = ClaimOnly(LogisticRegression(class_weight="balanced")).fit(questions(""), GOLD)
    assert [p.probabilities["refuted"] for p in fitted.predict(questions(""))] == pytest.approx(expected, abs=1e-9)


def test_claim_only_never_looks_at_evidence():
    system = ClaimOnly(LogisticRegression())
    told = system.fit(questions("He never met him, and that is refuted."), GOLD)
    untold = system.fit(questions(""), GOLD)
    assert list(told.predict(questions("supported"))) == list(untold.predict(questions("")))
