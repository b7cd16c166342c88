"""Metrics of labels against scikit-learn, on random tables with and without missing answers, and with weights."""

from dataclasses import replace

import numpy as np
import pytest
from answering import LABELS, made, value, whole_weights
from sklearn import metrics as sk

from harness.errors import ConfigError
from harness.metric import bind
from harness.metric.balanced_accuracy import BalancedAccuracy
from harness.metric.class_f1 import ClassF1
from harness.metric.class_precision import ClassPrecision
from harness.metric.class_recall import ClassRecall
from harness.metric.kappa import Kappa
from harness.metric.mcc import Mcc
from harness.metric.micro_f1 import MicroF1
from harness.metric.weighted_f1 import WeightedF1


def of_sklearn(function, **fixed):
    return lambda gold, given, w: function(gold, given, sample_weight=w, **fixed)


ALL = {"labels": range(4), "zero_division": 0}
METRICS = {
    "balanced_accuracy": (BalancedAccuracy(), of_sklearn(sk.balanced_accuracy_score)),
    "micro_f1": (MicroF1(), of_sklearn(sk.f1_score, average="micro", **ALL)),
    "weighted_f1": (WeightedF1(), of_sklearn(sk.f1_score, average="weighted", **ALL)),
    "mcc": (Mcc(), of_sklearn(sk.matthews_corrcoef)),
    "kappa": (Kappa(), of_sklearn(sk.cohen_kappa_score)),
    "precision": (ClassPrecision(LABELS[1]), of_sklearn(sk.precision_score, **ALL | {"labels": [1]}, average="macro")),
    "recall": (ClassRecall(LABELS[1]), of_sklearn(sk.recall_score, **ALL | {"labels": [1]}, average="macro")),
    "f1": (ClassF1(LABELS[1]), of_sklearn(sk.f1_score, **ALL | {"labels": [1]}, average="macro")),
}
# A -1 is a label of its own for scikit-learn, which then warns that gold never has it.
pytestmark = pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_metric_is_that_of_scikit_learn(name, missing, seed):
    ours, theirs = METRICS[name]
    answers = made(seed, missing=missing)
    assert value(ours, answers) == pytest.approx(theirs(answers.gold, answers.predicted, None), abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("seed", range(10))
def test_weights_are_those_of_scikit_learn(name, seed):
    ours, theirs = METRICS[name]
    answers, weights = made(seed), whole_weights(seed)
    assert value(ours, answers, weights) == pytest.approx(theirs(answers.gold, answers.predicted, weights), abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_shuffled_rows_give_the_same_value(name):
    answers = made(1)
    order = np.random.default_rng(0).permutation(60)
    shuffled = type(answers)(
        tuple(answers.ids[i] for i in order), answers.gold[order], answers.predicted[order], order, answers.labels
    )
    assert value(METRICS[name][0], shuffled) == pytest.approx(value(METRICS[name][0], answers), abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_no_answer_at_all_is_undefined(name):
    assert np.isnan(bind(METRICS[name][0], made()).score(np.zeros((1, 60)))[0])


def test_one_label_for_all_has_no_correlation():
    answers = made(0)
    constant = replace(answers, predicted=np.zeros(60, dtype=int))
    assert value(Mcc(), constant) == 0


def test_label_that_the_task_does_not_have_is_named():
    with pytest.raises(ConfigError, match="'maybe'; expected one of supported"):
        ClassF1("maybe").on(made())
