"""What a comparison finds beside who is ahead: worst slices, label noise, the luck of seed or prompt.

Values are fractions 0..1, `None` where undefined.
"""

from __future__ import annotations

from harness.record import Record


class WorstSlice(Record):
    """A slice in which a system's accuracy differs from its accuracy elsewhere."""

    system: str
    """The system's name."""
    slice: str
    """A field and its value, or two: `edit=negation & article=a2`."""
    value: float
    """Accuracy in it."""
    rest: float
    """Accuracy outside."""
    low: float | None
    """Lower end of the difference; all intervals of all slices that were looked at hold at once with 95 %."""
    high: float | None
    """Upper end."""
    p: float | None
    """By itself."""
    p_holm: float | None
    """Corrected for every slice of every system that was looked at."""
    n: int
    """Answered questions in it."""
    n_clusters: int
    """Their clusters."""
    n_searched: int
    """Slices that were looked at, over all systems."""


class Noise(Record):
    """What doubtful gold does to one system."""

    system: str
    """The system's name."""
    unanimous: float | None
    """Headline metric on the questions with two votes or more, all for gold."""
    unanimous_low: float | None
    """Lower end of its 95 % interval."""
    unanimous_high: float | None
    """Upper end."""
    n_unanimous: int
    """Such questions that it answered."""
    value_low: float | None
    """2.5 % quantile of the headline value when the labels of doubtful questions are drawn from their votes; `None` for a system that left
    any question unanswered."""
    value_high: float | None
    """97.5 % quantile of it."""
    rank_low: int | None
    """2.5 % quantile of its rank in these draws, rounded down, among the systems that answered every question; 1 is best."""
    rank_high: int | None
    """97.5 % quantile of it, rounded up."""
    first: float | None
    """Share of those draws in which it comes first, ties shared."""


class Ceiling(Record):
    """What annotators themselves reach, on questions with votes."""

    value: float | None
    """Headline metric of a vote drawn at random, against gold; gold was made from these votes, so that this is an upper bound."""
    low: float | None
    """Lower end of its 95 % interval by cluster."""
    high: float | None
    """Upper end."""
    agreement: float | None
    """Share of agreeing pairs of votes: a ceiling of accuracy that gold has no part in."""
    agreement_low: float | None
    """Lower end of its 95 % interval by cluster."""
    agreement_high: float | None
    """Upper end."""
    n_doubtful: int
    """Questions with a vote that is not gold."""
    n: int
    """Questions with a vote."""


class Variance(Record):
    """Runs that differ in one thing alone: how much of the headline value is luck of that thing."""

    system: str
    """The name that the runs share."""
    factor: str
    """What they differ in: seed (folds, samples and training included) or prompt."""
    mean: float
    """Mean of the runs."""
    sd: float
    """Standard deviation between the runs."""
    sd_low: float
    """Lower end of its 95 % interval."""
    sd_high: float
    """Upper end."""
    sampling: float
    """Standard error of the mean over clusters, for these very runs."""
    single: float
    """Standard error of one run on new questions."""
    low: float | None
    """95 % interval of the mean over runs and questions."""
    high: float | None
    """Upper end."""
    n_runs: int
    """Runs."""
    n: int
    """Questions that all of them answered."""
    note: str = ""
    """A warning: fewer than five runs."""


class Bin(Record):
    """Answers of like confidence: a dot of the reliability diagram."""

    confidence: float
    """Mean probability of the label given."""
    right: float
    """Share of them that is right."""
    n: int
    """Answers in it."""


class Curve(Record):
    """What a system's probabilities are worth; only for systems that give them."""

    system: str
    """The system's name."""
    bins: tuple[Bin, ...]
    """Ten of equal width, without the empty ones."""
    coverage: tuple[float, ...]
    """Shares of its answers that are kept, the surest first: 0.05, 0.1, ... 1."""
    risk: tuple[float, ...]
    """Share of the kept answers that is wrong; of equally sure answers a part is kept as chance would."""
    n: int
    """Answers with probabilities."""
