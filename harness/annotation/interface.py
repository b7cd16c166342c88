"""The labelling screens, made from the label definitions: what an annotator sees and presses.

A screen is Label Studio's XML. The item and its choices stand on the left and stay in sight; the article stands beside them. Names in it are those of
the exports that the build reads: the task's name for the label, `evidence_<n>` for spans in the n-th article, `same_event`, `comment`, `why`.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, indent, tostring

from harness.dataset.tables import LABELLED
from harness.label import Content, Form, Task

CLAIMS = "claims"
"""The screen on which claims are written; its results are rows of claims.jsonl and no votes."""
COMMENT, WHY, SAME_EVENT, EVIDENCE = "comment", "why", "same_event", "evidence"
EVIDENCE_KEYS = "qwertyuiop"
"""Hotkeys of the evidence markers, in the order of the articles; digits choose labels."""
STYLE = """
.vs-screen {display: flex; gap: 20px; align-items: flex-start}
.vs-item {flex: 0 0 42%; position: sticky; top: 0}
.vs-articles {flex: 1 1 58%; max-height: 82vh; overflow-y: auto; padding-left: 16px; border-left: 1px solid #c8ccd4}
.vs-votes {display: flex; gap: 10px}
.vs-vote {flex: 1 1 0; padding: 6px; border: 1px solid #c8ccd4; border-radius: 4px}
"""


@cache
def definitions(labels: type[StrEnum]) -> dict[str, str]:
    """The definition of every label: the line under each member in `harness.label`."""
    (body,) = ast.parse(inspect.getsource(labels)).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class is one
    # The class's own line comes first, and Python keeps none of them but in the source.
    texts = [ast.literal_eval(node.value) for node in body.body if isinstance(node, ast.Expr)][1:]
    return {label.value: str(words).strip() for label, words in zip(labels, texts, strict=True)}


def screen(kind: str, n_articles: int = 1, n_votes: int = 0) -> str:
    """The XML of a task's screen, or of `claims`; with votes it is the adjudicator's, who sees them side by side and says why."""
    root = Element("View", className="vs-screen")
    _sub(root, "Style").text = STYLE
    item = _sub(root, "View", className="vs-item")
    if kind == CLAIMS:
        _writing(item)
    else:
        _voting(item, Task(kind), n_votes)
    articles = _sub(root, "View", className="vs-articles")
    for n in range(1, n_articles + 1):
        _sub(articles, "Header", value=f"$title_{n}", size="5")
        if kind == Task.VERACITY:
            marker = _sub(articles, "Labels", name=f"{EVIDENCE}_{n}", toName=f"article_{n}")
            _sub(marker, "Label", value=EVIDENCE, background="#1f6feb", **_key(EVIDENCE_KEYS, n - 1))
        _sub(articles, "Text", name=f"article_{n}", value=f"$article_{n}")
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _voting(item: Element, task: Task, n_votes: int) -> None:
    """What is voted on, the labels with their definitions, and what goes with a vote."""
    if task is not Task.CHECK_WORTHINESS:
        _sub(item, "Header", value="Claim", size="5")
        _sub(item, "Text", name="claim", value="$claim")
    if task is Task.STANCE:
        _sub(item, "Header", value="Whose stance: $holder", size="5")
    if task is not Task.VERACITY:
        _sub(item, "Header", value="Passage $passage", size="5")
        _sub(item, "Text", name="text", value="$text")
    target = "text" if task is Task.CHECK_WORTHINESS else "claim"
    if n_votes:
        votes = _sub(item, "View", className="vs-votes")
        for n in range(1, n_votes + 1):
            _sub(_sub(votes, "View", className="vs-vote"), "Text", name=f"vote_{n}", value=f"$vote_{n}")
    _sub(item, "Header", value=task.value.replace("_", "-").capitalize(), size="5")
    _choices(item, task.value, target, LABELLED[task][1])
    if task is Task.STANCE:
        flag = _sub(
            item, "Choices", name=SAME_EVENT, toName=target, choice="multiple", visibleWhen="choice-selected",
            whenTagName=task.value, whenChoiceValue="unrelated",
        )  # fmt: skip
        _sub(flag, "Choice", value=SAME_EVENT, hotkey="s", hint="The same event with another proposition.")
    if n_votes:
        _text(item, WHY, target, "Why this label holds, in one sentence", required="true")
    else:
        _text(item, COMMENT, target, "The rule that decided, or the labels between which you wavered")


def _writing(item: Element) -> None:
    """Mark the words of a passage that state a claim, then write the claim for that mark."""
    _sub(item, "Header", value="Passage $passage: mark where a claim is stated, then write it out", size="5")
    marker = _sub(item, "Labels", name="form", toName="text")
    for n, (form, words) in enumerate(definitions(Form).items()):
        _sub(marker, "Label", value=form, hint=words, **_key("123456789", n))
    _sub(item, "Text", name="text", value="$text")
    _text(
        item, "claim", "text", "One proposition: names, dates and places resolved, no pronoun that needs the article",
        required="true", perRegion="true",
    )  # fmt: skip
    _choices(item, "content", "text", Content, keys="6789", perRegion="true")


def _choices(
    parent: Element, name: str, target: str, labels: type[StrEnum], keys: str = "123456789", **more: str
) -> None:
    tag = _sub(
        parent, "Choices", name=name, toName=target, choice="single", required="true",
        requiredMessage=f"Choose one label of {name}.", **more,
    )  # fmt: skip
    for n, (label, words) in enumerate(definitions(labels).items()):
        _sub(tag, "Choice", value=label, hint=words, **_key(keys, n))


def _text(parent: Element, name: str, target: str, words: str, **more: str) -> None:
    _sub(
        parent, "TextArea", name=name, toName=target, rows="2", maxSubmissions="1", editable="true",
        showSubmitButton="false", placeholder=words, **more,
    )  # fmt: skip


def _sub(parent: Element, tag: str, **attributes: str) -> Element:
    return ET.SubElement(parent, tag, attributes)


def _key(keys: Sequence[str], n: int) -> dict[str, str]:
    return {"hotkey": keys[n]} if n < len(keys) else {}
