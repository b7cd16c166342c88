"""Which words of the articles reach the hub, counted by other code than the one that holds them back."""

import io
import json
import re

import pyarrow.parquet as pq
import pytest

from harness import paths
from harness.dataset.published import PublishedDataset
from harness.publish.article_words import ArticleWords
from harness.publish.release import checked


def words(text):
    return re.findall(r"[a-z0-9]+", text.casefold())


def eights(text):
    found = words(text)
    return {" ".join(found[i : i + 8]) for i in range(len(found) - 7)}


@pytest.fixture(scope="module")
def articles():
    return {path.stem: path.read_text("utf-8") for path in (paths.dataset().parent / "seeds").glob("*.txt")}


def texts(name, data):
    """Every text of a file, by column."""
    if not name.endswith(".parquet"):
        return [("", data.decode("utf-8"))]
    table = pq.read_table(io.BytesIO(data))
    metadata = [
        ("", (table.schema.metadata or {}).get(key, b"").decode("utf-8")) for key in (table.schema.metadata or {})
    ]
    return metadata + [(c, json.dumps(v, ensure_ascii=False)) for row in table.to_pylist() for c, v in row.items()]


def test_no_eight_words_of_an_article_outside_claims_reach_the_server(release, server, articles):
    known = set().union(*map(eights, articles.values()))
    release()
    _, _, files, _ = server.repos["me/news"].commits[-1]
    leaks = [
        (name, column, min(eights(text) & known))
        for name, data in files.items()
        for column, text in texts(name, data)
        if not (name.startswith("data/claims/") and column == "text") and eights(text) & known
    ]
    assert leaks == []
    # All bytes that arrived are those files, or talk about them that repeats no article.
    assert set(server.objects.values()) <= set(files.values())
    talk = [body for body in server.received if body not in server.objects.values()]
    assert [body for body in talk if eights(body.decode("utf-8", "replace")) & known] == []


def test_what_is_withheld_was_there(checkout, articles):
    known = set().union(*map(eights, articles.values()))
    before = (checkout.root / "dataset" / "GUIDELINES.md").read_text("utf-8")
    assert eights(before) & known


@pytest.mark.parametrize("policy", ["none", "quotes", "full"])
def test_the_share_that_can_be_recovered_is_told_before_the_question(release, policy):
    order = []
    release(text_policy=policy, private=policy == "full", confirm=order.append)
    made, said = release(text_policy=policy, private=policy == "full", dry_run=True)
    share = float(re.search(rf"text_policy {policy}: ([\d.]+)% of the articles' words", said)[1])
    assert {"none": share < 50, "quotes": share > 90, "full": share > 95}[policy]
    assert made.done == "dry run"
    assert len(order) == 1


def test_passages_have_text_by_policy(checkout, tmp_path):
    shown = {}
    for policy in ("none", "quotes", "full"):
        (tmp_path / policy).mkdir()
        tree = checked(checkout.root, tmp_path / policy, policy, 100, lambda _: None)
        rows = pq.read_table(tree.files["data/passages/corpus.parquet"]).to_pylist()
        shown[policy] = sum(row["text"] is not None for row in rows)
        assert json.loads(tree.files["data/dataset.json"].read_text())["text_policy"] == policy
    assert shown["none"] == 0 < shown["quotes"] <= shown["full"] == len(rows)


def test_what_is_published_with_its_quotes_is_the_same_data_to_a_run(checkout, tmp_path):
    (tmp_path / "tree").mkdir()
    tree = checked(checkout.root, tmp_path / "tree", "quotes", 100, lambda _: None)
    folders = (checkout.root / "dataset", tree.folder)
    built, published = (PublishedDataset("vladivostok-claims", str(folder)).load() for folder in folders)
    assert published.sha256 == built.sha256


def test_tables_without_text_and_every_description_hold_the_canary(checkout, tmp_path):
    (tmp_path / "tree").mkdir()
    tree = checked(checkout.root, tmp_path / "tree", "none", 100, lambda _: None)
    canary = json.loads((checkout.root / "dataset" / "source" / "about.json").read_text())["canary"].encode()
    for name in ("README.md", "croissant.json", "data/dataset.json", "data/passages/corpus.parquet"):
        assert canary in tree.files[name].read_bytes(), name


ARTICLE = "The mayor of Ryazan said on Monday evening that two bridges would stay closed until the river had fallen."


def test_a_run_of_eight_words_gives_way_to_its_place():
    held = ArticleWords({"a1": ARTICLE}).withheld(
        'He wrote: "the mayor of Ryazan said, on Monday evening, that" and left.'
    )
    assert held == 'He wrote: "⟦a1:0-47⟧" and left.'
    assert ARTICLE[0:47] == "The mayor of Ryazan said on Monday evening that"


def test_seven_words_stay():
    text = "the mayor of Ryazan said on Monday morning"
    assert ArticleWords({"a1": ARTICLE}).withheld(text) == text


def test_the_share_counts_each_word_once():
    # Twelve of nineteen words: the first eight, and the first twelve again.
    text = " ".join(ARTICLE.split()[:8])
    more = " ".join(ARTICLE.split()[:12])
    assert len(ARTICLE.split()) == 19
    assert ArticleWords({"a1": ARTICLE}).share([text, more]) == pytest.approx(12 / 19)
