"""What is computed from predictions: scores of a run, and the comparison of runs that a report shows.

All values are fractions 0..1 (a report prints percent), `None` where undefined. n counts questions; the cluster is the sample unit.
"""

from __future__ import annotations

from pydantic import Field

from harness.evidence.score import EvidenceReport
from harness.finding import Ceiling, Curve, Noise, Variance, WorstSlice
from harness.injection.score import InjectionReport
from harness.label import Outcome, Task
from harness.record import Record
from harness.schema import Evidence, Passage, Prediction, Span

# Below this share of answered questions a score says more about what was left out than about the system.
ENOUGH_COVERAGE = 0.9
CORRECTION = {"holm": "Holm", "bh": "BH"}
"""What stands before a corrected p-value."""


class Described(Record):
    """What a reader must know of a metric."""

    definition: str
    """What it measures, in a sentence."""
    source: str
    """Where the formula comes from."""
    higher_is_better: bool
    """Its direction."""
    low: float
    """The least value that it can have."""
    high: float | None
    """The greatest; `None` where there is none."""
    unit: str
    """fraction, nats, tokens, seconds, US dollars; empty for a number without one."""


class Score(Record):
    """One metric on one slice of one run, over the questions that were answered."""

    metric: str
    """The metric's name, for example `macro_f1`."""
    slice: str
    """`all`, or a field and its value, for example `origin=contrast`."""
    value: float | None
    """On the answered questions; `None` where there are none."""
    low: float | None
    """Lower end of the 95 % interval; `None` where there is no honest one, and `note` says why."""
    high: float | None
    """Upper end of the 95 % interval."""
    n: int
    """Questions declared in this slice."""
    n_answered: int
    """Of these, answered with a label."""
    n_clusters: int
    """Clusters of the answered questions that the metric counts."""
    all_wrong: float | None
    """The value if every unanswered question counts as wrong, with no label in place of an answer: a wrong label more would lower macro-F1 further."""
    all_right: float | None
    """The value if every unanswered question were answered rightly."""
    note: str = ""
    """Why there is no interval, or a warning: few clusters, a class that is absent."""
    se: float | None = None
    """Standard error, by leaving out one cluster at a time."""
    low_crossed: float | None = None
    """Lower end of the interval that lets claims' clusters and passages both repeat (stance, all questions)."""
    high_crossed: float | None = None
    """Upper end of it."""
    low_corrected: float | None = None
    """Lower end of the interval of a slice that holds for all slices of the system at once with 95 % (Bonferroni over the slices of at
    least five clusters); `None` for `all`, for a smaller slice and where there is no honest one."""
    high_corrected: float | None = None
    """Upper end of it."""

    @property
    def coverage(self) -> float:
        """Share of the declared questions that were answered."""
        return self.n_answered / self.n if self.n else 0.0


class Item(Record):
    """A question with everything that a reader of the report needs to judge the answers to it."""

    id: str
    """The question's id."""
    claim: str
    """The claim's text."""
    holder: str | None
    """Whose stance is asked; `None` for veracity."""
    evidence: tuple[Evidence, ...]
    """The gold passages of the claim, or the passage of the pair."""
    gold: str
    """The label."""
    justification: str
    """Why the label holds; empty where none was written."""
    cluster: str
    """The cluster's id."""
    slices: dict[str, str]
    """Field and value: origin, edit, form, article, ... ("-" where a field does not apply)."""
    votes: dict[str, int] = Field(default_factory=dict)
    """How many annotators gave which label; empty where the dataset has no votes."""
    spans: tuple[Span, ...] = ()
    """Where articles state the claim."""


class System(Record):
    """One run as a row of the table."""

    name: str
    """The system's name, unique in the comparison."""
    run: str
    """The run's directory, relative to the folder of runs."""
    signature: str
    """System, task, evidence, protocol, data version and seed in one line."""
    about: str
    """What the system is, in a sentence."""
    floor: bool
    """Whether it is a floor (it never holds claim and evidence together) and no contender."""
    trained: bool
    """Whether its predictions are out of fold."""
    evidence: str
    """The evidence setting."""
    n_declared: int
    """Questions that the run set out to answer."""
    outcomes: dict[Outcome, int]
    """How many ended how."""
    scores: tuple[Score, ...]
    """Every metric on every slice; the first is the headline metric on `all`."""
    confusion: tuple[tuple[int, ...], ...]
    """int[K, K] over the answered questions: row = gold, column = label given, in the order of the labels."""
    n_tokens_in: int | None
    """Prompt tokens in sum; `None` where unknown or without meaning."""
    n_tokens_out: int | None
    """Generated tokens in sum."""
    seconds: float | None
    """Seconds of answering in sum; `None` where it was not measured."""
    predictions: dict[str, Prediction]
    """By question id."""
    cost: float | None = None
    """US dollars in sum; `None` where unknown."""
    tie: str = ""
    """Tie groups: systems that share a letter were not told apart."""
    rank_low: int | None = None
    """The best rank that the corrected tests allow, from 1."""
    rank_high: int | None = None
    """The worst."""
    p_best: float | None = None
    """Share of the cluster resamples in which it has the best headline value; `None` where it was not asked what the others were."""

    @property
    def headline(self) -> Score:
        """The headline metric on all declared questions."""
        return self.scores[0]

    @property
    def answered(self) -> frozenset[str]:
        """The ids of the questions that it answered with a label."""
        return frozenset(id_ for id_, prediction in self.predictions.items() if prediction.label is not None)

    @property
    def tokens_per_second(self) -> float | None:
        """Prompt and generated tokens a second of answering."""
        if not self.seconds or self.n_tokens_in is None or self.n_tokens_out is None:
            return None
        return (self.n_tokens_in + self.n_tokens_out) / self.seconds


