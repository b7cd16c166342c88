"""The page in a real browser: it asks the network for nothing, logs no error, and its controls work."""

from importlib.resources import files

import pytest
from chromium import launched, missing

from harness.label import Outcome, Task
from harness.report.html import render
from harness.schema import Evidence, Message, Prediction
from harness.score import Comparison, Difference, Item, Score, System

pytestmark = pytest.mark.integration
LABELS = ("supported", "refuted")
BAD = "</script><img src=http://evil.test/x onerror=alert(1)> \u202eback"


def system(name, value, labels):
    low, high = (None, None) if value is None else (value - 0.1, value + 0.1)
    score = Score(
        metric="macro_f1", slice="all", value=value, low=low, high=high, n=3, n_answered=3, n_clusters=3,
        all_wrong=value, all_right=value,
    )  # fmt: skip
    predictions = {
        f"q{i}": Prediction(
            id=f"q{i}", outcome=Outcome.ANSWERED, label=label, messages=(Message(role="user", content=BAD),), raw=BAD
        )
        for i, label in enumerate(labels)
    }
    return System(
        name=name, run=f"veracity/{name}", signature=name, about=f"About {name}, in a sentence of some length.",
        floor=False, trained=True, evidence="gold", n_declared=3, outcomes={Outcome.ANSWERED: 3}, scores=(score,),
        confusion=((1, 1), (1, 0)), n_tokens_in=None, n_tokens_out=None, seconds=None, predictions=predictions,
    )  # fmt: skip


def item(question, claim, gold):
    return Item(
        id=question, claim=claim, holder=None, evidence=(Evidence(id="a1.s01", text="A passage. " * 20),), gold=gold,
        justification=BAD, cluster=question, slices={"edit": "-" if gold == "supported" else "negation"},
    )  # fmt: skip


