"""A real Label Studio on 127.0.0.1, its accounts, a checkout to label, and Chromium.

The server's environment and a data folder with its database made are kept in the user's cache between runs; each run works on a copy.
"""

from __future__ import annotations

import faulthandler
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from chromium import launched

from harness.annotation import server

ROOT = Path(__file__).parents[3]
ADMIN, PASSWORD = "admin@example.org", "only-for-tests-9f"
# The page's own offsets are UTF-16; the words are looked up in it and dragged over as a hand would.
PLACE = """(root, words) => {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), at = []; let all = "", node;
  while (node = walk.nextNode()) { for (let i = 0; i < node.length; i++) at.push([node, i]); all += node.data; }
  const start = all.indexOf(words), range = document.createRange(), end = at[start + words.length - 1];
  range.setStart(...at[start]); range.setEnd(end[0], end[1] + 1);
  range.startContainer.parentElement.scrollIntoView({block: "nearest"});
  const scroller = root.closest(".vs-articles");
  if (scroller) scroller.scrollTop += range.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 150;
  const boxes = [...range.getClientRects()], a = boxes[0], z = boxes[boxes.length - 1];
  return [a.left + 1, a.top + a.height / 2, z.right - 1, z.top + z.height / 2]; }"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(*words, cwd, **environment):
    """The command as a user runs it: exit code, standard output, standard error."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LABEL_STUDIO")}
    done = subprocess.run(
        [sys.executable, "-m", "harness", *words], cwd=cwd, env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True, text=True, timeout=1500, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@dataclass
class Account:
    """A person's session, without a browser."""

    url: str
    email: str
    token: str = field(default="", repr=False)
    opener: urllib.request.OpenerDirector = field(init=False)

    def __post_init__(self):
        self.jar = CookieJar()
        direct = urllib.request.ProxyHandler({})
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), direct)

    def call(self, method, path, body=None, form=False):
        headers = {"Referer": self.url, "X-CSRFToken": next((c.value for c in self.jar if c.name == "csrftoken"), "")}
        data = None
        if body is not None:
            data = urllib.parse.urlencode(body).encode() if form else json.dumps(body).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with self.opener.open(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text[:1] in {b"{", b"["} else text

    def enter(self, page):
        """Sign up or log in, and make a personal access token."""
        self.call("GET", page)
        self.call("POST", page, {"email": self.email, "password": PASSWORD}, form=True)
        self.token = self.call("POST", "/api/token/", {})["token"]
        return self


@dataclass
class Studio:
    url: str
    port: int
    folder: Path
    admin: Account
    people: dict

    def project(self, title):
        """Id and tasks by item."""
        found = self.admin.call("GET", "/api/projects/?page_size=500")["results"]
        (id_,) = [p["id"] for p in found if p["title"] == title]
        tasks = self.admin.call("GET", f"/api/projects/{id_}/export?exportType=JSON&download_all_tasks=true")
        return id_, {task["data"]["item"]: task for task in tasks}

    def vote(self, who, title, item, *parts):
        """One annotation by the API; parts are (from_name, to_name, type, value)."""
        task = self.project(title)[1][item]["id"]
        result = [dict(zip(("from_name", "to_name", "type", "value"), part, strict=True)) for part in parts]
        return self.people[who].call("POST", f"/api/tasks/{task}/annotations/", {"result": result, "lead_time": 10})


def patience(seconds):
    """Replace the limit of a test, 300 s: installing a server takes minutes, and so does the whole way on a busy machine."""
    faulthandler.cancel_dump_traceback_later()
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__)


@pytest.fixture(autouse=True)
def _patient():
    patience(900)


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    patience(1800)
    made = server.cache() / f"label-studio-{server.RELEASE}-data"
    if not (made / ".made").is_file():
        shutil.rmtree(made, ignore_errors=True)
        code, out, err = serve(made, free_port())
        assert code == 0, err
        assert ADMIN in out
        stop(made)
        (made / ".made").touch()
    folder = tmp_path_factory.mktemp("studio") / "data"
    shutil.copytree(made, folder)
    port = free_port()
    code, out, err = serve(folder, port)
    assert code == 0, err
    url = f"http://127.0.0.1:{port}"
    assert f"Label Studio: {url}" in out
    try:
        admin = Account(url, ADMIN).enter("/user/login/")
        people = {name: Account(url, f"{name}@example.org").enter("/user/signup/") for name in ("ann", "bob")}
        yield Studio(url, port, folder, admin, people)
    finally:
        stop(folder)


def serve(folder, port):
    words = ("annotate", "do=serve", "install=true", f"folder={folder}", f"port={port}")
    return command(*words, cwd=folder.parent if folder.parent.is_dir() else ROOT, LABEL_STUDIO_PASSWORD=PASSWORD)


def stop(folder):
    code, out, _ = command("annotate", "do=stop", f"folder={folder}", cwd=ROOT)
    assert (code, out) == (0, "stopped\n")


