"""How the dataset is cited: CITATION.cff for people and GitHub, DataCite's metadata for a DOI repository."""

from __future__ import annotations

import json
from typing import Any

from harness.publish.about import About


def citation_cff(about: About, version: str, url: str | None) -> str:
    """The Citation File Format 1.2.0."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this dataset, please cite it as below.",
        "type: dataset",
        f"title: {_quoted(about.title)}",
        f"version: {_quoted(version)}",
        f"date-released: {about.published_on.isoformat()}",
        "license: CC-BY-4.0",
        "authors:",
        *(f"  - name: {_quoted(creator)}" for creator in about.creators),
        "keywords:",
        *(f"  - {_quoted(word)}" for word in about.keywords),
        f"abstract: {_quoted(about.description)}",
        *([f"url: {_quoted(url)}"] if url else []),
    ]
    return "\n".join(lines) + "\n"


def datacite(about: About, version: str, formats: list[str], sizes: list[str]) -> dict[str, Any]:
    """DataCite's metadata schema 4.6 as JSON, without the DOI, which the repository gives."""
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Evaluation dataset"},
        "titles": [{"title": about.title}],
        "creators": [{"name": creator, "nameType": "Organizational"} for creator in about.creators],
        "publisher": {"name": about.creators[0]},
        "publicationYear": str(about.published_on.year),
        "dates": [{"date": about.published_on.isoformat(), "dateType": "Issued"}],
        "subjects": [{"subject": word} for word in about.keywords],
        "language": "en",
        "version": version,
        "formats": formats,
        "sizes": sizes,
        "rightsList": [
            {
                "rights": "Creative Commons Attribution 4.0 International; article text is excluded, see LICENSE",
                "rightsUri": about.licence_url,
                "rightsIdentifier": "CC-BY-4.0",
                "rightsIdentifierScheme": "SPDX",
            }
        ],
        "descriptions": [{"description": about.description, "descriptionType": "Abstract"}],
    }


def _quoted(text: str) -> str:
    """A string as YAML and JSON both read it."""
    return json.dumps(text, ensure_ascii=False)
