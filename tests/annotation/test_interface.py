from xml.etree import ElementTree as ET

import pytest

from harness.annotation.interface import CLAIMS, definitions, screen
from harness.dataset.tables import LABELLED
from harness.label import Stance, Task


def test_definitions_are_the_lines_under_the_members():
    found = definitions(Stance)
    assert list(found) == ["agree", "disagree", "discuss", "unrelated"]
    assert found["agree"] == "The holder asserts or endorses it."


@pytest.mark.parametrize("task", list(Task))
def test_screen_offers_every_label_once_with_definition_and_hotkey(task):
    root = ET.fromstring(screen(task))
    (choices,) = [tag for tag in root.iter("Choices") if tag.get("name") == task.value]
    assert [choice.get("value") for choice in choices] == list(LABELLED[task][1])
    assert [choice.get("hotkey") for choice in choices] == [str(n + 1) for n in range(len(choices))]
    assert all(choice.get("hint") for choice in choices)


@pytest.mark.parametrize("kind", [*Task, CLAIMS])
def test_hotkeys_of_a_screen_are_distinct(kind):
    keys = [tag.get("hotkey") for tag in ET.fromstring(screen(kind, n_articles=3)).iter() if tag.get("hotkey")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", [*Task, CLAIMS])
def test_every_control_names_a_text_of_its_screen(kind):
    root = ET.fromstring(screen(kind, n_articles=2, n_votes=0 if kind == CLAIMS else 2))
    texts = {tag.get("name") for tag in root.iter("Text")}
    assert {tag.get("toName") for tag in root.iter() if tag.get("toName")} <= texts


def test_veracity_has_a_marker_for_each_article():
    root = ET.fromstring(screen(Task.VERACITY, n_articles=2))
    assert [tag.get("toName") for tag in root.iter("Labels")] == ["article_1", "article_2"]
