"""The build: the same inputs give the same bytes, what is edited by hand is found, and each bad input is one sentence."""

import hashlib
import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset

from harness.dataset.build import build, changed, check
from harness.dataset.published import PublishedDataset
from harness.errors import BelowBarError, InputError

CLAIMS = "data/claims/test.parquet"


def built(root):
    """The checkout's own dataset folder, built."""
    build(root, root / "dataset")
    return root / "dataset"


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(folder, table):
    return {row["id"]: row for row in pq.read_table(folder / "data" / f"{table}.parquet").to_pylist()}


def edit_line(path, id_, **fields):
    """Change fields of the row with this id; a field of value `...` is taken away."""
    lines = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if id_ in {row.get("id"), row.get("item"), row.get("annotator")}:
            row = {key: value for key, value in (row | fields).items() if value is not ...}
        lines.append(json.dumps(row) + "\n")
    path.write_text("".join(lines), "utf-8")


def drop_line(path, id_):
    path.write_text(
        "".join(line for line in path.read_text("utf-8").splitlines(keepends=True) if f'"{id_}"' not in line)
    )


def fault(root):
    """The message of the InputError, which is one line."""
    with pytest.raises(InputError) as raised:
        build(root, root / "out")
    message = str(raised.value)
    assert "\n" not in message
    return message


# What is built


def test_build_gives_the_tables_the_card_and_the_sums(checkout, tmp_path):
    build(checkout, tmp_path / "out")
    assert set(files(tmp_path / "out")) == {
        "README.md",
        "SHA256SUMS",
        "data/claims/test.parquet",
        "data/dataset.json",
        "data/pairs/test.parquet",
        "data/passages/corpus.parquet",
        "data/votes/test.parquet",
    }


def test_build_gives_the_same_bytes_again(checkout, tmp_path):
    build(checkout, tmp_path / "one")
    build(checkout, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_build_does_not_depend_on_the_order_of_rows(checkout, tmp_path):
    build(checkout, tmp_path / "one")
    for path in (checkout / "dataset" / "source").glob("*.jsonl"):
        path.write_text("".join(reversed(path.read_text("utf-8").splitlines(keepends=True))))
    build(checkout, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_build_into_the_checkout_changes_no_input(checkout):
    inputs = {name: data for name, data in files(checkout).items() if name != "dataset/README.md"}
    built(checkout)
    assert {name: files(checkout)[name] for name in inputs} == inputs


def test_built_dataset_loads_as_records(checkout):
    corpus = PublishedDataset("tiny", str(built(checkout))).load()
    assert {claim.id: claim.veracity.value for claim in corpus.claims.values()} == {
        "vc-0001": "supported",
        "vc-0002": "supported",
        "vc-0003": "supported",
        "vc-0004": "refuted",
        "vc-0005": "supported",
        "vc-0006": "supported",
    }


def test_span_of_a_claim_is_its_quote_in_the_article(checkout):
    [span] = rows(built(checkout), "claims/test")["vc-0002"]["spans"]
    article = (checkout / "seeds" / "a1.txt").read_bytes().decode()
    assert article[span["start"] : span["end"]] == "two bridges were closed"


def test_contrast_claim_has_family_cluster_and_article_of_its_parent(checkout):
    made = rows(built(checkout), "claims/test")["vc-0004"]
    assert (made["family"], made["cluster"], made["article"]) == ("vc-0003", "k-0003", "a2")


def test_contrast_claim_that_is_not_borne_out_is_invented(checkout):
    made = rows(built(checkout), "claims/test")
    assert {id_: row["invented"] for id_, row in made.items() if row["invented"]} == {"vc-0004": True}


def test_clusters_of_worked_examples_are_a_split_of_their_own(sound_checkout, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(sound_checkout, root)
    path = root / "dataset" / "source" / "dataset.json"
    claims = [json.loads(line) for line in (root / "dataset" / "source" / "claims.jsonl").read_text().splitlines()]
    first = next(claim for claim in claims if claim["spans"])
    path.write_text(json.dumps(json.loads(path.read_text()) | {"examples": [first["spans"][0]["passage"]]}))
    build(root, root / "dataset")
    rows = {
        split: pq.read_table(root / "dataset" / "data" / "claims" / f"{split}.parquet").to_pylist()
        for split in ("test", "examples")
    }
    clusters = {split: {row["cluster"] for row in found} for split, found in rows.items()}
    assert first["id"] in {row["id"] for row in rows["examples"]}
    assert len(clusters["examples"]) == 1
    assert not clusters["examples"] & clusters["test"]
    assert len(rows["test"]) + len(rows["examples"]) == len(claims)


def test_claim_whose_vote_differs_from_its_label_is_ambiguous(checkout):
    made = rows(built(checkout), "claims/test")
    assert {id_ for id_, row in made.items() if row["ambiguous"]} == {"vc-0002"}


def test_vote_is_kept_word_for_word(checkout):
    votes = pq.read_table(built(checkout) / "data" / "votes" / "test.parquet").to_pylist()
    assert [(v["item"], v["label"], v["annotator"], v["comment"]) for v in votes] == [
        ("vc-0001", "supported", "m1", "So I read it."),
        ("vc-0002", "conflicting", "m1", "So I read it."),
        ("vc-0003", "supported", "m1", "So I read it."),
        ("vc-0004", "refuted", "m1", "So I read it."),
    ]


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        ("none", set()),
        # a1.s01 is the headline, which no claim and no pair uses.
        ("quotes", {"a1.s02", "a1.s03", "a2.s01", "a2.s02", "a2.s03"}),
        ("full", {"a1.s01", "a1.s02", "a1.s03", "a2.s01", "a2.s02", "a2.s03"}),
    ],
)
def test_text_policy_decides_which_passages_have_text(checkout, policy, shown):
    path = checkout / "dataset" / "source" / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"text_policy": policy}))
    made = rows(built(checkout), "passages/corpus")
    assert {id_ for id_, row in made.items() if row["text"] is not None} == shown


