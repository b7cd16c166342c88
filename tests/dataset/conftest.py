"""Two checkouts to build from: a tiny one to read by eye, and a large one of made-up towns that meets every bar."""

import hashlib
import json

import pytest

CARD = """---
configs:
  - {config_name: claims, data_files: [{split: test, path: data/claims/*.parquet}], default: true}
  - {config_name: pairs, data_files: [{split: test, path: data/pairs/*.parquet}]}
---
# Tiny

Words by hand.

<!-- generated: version -->
old
<!-- end -->
<!-- generated: sizes -->
<!-- end -->
<!-- generated: veracity -->
<!-- end -->
<!-- generated: stance -->
<!-- end -->
<!-- generated: votes -->
<!-- end -->
<!-- generated: checks -->
<!-- end -->
"""
ARTICLES = {
    "a1": "A wet day\n\nIt rained in Ryazan on Monday. Ann said that two bridges were closed.\n",
    "a2": "The river rose by three metres. Bob denied that any bridge was closed. The mayor sent pumps.\n",
}
SETTINGS = {"name": "tiny", "version": "1.0.0", "as_of": "2025-09-06", "text_policy": "quotes"}
CLAIMS = [
    {
        "id": "vc-0001",
        "text": "It rained in Ryazan on Monday.",
        "spans": [{"passage": "a1.s02", "quote": "It rained in Ryazan"}],
    },
    {
        "id": "vc-0002",
        "text": "Ann said that two bridges were closed.",
        "form": "attributed",
        "spans": [{"passage": "a1.s03", "quote": "two bridges were closed"}],
    },
    {
        "id": "vc-0003",
        "text": "The river rose by three metres.",
        "spans": [{"passage": "a2.s01", "quote": "The river rose by three metres."}],
    },
    {
        "id": "vc-0004",
        "text": "The river rose by five metres.",
        "origin": "contrast",
        "edit": "quantity",
        "parent": "vc-0003",
    },
    {
        "id": "vc-0005",
        "text": "Bob denied that any bridge was closed.",
        "form": "attributed",
        "spans": [{"passage": "a2.s02", "quote": "Bob denied that any bridge was closed."}],
    },
    {
        "id": "vc-0006",
        "text": "The mayor sent pumps.",
        "spans": [{"passage": "a2.s03", "quote": "The mayor sent pumps."}],
    },
]
PAIRS = [
    {"id": "vp-0001", "claim": "vc-0001", "passage": "a1.s02", "holder": "voice"},
    {"id": "vp-0002", "claim": "vc-0002", "passage": "a2.s02", "holder": "Bob"},
]
DECISIONS = [
    {"item": "vc-0001", "label": "supported", "evidence": ["a1.s02"], "why": "It says so."},
    {"item": "vc-0002", "label": "supported", "evidence": ["a1.s03"], "why": "It reports the saying."},
    {"item": "vc-0003", "label": "supported", "evidence": ["a2.s01"], "why": "It says so."},
    {"item": "vc-0004", "label": "refuted", "evidence": ["a2.s01"], "why": "Three are not five."},
    {"item": "vc-0005", "label": "supported", "evidence": ["a2.s02"], "why": "It reports the saying."},
    {"item": "vc-0006", "label": "supported", "evidence": ["a2.s03"], "why": "It says so."},
    {"item": "vp-0001", "label": "agree", "why": "The article says so."},
    {"item": "vp-0002", "label": "disagree", "why": "Bob denies it."},
]
ANNOTATORS = [{"annotator": "m1", "kind": "model", "model": "some-model", "round": 0}]
VOTES = {"vc-0001": "supported", "vc-0002": "conflicting", "vc-0003": "supported", "vc-0004": "refuted"}


