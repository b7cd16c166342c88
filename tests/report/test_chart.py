import re

from harness.report.breakdown import slices
from harness.report.chart import pareto, slice_panels


def test_pareto_is_on_seconds_where_no_cost_is_known_and_leaves_out_the_unknown(comparison):
    tfidf, llm, majority = comparison.systems
    assert pareto(comparison) is None  # only the llm has its time
    timed = comparison.model_copy(update={"systems": (tfidf.model_copy(update={"seconds": 0.03}), llm, majority)})
    picture, unit = pareto(timed)
    assert unit == "seconds"
    assert re.search(r"tfidf 71.2 at 0.01; llm 61.3 at 1.3", picture)
    assert picture.count('class="dot"') == 2


def test_pareto_is_on_cost_where_it_is_known(comparison):
    costly = tuple(s.model_copy(update={"cost": 0.3 * (i + 1)}) for i, s in enumerate(comparison.systems))
    picture, unit = pareto(comparison.model_copy(update={"systems": costly}))
    assert (unit, picture.count('class="dot"')) == ("US dollars", 3)


def test_slice_panels_leave_out_slices_of_few_clusters(comparison):
    [(name, picture)] = slice_panels(comparison)
    assert (name, "edit: negation" in picture, "edit: place" in picture) == ("tfidf", True, False)


def test_slice_panels_and_table_have_the_intervals_of_all_slices_at_once(comparison):
    # The negations of tfidf: 30 % to 70 % by itself, 25 % to 75 % with all slices at once; the axis ends at full tens around it.
    [(_, picture)] = slice_panels(comparison)
    assert re.findall(r'class="tick"[^>]*>(\d+)<', picture) == ["20", "80"]
    table = slices(comparison)
    cell = next(row[1] for row in table.rows if row[0].text == "negation")
    assert "25.0 to 75.0" in cell.title
    assert "for all slices of a system at once" in table.caption