def test_withheld_passage_can_be_checked_by_its_hash(checkout):
    made = rows(built(checkout), "passages/corpus")["a1.s01"]
    assert (made["text"], made["sha256"]) == (None, hashlib.sha256(b"A wet day").hexdigest())


def test_new_article_is_taken_along(checkout):
    (checkout / "seeds" / "a3.txt").write_text("Snow fell on Tuesday. It was deep.\n")
    made = rows(built(checkout), "passages/corpus")
    assert [id_ for id_ in made if id_.startswith("a3")] == ["a3.s01", "a3.s02"]


def test_sums_are_of_the_files(checkout):
    out = built(checkout)
    for line in (out / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_card_keeps_its_prose_and_renews_its_numbers(checkout):
    text = (built(checkout) / "README.md").read_text()
    wanted = ["Words by hand.", "Version 1.0.0, as of 2025-09-06.", "| claims | 6 |", "| `refuted` | 1 | 0 | 1 | 1 |"]
    assert [words for words in wanted if words not in text] == []


def test_card_tells_how_often_a_vote_is_the_label(checkout):
    # Three of the four votes are the label: 3 / 4.
    assert "| m1 | model | some-model | 0 | veracity | 4 | 75.0 % |" in (built(checkout) / "README.md").read_text()


@pytest.mark.parametrize(
    ("name", "field", "labels"),
    [
        ("claims", "veracity", ["supported", "refuted", "conflicting", "not_enough_evidence"]),
        ("pairs", "stance", ["agree", "disagree", "discuss", "unrelated"]),
    ],
)
def test_folder_loads_with_the_datasets_library(checkout, tmp_path, name, field, labels):
    shutil.copytree(built(checkout), tmp_path / "published")
    loaded = load_dataset(str(tmp_path / "published"), name, split="test", cache_dir=str(tmp_path / "cache"))
    assert loaded.features[field].names == labels


def test_label_as_a_number_is_the_label_as_a_word(checkout, tmp_path):
    shutil.copytree(built(checkout), tmp_path / "published")
    loaded = load_dataset(str(tmp_path / "published"), "claims", split="test", cache_dir=str(tmp_path / "cache"))
    assert loaded.features["veracity"].int2str(loaded["veracity"][:]) == loaded["veracity_name"][:]


# What is compared


def test_check_passes_after_a_build(sound_checkout, tmp_path):
    root = shutil.copytree(sound_checkout, tmp_path / "sound")
    built(root)
    assert all(found.passed for found in check(root))


def test_check_says_which_bars_are_missed(checkout):
    built(checkout)
    with pytest.raises(BelowBarError, match=r"extracted claims \(5, bar >= 150\)"):
        check(checkout)


def declared(root, **missed):
    """The checkout with checks that are declared as missed."""
    path = root / "dataset" / "source" / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"missed": missed}))


