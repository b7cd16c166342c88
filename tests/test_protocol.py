"""The protocol: clusters stay whole, and no gold reaches the system that predicts it."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import ConfigError
from harness.fold import assign
from harness.label import Outcome, Task
from harness.protocol import GroupedKFold, LeaveOneArticleOut, TrainTest, fingerprint, sample
from harness.schema import Prediction, Question
from harness.task import Items

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")
# Twelve clusters of one to three questions, with labels of unequal number.
SIZES = (3, 1, 2, 3, 1, 1, 2, 2, 3, 1, 2, 1)
ROWS = [
    (f"q{cluster:02d}-{number}", f"k-{cluster}", LABELS[(cluster * number) % 4])
    for cluster, size in enumerate(SIZES)
    for number in range(size)
]


def items(rows, folds=None):
    return Items(
        questions=tuple(
            Question(id=name, task=Task.VERACITY, claim=f"Claim {name}.", labels=LABELS, as_of=date(2025, 9, 6))
            for name, _, _ in rows
        ),
        labels=LABELS,
        gold={name: label for name, _, label in rows},
        clusters={name: cluster for name, cluster, _ in rows},
        folds=folds or dict.fromkeys((name for name, _, _ in rows), 0),
        slices={name: {} for name, _, _ in rows},
        justification={name: "" for name, _, _ in rows},
    )


ITEMS = items(ROWS)
ALL = {name for name, _, _ in ROWS}


@dataclass(frozen=True)
class Fitted:
    """Answers with one label, and keeps what it was asked beside what it was trained on."""

    trained_on: tuple[str, ...]
    gold: dict
    log: list

    def predict(self, questions):
        for question in questions:
            self.log.append((question, self.trained_on, self.gold))
            yield Prediction(id=question.id, outcome=Outcome.ANSWERED, label="refuted")


@dataclass(frozen=True)
class Recorder:
    """A trained system that records everything that it is given."""

    log: list = field(default_factory=list)

    def fit(self, questions, gold):
        return Fitted(tuple(question.id for question in questions), dict(gold), self.log)


@dataclass(frozen=True)
class ZeroShot:
    """A system that records everything that it is given, and has nothing that takes gold."""

    log: list = field(default_factory=list)

    def predict(self, questions):
        for question in questions:
            self.log.append(question)
            yield Prediction(id=question.id, outcome=Outcome.ANSWERED, label="refuted")


def asked_of(protocol, asked=ALL, of=ITEMS):
    system = Recorder()
    return list(protocol.predict(system, of, asked)), system.log


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_folds_keep_clusters_whole(seed):
    folds = GroupedKFold(4, seed).folds(ITEMS)
    assert len({(ITEMS.clusters[name], fold) for name, fold in folds.items()}) == len(SIZES)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_folds_are_all_used(seed):
    assert set(GroupedKFold(4, seed).folds(ITEMS).values()) == {0, 1, 2, 3}


def test_folds_are_even_in_labels():
    # Sixteen clusters of one question, four of each label: each of four folds can get one of each.
    labels = {f"k-{number}": Counter([LABELS[number % 4]]) for number in range(16)}
    made = assign(labels, 4, seed=3)
    per_fold = {fold: sum((labels[k] for k, f in made.items() if f == fold), Counter()) for fold in range(4)}
    assert per_fold == {fold: Counter(LABELS) for fold in range(4)}


def test_every_question_is_predicted_once():
    predictions, _ = asked_of(GroupedKFold(4))
    assert sorted(p.id for p in predictions) == sorted(ALL)


def test_only_what_is_asked_is_predicted():
    predictions, _ = asked_of(GroupedKFold(4), {"q00-1", "q07-0"})
    assert sorted(p.id for p in predictions) == ["q00-1", "q07-0"]


def test_gold_of_a_question_never_reaches_the_system_that_predicts_it():
    _, log = asked_of(GroupedKFold(4))
    assert [question.id for question, _, gold in log if question.id in gold] == []


def test_system_is_not_trained_on_the_cluster_that_it_predicts():
    _, log = asked_of(GroupedKFold(4))
    leaked = [
        question.id
        for question, trained_on, _ in log
        if ITEMS.clusters[question.id] in {ITEMS.clusters[name] for name in trained_on}
    ]
    assert leaked == []


def test_system_is_not_trained_on_the_fold_that_it_predicts():
    protocol = GroupedKFold(4, seed=1)
    folds = protocol.folds(ITEMS)
    _, log = asked_of(protocol)
    assert [q.id for q, trained_on, _ in log if folds[q.id] in {folds[name] for name in trained_on}] == []


def test_system_is_trained_on_all_questions_of_the_other_folds_though_few_are_asked():
    protocol = GroupedKFold(4)
    folds = protocol.folds(ITEMS)
    _, [(question, trained_on, _)] = asked_of(protocol, {"q07-0"})
    assert set(trained_on) == {name for name in ALL if folds[name] != folds[question.id]}


def test_gold_that_is_given_is_of_the_training_questions():
    _, log = asked_of(GroupedKFold(4))
    assert all(gold == {name: ITEMS.gold[name] for name in trained_on} for _, trained_on, gold in log)


def test_questions_carry_no_gold_and_no_group():
    shown = {"id", "task", "claim", "holder", "evidence", "labels", "as_of"}
    _, log = asked_of(GroupedKFold(4))
    assert {name for question, _, _ in log for name in question.model_dump()} == shown


def test_zero_shot_system_is_given_the_questions_and_nothing_else():
    system = ZeroShot()
    list(GroupedKFold(4).predict(system, ITEMS, ALL))
    assert system.log == list(ITEMS.questions)


def test_zero_shot_system_needs_no_folds():
    # Three clusters cannot make five folds, and none is needed.
    few = items(ROWS[:6])
    assert len(list(GroupedKFold(5).predict(ZeroShot(), few, set(few.gold)))) == 6


def test_folds_do_not_depend_on_the_order_of_rows():
    assert GroupedKFold(4, 1).folds(items(ROWS[::-1])) == GroupedKFold(4, 1).folds(ITEMS)


def test_folds_do_not_depend_on_the_order_of_labels_in_a_cluster():
    # A tie of two folds, which the rounding of a plain sum breaks by the order of its terms.
    labels = ["aab", "ccb", "b", "b", "bac"]
    forward = {f"k-{number}": Counter(word) for number, word in enumerate(labels)}
    backward = {f"k-{number}": Counter(word[::-1]) for number, word in enumerate(labels)}
    assert assign(forward, 2, seed=1) == assign(backward, 2, seed=1)


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(LABELS)), min_size=12, max_size=40),
    st.randoms(use_true_random=False),
)
def test_folds_of_any_rows_do_not_depend_on_their_order(drawn, random):
    drawn = [(0, "supported"), (1, "refuted"), *drawn]
    rows = [(f"q{number}", f"k-{cluster}", label) for number, (cluster, label) in enumerate(drawn)]
    shuffled = random.sample(rows, len(rows))
    assert GroupedKFold(2, 1).folds(items(shuffled)) == GroupedKFold(2, 1).folds(items(rows))


def test_seed_0_takes_the_folds_of_the_dataset():
    own = {name: SIZES[int(cluster[2:])] - 1 for name, cluster, _ in ROWS}
    assert GroupedKFold(3, seed=0).folds(items(ROWS, own)) == own


def test_another_number_of_folds_does_not_take_those_of_the_dataset():
    own = {name: SIZES[int(cluster[2:])] - 1 for name, cluster, _ in ROWS}
    assert set(GroupedKFold(4, seed=0).folds(items(ROWS, own)).values()) == {0, 1, 2, 3}


def test_another_seed_regroups_the_clusters():
    groupings = set()
    for seed in range(4):
        folds = GroupedKFold(4, seed).folds(ITEMS)
        groupings.add(frozenset(frozenset(n for n in ALL if folds[n] == fold) for fold in range(4)))
    assert len(groupings) > 1


@pytest.mark.parametrize("n_folds", [-1, 0, 1, 13])
def test_number_of_folds_that_the_clusters_cannot_fill_is_refused(n_folds):
    with pytest.raises(ConfigError, match=f"n_folds is {n_folds}; expected 2 to 12, the number of clusters"):
        GroupedKFold(n_folds).folds(ITEMS)


def test_as_many_folds_as_clusters_leave_one_out():
    assert len(set(GroupedKFold(12).folds(ITEMS).values())) == 12


def test_sample_of_none_is_everything():
    assert sample(ITEMS, None, seed=0) == tuple(q.id for q in ITEMS.questions)


@pytest.mark.parametrize("n", range(1, 23))
def test_sample_has_n_questions_of_the_task(n):
    drawn = sample(ITEMS, n, seed=0)
    assert len(set(drawn)) == min(n, len(ROWS))
    assert set(drawn) <= ALL


def test_every_question_is_as_likely():
    # 400 draws of 6 of the questions: each is expected in 400 * 6 / n of them; 5 standard deviations of a binomial around it.
    share = 6 / len(ROWS)
    counts = Counter(name for seed in range(400) for name in sample(ITEMS, 6, seed))
    spread = (400 * share * (1 - share)) ** 0.5
    assert all(abs(counts[name] - 400 * share) < 5 * spread for name in ALL)


def test_sample_of_the_whole_size_is_everything():
    assert set(sample(ITEMS, len(ROWS), seed=5)) == ALL


def test_sample_is_the_same_for_the_same_seed_in_any_order_of_rows():
    assert sample(ITEMS, 10, seed=4) == sample(items(ROWS[::-1]), 10, seed=4)


def test_sample_is_another_for_another_seed():
    assert len({sample(ITEMS, 10, seed) for seed in range(4)}) > 1


def in_articles(of):
    """The items with an article and a split: the cluster k-3 is in both articles."""
    slices = {
        name: {
            "article": "a1" if int(name[1:3]) < 6 and name != "q03-1" else "a2",
            "split": "train" if int(name[1:3]) < 8 else "test",
        }
        for name in of.gold
    }
    return replace(of, slices=slices)


TWO = in_articles(ITEMS)


def test_predictions_of_a_trained_system_name_their_fold_and_training_set():
    predictions, log = asked_of(GroupedKFold(4))
    folds = GroupedKFold(4).folds(ITEMS)
    for prediction, (_, trained_on, gold) in zip(predictions, log, strict=True):
        assert prediction.fold == str(folds[prediction.id])
        questions = [q for q in ITEMS.questions if q.id in trained_on]
        assert prediction.training == fingerprint(questions, gold)
    assert len({p.training for p in predictions}) == 4


def test_predictions_of_a_zero_shot_system_name_none():
    predictions = list(GroupedKFold(4).predict(ZeroShot(), ITEMS, ALL))
    assert {(p.fold, p.training) for p in predictions} == {(None, None)}


def test_the_training_sets_name_changes_with_a_label_and_not_with_the_order():
    questions, gold = list(ITEMS.questions), dict(ITEMS.gold)
    name = fingerprint(questions, gold)
    assert fingerprint(questions[::-1], gold) == name
    assert fingerprint(questions, gold | {"q00-1": "refuted" if gold["q00-1"] != "refuted" else "supported"}) != name


def test_an_article_is_held_out_with_every_cluster_that_it_has():
    predictions, log = asked_of(LeaveOneArticleOut(), of=TWO)
    assert sorted(p.id for p in predictions) == sorted(ALL)
    for question, trained_on, _ in log:
        article = TWO.slices[question.id]["article"]
        assert trained_on
        assert article not in {TWO.slices[id_]["article"] for id_ in trained_on}
        assert not {TWO.clusters[id_] for id_ in trained_on} & {
            TWO.clusters[id_] for id_ in ALL if TWO.slices[id_]["article"] == article
        }


def test_an_articles_name_is_the_fold():
    predictions, _ = asked_of(LeaveOneArticleOut(), of=TWO)
    assert {p.fold for p in predictions} == {"article=a1", "article=a2"}


def test_one_article_cannot_be_left_out():
    one = replace(TWO, slices={name: {"article": "a1"} for name in ALL})
    with pytest.raises(ConfigError, match="all questions have article a1; expected two values or more"):
        LeaveOneArticleOut().check(Recorder(), one)
    LeaveOneArticleOut().check(ZeroShot(), one)


def test_articles_that_share_every_cluster_cannot_be_left_out():
    shared = replace(TWO, clusters=dict.fromkeys(ALL, "k"))
    with pytest.raises(ConfigError, match="every cluster has a question of article a1"):
        LeaveOneArticleOut().check(Recorder(), shared)


def test_a_field_that_there_is_not_is_told():
    with pytest.raises(ConfigError, match=r"the protocol's field is 'year'.*expected one of article, split"):
        LeaveOneArticleOut("year").check(Recorder(), TWO)


def test_a_split_asks_the_test_part_alone_and_trains_on_the_other():
    asked = TrainTest().questions(TWO)
    assert asked == tuple(id_ for id_ in sorted(ALL) if int(id_[1:3]) >= 8)
    predictions, log = asked_of(TrainTest(), asked, TWO)
    assert sorted(p.id for p in predictions) == sorted(asked)
    assert set(log[0][1]) == ALL - set(asked)


def test_a_split_leaves_out_training_questions_of_a_test_cluster(caplog):
    shared = replace(TWO, clusters=dict(TWO.clusters) | {"q00-0": TWO.clusters["q08-0"]})
    _, log = asked_of(TrainTest(), TrainTest().questions(shared), shared)
    assert "q00-0" not in log[0][1]
    assert "1 training questions share a cluster with the test part" in caplog.text


def test_a_zero_shot_system_answers_the_test_part_alone():
    given = list(TrainTest().predict(ZeroShot(), TWO, TrainTest().questions(TWO)))
    assert {p.id for p in given} == set(TrainTest().questions(TWO))


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        (TrainTest(test=("dev",)), "no question has split dev; expected one of test, train"),
        (TrainTest(train=("test",)), "split test is in train and in test"),
        (TrainTest(field="year"), "the protocol's field is 'year'"),
    ],
)
def test_a_split_that_there_is_not_is_told(protocol, said):
    with pytest.raises(ConfigError, match=said):
        protocol.check(Recorder(), TWO)


def test_a_sample_is_of_the_test_part():
    asked = sample(TWO, 4, 0, frozenset(TrainTest().questions(TWO)))
    assert set(asked) <= set(TrainTest().questions(TWO))
    assert 0 < len(asked) <= 4
