"""Our task as a task of another harness: the questions with our own prompt, and our own reading of answers beside them.

    export(items, prompt, corpus, "gold", "lm_eval", Path("tasks"))

Everything that is written is made from the definitions here: the words of the messages are those that `system=llm` sends, and the
modules that read a label from an answer are copies of `harness.answer` and what it needs, so that both read it alike.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from harness import paths
from harness.dataset.corpus import Corpus
from harness.errors import ConfigError
from harness.label import Task
from harness.run import write
from harness.system.llm import Words
from harness.task import Items

TARGETS = ("lm_eval", "inspect")
# The modules that decide what an answer says; they import each other and the standard library alone.
READING = ("answer", "declined", "label")
READER = "veristance_answer"


def export(items: Items, prompt: Words, corpus: Corpus, evidence: str, to: str, out: Path) -> list[Path]:
    """Write the task into `out`; gives the files that another harness is pointed to. `evidence` names the setting that the items are of.

    Raises ConfigError for a harness that is not known.
    """
    if to not in TARGETS:
        raise ConfigError(f"to is {to!r}; expected one of {', '.join(TARGETS)}, eee or hub_results")
    task = items.questions[0].task
    name = f"veristance_{task}"
    rows = questions(items, prompt, identity(corpus, task, evidence))
    out = out.resolve()
    write(out / f"{name}.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    _reader(out)
    write(out / "veristance_scores.py", _template("scores.py.txt"))
    about = {"name": name, "data": json.dumps(str(out / f"{name}.jsonl")), "version": corpus.version}
    if to == "inspect":
        path = out / f"{name}.py"
        write(path, _template("inspect.py.txt").format_map(about | {"data": f"{name}.jsonl"}))
        return [path]
    made = []
    forms = ("generate",) if not rows[0]["user_letters"] else ("generate", "mc")
    for form in forms:
        path = out / f"{name}{'' if form == 'generate' else '_mc'}.yaml"
        write(path, _template(f"lm_eval_{form}.yaml.txt").format_map(about))
        made.append(path)
    return made


def questions(items: Items, prompt: Words, dataset: str) -> list[dict[str, Any]]:
    """A row for each question: the messages as they are sent for JSON and for one letter, the labels, and the gold."""
    return [
        {
            "id": question.id,
            "dataset": dataset,
            "labels": list(question.labels),
            "target": items.gold[question.id],
            "target_index": question.labels.index(items.gold[question.id]),
            "letters": list(ascii_uppercase[: len(question.labels)]),
            "cluster": items.clusters[question.id],
            **_words(prompt, question, "json", ""),
            **_words(prompt, question, "logprobs", "_letters"),
        }
        for question in items.questions
    ]


def identity(corpus: Corpus, task: Task, evidence: str) -> str:
    """What a log is on, so that it is not taken for one on other data, or with other evidence."""
    return f"{corpus.name}:{corpus.version}@{corpus.sha256[:16]}/{task}/evidence={evidence}"


def _words(prompt: Words, question: Any, form: Any, suffix: str) -> dict[str, str]:
    try:
        messages = prompt.messages(question, form)
    except ConfigError:
        if form == "json":
            raise
        return {f"system{suffix}": "", f"user{suffix}": ""}  # a prompt that asks for a reason has no form of one letter
    words = {message.role: message.content for message in messages}
    if len(messages) != len(words) or set(words) - {"system", "user"}:
        raise ConfigError("the prompt has more than a system and a user message; expected one without worked examples")
    return {f"system{suffix}": words.get("system", ""), f"user{suffix}": words["user"]}


def _reader(out: Path) -> None:
    for module in READING:
        source = (paths.PACKAGE / f"{module}.py").read_text("utf-8").replace("from harness.", f"from {READER}.")
        write(out / READER / f"{module}.py", source)
    write(
        out / READER / "__init__.py",
        '"""How veristance reads a label from an answer; copied by its export, do not edit."""\n',
    )


def _template(name: str) -> str:
    return resources.files("harness.exchange").joinpath("template", name).read_text("utf-8")
