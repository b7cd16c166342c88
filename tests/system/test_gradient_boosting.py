from __future__ import annotations

from sklearn.ensemble import HistGradientBoostingClassifier

from harness.system.gradient_boosting import GradientBoosting


def test_trees_learn_that_clashing_numbers_refute(question):
    train = [
        question(f"{claimed:02d}-{real:02d}", f"{claimed} drones fell.", f"In all {real} drones fell.")
        for claimed in range(13, 93)
        for real in (claimed, claimed + 5)
    ]
    gold = {q.id: "supported" if q.id[:2] == q.id[3:] else "refuted" for q in train}
    estimator = HistGradientBoostingClassifier(class_weight="balanced", max_iter=20, early_stopping=False)
    new = [
        question("a", "11 drones fell.", "In all 11 drones fell."),
        question("b", "11 drones fell.", "In all 16 drones fell."),
    ]
    fitted = GradientBoosting(estimator).fit(train, gold)
    assert [p.label for p in fitted.predict(new)] == ["supported", "refuted"]
    assert not hasattr(estimator, "classes_")