def test_declared_miss_is_told_with_its_reason_and_fails_no_check(checkout):
    below = {c.name: "Two small articles." for c in build(checkout, checkout / "dataset") if not c.passed}
    declared(checkout, **below)
    built(checkout)
    card = (checkout / "dataset" / "README.md").read_text("utf-8")
    assert "| extracted claims | 5 | >= 150 | **no** Two small articles. |" in card
    assert {c.name for c in check(checkout) if c.reason} == set(below)


@pytest.mark.parametrize(
    ("name", "said"), [("pairs that stand twice", "which holds"), ("unicorns", "which is no check")]
)
def test_declared_miss_that_is_none_is_named(checkout, name, said):
    declared(checkout, **{name: "No reason."})
    with pytest.raises(InputError, match=f'missed has "{name}", {said}'):
        build(checkout, checkout / "dataset")


def test_nothing_is_changed_after_a_build(checkout, tmp_path):
    build(checkout, tmp_path / "fresh")
    assert changed(tmp_path / "fresh", built(checkout)) == []


def test_check_finds_a_changed_label_in_the_source(checkout):
    built(checkout)
    edit_line(checkout / "dataset" / "source" / "adjudications.jsonl", "vc-0001", label="refuted")
    with pytest.raises(BelowBarError, match=rf"not what its inputs give: README.md, {CLAIMS} differ"):
        check(checkout)


def test_check_finds_a_dataset_that_was_never_built(checkout):
    with pytest.raises(BelowBarError, match=CLAIMS):
        check(checkout)


@pytest.mark.parametrize("place", [4, -5, -1], ids=["in the rows", "in the footer's length", "in the last mark"])
def test_changed_byte_of_a_table_is_found(checkout, tmp_path, place):
    build(checkout, tmp_path / "fresh")
    path = built(checkout) / CLAIMS
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    assert CLAIMS in changed(tmp_path / "fresh", checkout / "dataset")


def test_changed_label_in_a_table_is_found(checkout, tmp_path):
    build(checkout, tmp_path / "fresh")
    path = built(checkout) / CLAIMS
    table = pq.read_table(path)
    names = pa.array(["refuted", *table["veracity_name"].to_pylist()[1:]])
    place = table.column_names.index("veracity_name")
    pq.write_table(table.set_column(place, "veracity_name", names), path)
    assert changed(tmp_path / "fresh", checkout / "dataset") == ["SHA256SUMS", CLAIMS]


def test_equal_table_of_another_writer_is_no_change_if_its_sum_is_renewed(checkout, tmp_path):
    build(checkout, tmp_path / "fresh")
    out = built(checkout)
    before = hashlib.sha256((out / CLAIMS).read_bytes()).hexdigest()
    pq.write_table(pq.read_table(out / CLAIMS), out / CLAIMS, compression="gzip")
    after = hashlib.sha256((out / CLAIMS).read_bytes()).hexdigest()
    sums = out / "SHA256SUMS"
    sums.write_text(sums.read_text().replace(before, after))
    assert (before != after, changed(tmp_path / "fresh", out)) == (True, [])


def test_table_whose_sum_is_stale_is_found(checkout, tmp_path):
    build(checkout, tmp_path / "fresh")
    out = built(checkout)
    pq.write_table(pq.read_table(out / CLAIMS), out / CLAIMS, compression="gzip")
    assert changed(tmp_path / "fresh", out) == ["SHA256SUMS"]


@pytest.mark.parametrize("name", ["README.md", "data/dataset.json"])
def test_changed_text_file_is_found(checkout, tmp_path, name):
    build(checkout, tmp_path / "fresh")
    path = built(checkout) / name
    path.write_text(path.read_text() + " ")
    assert name in changed(tmp_path / "fresh", checkout / "dataset")


def test_missing_file_is_found(checkout, tmp_path):
    build(checkout, tmp_path / "fresh")
    (built(checkout) / "data" / "dataset.json").unlink()
    assert "data/dataset.json" in changed(tmp_path / "fresh", checkout / "dataset")


def test_file_that_is_not_built_is_found(checkout, tmp_path):
    build(checkout, tmp_path / "fresh")
    (built(checkout) / "data" / "claims" / "more.parquet").write_bytes(b"")
    assert "data/claims/more.parquet" in changed(tmp_path / "fresh", checkout / "dataset")


# What is refused

