import re
from math import nan
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import harness.report
from harness.report.figure import DARK_FROM, forest, interval, matrix, p_value, percent, rate, sample


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.7125, "71.2"), (0.0, "0.0"), (1.0, "100.0"), (None, "-"), (nan, "-"), (-0.00001, "0.0"), (-0.25, "-25.0")],
)
def test_percent_has_one_decimal_or_is_a_dash(value, text):
    assert percent(value) == text


def test_percent_signed_shows_the_sign_of_a_gain():
    assert (percent(0.1, signed=True), percent(-0.1, signed=True)) == ("+10.0", "-10.0")


def test_interval_without_one_end_is_a_dash():
    assert (interval(0.66, 0.761), interval(None, 0.7), interval(0.7, None)) == ("66.0 to 76.1", "-", "-")


@pytest.mark.parametrize(
    ("p", "text"), [(0.0009, "< 0.001"), (0.0, "< 0.001"), (0.001, "0.001"), (1.0, "1.000"), (None, "-"), (nan, "-")]
)
def test_p_value_is_never_zero(p, text):
    assert p_value(p) == text


def test_sample_says_one_question_in_the_singular():
    assert sample(1, 1) == "n = 1 question in 1 cluster"
    assert sample(2000, 66) == "n = 2,000 questions in 66 clusters"


def test_rate_unknown_is_a_dash():
    assert (rate(None), rate(1234.56)) == ("-", "1,234.6")


def test_forest_has_a_mark_for_each_system_and_floors_are_squares(comparison):
    picture = ET.fromstring(forest(comparison))
    assert len(picture.findall(".//circle")) == 2
    assert [g.findtext("text/tspan") for g in picture.findall(".//g[@class='floor']")] == ["floor"]
    assert len(picture.findall(".//rect")) == 1


def test_forest_without_an_interval_draws_no_whisker(comparison):
    picture = ET.fromstring(forest(comparison))
    assert len(picture.findall(".//line[@class='whisker']")) == 2


def test_forest_puts_the_dot_at_its_place_on_the_axis(comparison):
    # The axis runs from 20 to 80: (71.25 - 20) / 60 = 85.42 %.
    assert ET.fromstring(forest(comparison)).find(".//circle").get("cx") == "85.42%"


def test_forest_clips_a_name_that_would_cover_the_value(comparison):
    first = comparison.systems[0].model_copy(update={"name": "x" * 40})
    picture = ET.fromstring(forest(comparison.model_copy(update={"systems": (first,)})))
    assert picture.findtext(".//text[@class='name']") == "x" * 29 + "…"


def test_forest_says_its_numbers_to_a_screen_reader(comparison):
    label = ET.fromstring(forest(comparison)).get("aria-label")
    assert "tfidf 71.2 (66.0 to 76.1)" in label
    assert "majority (floor) 20.0 (-)" in label


def test_forest_of_nothing_measured_is_still_a_picture(comparison):
    systems = tuple(
        s.model_copy(update={"scores": (s.headline.model_copy(update={"value": None, "low": None, "high": None}),)})
        for s in comparison.systems
    )
    picture = ET.fromstring(forest(comparison.model_copy(update={"systems": systems})))
    assert picture.findall(".//circle") == []


def test_matrix_shades_by_the_share_of_the_gold_row(comparison):
    picture = ET.fromstring(matrix(comparison.labels, comparison.systems[2]))
    shades = [float(cell.get("fill-opacity")) for cell in picture.findall("rect[@class='cell']")]
    assert shades == [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert [t.text for t in picture.iter("text") if t.get("class", "").startswith("count")][4] == "2"


CSS = (Path(harness.report.__file__).parent / "template" / "report.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    {
        name: [int(both[theme][i : i + 2], 16) for i in (1, 3, 5)]
        for name, *both in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", CSS)
    }
    for theme in (0, 1)
)


def contrast(a, b):
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(rgb):
        linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [LIGHT, DARK], ids=["light", "dark"])
def test_matrix_count_has_wcag_contrast_on_every_shade(colour):
    for shade in (i / 200 for i in range(201)):
        cell = [(1 - shade) * a + shade * b for a, b in zip(colour["bg"], colour["heat"], strict=True)]
        assert contrast(cell, colour["on-heat" if shade >= DARK_FROM else "on-cell"]) >= 4.5, shade


@pytest.mark.parametrize("colour", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "wrong"])
@pytest.mark.parametrize("ground", ["bg", "panel"])
def test_page_text_has_wcag_contrast(colour, text, ground):
    assert contrast(colour[ground], colour[text]) >= 4.5
