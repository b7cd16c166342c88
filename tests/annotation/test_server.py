import os
import subprocess
import sys

import pytest

from harness.annotation import server


@pytest.mark.parametrize("port", ["abc", 0, 70000, "8321.5"])
def test_port_that_is_none_is_refused_in_a_sentence(veristance, port):
    code, out, err = veristance("annotate", "do=serve", f"port={port}")
    assert (code, out) == (2, "")
    assert err.startswith("veristance: port is ")
    assert err.endswith("expected a whole number from 1 to 65535, such as port=8321\n")


@pytest.fixture
def program(tmp_path):
    """A process whose command line names Label Studio."""
    path = tmp_path / "label-studio"
    path.write_text("import sys; print(flush=True); sys.stdin.read()")
    with subprocess.Popen([sys.executable, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()  # by then its command line stands in /proc
        yield process
        process.stdin.close()


def test_server_is_found_without_ps(program, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert server._alive({"pid": program.pid})
    assert not server._alive({"pid": os.getpid()})


def test_server_that_has_ended_is_not_alive(program):
    program.stdin.close()
    # Not waited for yet, so it is a zombie with a number of its own still.
    os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
    assert not server._alive({"pid": program.pid})
    program.wait()
    assert not server._alive({"pid": program.pid})


def test_title_of_two_projects_is_refused_only_where_it_is_one_of_ours():
    from harness.annotation.label_studio import OURS

    assert [t for t in ("r3-p1-veracity", "r12-x", "research notes", "r-3", "") if OURS.match(t)] == [
        "r3-p1-veracity", "r12-x"
    ]  # fmt: skip