SOURCE = "dataset/source"
FAULTS = {
    "quote that is no substring": (
        "claims",
        "vc-0001",
        {"spans": [{"passage": "a1.s02", "quote": "It snowed"}]},
        ["claims.jsonl", '"vc-0001"', "'It snowed'", '"a1.s02"', "exact words"],
    ),
    "span of an unknown passage": (
        "claims",
        "vc-0001",
        {"spans": [{"passage": "a9.s01", "quote": "It rained"}]},
        ["claims.jsonl", '"vc-0001"', '"a9.s01"'],
    ),
    "extracted claim without a span": ("claims", "vc-0001", {"spans": []}, ['"vc-0001"', "has no span"]),
    "unknown parent": ("claims", "vc-0004", {"parent": "vc-9999"}, ['"vc-0004"', '"vc-9999"', "not there"]),
    "empty quote": (
        "claims",
        "vc-0001",
        {"spans": [{"passage": "a1.s02", "quote": ""}]},
        ["claims.jsonl line 1", '"vc-0001"', "quote"],
    ),
    "unknown origin": ("claims", "vc-0002", {"origin": "found"}, ["claims.jsonl line 2", '"found"', "'extracted'"]),
    "unknown field": ("claims", "vc-0002", {"veracity": "supported"}, ["line 2", "unknown field veracity"]),
    "missing field": ("claims", "vc-0002", {"form": ...}, ["line 2", '"vc-0002"', "has no form"]),
    "pair of an unknown claim": ("pairs", "vp-0001", {"claim": "vc-9999"}, ["pairs.jsonl", '"vp-0001"', '"vc-9999"']),
    "pair of an unknown passage": ("pairs", "vp-0001", {"passage": "a9.s01"}, ["pairs.jsonl", '"vp-0001"', '"a9.s01"']),
    "unknown label": (
        "adjudications",
        "vc-0001",
        {"label": "Mostly"},
        ['"vc-0001"', 'veracity "Mostly"', "'not_enough_evidence'"],
    ),
    "evidence of an unknown passage": (
        "adjudications",
        "vc-0001",
        {"evidence": ["a9.s01"]},
        ["adjudications.jsonl", '"vc-0001"', '"a9.s01"'],
    ),
    "claim without evidence": ("adjudications", "vc-0001", {"evidence": []}, ['"vc-0001"', "evidence"]),
    "decision on nothing": ("adjudications", "vp-0002", {"item": "vp-9999"}, ["adjudications.jsonl", '"vp-9999"']),
    "annotator without a kind": ("annotators", "m1", {"kind": "robot"}, ["annotators.jsonl line 1", '"robot"', "'person'"]),
}  # fmt: skip


@pytest.mark.parametrize(("table", "id_", "fields", "said"), FAULTS.values(), ids=list(FAULTS))
def test_bad_row_is_named(checkout, table, id_, fields, said):
    edit_line(checkout / SOURCE / f"{table}.jsonl", id_, **fields)
    message = fault(checkout)
    assert [words for words in said if words not in message] == []


@pytest.mark.parametrize("id_", ["vc-0003", "vp-0001"])
def test_missing_decision_is_named(checkout, id_):
    drop_line(checkout / SOURCE / "adjudications.jsonl", id_)
    assert f'adjudications.jsonl: "{id_}" is not there; expected a decision' in fault(checkout)


@pytest.mark.parametrize(
    ("table", "id_"), [("claims", "vc-0001"), ("pairs", "vp-0001"), ("adjudications", "vc-0001"), ("annotators", "m1")]
)
def test_row_that_stands_twice_is_named(checkout, table, id_):
    path = checkout / SOURCE / f"{table}.jsonl"
    n = len(path.read_text().splitlines())
    path.write_text(path.read_text() + path.read_text().splitlines(keepends=True)[0])
    assert f'{table}.jsonl line {n + 1}: "{id_}" is there twice' in fault(checkout)


@pytest.mark.parametrize("row", [b"{", b"", b"[]", b'{"id": "caf\xe9"}'])
def test_line_that_is_no_row_is_named(checkout, row):
    path = checkout / SOURCE / "pairs.jsonl"
    path.write_bytes(path.read_bytes() + row + b"\n")
    assert "pairs.jsonl line 3: the row" in fault(checkout)


def test_line_separator_in_a_text_is_no_end_of_line(checkout):
    path = checkout / SOURCE / "adjudications.jsonl"
    path.write_text(path.read_text("utf-8").replace("Bob denies it.", "Bob\u2028denies it."), "utf-8")
    assert len(rows(built(checkout), "pairs/test")) == 2


