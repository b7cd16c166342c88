"""What a run keeps of its evidence: the retrieval, so that it can be replayed, and what it is worth against the gold passages.

runs/<task>/<system>-<hash8>/retrieval.jsonl  evidence.json
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from harness.errors import InputError
from harness.evidence.score import Asked, EvidenceReport, report
from harness.record import in_words
from harness.run import Manifest, write
from harness.schema import Prediction
from harness.task import Items

log = logging.getLogger(__name__)


def keep_evidence(
    folder: Path, items: Items, predictions: Mapping[str, Prediction], manifest: Manifest
) -> EvidenceReport:
    """Write both files and tell the figures; a run that read just the gold passages has neither."""
    declared = set(
        manifest.declared if items.gold_passages or items.retrieval else ()
    )  # else there is nothing to hold it to
    asked = [
        Asked(
            id=q.id,
            cluster=items.clusters[q.id],
            gold=items.gold_passages.get(q.id, ()),
            shown=tuple(e.id for e in q.evidence),
            cited=predictions[q.id].evidence if q.id in predictions and predictions[q.id].label else None,
            gold_label=items.gold[q.id],
            label=predictions[q.id].label if q.id in predictions else None,
        )
        for q in (items.questions if declared else ())
        if q.id in declared
    ]
    made = report(manifest.evidence, asked, items.retrieval)
    if items.retrieval is not None:
        write(folder / "retrieval.jsonl", "".join(items.retrieval.lines()))
    if made.line():
        write(folder / "evidence.json", made.model_dump_json(indent=1) + "\n")
        log.info("%s", made.line())
    return made


def read_evidence(folder: Path) -> EvidenceReport | None:
    """The evidence.json of a run; `None` where there is nothing to tell of its evidence."""
    path = folder / "evidence.json"
    if not path.is_file():
        return None
    try:
        return EvidenceReport.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise InputError(f"{path} {in_words(error)}; run the same evaluate command again") from error
