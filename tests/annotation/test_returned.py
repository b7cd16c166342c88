"""What an export holds, read against a small source with an emoji and CRLF."""

from datetime import date

import pytest

from harness.annotation.concord import concord, token_f1
from harness.annotation.progress import next_items
from harness.annotation.returned import returned
from harness.annotation.written import claims
from harness.dataset.passages import segment
from harness.dataset.source import Metadata, Settings, Source, SourceClaim, SourceSpan
from harness.errors import InputError
from harness.label import Content, Form, Origin, Task

ARTICLE = "It rained 🌧 in Ryazan.\r\nTwo bridges were closed.\r\n"


def made_claim(id_, text, passage, quote):
    return SourceClaim(
        id=id_, text=text, origin=Origin.EXTRACTED, edit=None, parent=None, form=Form.OWN_VOICE, content=Content.FACTUAL,
        spans=(SourceSpan(passage=passage, quote=quote),), conflict_point=None,
    )  # fmt: skip


@pytest.fixture
def source():
    found = [
        made_claim("vc-1", "Rain fell.", "a1.s01", "rained"),
        made_claim("vc-2", "Bridges shut.", "a1.s02", "closed"),
    ]
    return Source(
        settings=Settings(name="x", version="1.0.0", as_of=date(2025, 9, 6), text_policy="quotes"),
        articles={"a1": ARTICLE}, metadata={"a1": Metadata()}, passages={p.id: p for p in segment("a1", ARTICLE)},
        claims={c.id: c for c in found}, pairs={}, adjudications={}, votes=(),
    )  # fmt: skip


def label(value):
    return {"from_name": "veracity", "to_name": "claim", "type": "choices", "value": {"choices": [value]}}


def mark(words, start=None):
    at = ARTICLE.index(words) if start is None else start
    value = {"start": at, "end": at + len(words), "text": words, "labels": ["evidence"]}
    return {"id": "r", "from_name": "evidence_1", "to_name": "article_1", "type": "labels", "value": value}


def entry(item, *parts, number=1, account=7, **data):
    data = {"item": item, "claim": "c", "articles": ["a1"], "article_1": ARTICLE} | data
    votes = [
        {"completed_by": account, "was_cancelled": False, "result": list(parts), "created_at": "2026-01-01T00:00:00Z"}
    ]
    return {"id": number, "data": data, "annotations": votes if parts else []}


def read(source, *entries, title="r3-p1-veracity"):
    return returned(title, Task.VERACITY, entries, source)


def test_marks_become_passages_in_the_articles_order(source):
    found = read(source, entry("vc-1", label("supported"), mark("bridges"), mark("🌧 in Ryazan")))
    values = {part["from_name"]: part["value"] for part in found.entries[0]["annotations"][0]["result"]}
    assert values["evidence"] == {"choices": ["a1.s01", "a1.s02"]}
    assert (found.labels, found.items, found.accounts) == ({"vc-1": "supported"}, ("vc-1",), frozenset({7}))
    assert "article_1" not in found.entries[0]["data"]


def test_mark_that_touches_only_a_full_stop_names_no_passage(source):
    found = read(source, entry("vc-1", label("supported"), mark(".\r\nTwo")))
    values = {part["from_name"]: part["value"] for part in found.entries[0]["annotations"][0]["result"]}
    assert values["evidence"] == {"choices": ["a1.s02"]}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([label("Supported")], "has label 'Supported'"),
        ([label("supported"), label("refuted")], "has 2 labels of veracity"),
        ([mark("bridges")], "has 0 labels of veracity"),
        ([label("supported"), mark("bridges", start=0)], "where it does not stand"),
        ([label("supported"), label("x") | {"from_name": "mood"}], "has an answer to mood"),
    ],
)
def test_vote_that_does_not_fit_is_refused_by_project_and_item(source, parts, words):
    with pytest.raises(InputError, match=words) as told:
        read(source, entry("vc-1", *parts))
    assert 'project "r3-p1-veracity" task 1 ("vc-1")' in str(told.value)


