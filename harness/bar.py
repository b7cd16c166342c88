"""A bar that systems must reach, for CI: which of them do, in words, and as JUnit XML.

Without a baseline the bar is on the headline value; with one it is on the difference from it, so that `fail_below=-0.02` lets a
system be two points worse. `fail_by` says which end of the interval must reach it: `value` (what was measured), `low` (reaching
it was shown) or `high` (fails only where falling short was shown). Where less of the metric is better, a value must stay below the
bar, and the ends change places. A system without a headline value (it answered less than 90 %) always fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from harness.errors import ConfigError, InputError
from harness.score import Comparison, Difference, System

ENDS = ("value", "low", "high")
WHERE_LESS_IS_BETTER = {"value": "value", "low": "high", "high": "low"}


@dataclass(frozen=True)
class Bar:
    """What must be reached."""

    fail_below: float
    baseline: str | None = None
    """The name of a system, or the end of its run's directory."""
    fail_by: str = "value"

    def __post_init__(self) -> None:
        if self.fail_by not in ENDS:
            raise ConfigError(f"fail_by is {self.fail_by!r}; expected {', '.join(ENDS)}")
        if (
            isinstance(self.fail_below, bool)
            or not isinstance(self.fail_below, int | float)
            or abs(self.fail_below) > 1
        ):
            raise ConfigError(
                f"fail_below is {self.fail_below!r}; expected a fraction such as 0.6, or with a baseline a difference such as -0.02"
            )


@dataclass(frozen=True)
class Check:
    """One system held to the bar."""

    task: str
    system: str
    passed: bool
    said: str
    """The figures, in a sentence."""


def find(comparison: Comparison, baseline: str) -> System:
    """The system of that name or run directory; raises InputError for none or several."""
    wanted = baseline.rstrip("/")
    named = [row for row in comparison.systems if wanted in {row.name, row.run, row.run.rpartition("/")[2]}]
    named = named or [row for row in comparison.systems if wanted.endswith(f"/{row.run}")]
    if len(named) != 1:
        raise InputError(
            f"baseline={baseline!r} is {len(named)} of the {comparison.task} systems; expected one of "
            + ", ".join(f"{row.name} ({row.run})" for row in comparison.systems)
        )
    return named[0]


def checks(comparison: Comparison, bar: Bar) -> list[Check]:
    """Every contender against the bar, the baseline and floors left out."""
    of = None if bar.baseline is None else find(comparison, bar.baseline)
    rows = [row for row in comparison.systems if not row.floor and (of is None or row.name != of.name)]
    return [_check(comparison, bar, row, of) for row in rows]


def _check(comparison: Comparison, bar: Bar, row: System, of: System | None) -> Check:
    ends: dict[str, float | None]
    if of is None:
        score = row.headline
        ends, what = {"value": score.value, "low": score.low, "high": score.high}, comparison.metric
    else:
        d = next(d for d in comparison.differences if {d.a, d.b} == {row.name, of.name})
        ends, what = _signed(d, row.name), f"difference in {comparison.metric} from {of.name}"
    end, limit = bar.fail_by, bar.fail_below
    if comparison.sign < 0:  # Of such a metric the high end is the bad one, and a higher difference is a worse system.
        end, limit = WHERE_LESS_IS_BETTER[end], limit if of is None else -limit
    reached = ends[end]
    passed = reached is not None and row.headline.value is not None and comparison.sign * (reached - limit) >= 0
    around = "no interval" if ends["low"] is None else f"95 % interval {ends['low']:.4f} to {ends['high']:.4f}"
    value = "undefined" if ends["value"] is None else f"{ends['value']:.4f}"
    said = f"{row.name}: {what} {value} ({around}); bar {limit:g} on the {end}"
    said += ", less is better" * (comparison.sign < 0)
    if row.headline.value is None:
        said += f"; no headline value, for only {row.headline.n_answered} of {row.headline.n} questions were answered"
    return Check(comparison.task.value, row.name, passed, said)


def _signed(d: Difference, name: str) -> dict[str, float | None]:
    if d.a == name:
        return {"value": d.value, "low": d.low, "high": d.high}
    low, value, high = (None if x is None else -x for x in (d.high, d.value, d.low))
    return {"value": value, "low": low, "high": high}


def junit(found: Sequence[Check]) -> str:
    """JUnit XML with one test case a system, as CI services read it."""
    failed = sum(not check.passed for check in found)
    totals = {"tests": str(len(found)), "failures": str(failed)}
    root = ET.Element("testsuites", {"name": "veristance compare", **totals})
    for task in dict.fromkeys(check.task for check in found):
        own = [check for check in found if check.task == task]
        counts = {"tests": str(len(own)), "failures": str(sum(not check.passed for check in own))}
        suite = ET.SubElement(root, "testsuite", {"name": task, **counts})
        for check in own:
            case = ET.SubElement(suite, "testcase", {"classname": task, "name": check.system})
            if check.passed:
                ET.SubElement(case, "system-out").text = check.said
            else:
                ET.SubElement(case, "failure", {"message": check.said}).text = check.said
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
