"""More than sixty hostile strings in every text field of a report: no script runs, nothing is fetched, the text shows as it is.

The page is opened with its Content-Security-Policy and, so that escaping alone is tried too, without it.
"""

import pytest
from chromium import launched
from hostile_strings import HOSTILE, MARKUP

from harness.label import Outcome, Section, Task
from harness.report.html import render
from harness.report.text import clipped
from harness.schema import Evidence, Message, Passage, Prediction, Span
from harness.score import Comparison, Difference, Item, Score, System

pytestmark = pytest.mark.integration
LABELS = ("supported", "refuted")


def passage(i, bad):
    return Passage(
        id=f"p{i} {bad[:200]}", article=f"a{i // 4} {bad[:100]}", start=0, end=len(bad), section=Section.LEAD, paragraph=1,
        sha256="0" * 64, text=bad,
    )  # fmt: skip


def item(i, bad, passages):
    return Item(
        id=f"q{i} {bad[:200]}", claim=bad, holder=bad[:500], evidence=(Evidence(id=passages[i].id, text=bad),),
        gold=LABELS[i % 2], justification=bad, cluster=bad[:100], slices={bad[:100] or "x": bad[:100]}, votes={"supported": 2, "refuted": 1},
        spans=(Span(passage=passages[i].id, start=1, end=min(9, len(bad))),),
    )  # fmt: skip


def system(name, items):
    score = Score(
        metric="macro_f1", slice="all", value=0.5, low=0.4, high=0.6, n=len(items), n_answered=len(items), n_clusters=9,
        all_wrong=0.5, all_right=0.5, note=name,
    )  # fmt: skip
    answered = {
        one.id: Prediction(
            id=one.id, outcome=Outcome.ANSWERED, label=LABELS[len(name) % 2], rationale=one.claim, raw=one.claim,
            messages=(Message(role=one.claim[:50], content=one.claim),), evidence=(one.evidence[0].id,),
            probabilities={"supported": 0.75, "refuted": 0.25},
        )
        for one in items
    }  # fmt: skip
    failed = {
        one.id: Prediction(id=one.id, outcome=Outcome.FAILED, error=one.claim, raw=one.claim) for one in items[::5]
    }
    return System(
        name=name, run=f"veracity/{name}", signature=name, about=name, floor=False, trained=True, evidence=name[:40],
        n_declared=len(items), outcomes={Outcome.ANSWERED: len(items)}, scores=(score,), confusion=((1, 1), (1, 0)),
        n_tokens_in=None, n_tokens_out=None, seconds=None, predictions=answered | failed,
    )  # fmt: skip


@pytest.fixture(scope="module")
def page_path(tmp_path_factory):
    short = [bad.replace("\ud800", "?") for bad in HOSTILE]
    passages = tuple(passage(i, bad) for i, bad in enumerate(short))
    items = tuple(item(i, bad, passages) for i, bad in enumerate(short))
    # Six systems whose names are markup, for names stand in tables, pictures, options and attributes.
    systems = tuple(system(bad, items) for bad in MARKUP[1:60:10])
    pair = Difference(
        a=systems[0].name, b=systems[1].name, value=0.25, low=0.1, high=0.4, p=0.01, p_holm=0.03, exact=True,
        detectable=0.2, n=3, n_clusters=3,
    )  # fmt: skip
    comparison = Comparison(
        task=Task.VERACITY, dataset=MARKUP[1], version=MARKUP[18], sha256=MARKUP[2], metric="macro_f1", labels=LABELS,
        n=len(items), n_clusters=9, answer=" ".join(MARKUP), warnings=tuple(MARKUP), systems=systems,
        differences=(pair,), items=items, passages=passages, power=MARKUP[3],
    )  # fmt: skip
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_text(render([comparison], {MARKUP[1]: MARKUP[1], "command": MARKUP[16]}), encoding="utf-8")
    return path


@pytest.mark.parametrize("bypass", [False, True], ids=["with_policy", "escaping_alone"])
def test_no_hostile_string_runs_or_fetches_and_all_are_shown(page_path, bypass):
    assert len(HOSTILE) >= 60
    with launched() as browser:
        page = browser.new_context(bypass_csp=bypass).new_page()
        asked, errors = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(page_path.as_uri())
        page.select_option("select[name=show]", "all")
        # Rows are drawn as they come into view.
        page.evaluate("while (!document.querySelector('.more').hidden) document.querySelector('.more').click()")
        for row in page.locator("details.claim").all():
            row.evaluate("row => { row.open = true; }")
        page.wait_for_function(f"document.querySelectorAll('.claim .answers').length === {len(HOSTILE)}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        shown = page.locator(".claim > summary .text").all_text_contents()
        raws = page.evaluate(
            "[...document.querySelectorAll('.claim')].map((row) => row.querySelector('.prompt pre:last-of-type')?.textContent)"
        )
        for select in page.locator("select").all():
            select.evaluate(
                "one => { one.selectedIndex = one.options.length - 1; one.dispatchEvent(new Event('input')); }"
            )
        ran = page.evaluate("window.ran || 0")
        foreign = page.evaluate(
            "[...document.querySelectorAll('img, iframe, object, embed, base, form[action], math, video, audio, marquee, "
            "foreignObject, meta[http-equiv=refresh], link[rel=stylesheet], a[href^=javascript]')].map((one) => one.outerHTML)"
        )
        handlers = page.evaluate(
            "[...document.querySelectorAll('*')].flatMap((one) => [...one.attributes]).filter((a) => a.name.startsWith('on')).length"
        )
        seen = list(errors)
        # That the counter counts is tried too: a handler put in as markup runs without the policy, and not with it.
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<img id=control src=data:, onerror=\"window.ran=1\">')"
        )
        page.wait_for_function("document.getElementById('control').complete")
        page.wait_for_timeout(200)
        control = page.evaluate("window.ran || 0")
        browser.close()
    assert (ran, foreign, handlers, seen) == (0, [], 0, [])
    assert control == int(bypass)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    expected = [clipped(bad.replace("\ud800", "?")) for bad in HOSTILE]
    assert shown == expected
    assert raws == expected