def test_article_that_changed_since_the_push_is_refused(source):
    with pytest.raises(InputError, match="another wording of article a1"):
        read(source, entry("vc-1", label("supported"), mark("bridges"), article_1=ARTICLE.replace("\r\n", "\n")))


def test_unknown_and_repeated_items_are_refused(source):
    with pytest.raises(InputError, match="has item 'vc-9'"):
        read(source, entry("vc-9", label("supported")))
    with pytest.raises(InputError, match='holds "vc-1", as another task does'):
        read(source, entry("vc-1"), entry("vc-1", number=2))


def test_two_votes_on_one_item_in_a_project_are_refused(source):
    twice = entry("vc-1", label("supported"))
    twice["annotations"] *= 2
    with pytest.raises(InputError, match='has 2 annotations of "vc-1"'):
        read(source, twice)


@pytest.mark.parametrize("by", [None, {"email": "ann@example.org"}, "ann"])
def test_vote_without_an_account_is_refused_in_a_sentence(source, by):
    with pytest.raises(InputError, match=r'task 1 has an annotation of "vc-1" by .*; expected the id of an account'):
        read(source, entry("vc-1", label("supported"), account=by))


def test_account_may_come_with_its_details(source):
    assert read(source, entry("vc-1", label("supported"), account={"id": 7})).accounts == {7}


def test_token_f1_counts_words_by_position(source):
    ours = [{"article": "a1", "start": 0, "end": 9}]  # It rained
    theirs = [{"article": "a1", "start": 3, "end": 9}]  # rained
    assert token_f1(source, ours, theirs) == pytest.approx(2 * 1 / (2 + 1))


def test_concord_gives_kappa_evidence_and_anchoring(source):
    one = read(
        source, entry("vc-1", label("supported"), mark("rained"), prefilled="supported"),
        entry("vc-2", label("refuted"), number=2, prefilled="supported"),
    )  # fmt: skip
    two = read(
        source, entry("vc-1", label("supported"), mark("rained"), account=8),
        entry("vc-2", label("refuted"), number=2, account=8), title="r3-p2-veracity",
    )  # fmt: skip
    found = concord(source, 3, [one, two])
    assert (found.tasks[0].alpha, found.tasks[0].n_items) == (1.0, 2)
    (pair,) = found.pairs
    assert (pair.a, pair.b, pair.kappa, pair.evidence_f1, pair.n_marked) == ("p1", "p2", 1.0, 1.0, 1)
    (anchored,) = found.anchoring
    assert (anchored.annotator, anchored.n_prefilled, anchored.kept) == ("p1", 2, 1 / 2)


def test_next_items_have_fewest_votes_then_most_disagreement(source):
    one = read(source, entry("vc-1", label("supported")), entry("vc-2", number=2))
    two = read(source, entry("vc-1", number=1), entry("vc-2", number=2), title="r3-p2-veracity")
    assert next_items([one, two]) == ["vc-2", "vc-1"]


def test_written_claims_carry_their_words(source):
    text = source.passages["a1.s01"].text
    region = {"start": 3, "end": 11, "text": "rained 🌧", "labels": ["own_voice"]}
    parts = [
        {"id": "r", "from_name": "form", "value": region},
        {"id": "r", "from_name": "claim", "value": {"text": ["Rain fell in Ryazan."]}},
        {"id": "r", "from_name": "content", "value": {"choices": ["factual"]}},
    ]
    exported = [{"id": 1, "data": {"item": "a1.s01", "text": text}, "annotations": [{"result": parts}]}]
    (found,) = claims("r3-p1-claims", exported, source)
    assert (found["text"], found["spans"]) == ("Rain fell in Ryazan.", [{"passage": "a1.s01", "quote": "rained 🌧"}])
    exported[0]["annotations"][0]["result"] = parts[:2]
    with pytest.raises(InputError, match="content None"):
        claims("r3-p1-claims", exported, source)
