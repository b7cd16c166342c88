"""The records that cross the disk boundary: the dataset's rows, questions and predictions.

All are frozen. Unknown keys are refused, so that a misspelt field is an error and not a silent default.
What is computed from them (scores, comparisons) is in `harness.score`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from harness.label import (
    AnnotatorKind,
    CheckWorthiness,
    Choice,
    Content,
    Edit,
    Form,
    Origin,
    Outcome,
    Section,
    Stance,
    Task,
    Veracity,
)
from harness.record import Record

Fraction = Annotated[float, Field(ge=0, le=1)]


class Passage(Record):
    """A sentence of an article; `article[start:end] == text` in Unicode code points."""

    id: str
    """Article and number, for example `a1.s07`."""
    article: str
    """The article's id: the stem of its file name."""
    start: Annotated[int, Field(ge=0)]
    """Offset of the first character."""
    end: Annotated[int, Field(ge=0)]
    """Offset after the last character."""
    section: Section
    """The part of the article."""
    paragraph: Annotated[int, Field(ge=1)]
    """The number of the non-empty line that it stands in, from 1."""
    sha256: str
    """Of the text in UTF-8, so that a copy can be checked where the text is withheld."""
    text: str | None
    """The sentence, or `None` where it is withheld."""
    check_worthiness: CheckWorthiness | None = None
    """Whether it states anything that can be checked, or why not; `None` where nobody has decided."""
    example: bool = False
    """Whether the guidelines show it as a worked example, so that it is never scored."""


class Span(Record):
    """A stretch of an article where a claim is stated."""

    passage: str
    """The passage's id."""
    start: Annotated[int, Field(ge=0)]
    """Offset in the article."""
    end: Annotated[int, Field(ge=0)]
    """Offset in the article after the last character."""


class Claim(Record):
    """One atomic, check-worthy, decontextualised proposition with its label."""

    id: str
    """Opaque: tells neither label nor family."""
    text: str
    """The proposition: names, dates and places resolved."""
    origin: Origin
    """Extracted or contrast."""
    edit: Edit | None
    """What a contrast claim changes; `None` for an extracted one."""
    parent: str | None
    """The claim that was edited; `None` for an extracted one."""
    family: str
    """The id of the extracted claim that it descends from, itself included."""
    cluster: str
    """Claims that are not independent share one; the unit of every fold and every resampling."""
    fold: Annotated[int, Field(ge=0)]
    """The cross-validation fold of its cluster, for seed 0."""
    form: Form
    """About a saying or about the world."""
    content: Content
    """Factual, forecast, opinion or vague."""
    article: str
    """The article of its first span (of its parent's for a contrast claim)."""
    spans: tuple[Span, ...]
    """Where it is stated; empty for a contrast claim."""
    veracity: Veracity
    """The label."""
    evidence: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    """Ids of the passages that settle it, or come nearest to settling it."""
    justification: str
    """One sentence on why the label holds."""
    votes: tuple[int, ...] = ()
    """Votes for each label in the schema's order, of all rounds; empty where they are not known."""
    ambiguous: bool
    """Whether a vote differs from the label."""
    invented: bool
    """Whether we wrote it and the corpus does not bear it out: it may say false things about living people."""


class Pair(Record):
    """A claim, a passage and a holder, with the holder's stance."""

    id: str
    """Opaque: tells neither label nor cluster."""
    claim: str
    """The claim's id."""
    passage: str
    """The passage's id."""
    holder: str
    """`voice` (the article) or an actor whom words are attributed to in the passage."""
    chosen: Choice | None = None
    """Why a program chose it, before anyone voted; `None` where no program did."""
    stance: Stance
    """The label."""
    same_event: bool
    """Whether an unrelated passage is about the same event with another proposition."""
    votes: tuple[int, ...] = ()
    """Votes for each label in the schema's order, of all rounds; empty where they are not known."""
    ambiguous: bool
    """Whether a vote differs from the label."""


class Vote(Record):
    """One independent judgement of one item; never edited."""

    item: str
    """The id of a claim, a pair or a passage."""
    task: Task
    """Which field the vote is on."""
    label: str
    """A member of the task's labels."""
    annotator: str
    """A stable pseudonym."""
    kind: AnnotatorKind
    """A model or a person."""
    model: str | None
    """The model's name where it is known."""
    round: Annotated[int, Field(ge=0)]
    """The annotation round, from 0 (pilot)."""
    evidence: tuple[str, ...] = ()
    """Ids of passages that the annotator named."""
    comment: str = ""
    """What the annotator wrote, word for word."""


class Evidence(Record):
    """A text that a system may use, with its id."""

    id: str
    """The passage's id."""
    text: str
    """The passage."""


class Question(Record):
    """All that a system sees of an item: no gold, no split, no verdict, no cluster."""

    id: str
    """Opaque; a prediction is joined by it."""
    task: Task
    """Veracity or stance."""
    claim: str
    """The claim's text."""
    holder: str | None = None
    """Whose stance is asked; `None` for veracity."""
    evidence: tuple[Evidence, ...] = ()
    """The texts that the evidence setting gives; empty means closed book."""
    labels: tuple[str, ...]
    """The allowed labels, in the schema's order."""
    as_of: date
    """The day on which the verdict is to hold."""


class Message(Record):
    """One chat message that was really sent."""

    role: str
    """system, user or assistant."""
    content: str
    """The words."""


class Prediction(Record):
    """What a system gave for one question."""

    id: str
    """The question's id."""
    outcome: Outcome
    """How asking ended."""
    label: str | None = None
    """The label; set if and only if the outcome is answered."""
    probabilities: dict[str, Fraction] | None = None
    """One for each allowed label, summing to 1; `None` where the system gives none."""
    evidence: tuple[str, ...] = ()
    """Ids of the texts that the system says it used."""
    rationale: str | None = None
    """The reason that the system gave."""
    messages: tuple[Message, ...] = ()
    """The messages that were sent, word for word."""
    raw: str | None = None
    """The answer, word for word."""
    n_tokens_in: Annotated[int, Field(ge=0)] | None = None
    """Prompt tokens; `None` where unknown."""
    n_tokens_out: Annotated[int, Field(ge=0)] | None = None
    """Generated tokens; `None` where unknown."""
    n_requests: Annotated[int, Field(ge=0)] | None = None
    """Requests that were sent for it, repeats after faults included, 0 where all came from the cache; `None` where none is counted."""
    cost: Annotated[float, Field(ge=0)] | None = None
    """US dollars; `None` where unknown, never 0 for unknown."""
    seconds: Annotated[float, Field(ge=0)] | None = None
    """Wall time of the answer; `None` where it was answered in a batch."""
    cached: bool = False
    """Whether it came from the cache."""
    error: str | None = None
    """What went wrong; set for failed and unparsable."""
    fold: str | None = None
    """The part that was held out while its system was trained; `None` for a system that is not trained."""
    training: str | None = None
    """The first 16 digits of the sha256 of the training questions and their gold; `None` for a system that is not trained."""

    @model_validator(mode="after")
    def _label_fits_outcome(self) -> Prediction:
        if (self.label is not None) != (self.outcome is Outcome.ANSWERED):
            raise ValueError(
                f"outcome {self.outcome} with label {self.label!r}; a label goes with answered and with nothing else"
            )
        if self.probabilities is not None and abs(sum(self.probabilities.values()) - 1) > 1e-6:
            raise ValueError(f"probabilities sum to {sum(self.probabilities.values()):.6f}; expected 1")
        return self