def claim(row):
    """A claim with the usual fields where the row is silent."""
    usual = {"origin": "extracted", "edit": None, "parent": None, "form": "own_voice", "content": "factual"}
    return usual | {"spans": [], "conflict_point": None} | row


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def write_votes(path, field, votes):
    """A Label Studio export of one annotator's votes."""
    exported = [
        {
            "id": number,
            "data": {"item": item},
            "annotations": [
                {
                    "result": [
                        {"from_name": field, "to_name": "text", "type": "choices", "value": {"choices": [label]}},
                        {
                            "from_name": "comment",
                            "to_name": "text",
                            "type": "textarea",
                            "value": {"text": ["So I read it."]},
                        },
                    ]
                }
            ],
        }
        for number, (item, label) in enumerate(votes.items())
    ]
    path.write_text(json.dumps(exported), "utf-8")


def write_checkout(root, articles, settings, claims, pairs, decisions, veracity_votes, stance_votes=None):
    for folder in ("seeds", "dataset/source", "dataset/annotation"):
        (root / folder).mkdir(parents=True)
    for name, text in articles.items():
        data = text.encode()
        (root / "seeds" / f"{name}.txt").write_bytes(data)
        about = {"sha256": hashlib.sha256(data).hexdigest(), "as_of": "2025-09-06"}
        (root / "seeds" / f"{name}.json").write_text(json.dumps(about))
    source = root / "dataset" / "source"
    (source / "dataset.json").write_text(json.dumps(settings))
    write_lines(source / "claims.jsonl", map(claim, claims))
    write_lines(source / "pairs.jsonl", pairs)
    write_lines(source / "adjudications.jsonl", decisions)
    write_lines(source / "annotators.jsonl", ANNOTATORS)
    (root / "dataset" / "README.md").write_text(CARD)
    write_votes(root / "dataset" / "annotation" / "r0-m1-veracity.json", "veracity", veracity_votes)
    if stance_votes:
        write_votes(root / "dataset" / "annotation" / "r0-m1-stance.json", "stance", stance_votes)
    return root


@pytest.fixture
def checkout(tmp_path):
    """Two articles, six claims of which one is a contrast claim, two pairs, and one file of votes."""
    return write_checkout(tmp_path / "checkout", ARTICLES, SETTINGS, CLAIMS, PAIRS, DECISIONS, VOTES)


@pytest.fixture(scope="session")
def sound_checkout(tmp_path_factory):
    """Eighty towns with a sentence, a claim, a contrast claim, five pairs and all votes each: every check holds."""
    n, labels = 80, ("agree", "disagree", "discuss", "unrelated")
    sentences = [f"Mayor{i} opened school{i} beside river{i} for pupils{i}." for i in range(n)]
    # Two contrast claims take the two rarer labels; of the others half are supported and half refuted.
    verdicts = ["conflicting", "not_enough_evidence"] + ["supported", "refuted"] * 39
    claims, pairs, decisions = [], [], []
    for i, sentence in enumerate(sentences):
        extracted, contrast, passage = f"vc-{i:04d}", f"vc-{i + n:04d}", f"a1.s{i + 1:02d}"
        claims += [
            {"id": extracted, "text": sentence, "spans": [{"passage": passage, "quote": sentence}]},
            {
                "id": contrast,
                "text": f"Mayor{i} shut the inn.",
                "origin": "contrast",
                "edit": "entity",
                "parent": extracted,
            },
        ]
        decisions += [
            {"item": extracted, "label": "supported", "evidence": [passage], "why": "It says so."},
            {"item": contrast, "label": verdicts[i], "evidence": [passage], "why": "It says so."},
        ]
        for k in range(5):
            pair = f"vp-{5 * i + k:04d}"
            pairs.append({"id": pair, "claim": extracted, "passage": f"a1.s{(i + k) % n + 1:02d}", "holder": "voice"})
            decisions.append({"item": pair, "label": labels[k % 4], "why": "It says so."})
    votes = {row["item"]: row["label"] for row in decisions}
    return write_checkout(
        tmp_path_factory.mktemp("sound"),
        {"a1": "\n".join(sentences) + "\n"},
        SETTINGS,
        claims,
        pairs,
        decisions,
        {item: label for item, label in votes.items() if item.startswith("vc")},
        {item: label for item, label in votes.items() if item.startswith("vp")},
    )
