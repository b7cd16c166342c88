import json

import pytest

from harness.errors import InputError
from harness.jsonl import read_lines


def test_a_row_may_hold_any_line_separator_of_unicode(tmp_path):
    rows = [{"text": f"a{chr(c)}b"} for c in (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029)]
    path = tmp_path / "rows.jsonl"
    path.write_bytes("\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode())
    assert read_lines(path) == rows


def test_a_file_that_is_not_there_has_no_rows(tmp_path):
    assert read_lines(tmp_path / "rows.jsonl") == []


@pytest.mark.parametrize(
    ("line", "words"), [(b"{", "is no JSON"), (b"\xff", "is no JSON"), (b"[1]", "holds '\\[1\\]'")]
)
def test_a_row_that_is_no_object_is_told_by_line(tmp_path, line, words):
    (tmp_path / "rows.jsonl").write_bytes(b'{"id": "a"}\n' + line + b"\n")
    with pytest.raises(InputError, match=rf"rows\.jsonl line 2 {words}"):
        read_lines(tmp_path / "rows.jsonl")
