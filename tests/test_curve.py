"""Reliability and risk against coverage, against arithmetic and against AURC's own way of counting."""

import pytest

from harness.curve import _curve


def test_risk_of_a_system_that_is_surest_where_it_is_right():
    # Four answers, the two surest right: nothing wrong in the first half, 1 / 3 at 75 %, 2 / 4 at the end.
    curve = _curve("a", [(0.9, True), (0.8, True), (0.6, False), (0.4, False)])
    risk = dict(zip(curve.coverage, curve.risk, strict=True))
    assert (risk[0.25], risk[0.5]) == (0, 0)
    assert risk[0.75] == pytest.approx(1 / 3)
    assert risk[1.0] == pytest.approx(2 / 4)


def test_risk_of_equally_sure_answers_is_flat():
    curve = _curve("a", [(0.5, True), (0.5, False), (0.5, False), (0.5, False)])
    assert curve.risk == pytest.approx([3 / 4] * 20)


def test_bins_are_ten_of_equal_width_without_the_empty():
    curve = _curve("a", [(1.0, True), (0.95, False), (0.9, True), (0.35, False)])
    assert [(b.confidence, b.right, b.n) for b in curve.bins] == [
        (0.35, 0, 1),
        (pytest.approx(2.85 / 3), pytest.approx(2 / 3), 3),
    ]
