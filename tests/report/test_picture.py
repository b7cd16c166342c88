"""Pictures as files: well-formed, with every word, and nothing that could run or be fetched."""

import re
from xml.dom import minidom

import pytest

from harness.errors import InputError
from harness.report import picture
from harness.report.picture import files, png


def words(svg):
    return " ".join(
        "".join(n.data for n in t.childNodes if n.nodeType == n.TEXT_NODE)
        for t in minidom.parseString(svg).getElementsByTagName("text")
    )


def test_each_picture_of_the_page_is_a_document_of_its_own(comparison):
    found = files(comparison)
    task = comparison.task
    assert {f"{task}-leaderboard", *(f"{task}-confusion-{s.name}" for s in comparison.systems)} <= found.keys()
    for svg in found.values():
        minidom.parseString(svg)
        assert "var(" not in svg
        assert "light-dark" not in svg
    told = words(found[f"{task}-leaderboard"])
    assert comparison.dataset in told
    assert all(system.name in told for system in comparison.systems)


def test_hostile_names_stay_text_and_their_files_stay_in_the_folder(hostile):
    for name, svg in files(hostile).items():
        assert re.fullmatch(r"[\w.=-]+", name)
        document = minidom.parseString(svg)
        tags = {node.tagName for node in document.getElementsByTagName("*")}
        assert tags <= {"svg", "style", "rect", "g", "line", "circle", "text", "tspan", "path", "polyline", "title"}
        for node in document.getElementsByTagName("*"):
            assert not [a for a in dict(node.attributes.items()) if a.startswith("on") or "href" in a]


def test_a_png_has_the_pictures_size_and_its_words(comparison):
    svg = files(comparison)[f"{comparison.task}-leaderboard"]
    try:
        drawn = png(svg)
    except InputError as error:
        pytest.skip(str(error))
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    width = float(re.search(r'width="([\d.]+)"', svg)[1])
    assert int.from_bytes(drawn[16:20]) == round(picture.SCALE * width)
    assert png(re.sub(r">([a-z])", r">\1\1\1", svg)) != drawn


def test_a_machine_without_fonts_is_told(comparison):
    svg = re.sub(r"(?s)<text.*?</text>", "", files(comparison)[f"{comparison.task}-leaderboard"])
    with pytest.raises(InputError, match="no font on this machine"):
        png(svg)
