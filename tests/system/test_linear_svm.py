from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from harness.system.linear_svm import LinearSvm
from harness.system.tfidf import Words, table

RNG = np.random.default_rng(2)
NOISE = [" ".join(RNG.choice(["rain", "sun", "wind", "snow", "hail", "fog"], size=4)) for _ in range(120)]


@pytest.fixture
def rows(question):
    """The word "not" is in three of four refuted claims and one of four others; five questions a cluster."""
    labels = ["refuted" if k % 2 else "supported" for k in range(120)]
    said = [(label == "refuted") == (RNG.random() < 0.75) for label in labels]
    questions = [question(f"q{k:03d}", f"{NOISE[k]}{' not' if said[k] else ''}") for k in range(120)]
    return (
        questions,
        {q.id: label for q, label in zip(questions, labels, strict=True)},
        {q.id: f"c{k // 5}" for k, q in enumerate(questions)},
    )


def test_margins_are_those_of_scikit_learn(rows):
    questions, gold, clusters = rows
    fitted = LinearSvm(LinearSVC(random_state=0), Words()).fit_clusters(questions, gold, clusters)
    columns = Words().columns(questions)
    plain = LinearSVC(random_state=0).fit(columns.fit_transform(table(questions)), [gold[q.id] for q in questions])
    expected = plain.decision_function(columns.transform(table(questions)))
    np.testing.assert_allclose(fitted.pipeline.pipeline.decision_function(table(questions)), expected, atol=1e-9)


def test_probabilities_are_calibrated_on_margins_out_of_fold(rows):
    questions, gold, clusters = rows
    fitted = LinearSvm(LinearSVC(random_state=0), Words(), n_folds=3).fit_clusters(questions, gold, clusters)
    from harness.selection import inner_folds

    folds = inner_folds(questions, gold, clusters, 3, 0)
    margins = np.zeros(len(questions))
    for fold in range(3):
        inside = [q for q in questions if folds[q.id] != fold]
        columns = Words().columns(inside)
        svm = LinearSVC(random_state=0).fit(columns.fit_transform(table(inside)), [gold[q.id] for q in inside])
        for k, q in enumerate(questions):
            if folds[q.id] == fold:
                margins[k] = svm.decision_function(columns.transform(table([q])))[0]
    both = np.stack([-margins, margins], axis=1)
    sigmoid = LogisticRegression(max_iter=1000).fit(both, [gold[q.id] for q in questions])
    np.testing.assert_allclose(fitted.pipeline.sigmoid.coef_, sigmoid.coef_, atol=1e-3)


def test_a_label_of_a_single_cluster_has_a_probability(question):
    questions = [question(f"q{k}", f"word{k % 3} rain", labels=("a", "b", "c")) for k in range(12)]
    gold = {q.id: "abc"[k % 3] if k != 2 and k % 3 == 2 else "ab"[k % 2] for k, q in enumerate(questions)}
    clusters = {q.id: "one" if gold[q.id] == "c" else q.id for q in questions}
    fitted = LinearSvm(LinearSVC(), Words()).fit_clusters(questions, gold, clusters)
    for prediction in fitted.predict(questions):
        assert set(prediction.probabilities) == {"a", "b", "c"}
        assert prediction.probabilities["c"] > 0
