import re

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
