import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from harness.errors import InputError
from harness.label import Outcome, Section
from harness.report.html import render
from harness.report.markdown import headline_table
from harness.schema import Passage, Span

MADE = {"version": "0.1.0", "command": "veristance compare runs=[a,b]"}


class Page(HTMLParser):
    """Tags, attributes and the text of each element of the page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts, self.attributes, self.open = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.open.append(tag)
        self.texts.append([tag, ""])

    def handle_data(self, data):
        if self.texts:
            self.texts[-1][1] += data

    def handle_endtag(self, tag):
        self.texts.append(["/" + tag, ""])

    def inner(self, wanted):
        return [text for tag, text in self.texts if tag == wanted]

    def text(self):
        return " ".join(" ".join(text for tag, text in self.texts if tag not in {"style", "script"}).split())


def test_render_names_no_address_outside_the_page(comparison):
    html = render([comparison], MADE)
    page = Page(html)
    for tag, name, value in page.attributes:
        if name in {"href", "src", "srcset", "action", "data", "poster", "xlink:href"}:
            assert value.startswith(("#", "data:")), (tag, name, value)
        assert not re.search(r"(https?:)?//", value), (tag, name, value)
    (css,) = page.inner("style")
    assert not re.search(r"url\(|@import|//", css)


def test_render_has_a_policy_with_the_hashes_of_its_style_and_script(comparison):
    page = Page(render([comparison], MADE))
    (policy,) = [a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for text in (page.inner("style")[0], page.inner("script")[-1]):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy


def test_render_has_no_inline_style_and_no_event_handler(hostile):
    for tag, name, value in Page(render([hostile], MADE)).attributes:
        assert name != "style", (tag, value)
        assert not name.startswith("on"), (tag, name, value)


def test_render_hostile_text_stays_text(hostile):
    html = render([hostile], MADE)
    page = Page(html)
    assert sum(tag == "script" for tag, _ in page.tags) == 3  # the data, its compressed block and the page's own
    assert not any(tag == "img" for tag, _ in page.tags)
    assert "<script>alert" not in html
    assert "[U+202E]gnorw[U+202C]" in html
    assert "[U+0000]" in html
    assert not re.search("[\x00\u202a-\u202e\u2066-\u2069]", html)


def test_render_hostile_data_is_complete_and_clipped(hostile):
    [block] = opened(render([hostile], MADE))
    (raw,) = [line for line in block["lines"] if len(line) > 10_000]
    assert raw.startswith("</script><script>alert(1)")
    assert raw.endswith("x" * 1000)
    assert any(line.startswith("[clipped: 80,") for line in block["lines"])


def test_render_data_cannot_end_its_element(hostile):
    html = render([hostile], MADE)
    text = re.search(r'<script type="application/json" id="veracity-data">(.*?)</script>', html, re.DOTALL)[1]
    assert not set("<>&") & set(text)
    json.loads(text)


def island(html):
    return json.loads(re.search(r'type="application/json" id="veracity-data">(.*?)</script>', html, re.DOTALL)[1])


def opened(html):
    found = re.findall(r'type="text/plain" id="veracity-data-\d+">(.*?)</script>', html, re.DOTALL)
    return [json.loads(zlib.decompress(base64.b64decode(block))) for block in found]


def test_render_data_holds_answers_word_for_word(comparison):
    [block] = opened(render([comparison], MADE))
    _, llm, _ = block["answers"][0]
    assert [block["lines"][i] for i in llm["raw"]] == ['{"verdict": "supported"}']
    assert [(role, [block["lines"][i] for i in lines]) for role, lines in llm["messages"]] == [
        ("user", ["Judge the claim."])
    ]


def test_render_data_has_a_column_of_labels_for_each_system(comparison):
    # 0 supported, 1 refuted; the third outcome in the enum's order is unparsable: -2 - 2.
    place = list(Outcome).index(Outcome.UNPARSABLE)
    assert island(render([comparison], MADE))["given"] == [[0, 1, 1], [0, 0, -2 - place], [0, 0, 0]]


def test_render_data_marks_where_a_claim_is_stated_in_the_shown_text(comparison):
    # Of "\u202eEight drones", shown as "[U+202E]Eight drones", the words "drones" from 7 to 13 are at 14 to 20.
    passage = Passage(
        id="a1.s01", article="a1", start=100, end=113, section=Section.LEAD, paragraph=1, sha256="0" * 64,
        text="\u202eEight drones",
    )  # fmt: skip
    item = comparison.items[0].model_copy(update={"spans": (Span(passage="a1.s01", start=107, end=113),)})
    data = island(render([comparison.model_copy(update={"items": (item,), "passages": (passage,)})], MADE))
    [[place, start, end]] = data["spans"][0]
    assert data["passages"][place][2][start:end] == "drones"


def test_render_data_marks_where_contenders_differ(comparison):
    # vc-1: both supported; vc-2: refuted against supported; vc-3: refuted against unparsable. The floor does not count.
    assert island(render([comparison], MADE))["differ"] == [0, 1, 1]


def test_render_shows_every_number_of_the_headline_table(comparison):
    text = Page(render([comparison], MADE)).text()
    numbers = {
        number for row in headline_table(comparison)[1:] for cell in row for number in re.findall(r"[\d.]+", cell)
    }
    assert {"71.2", "66.0", "76.1", "61.3", "40.9", "74.2", "66.7", "250.0", "0.500"} <= numbers
    assert [number for number in numbers if number not in text] == []


def test_render_says_n_in_every_heading_of_results(comparison):
    html = render([comparison], MADE)
    headings = re.findall(r"<h[34][^>]*>(.*?)</h[34]>\s*(<span.*?</span>)?", html, re.DOTALL)
    bare = [a for a, b in headings if not re.search(r"n = \d", a + b)]
    assert bare == ["Before you believe it"]


def test_render_headings_go_down_by_one_step(comparison):
    levels = [int(tag[1]) for tag, _ in Page(render([comparison], MADE)).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_render_tables_have_captions_and_scopes_and_pictures_have_labels(comparison):
    page = Page(render([comparison], MADE))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") == 3 + 4 + 1
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    pictures = [a for tag, a in page.tags if tag == "svg" and "width" in a and a.get("class")]
    assert len(pictures) == 1 + 1 + 3  # intervals, the slices of tfidf, confusion
    assert all(a["role"] == "img" and a["aria-label"] for a in pictures)


def test_render_of_a_slice_with_few_clusters_shows_no_value(comparison):
    html = render([comparison], MADE)
    assert re.search(r'title="4 clusters: too few">- <small><span>n 1</span></small>', html)
    assert "90.0" not in html


def test_render_same_input_gives_the_same_bytes(comparison):
    assert render([comparison], MADE).encode() == render([comparison], MADE).encode()


def test_render_nothing_is_refused():
    with pytest.raises(InputError, match="no comparison"):
        render([], MADE)
