"""Rows of every format, by line, whatever the layout."""

import gzip
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness.dataset import json_rows
from harness.dataset.rows import Format, rows
from harness.errors import InputError

TWO = [{"a": "x", "b": "y"}, {"a": "z", "b": "w"}]


def read(path, **form):
    return list(rows(Path(path), Format(**form)))


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("t.csv", "a,b\nx,y\nz,w\n", (2, 3)),
        ("t.tsv", "a\tb\nx\ty\nz\tw\n", (2, 3)),
        ("t.jsonl", "\n".join(map(json.dumps, TWO)), (1, 2)),
        ("t.json", json.dumps(TWO, indent=1), (2, 6)),
    ],
)
def test_text_is_read_with_its_lines(tmp_path, name, text, lines):
    (tmp_path / name).write_text(text)
    assert read(tmp_path / name) == list(zip(lines, TWO, strict=True))


def test_packed_text_is_read_through(tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\nx,y\nz,w\n"))
    assert [row for _, row in read(tmp_path / "t.csv.gz")] == TWO


def test_parquet_is_read(tmp_path):
    pq.write_table(pa.Table.from_pylist(TWO), tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet") == [(1, TWO[0]), (2, TWO[1])]


def test_quotes_taken_as_they_stand_swallow_no_row(tmp_path):
    # LIAR's trap: an opening quotation mark that never closes.
    (tmp_path / "t.tsv").write_text('a\tb\n"x\ty\nz\tw\n')
    assert [row for _, row in read(tmp_path / "t.tsv", quoting="none")] == [{"a": '"x', "b": "y"}, TWO[1]]
    ((line, said),) = read(tmp_path / "t.tsv")
    assert (line, "dataset.format.quoting=none" in said) == (2, True)


def test_latin_with_semicolons_and_line_breaks_in_cells_keeps_its_lines(tmp_path):
    (tmp_path / "t.csv").write_bytes('a;b\n"Flu\xdf; er\nsagt ""so""";y\nz;w\n'.encode("latin-1"))
    found = read(tmp_path / "t.csv", delimiter=";", encoding="latin-1")
    assert found == [(2, {"a": 'Flu\xdf; er\nsagt "so"', "b": "y"}), (4, TWO[1])]


def test_another_encoding_is_told(tmp_path):
    (tmp_path / "t.csv").write_bytes("a,b\n\xdf,y\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"t\.csv is not utf-8 .*dataset\.format\.encoding=latin-1"):
        read(tmp_path / "t.csv")


def test_rows_with_faults_are_told_and_the_others_read(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\nx\nz,w\n")
    (tmp_path / "t.jsonl").write_text('{"a": "x"\n\n[1]\n{"a": "z", "b": "w"}\n')
    assert read(tmp_path / "t.csv") == [(2, "has 1 cells; expected 2, one for each column"), (3, TWO[1])]
    (first, broken), (second, no_object), (last, row) = read(tmp_path / "t.jsonl")
    assert (first, "is no JSON" in broken, second, no_object, last, row) == (
        1, True, 3, "is list; expected an object", 4, TWO[1],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "path", "expected"),
    [
        ({"data": {"items": TWO}}, "data.items", TWO),
        ({"k1": 0.5, "k2": 1}, "*", [{"key": "k1", "value": 0.5}, {"key": "k2", "value": 1}]),
    ],
)
def test_rows_inside_an_object_are_found(tmp_path, given, path, expected):
    (tmp_path / "t.json").write_text(json.dumps(given))
    assert [row for _, row in read(tmp_path / "t.json", rows=path)] == expected


def test_long_array_is_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(json_rows, "CHUNK", 7)
    many = [{"n": n, "text": "é\n" * n, "in": {"list": [1, {"x": "]"}]}} for n in range(40)]
    (tmp_path / "t.json").write_text(json.dumps(many, indent=2), "utf-8")
    assert [row for _, row in read(tmp_path / "t.json")] == many


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1},\n {"a": 2}', "line 2: the file ends"),
        ('[{"a": 1},\n\n {"a" 2}]', "line 3 is no JSON"),
        ('{"a": 1}', "line 1: '{' stands where '\\['"),
    ],
)
def test_json_that_is_broken_is_told_by_line(tmp_path, text, said):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(InputError, match=said):
        read(tmp_path / "t.json")


def test_ending_that_says_nothing_is_told(tmp_path):
    with pytest.raises(InputError, match=r"ends in \.dat; expected \.csv.*dataset\.format\.kind"):
        read(tmp_path / "t.dat")


def test_excel_is_read_and_an_empty_line_left_out(tmp_path):
    # The least that makes a workbook: Office Open XML, ECMA-376 part 1, with strings in the cells.
    def line(number, *cells):
        told = "".join(f'<c r="{"AB"[k]}{number}" t="inlineStr"><is><t>{c}</t></is></c>' for k, c in enumerate(cells))
        return f'<row r="{number}">{told}</row>'

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/s.xml"/></Relationships>',
        "xl/worksheets/s.xml": f'<worksheet xmlns="{main}"><sheetData>{line(1, "a", "b")}{line(2, "x", "y")}{line(4, "z", "w")}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as book:
        for name, text in files.items():
            book.writestr(name, text)
    assert read(tmp_path / "t.xlsx") == [(2, TWO[0]), (4, TWO[1])]
    with pytest.raises(InputError, match=r"no Excel file that can be read, or has no such sheet"):
        read(tmp_path / "t.xlsx", sheet="none")
