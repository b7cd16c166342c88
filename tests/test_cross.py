"""Trained on one table, asked about another: labels in common alone, no text in common, and a stamp that says so."""

import pytest

from harness.cross import Across, across
from harness.dataset.table import TableDataset
from harness.errors import ConfigError
from harness.evidence import Gold
from harness.protocol import GroupedKFold
from harness.system.constant import Constant
from harness.system.majority import Majority
from harness.task.stance import StanceTask


def items(folder, name, rows, labels):
    (folder / f"{name}.csv").write_text("\n".join(["split,claim,seen,label", *rows]) + "\n")
    dataset = TableDataset(
        name=name, task="stance", files=None, path=str(folder / f"{name}.csv"), as_of="2026-01-01", space="ours", labels=labels,
        columns={"claim": "claim", "gold": "label", "split": "split"}, evidence={"text": "seen"},
    ).load()  # fmt: skip
    return StanceTask().items(dataset, Gold())


@pytest.fixture
def both(tmp_path):
    labels = {"for": "agree", "against": "disagree", "off": "unrelated"}
    other = items(
        tmp_path, "other",
        ["train,a,x,for", "train,b,y,for", "train,c,It  RAINS!,against", "train,d,z,off", "test,e,w,against"], labels,
    )  # fmt: skip
    asked = items(tmp_path, "asked", ["test,it rains,u,p", "test,g,v,c"], {"p": "agree", "c": "disagree"})
    return asked, Across("other", "0" * 64, other, GroupedKFold(2))


def test_train_part_with_labels_in_common_and_no_text_that_is_asked_trains(both):
    asked, protocol = both
    (division,) = protocol.divide(asked, set(asked.gold))
    assert [question.claim for question in division.training] == ["a", "b"]
    assert {question.labels for question in division.training} == {("agree", "disagree")}


def test_answers_say_what_trained(both):
    asked, protocol = both
    found = list(protocol.predict(Majority(), asked, set(asked.gold)))
    assert {(p.label, p.fold) for p in found} == {("agree", "trained on other")}
    assert len({p.training for p in found}) == 1


def test_what_trains_does_not_depend_on_what_is_still_missing(both):
    asked, protocol = both
    last = max(asked.gold)
    (whole,), (rest,) = (list(protocol.divide(asked, ids)) for ids in (set(asked.gold), {last}))
    assert (whole.training, [q.id for q in rest.held_out]) == (rest.training, [last])


def test_untrained_system_and_labels_apart_are_told(both, tmp_path):
    asked, protocol = both
    with pytest.raises(ConfigError, match="Constant is not trained"):
        protocol.check(Constant("agree"), asked)
    apart = items(tmp_path, "apart", ["test,a,u,p", "test,g,v,c"], {"p": "discuss", "c": "unrelated"})
    with pytest.raises(ConfigError, match=r"two or more in common: dataset\.space=ours"):
        protocol.check(Majority(), apart)


def test_dataset_that_has_no_map_is_told():
    with pytest.raises(ConfigError, match="train_on is 'none'; expected one of averitec"):
        across("none", StanceTask(), Gold(), GroupedKFold(2))
