"""A tiny corpus of five passages and three claims of two clusters, to read by eye."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from harness.dataset.corpus import Corpus
from harness.evidence import Need
from harness.schema import Passage

TEXTS = {
    "a1.s01": "It rained in Ryazan on Monday.",
    "a1.s02": "Ann said that two bridges were closed.",
    "a1.s03": "Key facts",
    "a2.s01": "The river rose by 1,200 metres.",
    "a2.s02": "Bob denied that any bridge was closed in Ryazan.",
}


@pytest.fixture
def corpus():
    def make(withheld=()):
        rows = [
            Passage(
                id=id_,
                article=id_[:2],
                start=int(id_[4:]) * 100,
                end=int(id_[4:]) * 100 + len(text),
                section="body",
                paragraph=1,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                text=None if id_ in withheld else text,
            )
            for id_, text in TEXTS.items()
        ]
        return Corpus(
            name="tiny",
            version="1.0.0",
            sha256="0" * 64,
            as_of=date(2025, 9, 6),
            path=Path("tiny"),
            passages={row.id: row for row in rows},
            claims={},
            pairs={},
        )

    return make


@pytest.fixture
def needs():
    return [
        Need("c1", "Rain fell: it rained in Ryazan.", ("a1.s01",), frozenset({"a1.s01", "a2.s02"})),
        Need("c2", "Two bridges were closed.", ("a1.s02", "a2.s02"), frozenset({"a1.s02", "a2.s02"})),
    ]
