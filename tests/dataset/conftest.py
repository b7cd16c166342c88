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
    {"id": "vp-0001", "claim": "vc-0001", "passage": "a1.s02", "holder": "voice", "chosen": "evidence"},
    {"id": "vp-0002", "claim": "vc-0002", "passage": "a2.s02", "holder": "Bob", "chosen": "overlap"},
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
ANNOTATORS = [{"annotator": name, "kind": "model", "model": "some-model", "round": 0} for name in ("m1", "m2")]
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


def write_checkout(root, articles, settings, claims, pairs, decisions, votes):
    """`votes` is by annotator and task."""
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
    for (annotator, task), given in votes.items():
        write_votes(root / "dataset" / "annotation" / f"r0-{annotator}-{task}.json", task, given)
    return root


@pytest.fixture
def checkout(tmp_path):
    """Two articles, six claims of which one is a contrast claim, two pairs, and one file of votes."""
    return write_checkout(
        tmp_path / "checkout", ARTICLES, SETTINGS, CLAIMS, PAIRS, DECISIONS, {("m1", "veracity"): VOTES}
    )


ACTORS = [
    "The butcher",
    "A young violinist",
    "The harbour master",
    "Two retired pilots",
    "The parish council",
    "An old beekeeper",
    "The night nurse",
    "A travelling circus",
    "The chess club",
    "Three surveyors",
    "The lighthouse keeper",
    "A local poet",
    "Some railway workers",
    "The tax inspector",
    "A deaf sculptor",
    "The rowing team",
]
DEEDS = [
    "repaired a broken clock",
    "planted forty apple trees",
    "sold a painted boat",
    "opened a bakery",
    "found a lost manuscript",
    "rebuilt the wooden pier",
    "taught geometry",
    "raised a flock of geese",
    "mapped the caves",
    "cooked soup for the marchers",
    "translated a Norwegian novel",
    "buried a time capsule",
    "measured the glacier",
]
PLACES = [
    "Oslo",
    "Lima",
    "Kyoto",
    "Tunis",
    "Quebec",
    "Perth",
    "Zagreb",
    "Bergen",
    "Havana",
    "Accra",
    "Leeds",
    "Hanoi",
    "Riga",
    "Cusco",
    "Porto",
    "Minsk",
    "Dakar",
]
N_TOWNS, N_OPEN, N_MIXED, N_RHETORIC = 160, 64, 48, 8


@pytest.fixture(scope="session")
def sound_checkout(tmp_path_factory):
    """160 sentences with a claim each, its crossed contrast claims, 13 pairs and all votes of two annotators: every check holds."""
    claims, pairs, decisions = [], [], []
    sentences = [f"{ACTORS[i % 16]} {DEEDS[i % 13]} in {PLACES[i % 17]}." for i in range(N_TOWNS)]
    labels = ("agree", "disagree", "discuss", "unrelated")
    for i, sentence in enumerate(sentences):
        passage, actor, other = f"a1.s{i + 1:02d}", ACTORS[i % 16], ACTORS[(i + 1 + i // 16) % 16]
        does = sentence.removeprefix(actor).rstrip(".")
        mine = f"{actor}, not {other[0].lower()}{other[1:]},{does}."
        theirs = f"{other}, not {actor[0].lower()}{actor[1:]},{does}."
        made = [(sentence, None, "not_enough_evidence" if i < N_OPEN else "supported")]
        made += [(mine, "entity", "supported"), (theirs, "entity", "refuted")]
        made += [(f"If it rained, {actor[0].lower()}{actor[1:]}{does}.", "condition", "conflicting")] * (i < N_MIXED)
        for k, (text, edit, label) in enumerate(made):
            id_ = f"vc-{4 * i + k:04d}"
            row = {"id": id_, "text": text, "spans": [{"passage": passage, "quote": sentence}]}
            if edit:
                row |= {"origin": "contrast", "edit": edit, "parent": f"vc-{4 * i:04d}", "spans": []}
            claims.append(row)
            decisions.append({"item": id_, "label": label, "evidence": [passage], "why": "It says so."})
        for k in range(13):
            pair, near = f"vp-{13 * i + k:04d}", f"a1.s{(i + k) % N_TOWNS + 1:02d}"
            chosen = "lot" if k == 3 else "evidence"
            pairs.append({"id": pair, "claim": f"vc-{4 * i:04d}", "passage": near, "holder": "voice", "chosen": chosen})
            decisions.append({"item": pair, "label": labels[k % 4], "why": "It says so."})
        decisions.append({"item": passage, "label": "check_worthy", "why": "It says something."})
    for i in range(N_TOWNS, N_TOWNS + N_RHETORIC):
        sentences.append("And so it goes.")
        decisions.append({"item": f"a1.s{i + 1:02d}", "label": "rhetoric", "why": "A set phrase."})
    tasks = {"veracity": "vc", "stance": "vp", "check_worthiness": "a1"}
    votes = {
        (annotator, task): {row["item"]: row["label"] for row in decisions if row["item"].startswith(prefix)}
        for annotator in ("m1", "m2")
        for task, prefix in tasks.items()
    }
    root = tmp_path_factory.mktemp("sound")
    return write_checkout(root, {"a1": "\n".join(sentences) + "\n"}, SETTINGS, claims, pairs, decisions, votes)