class Difference(Record):
    """Two systems on the questions that both were asked and both answered."""

    a: str
    """A system's name."""
    b: str
    """Another's."""
    value: float | None
    """Headline metric of a minus that of b; `None` where they share no answered question."""
    low: float | None
    """Lower end of the 95 % interval of the difference."""
    high: float | None
    """Upper end."""
    p: float | None
    """Of the swap test by cluster."""
    p_holm: float | None
    """Holm's correction over all pairs of the comparison."""
    exact: bool
    """Whether the swap test enumerated all swaps."""
    detectable: float | None
    """The smallest difference that these clusters would show with 80 % power at 5 %."""
    n: int
    """Questions that both answered."""
    n_clusters: int
    """Their clusters."""
    p_t: float | None = None
    """Of the jackknife's t(G-1), which the interval goes by."""
    p_bh: float | None = None
    """Benjamini and Hochberg's correction over all pairs."""
    se: float | None = None
    """Standard error of the difference, by leaving out one cluster at a time."""
    n_discordant: int | None = None
    """Clusters in which the two differ: all that the swap test has to go by."""
    detectable_holm: float | None = None
    """As `detectable`, at 5 % divided by the number of pairs: what the first of Holm's tests would show."""
    clusters_needed: float | None = None
    """Clusters like these that would show a difference as large as this one with 80 % power; `None` for no difference."""
    p_not_worse: float | None = None
    """One-sided: small where a was shown to be no worse than b by more than the margin."""
    p_equivalent: float | None = None
    """Two one-sided tests: small where the two were shown to differ by no more than the margin."""
    low_crossed: float | None = None
    """Lower end of the interval that lets claims' clusters and passages both repeat (stance)."""
    high_crossed: float | None = None
    """Upper end of it."""
    correction: str = "holm"
    """Which corrected p-value decides: holm or bh."""

    @property
    def p_corrected(self) -> float | None:
        """The p-value of the correction that was declared."""
        return self.p_bh if self.correction == "bh" else self.p_holm

    @property
    def told_apart(self) -> bool:
        """Whether the corrected p-value that was declared is below 5 %."""
        return self.p_corrected is not None and self.p_corrected < 0.05

    def shown_better(self, sign: int) -> str | None:
        """The name of the system that was shown to be better, by a metric of this sign; `None` where they were not told apart."""
        if not self.told_apart or not self.value:
            return None
        return self.a if sign * self.value > 0 else self.b


class Comparison(Record):
    """Runs of one task on one dataset, side by side; what every renderer reads."""

    task: Task
    """Veracity, stance or check-worthiness."""
    dataset: str
    """The dataset's name."""
    version: str
    """Its version."""
    sha256: str
    """Of its data files."""
    metric: str
    """The headline metric, on which differences are tested."""
    labels: tuple[str, ...]
    """In the schema's order."""
    n: int
    """Questions in the union of the declared ones."""
    n_clusters: int
    """Their clusters."""
    answer: str
    """Which system is ahead, by how much, and whether that can be told from chance: one or two sentences."""
    warnings: tuple[str, ...]
    """What a reader must know before believing the table."""
    systems: tuple[System, ...]
    """Best headline value first."""
    differences: tuple[Difference, ...]
    """Every pair of systems, in the order of `systems`."""
    items: tuple[Item, ...]
    """By id."""
    metrics: dict[str, Described] = Field(default_factory=dict)
    """What each metric is, by name."""
    correction: str = "holm"
    """Which correction decides whether two systems are told apart: holm or bh."""
    margin: float = 0.02
    """How much worse still counts as no worse."""
    worst: tuple[WorstSlice, ...] = ()
    """For each contender the slices where it is worst, at most three, found by a search with all that was looked at counted."""
    ceiling: Ceiling | None = None
    """What annotators reach; `None` without votes."""
    noise: tuple[Noise, ...] = ()
    """What doubtful gold does to each system; empty without votes."""
    variance: tuple[Variance, ...] = ()
    """For runs that differ in seed or prompt alone."""
    curves: tuple[Curve, ...] = ()
    """Reliability and risk against coverage of each system that gives probabilities."""
    passages: tuple[Passage, ...] = ()
    """The articles' sentences, in reading order, so that a reader sees a claim where it stands."""
    evidence: dict[str, EvidenceReport] = Field(default_factory=dict)
    """How good the evidence of a system was, by the system's name; without those that read just the gold passages."""
    injections: dict[str, InjectionReport] = Field(default_factory=dict)
    """What planted instructions did to a system, by its name; without those in which none were planted."""
    power: str = ""
    """Which pairs can be told apart, and how large a difference the data can show: one sentence."""

    @property
    def sign(self) -> int:
        """1 where more of the headline metric is better, else -1."""
        described = self.metrics.get(self.metric)
        return -1 if described is not None and not described.higher_is_better else 1
