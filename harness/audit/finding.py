"""What an audit found, as records and as a page."""

from __future__ import annotations

from harness.label import Task
from harness.record import Record


class Probe(Record):
    """A classifier that sees only what should tell nothing of a label, or too little."""

    name: str
    """What it sees."""
    n: int
    """Questions that it was asked, each out of its training."""
    accuracy: float
    macro_f1: float
    balanced: float
    """Balanced accuracy: the mean recall of the labels, 1/K by chance whatever their shares."""
    low: float | None
    """Lower end of its 95 % interval by cluster."""
    high: float | None
    """Upper end."""
    chance: float
    """1/K."""
    flagged: bool
    """Whether `low` is above chance by more than the margin."""


class Count(Record):
    """Rows or texts that have something that they should not have."""

    name: str
    """What was counted."""
    n: int
    """How many have it."""
    of: int
    """Among how many."""
    questions: int
    """Questions concerned."""
    flagged: bool
    examples: tuple[str, ...] = ()
    """The first of them."""


class Audit(Record):
    """A dataset's probes and counts."""

    dataset: str
    version: str
    sha256: str
    task: Task
    n: int
    """Questions."""
    labels: tuple[str, ...]
    majority: float
    """Share of the most frequent label among the questions that the probes were asked."""
    how: str
    """How the probes were trained and asked."""
    probes: tuple[Probe, ...]
    counts: tuple[Count, ...]
    notes: tuple[str, ...] = ()
    """What could not be looked at, and why."""

    def markdown(self) -> str:
        """The report."""
        lines = [
            f"# Audit of {self.dataset} {self.version}: {self.task}", "",
            f"{self.n:,} questions, labels {', '.join(self.labels)}; data {self.sha256[:8]}. {self.how} The most frequent label makes "
            f"{self.majority:.3f} of accuracy. A probe is marked where the lower end of its balanced accuracy is more than .05 above chance.",
            "", "| probe sees | n | accuracy | macro-F1 | balanced accuracy | 95 % interval | chance | |", "| --- | ---: | ---: | ---: | ---: | --- | ---: | --- |",
        ]  # fmt: skip
        lines += [
            f"| {p.name} | {p.n:,} | {p.accuracy:.3f} | {p.macro_f1:.3f} | {p.balanced:.3f} | {_around(p)} | {p.chance:.3f} | {'**tells**' if p.flagged else ''} |"
            for p in self.probes
        ]
        lines += ["", "| counted | n | of | questions | | examples |", "| --- | ---: | ---: | ---: | --- | --- |"]
        lines += [
            f"| {c.name} | {c.n:,} | {c.of:,} | {c.questions:,} | {'**look**' if c.flagged else ''} | {'; '.join(map(_cell, c.examples))} |"
            for c in self.counts
        ]
        return "\n".join([*lines, "", *(f"- {note}" for note in self.notes)]).rstrip() + "\n"


def _around(probe: Probe) -> str:
    return "-" if probe.low is None or probe.high is None else f"{probe.low:.3f} to {probe.high:.3f}"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:90]
