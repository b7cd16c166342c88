import hashlib
import json

import pytest

from harness.dataset.ingest import ingest
from harness.errors import InputError

STORM = "Storm 🌊 closes bridge\r\n\r\nThe bridge was closed.\r\n"
PAGE = """<html lang="en-GB"><head><title>Storm closes bridge</title>
<meta property="og:site_name" content="Harbour News"><meta property="article:published_time" content="2025-05-04">
</head><body><nav><a href="/">Home</a> <a href="/ads">Subscribe now</a></nav><article><h1>Storm closes bridge</h1>
<p>The harbour bridge was closed on Saturday after a storm that lasted all night, the mayor's office said in the morning.</p>
<p>The ferry across the harbour ran until dawn and carried about four hundred people, more than on any other night.</p>
</article><footer>Copyright Harbour News</footer></body></html>"""


def sidecar(root, name):
    return json.loads((root / "seeds" / f"{name}.json").read_text("utf-8"))


def test_plain_text_is_taken_verbatim_with_its_hash(tmp_path):
    (tmp_path / "storm.txt").write_bytes(STORM.encode())
    (article,) = ingest(tmp_path, [tmp_path / "storm.txt"], {"language": "en", "url": None})
    assert article.id == "a1"
    assert (tmp_path / "seeds" / "a1.txt").read_bytes() == STORM.encode()
    about = sidecar(tmp_path, "a1")
    assert about["sha256"] == hashlib.sha256(STORM.encode()).hexdigest()
    assert (about["language"], about["title"], about["original_name"]) == ("en", None, "storm.txt")


def test_markdown_gives_its_words_and_front_matter(tmp_path):
    text = "---\ndate: 2025-05-04\n---\n# Storm *closes* bridge\n\nThe [bridge](http://x.test)\nwas closed.\n\n- One\n"
    (tmp_path / "storm.md").write_text(text)
    ingest(tmp_path, [tmp_path / "storm.md"], {})
    assert (tmp_path / "seeds" / "a1.txt").read_text() == "Storm closes bridge\n\nThe bridge was closed.\n\n- One\n"
    assert (sidecar(tmp_path, "a1")["title"], sidecar(tmp_path, "a1")["published_on"]) == (
        "Storm closes bridge",
        "2025-05-04",
    )


@pytest.mark.integration
def test_html_gives_its_main_text_and_what_it_says_of_itself(tmp_path):
    (tmp_path / "storm.html").write_text(PAGE)
    ingest(tmp_path, [tmp_path / "storm.html"], {"outlet": "The Harbour"})
    text, about = (tmp_path / "seeds" / "a1.txt").read_text(), sidecar(tmp_path, "a1")
    assert "carried about four hundred people" in text
    assert "Subscribe" not in text
    assert text.count("Storm closes bridge") == 1
    assert (about["title"], about["outlet"]) == ("Storm closes bridge", "The Harbour")
    assert (about["published_on"], about["language"]) == ("2025-05-04", "en")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("head", "foot", "date"),
    [
        ("", "© 2019 Harbour News", None),
        ("", "Copyright 2019-2024 Harbour News. All rights reserved.", None),
        ("", '<time datetime="2025-05-04" pubdate>4 May 2025</time> © 2019', "2025-05-04"),
        (
            '<meta property="article:modified_time" content="2025-06-01">'
            '<meta property="article:published_time" content="2025-05-04">',
            "© 2019",
            "2025-05-04",
        ),
    ],
)
def test_html_is_dated_by_what_it_states_and_by_no_copyright(tmp_path, head, foot, date):
    page = PAGE.replace('<meta property="article:published_time" content="2025-05-04">', head)
    (tmp_path / "storm.html").write_text(page.replace("Copyright Harbour News", foot), "utf-8")
    ingest(tmp_path, [tmp_path / "storm.html"], {})
    assert sidecar(tmp_path, "a1")["published_on"] == date


def test_article_that_is_there_is_refused_whatever_its_white_space(tmp_path):
    for name, text in (("a.txt", STORM), ("b.txt", STORM.replace("\r\n", "\n") + "\n"), ("c.txt", "Another one.")):
        (tmp_path / name).write_bytes(text.encode())
    ingest(tmp_path, [tmp_path / "a.txt"], {})
    with pytest.raises(InputError, match=r"b\.txt has the text of .*a1\.txt"):
        ingest(tmp_path, [tmp_path / "c.txt", tmp_path / "b.txt"], {})
    assert sorted(path.name for path in (tmp_path / "seeds").iterdir()) == ["a1.json", "a1.txt"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.pdf", b"%PDF", "neither text"),
        ("x.txt", b" \n", "holds no text"),
        ("x.txt", b"\xff\xfe", "not UTF-8 at byte 0"),
        ("x.md", b"---\ndate: soon\n---\nWords.\n", "published_on"),
    ],
)
def test_file_that_is_no_article_is_refused_by_name(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=words):
        ingest(tmp_path, [tmp_path / name], {})
    assert not (tmp_path / "seeds").exists()
