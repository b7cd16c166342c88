from __future__ import annotations

from datetime import date

import pytest
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from harness.label import Task
from harness.schema import Evidence, Question
from harness.system.tfidf import Tfidf

ROWS = [
    ("It rained.", ("It rained all day.", "The streets were wet."), "voice", "agree"),
    ("It rained.", ("Ann denied that it rained.",), "Ann", "disagree"),
    ("It snowed.", ("Ann denied that it snowed.",), "voice", "discuss"),
    ("It snowed.", ("Bob said that it snowed.",), "Bob", "agree"),
]
GOLD = {str(i): row[-1] for i, row in enumerate(ROWS)}


def question(name, claim, texts, holder):
    return Question(
        id=name,
        task=Task.STANCE,
        claim=claim,
        holder=holder,
        evidence=tuple(Evidence(id=f"a1.s{i}", text=text) for i, text in enumerate(texts)),
        labels=("agree", "disagree", "discuss", "unrelated"),
        as_of=date(2025, 9, 6),
    )


QUESTIONS = [question(str(i), *row[:3]) for i, row in enumerate(ROWS)]


def test_tfidf_agrees_with_scikit_learn():
    columns = [[r[0] for r in ROWS], ["\n".join(r[1]) for r in ROWS], [r[2] for r in ROWS]]
    rows = hstack([TfidfVectorizer(ngram_range=(1, 2)).fit_transform(column) for column in columns], format="csr")
    model = LogisticRegression().fit(rows, list(GOLD.values()))
    expected = [dict(zip(model.classes_, row, strict=True)) for row in model.predict_proba(rows)]
    for prediction, row in zip(
        Tfidf(LogisticRegression()).fit(QUESTIONS, GOLD).predict(QUESTIONS), expected, strict=True
    ):
        assert prediction.probabilities == pytest.approx(row | {"unrelated": 0.0}, abs=1e-9)


def test_tfidf_tells_claim_from_evidence():
    here, there = (
        question("x", "It rained.", ("It snowed.",), "voice"),
        question("x", "It snowed.", ("It rained.",), "voice"),
    )
    fitted = Tfidf(LogisticRegression()).fit(QUESTIONS, GOLD)
    assert list(fitted.predict([here])) != list(fitted.predict([there]))


def test_tfidf_without_evidence_and_holder_reads_the_claim():
    bare = [question(str(i), row[0], (), None) for i, row in enumerate(ROWS)]
    assert len(list(Tfidf(LogisticRegression()).fit(bare, GOLD).predict(bare))) == len(ROWS)