@pytest.fixture(scope="session")
def annotate(studio):
    """`veristance annotate` against the server, in a checkout; gives what it printed and fails where it failed."""

    def run(root, *words, code=0, token=None, url=None):
        environment = {"LABEL_STUDIO_API_KEY": studio.admin.token if token is None else token}
        environment["LABEL_STUDIO_URL"] = url or studio.url
        found, out, err = command("annotate", f"root={root}", f"out={root}/report", *words, cwd=root, **environment)
        assert found == code, out + err
        assert studio.admin.token not in out + err
        return out if code == 0 else err

    return run


def make_checkout(root):
    """A copy of the seeds and of the dataset's inputs."""
    shutil.copytree(ROOT / "seeds", root / "seeds")
    shutil.copytree(ROOT / "dataset", root / "dataset", ignore=shutil.ignore_patterns("data", ".backup"))
    return root


def digest(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Screen:
    """A labelling screen in Chromium, worked by mouse and keyboard."""

    def __init__(self, page, studio, shots):
        self.page, self.studio, self.shots = page, studio, shots
        page.goto(f"{studio.url}/user/login/")

    def login(self, who):
        self.page.fill("input[name=email]", f"{who}@example.org")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "login" not in url)

    def open(self, title, item):
        project, tasks = self.studio.project(title)
        self.page.goto(f"{self.studio.url}/projects/{project}/data?task={tasks[item]['id']}")
        self.submit = self.page.get_by_test_id("bottombar-submit-button")
        self.submit.wait_for(timeout=60_000)
        self.page.locator(".lsf-richtext__container").first.wait_for()

    def choose(self, label):
        self.page.get_by_text(re.compile(rf"^{label}")).first.click()

    def shows_chosen(self, *labels):
        """Wait until these labels are chosen, and no other."""
        names = "() => [...document.querySelectorAll('.lsf-choice input:checked')].map(box => box.name).join()"
        self.page.wait_for_function(f"labels => ({names})() === labels", arg=",".join(labels), timeout=10_000)

    def press(self, key, label):
        """Choose by hotkey, which the screen knows a moment after it is shown."""
        chosen = self.page.locator(f".lsf-choice input[name={label}]:checked")
        deadline = time.monotonic() + 20
        while not chosen.count() and time.monotonic() < deadline:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(500)
        assert chosen.count() == 1, f"the key {key} does not choose {label}"

    def mark(self, key, words, within):
        """Press the label's hotkey and drag over the words in the text that opens with `within`."""
        regions = self.page.locator(".htx-highlight")
        before = regions.count()
        box = self.page.locator(".lsf-richtext__container", has_text=within).first
        deadline = time.monotonic() + 30
        # A key that came before the screen knew it chose no label, and the drag marked nothing.
        while regions.count() == before and time.monotonic() < deadline:
            self.page.keyboard.press(key)
            x1, y1, x2, y2 = box.evaluate(PLACE, words)
            self.page.mouse.move(x1, y1)
            self.page.mouse.down()
            self.page.mouse.move((x1 + x2) / 2, y2, steps=4)
            self.page.mouse.move(x2, y2, steps=4)
            self.page.mouse.up()
            self.page.wait_for_timeout(1000)
        assert regions.count() > before, f"{words!r} could not be marked"

    def write(self, name, words):
        self.page.locator(f"textarea[name={name}]").fill(words)

    def shot(self, name):
        """The screen as an annotator needs it: article beside item, both in sight, every label with its key; and its picture."""
        item, articles = (self.page.locator(part).bounding_box() for part in (".vs-item", ".vs-articles"))
        assert item["x"] >= 0
        assert item["x"] + item["width"] <= articles["x"]
        assert articles["width"] > 300
        assert max(item["y"], articles["y"]) < 200
        texts = self.page.locator(".lsf-richtext__container")
        assert min(texts.evaluate_all("all => all.map(text => parseFloat(getComputedStyle(text).fontSize))")) >= 14
        labels = self.page.locator(".lsf-choice label").all_inner_texts()
        assert labels
        assert all(re.search(r"\[\w\]$", label.strip()) for label in labels), labels
        if self.shots:
            self.page.mouse.move(5, 500)
            self.page.screenshot(path=Path(self.shots) / f"annotate-{name}.png")

    def send(self):
        with self.page.expect_response(lambda r: "/annotations" in r.url and r.request.method == "POST") as answer:
            self.submit.click()
        assert answer.value.status == 201


@pytest.fixture
def screen(studio):
    """Chromium; the pictures of docs/ are renewed where VERISTANCE_SCREENSHOTS names a folder."""
    with launched() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 860})
        outside = []
        page.on(
            "request", lambda r: outside.append(r.url) if not r.url.startswith((studio.url, "data:", "blob:")) else None
        )
        yield Screen(page, studio, os.environ.get("VERISTANCE_SCREENSHOTS"))
    assert outside == []