@pytest.fixture
def comparison():
    first = system("first", 0.75, ["supported", "refuted", "refuted"])
    second = system("second", 0.5, ["supported", "supported", "supported"])
    third = system("third", None, ["supported", "supported", "refuted"])
    pair = Difference(
        a="first", b="second", value=0.25, low=0.1, high=0.4, p=0.01, p_holm=0.03, exact=True, detectable=0.2, n=3,
        n_clusters=3,
    )  # fmt: skip
    return Comparison(
        task=Task.VERACITY, dataset="small", version="1.0.0", sha256="ab" * 32, metric="macro_f1", labels=LABELS, n=3,
        n_clusters=3, answer="first is ahead.", warnings=(), systems=(first, second, third), differences=(pair,),
        items=(
            item("q0", "A claim that all get right.", "supported"),
            item("q1", "A claim on Samara.", "refuted"),
            item("q2", f"A claim on Ryazan. {BAD}", "refuted"),
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    with launched() as chromium:
        yield chromium


@pytest.fixture
def page(browser, comparison, tmp_path):
    """The report at 400 px; fails at the end if it asked for anything or complained of anything."""
    path = tmp_path / "report.html"
    path.write_text(render([comparison], {"version": "0.1.0"}), encoding="utf-8")
    page = browser.new_page(viewport={"width": 400, "height": 800}, color_scheme="light")
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.goto(path.as_uri())
    yield page
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert errors == []


def claims(page):
    # Rows are drawn with the next frame.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".claim .text").all_inner_texts()


def test_page_does_not_scroll_sideways_at_400_pixels(page):
    page.select_option("select[name=show]", "all")
    for row in page.locator("details.claim").all():
        row.locator("summary").first.click()
        row.locator(".answers").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_sorting_by_keyboard_turns_the_rows_and_keeps_the_undefined_last(page):
    def order():
        return [text.split()[0] for text in page.locator("table.leaderboard tbody th").all_inner_texts()]

    header = page.locator("table.leaderboard thead th", has_text="Macro-F1")
    header.locator("button").focus()
    page.keyboard.press("Enter")
    assert (order(), header.get_attribute("aria-sort")) == (["first", "second", "third"], "descending")
    page.keyboard.press("Enter")
    assert (order(), header.get_attribute("aria-sort")) == (["second", "first", "third"], "ascending")


def test_claims_show_disagreements_first_and_all_on_demand(page):
    assert len(claims(page)) == 2
    page.select_option("select[name=show]", "all")
    assert len(claims(page)) == 3
    page.select_option("select[name=show]", "missed")
    assert claims(page) == []
    assert page.locator(".found").inner_text() == "0 of 3 questions"


def test_claims_are_filtered_by_words_gold_slice_and_system(page):
    page.fill("input[name=text]", "sAmArA")
    assert claims(page) == ["A claim on Samara."]
    page.fill("input[name=text]", "")
    page.select_option("select[name=show]", "all")
    page.select_option("select[name=gold]", "supported")
    assert claims(page) == ["A claim that all get right."]
    page.select_option("select[name=gold]", "")
    page.select_option("select[name=slice]", "edit=negation")
    assert len(claims(page)) == 2
    page.select_option("select[name=system]", label="third")
    page.select_option("select[name=outcome]", "wrong")
    assert claims(page) == ["A claim on Samara."]


def test_claim_shows_prompt_and_answer_as_text(page):
    page.locator(".claim summary", has_text="Ryazan").click()
    page.locator(".claim[open] .prompt").first.wait_for()
    prompt = page.locator(".prompt").first
    prompt.locator("summary").click()
    visible = BAD.replace("\u202e", "[U+202E]")
    assert prompt.locator("pre").all_inner_texts() == [visible, visible]
    assert page.locator("img").count() == 0


def test_address_of_a_claim_opens_it_though_it_is_filtered_out(page):
    page.evaluate("location.hash = 'veracity-q0'")
    page.locator("#veracity-q0[open] .body").wait_for()
    assert page.locator("select[name=show]").input_value() == "all"


def test_keys_go_through_the_claims_and_to_the_search(page):
    page.select_option("select[name=show]", "all")
    page.locator(".claim summary").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#veracity-q1[open] .answers").wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".claim[open]").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "text"


def test_leaderboard_is_filtered_and_its_columns_are_chosen(page):
    rows = page.locator("table.leaderboard tbody tr:visible")
    page.locator(".tools input[type=search]").fill("SECOND")
    assert rows.count() == 1
    page.locator(".tools input[type=search]").fill("")
    assert rows.count() == 3
    page.locator(".columns summary").click()
    coverage = page.locator("table.leaderboard .c-coverage:visible")
    assert coverage.count() == 4
    page.locator(".columns label", has_text="Coverage").locator("input").uncheck()
    assert coverage.count() == 0


def test_page_prints_to_pdf(page):
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (800, "dark"), (400, "light"), (720, "dark")])
def test_axe_finds_no_violation_of_wcag_on_any_view(page, width, scheme):
    try:
        axe = files("axe_playwright_python") / "axe.min.js"
    except ImportError:
        missing("axe-playwright-python is not installed")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.select_option("select[name=show]", "all")
    page.locator(".claim summary").first.click()
    page.locator(".claim .answers").first.wait_for()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(axe.read_text("utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate(
        "(runOnly) => axe.run(document, { runOnly }).then(({ violations }) => violations.map((v) => "
        "`${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`))",
        tags,
    )
    assert found == []


def test_theme_button_turns_the_colours(page):
    def background():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = background()
    page.click("#theme")
    assert (background() != light, page.get_attribute("#theme", "aria-pressed")) == (True, "true")
    page.click("#theme")
    assert (background(), page.get_attribute("#theme", "aria-pressed")) == (light, "false")


def test_theme_follows_the_system(page):
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "document.querySelector('#theme').ariaPressed === 'true'"
    )  # told by an event, which is on its way
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
