from __future__ import annotations

from sklearn.linear_model import LogisticRegression

from harness.system.tfidf_overlap import TfidfOverlap


def test_it_learns_what_words_tell_and_what_only_the_pair_tells(question):
    train, gold = [], {}
    for k in range(3, 13):
        for real in (k, k + 1):
            for word in ("alpha", "omega"):
                q = question(
                    f"{k}-{real}-{word}",
                    f"{word} {k} drones fell.",
                    f"In all {real} drones fell.",
                    labels=("a", "b", "c"),
                )
                train.append(q)
                gold[q.id] = "c" if word == "omega" else "a" if k == real else "b"
    new = [
        question("x", "alpha 40 drones fell.", "In all 40 drones fell.", labels=("a", "b", "c")),
        question("y", "alpha 40 drones fell.", "In all 70 drones fell.", labels=("a", "b", "c")),
        question("z", "omega 40 drones fell.", "In all 70 drones fell.", labels=("a", "b", "c")),
    ]
    fitted = TfidfOverlap(LogisticRegression(C=10, max_iter=2000)).fit(train, gold)
    assert [p.label for p in fitted.predict(new)] == ["a", "b", "c"]
