"""What rows, questions and answers are labelled with; the docstrings are the definitions that guidelines and prompts go by."""

from __future__ import annotations

from enum import StrEnum


class Veracity(StrEnum):
    """Whether the articles bear a claim out; judged from the articles alone, never from world knowledge."""

    SUPPORTED = "supported"
    """An article's own voice asserts, presupposes or entails it in one step, or it is about a saying and a passage reports that saying; and nothing refutes it."""
    REFUTED = "refuted"
    """An article's own voice states something incompatible, or the report of that same utterance gives another speaker, content or time; one refuted conjunct suffices."""
    CONFLICTING = "conflicting"
    """One passage would support it and another refute it; or it holds only by dropping a condition that the corpus states."""
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    """Everything else: only reported, a reported assertion against a reported denial, unsettled, a forecast, a norm."""


class Stance(StrEnum):
    """What the holder expresses in the passage toward the claim."""

    AGREE = "agree"
    """The holder asserts or endorses it."""
    DISAGREE = "disagree"
    """The holder denies it or asserts a variant that excludes it."""
    DISCUSS = "discuss"
    """It is only attributed, hedged or conditional."""
    UNRELATED = "unrelated"
    """The passage does not speak of it."""


class CheckWorthiness(StrEnum):
    """Whether a passage states anything that can be checked; if not, why not."""

    CHECK_WORTHY = "check_worthy"
    """It asserts, presupposes or reports at least one checkable proposition."""
    HEADING = "heading"
    """It only names a part of the text, a page or a department."""
    BY_LINE = "by_line"
    """It only names an author, speaker, source or date, or gives the length of the text."""
    REPETITION = "repetition"
    """It only points back to what was said and has no content of its own."""
    OPINION = "opinion"
    """It only values, wishes or demands, with no checkable proposition."""
    RHETORIC = "rhetoric"
    """It is a set phrase, a figure of speech, a mood or a transition."""


class Choice(StrEnum):
    """Why a program chose a pair, before anyone voted on it."""

    EVIDENCE = "evidence"
    """The claim is stated in the passage, or the passage settles it or comes nearest."""
    OVERLAP = "overlap"
    """A hard negative: no evidence, and it shares most words with the claim."""
    NEIGHBOUR = "neighbour"
    """A hard negative: no evidence, and it stands next to a passage that is."""
    LOT = "lot"
    """Drawn by lot from what is no evidence; left out of agreement."""


class Section(StrEnum):
    """The part of an article that a passage stands in."""

    HEADLINE = "headline"
    """A title, a heading or a by-line: no sentence of the text."""
    LEAD = "lead"
    """The first paragraph of the text."""
    KEY_TAKEAWAYS = "key_takeaways"
    """A bullet under "Key Takeaways"."""
    VERIFIED_FACTS = "verified_facts"
    """A sentence under "Verified Facts"; the heading verifies nothing that is only reported there."""
    UNCONFIRMED = "unconfirmed"
    """A sentence under "Unconfirmed"."""
    QUOTATION = "quotation"
    """A paragraph that is a quotation as a whole, and the line that names its speaker."""
    BODY = "body"
    """Everything else."""


class Origin(StrEnum):
    """Where a claim comes from."""

    EXTRACTED = "extracted"
    """Stated in an article."""
    CONTRAST = "contrast"
    """Written by us as a minimal edit of an extracted claim."""


class Edit(StrEnum):
    """What a contrast claim changes in its parent."""

    PARAPHRASE = "paraphrase"
    """Other words, same label."""
    NEGATION = "negation"
    """The claim is negated, or a negation is taken away."""
    QUANTITY = "quantity"
    """A number, a share or a distance."""
    DATE = "date"
    """A date, a time or an order in time."""
    PLACE = "place"
    """A place or a direction."""
    ENTITY = "entity"
    """Who or what the claim is about."""
    ATTRIBUTION = "attribution"
    """Who said it."""
    CONDITION = "condition"
    """A condition is dropped or added."""
    CERTAINTY = "certainty"
    """Reported becomes confirmed, may becomes will, or the reverse."""
    QUOTE = "quote"
    """The wording of a quotation."""


class Form(StrEnum):
    """Whether the claim is about a saying or about the world."""

    ATTRIBUTED = "attributed"
    """ "X said Y": a claim about the saying."""
    OWN_VOICE = "own_voice"
    """The claim asserts something itself."""


class Content(StrEnum):
    """What kind of thing the claim asserts; the headline score is on factual claims."""

    FACTUAL = "factual"
    """It is the case or it is not, and it could be known by the as-of date."""
    FORECAST = "forecast"
    """It can be decided only after the as-of date, hypotheticals included."""
    OPINION = "opinion"
    """An opinion or a norm."""
    VAGUE = "vague"
    """Too vague to be decided."""


class Task(StrEnum):
    """What a question asks."""

    VERACITY = "veracity"
    """Is the claim borne out by the articles?"""
    STANCE = "stance"
    """What stance does the holder express in the passage toward the claim?"""
    CHECK_WORTHINESS = "check_worthiness"
    """Does the passage state anything that can be checked?"""


class Outcome(StrEnum):
    """How asking a question ended; nothing is ever guessed in place of an answer."""

    ANSWERED = "answered"
    """A label was given."""
    ABSTAINED = "abstained"
    """The system said that it will not answer ("not enough evidence" is a label and no abstention)."""
    UNPARSABLE = "unparsable"
    """There is an answer and no label can be read from it."""
    REFUSED = "refused"
    """The model refused the request."""
    FAILED = "failed"
    """There is no answer: a fault of the machine, the network or the server; the next run asks again."""


class AnnotatorKind(StrEnum):
    """Who voted."""

    MODEL = "model"
    """A language model."""
    PERSON = "person"
    """A person."""
