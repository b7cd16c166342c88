"""A hub on 127.0.0.1 that speaks the protocol of huggingface_hub's client, in memory, LFS path included.

    with HubServer() as hub:
        HfApi(endpoint=hub.url, token=hub.token).create_repo("me/news", repo_type="dataset")

Written from the calls of huggingface_hub 2.4 and datasets 5.2. It keeps every byte that it is sent (`received`), and does to a
request what `faults` says, so that a client meets a real refusal or a real broken connection.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit

from loopback import Loopback

TOKEN = "hf_test"
REGULAR_LIMIT = 10_000_000


@dataclass
class Repo:
    """Commits from first to last; each a snapshot of all files."""

    private: bool
    commits: list[tuple[str, str, dict[str, bytes], frozenset[str]]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, message, files, lfs):
        content = json.dumps([len(self.commits), message, {k: hashlib.sha256(v).hexdigest() for k, v in files.items()}])
        sha = hashlib.sha1(content.encode()).hexdigest()
        self.commits.append((sha, message, dict(files), frozenset(lfs)))
        return sha

    def find(self, revision):
        sha = self.commits[-1][0] if revision in {"main", "HEAD", None} else self.tags.get(revision, revision)
        return next((commit for commit in self.commits if commit[0] == sha), None)


@dataclass
class Fault:
    """What to do to requests whose `METHOD path` matches, for the first `times` of them after `after` others."""

    matches: str
    status: int | None
    """An HTTP status, or None to break the connection half-way."""
    times: int = 1_000_000
    after: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "a fault of the test"
    hold: threading.Event | None = None
    """The request waits for it."""


class HubServer(Loopback):
    """Starts on a free port; `repos`, `received` and `faults` may be read and changed while it runs."""

    def __init__(self, lfs=r"\.parquet$", lfs_limit=None):
        self.token, self.role = TOKEN, "write"
        self.repos: dict[str, Repo] = {}
        self.objects: dict[str, bytes] = {}
        self.received: list[bytes] = []
        self.asked: list[str] = []
        self.faults: list[Fault] = []
        self.lfs, self.lfs_limit, self.lock = re.compile(lfs), lfs_limit, threading.Lock()

    def handler(self):
        return type("Bound", (Handler,), {"hub": self})

    def n_asked(self, pattern):
        return sum(bool(re.search(pattern, asked)) for asked in self.asked)

    def fault(self, asked):
        for fault in self.faults:
            if re.search(fault.matches, asked):
                if fault.after > 0:
                    fault.after -= 1
                elif fault.times > 0:
                    fault.times -= 1
                    return fault
        return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: HubServer

    def log_message(self, *_):
        pass

    def handle_any(self):
        parts = urlsplit(self.path)
        path, self.query = unquote(parts.path), parse_qs(parts.query)
        asked = f"{self.command} {path}"
        with self.hub.lock:
            self.hub.asked.append(asked)
            fault = self.hub.fault(asked)
        size = int(self.headers.get("Content-Length", 0))
        if fault and fault.hold:
            fault.hold.wait(60)
        if fault and fault.status is None:
            self.rfile.read(size // 2)
            self.close_connection = True
            self.connection.shutdown(2)
            return None
        body = self.rfile.read(size) if size else self.chunks()
        with self.hub.lock:
            self.hub.received.append(body)
        if fault:
            return self.error(fault.status, fault.message, headers=fault.headers)
        for method, pattern, name in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and self.command in method.split("|"):
                return getattr(self, name)(body, *match.groups())
        return self.error(404, f"no such endpoint: {asked}")

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls

    def chunks(self):
        body = b""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        return body

    def reply(self, status, value=None, data=None, headers=None):
        data = json.dumps(value).encode() if data is None else data
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(data))} | (headers or {})
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def error(self, status, message, code=None, headers=None):
        told = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
        self.reply(status, {"error": message}, headers=told | (headers or {}))

    def repo(self, name, *, write=False):
        """The repository, or None after a refusal was sent."""
        given = self.headers.get("Authorization")
        known, repo = given == f"Bearer {self.hub.token}", self.hub.repos.get(name)
        if given and not known:
            self.error(401, "Invalid credentials in Authorization header")
        elif repo is None or (repo.private and not known):
            self.error(404 if known else 401, "Repository not found", "RepoNotFound")
        elif write and (not known or self.hub.role != "write"):
            self.error(403, "You have read access but not the required permissions for this operation")
        else:
            return repo
        return None

    def at(self, name, revision):
        repo = self.repo(name)
        commit = repo and repo.find(revision)
        if repo and not commit:
            self.error(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return commit

    def whoami(self, _):
        if self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            return self.error(401, "Invalid credentials in Authorization header")
        return self.reply(200, {"name": "me", "type": "user", "auth": {"accessToken": {"role": self.hub.role}}})

    def create(self, body):
        if self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            return self.error(401, "Invalid credentials in Authorization header")
        if self.hub.role != "write":
            return self.error(403, "You don't have the rights to create a dataset under this namespace")
        wanted = json.loads(body)
        name = f"{wanted.get('organization') or 'me'}/{wanted['name']}"
        url = f"{self.hub.url}/datasets/{name}"
        if name in self.hub.repos:
            return self.reply(409, {"error": "You already created this dataset repo", "url": url})
        private = wanted.get("private") or wanted.get("visibility") == "private"
        repo = self.hub.repos[name] = Repo(private=bool(private))
        repo.commit("initial commit", {".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"}, ())
        return self.reply(200, {"url": url, "name": name, "id": name})

    def validate_yaml(self, body):
        front = re.match(r"\A---\n(.*?\n)---", json.loads(body)["content"], re.DOTALL)
        errors = [] if front else [{"message": "the card has no front matter"}]
        return self.reply(400 if errors else 200, {"errors": errors, "warnings": []})

    def info(self, _, name, revision="main"):
        commit = self.at(name, revision)
        if commit:
            sha, _, files, _ = commit
            meta = {"id": name, "sha": sha, "private": self.hub.repos[name].private, "tags": [], "cardData": {}}
            siblings = [{"rfilename": path} for path in files]
            dates = {"createdAt": "2026-01-01T00:00:00.000Z", "lastModified": "2026-01-01T00:00:00.000Z"}
            self.reply(
                200,
                meta | dates | {"siblings": siblings, "downloads": 0, "likes": 0, "gated": False, "disabled": False},
            )

    def refs(self, _, name):
        repo = self.repo(name)
        if repo:
            branch = {"name": "main", "ref": "refs/heads/main", "targetCommit": repo.commits[-1][0]}
            tags = [{"name": t, "ref": f"refs/tags/{t}", "targetCommit": sha} for t, sha in repo.tags.items()]
            self.reply(200, {"branches": [branch], "tags": tags, "converts": []})

    def tree(self, _, name, revision, under=""):
        commit = self.at(name, revision)
        if not commit:
            return None
        under, found = (under or "").strip("/"), {}
        for path in commit[2]:
            if under and not path.startswith(f"{under}/"):
                continue
            if self.query.get("recursive", ["false"])[0].lower() in {"true", "1"}:
                found[path] = self.entry(commit, path)
            else:
                rest = path[len(under) + 1 if under else 0 :]
                top = f"{under}/{rest.split('/')[0]}".strip("/")
                found[top] = self.entry(commit, top)
        if under and not found:
            return self.error(404, f"{under} does not exist on {revision}", "EntryNotFound")
        return self.reply(200, list(found.values()))

    def entry(self, commit, path):
        if path not in commit[2]:
            return {"type": "directory", "oid": hashlib.sha1(path.encode()).hexdigest(), "size": 0, "path": path}
        data = commit[2][path]
        made = {"type": "file", "oid": blob(data), "size": len(data), "path": path}
        lfs = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
        return made | ({"lfs": lfs} if path in commit[3] else {})

    def paths_info(self, body, name, revision):
        commit = self.at(name, revision)
        if commit:
            wanted = (
                json.loads(body).get("paths", []) if body.startswith(b"{") else parse_qs(body.decode()).get("paths", [])
            )
            self.reply(
                200, [self.entry(commit, p) for p in wanted if any(f == p or f.startswith(f"{p}/") for f in commit[2])]
            )

    def preupload(self, body, name, _revision):
        if not (repo := self.repo(name, write=True)):
            return
        files, now = [], repo.commits[-1]
        for file in json.loads(body)["files"]:
            lfs = bool(self.hub.lfs.search(file["path"])) or file["size"] > REGULAR_LIMIT
            made = {"path": file["path"], "uploadMode": "lfs" if lfs else "regular", "shouldIgnore": False}
            if file["path"] in now[2]:
                data = now[2][file["path"]]
                made["oid"] = hashlib.sha256(data).hexdigest() if file["path"] in now[3] else blob(data)
            files.append(made)
        self.reply(200, {"files": files})

    def lfs_batch(self, body, name):
        if not self.repo(name, write=True):
            return
        objects = []
        for wanted in json.loads(body)["objects"]:
            oid, size = wanted["oid"], wanted["size"]
            made = {"oid": oid, "size": size}
            if self.hub.lfs_limit and size > self.hub.lfs_limit:
                made["error"] = {"code": 422, "message": f"the file is over the limit of {self.hub.lfs_limit} bytes"}
            elif oid not in self.hub.objects:
                verify = {"href": f"{self.hub.url}/lfs/verify"}
                made["actions"] = {"upload": {"href": f"{self.hub.url}/lfs/{oid}"}, "verify": verify}
            objects.append(made)
        self.reply(
            200, {"transfer": "basic", "objects": objects}, headers={"Content-Type": "application/vnd.git-lfs+json"}
        )

    def lfs_put(self, body, oid):
        if hashlib.sha256(body).hexdigest() != oid:
            return self.error(400, "the bytes do not fit their sha256")
        self.hub.objects[oid] = body
        return self.reply(200, {})

    def lfs_verify(self, body):
        wanted = json.loads(body)
        there = len(self.hub.objects.get(wanted["oid"], b"")) == wanted["size"]
        return self.reply(200, {}) if there else self.error(404, "no such object")

    def commit(self, body, name, _revision):
        if not (repo := self.repo(name, write=True)):
            return None
        lines = [json.loads(line) for line in body.splitlines() if line.strip()]
        sha, _, files, lfs = repo.commits[-1]
        files, lfs, header = dict(files), set(lfs), {}
        for line in lines:
            value, key = line["value"], line["key"]
            if key == "header":
                header = value
                if value.get("parentCommit") not in {None, sha}:
                    return self.error(412, "A commit has happened since. Please refresh and try again.")
            elif key == "file":
                data = base64.b64decode(value["content"])
                if len(data) > REGULAR_LIMIT:
                    return self.error(400, "Your push was rejected because it contains files larger than 10 MiB.")
                files[value["path"]] = data
                lfs.discard(value["path"])
            elif key == "lfsFile":
                if value["oid"] not in self.hub.objects:
                    return self.error(400, "LFS pointer pointed to a file that does not exist")
                files[value["path"]] = self.hub.objects[value["oid"]]
                lfs.add(value["path"])
            elif key in {"deletedFile", "deletedEntry"}:
                files.pop(value["path"])
        made = repo.commit(header.get("summary", ""), files, lfs)
        return self.reply(
            200, {"success": True, "commitOid": made, "commitUrl": f"{self.hub.url}/datasets/{name}/commit/{made}"}
        )

    def tag(self, body, name, revision):
        if repo := self.repo(name, write=True):
            wanted, commit = json.loads(body)["tag"], repo.find(revision)
            if wanted in repo.tags:
                self.error(409, f"Tag {wanted} already exists")
            elif commit is None:
                self.error(404, "no such revision", "RevisionNotFound")
            else:
                repo.tags[wanted] = commit[0]
                self.reply(200, {})

    def resolve(self, _, name, revision, path):
        commit = self.at(name, revision)
        if not commit:
            return None
        if path not in commit[2]:
            return self.error(404, "Entry not found", "EntryNotFound", {"X-Repo-Commit": commit[0]})
        data = commit[2][path]
        tag = f'"{hashlib.sha256(data).hexdigest() if path in commit[3] else blob(data)}"'
        headers = {
            "X-Repo-Commit": commit[0],
            "ETag": tag,
            "Accept-Ranges": "bytes",
            "Content-Type": "application/octet-stream",
        }
        if path in commit[3]:
            headers |= {"X-Linked-Size": str(len(data)), "X-Linked-ETag": tag}
        wanted = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not wanted:
            return self.reply(200, data=data, headers=headers)
        start, end = int(wanted[1]), min(int(wanted[2] or len(data) - 1), len(data) - 1)
        headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
        return self.reply(206, data=data[start : end + 1], headers=headers | {"Content-Length": str(end + 1 - start)})


def blob(data):
    """Git's id of a file."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


REPO = r"/api/datasets/([^/]+/[^/]+)"
ROUTES = [
    ("GET", r"/api/whoami-v2", "whoami"),
    ("POST", r"/api/repos/create", "create"),
    ("POST", r"/api/validate-yaml", "validate_yaml"),
    ("GET", REPO, "info"),
    ("GET", REPO + r"/revision/(.+)", "info"),
    ("GET", REPO + r"/refs", "refs"),
    ("GET", REPO + r"/tree/([^/]+)(/.*)?", "tree"),
    ("POST", REPO + r"/paths-info/([^/]+)", "paths_info"),
    ("POST", REPO + r"/preupload/([^/]+)", "preupload"),
    ("POST", REPO + r"/commit/([^/]+)", "commit"),
    ("POST", REPO + r"/tag/([^/]+)", "tag"),
    ("POST", r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", "lfs_batch"),
    ("PUT", r"/lfs/([0-9a-f]{64})", "lfs_put"),
    ("POST", r"/lfs/verify", "lfs_verify"),
    ("GET|HEAD", r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", "resolve"),
]
