"""`croissant.json`: the tables described for any reader, by MLCommons' Croissant 1.1 with the RAI vocabulary 1.0.

Every file has its sha256, so that a reader that follows the format refuses a changed one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.publish.about import About
from harness.publish.rows import read_table

CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
# The specification's own context, in full as it asks for.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
KEYS = {"claims": "id", "pairs": "id", "passages": "id"}
REFERENCES = {("pairs", "claim"): "claims/id", ("pairs", "passage"): "passages/id"}


def croissant(folder: Path, about: About, name: str, version: str, url: str) -> dict[str, Any]:
    """The description of the tables in `folder`, as JSON-LD; `url` is where the dataset will be found."""
    files = sorted((folder / "data").rglob("*.parquet"))
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": name,
        "description": f"{about.description} Canary: {about.canary}.",
        "url": url,
        "version": version,
        "license": about.licence_url,
        "creator": [{"@type": "Organization", "name": creator} for creator in about.creators],
        "datePublished": about.published_on.isoformat(),
        "citeAs": cite_as(about, name, version),
        "inLanguage": "en",
        "keywords": list(about.keywords),
        "isLiveDataset": False,
        **{
            f"rai:{key}": list(value) if isinstance(value, tuple) else value for key, value in sorted(about.rai.items())
        },
        "distribution": [_file(path, folder) for path in files],
        "recordSet": [_record_set(path, folder) for path in files],
    }


def cite_as(about: About, name: str, version: str) -> str:
    """A BibTeX entry."""
    authors = " and ".join(f"{{{creator}}}" for creator in about.creators)
    return f"@misc{{{name}, author = {{{authors}}}, title = {{{about.title}}}, version = {{{version}}}, year = {{{about.published_on.year}}}}}"


def _id(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _file(path: Path, folder: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {
        "@type": "cr:FileObject",
        "@id": _id(path, folder),
        "name": _id(path, folder),
        "contentUrl": _id(path, folder),
        "contentSize": f"{len(data)} B",
        "encodingFormat": "application/x-parquet",
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _record_set(path: Path, folder: Path) -> dict[str, Any]:
    kind, table = path.parent.name, read_table(path)
    # The main split goes by the table's name; another by both names.
    others = sorted(path.parent.glob("*.parquet"))
    main = kind if path.stem in {"test", "corpus"} or len(others) == 1 else f"{kind}-{path.stem}"
    made: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": main,
        "name": main,
        "description": f"The split {path.stem} of {kind}.",
        "field": list(_fields(main, kind, _id(path, folder), table.schema)),
    }
    if kind in KEYS:
        made["key"] = {"@id": f"{main}/{KEYS[kind]}"}
    return made


def _fields(record_set: str, kind: str, file: str, schema: Any) -> Iterator[dict[str, Any]]:
    import pyarrow as pa

    for column in schema:
        made: dict[str, Any] = {"@type": "cr:Field", "@id": f"{record_set}/{column.name}", "name": column.name}
        made["source"] = {"fileObject": {"@id": file}, "extract": {"column": column.name}}
        inner = column.type
        if pa.types.is_list(inner) or pa.types.is_large_list(inner):
            made |= (
                {"isArray": True, "arrayShape": "-1"}
                if not pa.types.is_struct(inner.value_type)
                else {"repeated": True}
            )
            inner = inner.value_type
        if pa.types.is_struct(inner):
            made["subField"] = [_sub_field(made, part) for part in inner]
        else:
            made["dataType"] = _type(inner)
        if (kind, column.name) in REFERENCES and record_set == kind:
            made["references"] = {"field": {"@id": REFERENCES[kind, column.name]}}
        yield made


def _sub_field(parent: dict[str, Any], part: Any) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{parent['@id']}/{part.name}",
        "name": part.name,
        "dataType": _type(part.type),
        "source": parent["source"] | {"transform": {"jsonPath": part.name}},
    }


def _type(kind: Any) -> str:
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"
