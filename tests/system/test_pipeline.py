from __future__ import annotations

import pytest
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from harness.errors import ConfigError, InputError
from harness.system.pipeline import OwnPipeline

GOLD = {"a": "supported", "b": "refuted", "c": "supported", "d": "refuted"}


@pytest.fixture
def rows(question):
    return [question(name, f"Claim {name}{name}.", f"{label} by the passage.") for name, label in GOLD.items()]


def test_text_agrees_with_scikit_learn(rows):
    texts = [f"{q.claim}\n{q.evidence[0].text}" for q in rows]
    plain = make_pipeline(CountVectorizer(), MultinomialNB()).fit(texts, list(GOLD.values()))
    given = OwnPipeline(make_pipeline(CountVectorizer(), MultinomialNB())).fit(rows, GOLD).predict(rows)
    column = list(plain.classes_).index("refuted")
    assert [p.probabilities["refuted"] for p in given] == pytest.approx(plain.predict_proba(texts)[:, column], abs=1e-9)


def test_lists_of_a_yaml_are_tuples_where_scikit_learn_wants_them(rows):
    own = OwnPipeline(Pipeline([["words", TfidfVectorizer(ngram_range=[1, 2])], ["classifier", LogisticRegression()]]))
    assert len(list(own.fit(rows, GOLD).predict(rows))) == len(rows)
    assert own.pipeline.steps[0][1].ngram_range == [1, 2]  # what was given stays as it is


def test_columns_are_claim_evidence_and_holder(rows):
    columns = ColumnTransformer([("evidence", CountVectorizer(), 1)])
    given = OwnPipeline(make_pipeline(columns, LogisticRegression(C=100)), "columns").fit(rows, GOLD).predict(rows)
    assert {p.id: p.label for p in given} == GOLD


def test_the_claim_alone_cannot_tell_them(rows):
    given = list(
        OwnPipeline(make_pipeline(CountVectorizer(), LogisticRegression()), "evidence").fit(rows, GOLD).predict(rows)
    )
    assert {p.id: p.label for p in given} == GOLD


def test_a_pipeline_without_probabilities_is_refused_with_what_to_do(rows):
    with pytest.raises(InputError, match=r"has no predict_proba.*CalibratedClassifierCV"):
        OwnPipeline(make_pipeline(CountVectorizer(), LinearSVC())).fit(rows, GOLD)


def test_a_pipeline_that_does_not_take_its_input_is_told(rows):
    with pytest.raises(InputError, match="the pipeline cannot be fitted on columns"):
        OwnPipeline(make_pipeline(CountVectorizer(), LogisticRegression()), "columns").fit(rows, GOLD)


@pytest.mark.parametrize(
    ("pipeline", "form", "said"),
    [(LogisticRegression(), "words", "system.input is 'words'"), (3, "text", "has no fit")],
)
def test_a_setting_that_does_not_fit_is_told(pipeline, form, said):
    with pytest.raises(ConfigError, match=said):
        OwnPipeline(pipeline, form)


def test_about_names_the_steps():
    assert OwnPipeline(make_pipeline(CountVectorizer(), MultinomialNB())).about == (
        "A scikit-learn pipeline on text: CountVectorizer, MultinomialNB."
    )


def test_a_pipeline_of_the_users_own_file_from_the_command_line(veristance, tmp_path):
    (tmp_path / "conf/system").mkdir(parents=True)
    (tmp_path / "mine.py").write_text(
        "from sklearn.base import BaseEstimator, TransformerMixin\n"
        "class Lengths(TransformerMixin, BaseEstimator):\n"
        "    def fit(self, texts, labels=None):\n        return self\n"
        "    def transform(self, texts):\n        return [[len(text)] for text in texts]\n"
    )
    (tmp_path / "conf/system/lengths.yaml").write_text(
        "_target_: harness.system.pipeline.OwnPipeline\npipeline:\n  _target_: sklearn.pipeline.Pipeline\n  steps:\n"
        "  - - length\n    - _target_: mine.Lengths\n  - - classifier\n    - _target_: sklearn.linear_model.LogisticRegression\n"
    )
    code, _, err = veristance("evaluate", "--config-dir", "conf", "system=lengths", "+allow=[mine]", "sample=60")
    assert code == 0, err
    assert "lengths: macro_f1" in err
