"""A checkout to publish from: forty claims of the shipped dataset with their pairs and votes, and a hub on loopback."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub_server import TOKEN, HubServer

from harness import paths
from harness.publish.hub import Hub
from harness.publish.release import publish

PROSE = ("README.md", "GUIDELINES.md", "DATASHEET.md", "CHANGELOG.md", "LICENSE", "source/about.json")


class Checkout:
    """The folder, and edits of it such as a maintainer makes."""

    def __init__(self, root):
        self.root = root

    def table(self, name):
        return self.root / "dataset" / "data" / f"{name}.parquet"

    def rows(self, name):
        return pq.read_table(self.table(name)).to_pylist()

    def write(self, name, rows):
        schema = pq.read_schema(self.table(name))
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), self.table(name))

    def edit(self, name, row, **values):
        rows = self.rows(name)
        rows[row] |= values
        self.write(name, rows)

    def version(self, version):
        path = self.root / "dataset" / "data" / "dataset.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"version": version}))

    def relabel(self):
        """The first claim gets another label."""
        new = "refuted" if self.rows("claims/test")[0]["veracity_name"] != "refuted" else "supported"
        self.edit("claims/test", 0, veracity=["supported", "refuted"].index(new), veracity_name=new)

    def add_claim(self):
        rows = self.rows("claims/test")
        new = rows[-1] | {"id": "vc-9999", "text": "A claim that was not there before.", "family": rows[-1]["family"]}
        self.write("claims/test", [*rows, new])


@pytest.fixture(scope="session")
def small_dataset(tmp_path_factory):
    """Made once; tests take copies."""
    root, ours = tmp_path_factory.mktemp("small"), paths.dataset()
    (root / "dataset" / "source").mkdir(parents=True)
    shutil.copytree(ours.parent / "seeds", root / "seeds")
    for name in PROSE:
        shutil.copyfile(ours / name, root / "dataset" / name)
    small = Checkout(root)
    for path in sorted((ours / "data").rglob("*.parquet")):
        target = root / "dataset" / path.relative_to(ours)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(ours / "data" / "dataset.json", root / "dataset" / "data" / "dataset.json")
    # Claims that repeat the article's words and justifications that do come first, so that there is something to withhold.
    rows = small.rows("claims/test")
    families = list(dict.fromkeys(row["family"] for row in rows))[:12]
    claims = [row for row in rows if row["family"] in families]
    known = {row["id"] for row in claims} | {row["id"] for row in small.rows("claims/examples")}
    small.write("claims/test", claims)
    for split in ("test", "examples"):
        small.write(f"pairs/{split}", [row for row in small.rows(f"pairs/{split}") if row["claim"] in known][:60])
    small.write("votes/test", [row for row in small.rows("votes/test") if row["item"] in known])
    return root


@pytest.fixture
def checkout(small_dataset, tmp_path):
    shutil.copytree(small_dataset, tmp_path / "checkout")
    return Checkout(tmp_path / "checkout")


def pytest_collection_modifyitems(items):
    """huggingface_hub 2.4 uploads in a way that its own HTTP library deprecates; all other warnings are errors here as elsewhere."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"))


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A hub, with this process logged in to it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no-login"))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)
    with HubServer() as hub:
        yield hub


@pytest.fixture
def release(checkout, server):
    """Publish the checkout to `me/news` on the server; gives what came of it and what was said."""

    def run(**settings):
        said = []
        hub = Hub("me/news", server.url)
        settings = {"confirm": lambda _: True} | settings
        made = publish(Path(checkout.root), hub, say=said.append, **settings)
        return made, "\n".join(said)

    return run