@pytest.mark.parametrize(
    "name", ["claims.jsonl", "pairs.jsonl", "adjudications.jsonl", "annotators.jsonl", "dataset.json"]
)
def test_missing_input_is_named(checkout, name):
    (checkout / SOURCE / name).unlink()
    assert f"{name} is missing" in fault(checkout)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "no export of votes that can be read (JSONDecodeError"),
        ("{}", "no row for test.parquet of votes"),
        ('{"item": 1}', "no export of votes that can be read (TypeError"),
        ('[{"data": {"item": "vc-0001"}}]', "(KeyError: 'annotations')"),
        ('[{"data": {"item": "vc-0001"}, "annotations": [{"result": []}]}]', "(KeyError: 'veracity')"),
        (
            '[{"data": {"item": "vc-0001"}, "annotations": [{"result": [{"from_name": "veracity", "value": {"choices": []}}]}]}]',
            "(IndexError",
        ),
        (
            '[{"data": {"item": "vc-0001"}, "annotations": [{"result": [{"from_name": "veracity", "value": {"choices": ["refuted"]}},'
            ' {"from_name": "comment", "value": ["no mapping"]}]}]}]',
            "(AttributeError",
        ),
    ],
)
def test_bad_export_of_votes_is_named(checkout, content, said):
    (checkout / "dataset" / "annotation" / "r0-m1-veracity.json").write_text(content)
    assert said in fault(checkout)


@pytest.mark.parametrize("name", ["votes", "r0-m9-veracity", "r0-m1-truth", "r1-m1-veracity"])
def test_bad_name_of_an_export_is_named(checkout, name):
    (checkout / "dataset" / "annotation" / "r0-m1-veracity.json").rename(
        checkout / "dataset" / "annotation" / f"{name}.json"
    )
    assert f"{name}.json is no export of votes" in fault(checkout)


@pytest.mark.parametrize(("old", "new"), [("vc-0003", "vc-9999"), ("conflicting", "Mostly")])
def test_vote_on_nothing_or_for_nothing_is_named(checkout, old, new):
    path = checkout / "dataset" / "annotation" / "r0-m1-veracity.json"
    path.write_text(path.read_text().replace(old, new))
    message = fault(checkout)
    assert "a vote of m1 on" in message
    assert new in message


def test_second_vote_of_an_annotator_on_an_item_is_named(checkout):
    path = checkout / "dataset" / "annotation" / "r0-m1-veracity.json"
    rows = json.loads(path.read_text())
    path.write_text(json.dumps([*rows, rows[0]]))
    assert f'm1 voted twice on "{rows[0]["data"]["item"]}" in round 0' in fault(checkout)


def test_article_that_is_not_the_one_of_its_sidecar_is_named(checkout):
    (checkout / "seeds" / "a2.txt").write_text("Another text.\n")
    found = hashlib.sha256(b"Another text.\n").hexdigest()[:12]
    assert f"a2.txt has sha256 {found} and a2.json says" in fault(checkout)


def test_sidecar_with_an_unknown_field_is_named(checkout):
    (checkout / "seeds" / "a2.json").write_text('{"headline": "Wet"}')
    assert "a2.json has the unknown field headline" in fault(checkout)


def test_article_that_is_no_utf8_is_named(checkout):
    (checkout / "seeds" / "a3.txt").write_bytes("Café".encode("latin-1"))
    assert "a3.txt is not UTF-8 at byte 3" in fault(checkout)


def test_too_few_clusters_for_the_folds_are_named(checkout):
    drop_line(checkout / SOURCE / "claims.jsonl", "vc-0006")
    drop_line(checkout / SOURCE / "adjudications.jsonl", "vc-0006")
    assert "claims.jsonl makes 4 clusters; expected at least 5" in fault(checkout)


def test_checkout_without_articles_is_named(checkout):
    shutil.rmtree(checkout / "seeds")
    assert "seeds holds no article" in fault(checkout)


def test_card_with_a_marker_that_nothing_makes_is_named(checkout):
    path = checkout / "dataset" / "README.md"
    path.write_text(path.read_text() + "<!-- generated: kappa -->\n<!-- end -->\n")
    assert "a marker for 'kappa'; expected one of version, sizes" in fault(checkout)


def test_card_that_is_missing_is_named(checkout):
    (checkout / "dataset" / "README.md").unlink()
    assert "README.md is missing" in fault(checkout)
