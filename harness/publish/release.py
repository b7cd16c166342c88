"""Publishing: look, make the tree, scan it, say what would change, ask, and send one commit and one tag.

    from harness.publish.release import publish
    publish(Path("."), Hub("me/news"), say=print, confirm=lambda question: True)

Nothing is sent before the tree was read back and scanned. Repeating it does what is missing: a commit that is there is not made
again, and a tag that is missing is set.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BelowBarError, ConfigError, InputError
from harness.publish import plan as planning
from harness.publish import tree as trees
from harness.publish.article_words import ArticleWords
from harness.publish.hub import AGAIN, Hub, HubError, Remote
from harness.publish.scan import findings

MB = 1_000_000


@dataclass(frozen=True)
class Published:
    """What came of it."""

    version: str
    """The version."""
    commit: str | None
    """The commit that the version's tag names; `None` where nothing was sent."""
    n_uploaded: int
    """Files that were sent."""
    done: str
    """`published`, `tagged`, `unchanged`, `dry run` or `declined`."""


def policy_for(wanted: str | None, *, public: bool) -> str:
    """The text policy of a place; raises ConfigError for whole articles in public."""
    policy = wanted or ("none" if public else "quotes")
    if policy == "full" and public:
        raise ConfigError(
            "text_policy=full would publish whole articles; expected none or quotes in public, or private=true"
        )
    return policy


def checked(
    root: Path, folder: Path, policy: str, limit_mb: float, say: Callable[[str], None], **where: object
) -> trees.Tree:
    """Make the tree in `folder` and scan it; raises BelowBarError where something must not leave, InputError for a file over the limit."""
    tree = trees.make(root, folder, policy, **where)  # type: ignore[arg-type]
    sizes = {name: path.stat().st_size for name, path in tree.files.items()}
    for name, size in sizes.items():
        if size > limit_mb * MB:
            raise InputError(
                f"{name} has {size / MB:.1f} MB, over limit_mb={limit_mb:g}; split it into shards, or raise the limit to what the hub takes"
            )
    found = findings(folder, ArticleWords(trees.articles(root / "seeds")), withheld=policy == "none")
    if found:
        told = "; ".join(found[:5]) + (f"; and {len(found) - 5} more" if len(found) > 5 else "")
        raise BelowBarError(f"nothing was sent: {len(found)} findings in what would be published: {told}")
    say(
        f"{tree.name} {tree.version}: {len(sizes)} files, {sum(sizes.values()) / MB:.2f} MB; the rows are valid, the card's front matter is clean"
    )
    say(
        "scan: no secret, no personal data pattern"
        + ("" if policy != "none" else ", no eight words of an article outside claims")
    )
    say(
        f"text_policy {policy}: {tree.recoverable:.1%} of the articles' words can be put together from it ({tree.claims_only:.1%} from the wording of claims alone)"
    )
    return tree


def publish(
    root: Path,
    hub: Hub,
    *,
    text_policy: str | None = None,
    private: bool = False,
    dry_run: bool = False,
    limit_mb: float = 50_000,
    say: Callable[[str], None],
    confirm: Callable[[str], bool],
) -> Published:
    """Publish the built dataset of the checkout `root`; raises what `harness.errors` names, and `HubError`."""
    if not dry_run:
        hub.need_token()
    remote = hub.look()
    public = not (private if remote is None else remote.private)
    if private and public:
        raise InputError(
            f"private=true and {hub.repo} is there and public; make it private on the hub first, or leave private out"
        )
    policy = policy_for(text_policy, public=public)
    with tempfile.TemporaryDirectory() as scratch:
        kept = hub.fetch(remote.sha, Path(scratch, "there"), ["data/*"]) if remote else None
        folder = Path(scratch, "tree")
        folder.mkdir()
        tree = checked(root, folder, policy, limit_mb, say, repo=hub.repo, url=hub.url, keep=kept)
        tagged = hub.look(tree.version) if remote and tree.version in remote.tags else None
        plan = planning.make(tree, remote, kept, tagged)
        for line in plan.lines():
            say(line)
        if plan.nothing:
            say(f"nothing to do: {hub.url} holds {tree.version}, tag and all")
            return Published(tree.version, tagged.sha if tagged else None, 0, "unchanged")
        if dry_run:
            say("dry run: nothing was sent; dry_run=false publishes it")
            return Published(tree.version, None, 0, "dry run")
        what = (
            f"{len(plan.uploads)} files, {len(plan.deleted)} deletions"
            if plan.uploads or plan.deleted
            else "the tag alone"
        )
        if not confirm(f"send {what} to {hub.url} ({'public' if public else 'private'}) and tag {tree.version}?"):
            return Published(tree.version, None, 0, "declined")
        return _send(hub, plan, remote or hub.create(private=private))


def _send(hub: Hub, plan: planning.Plan, remote: Remote) -> Published:
    version, sha = plan.tree.version, remote.sha
    if plan.uploads or plan.deleted:
        sha = hub.commit(remote.sha, plan.uploads, plan.deleted, f"Version {version}")
    try:
        hub.tag(version, sha, f"Version {version}")
    except (HubError, InputError) as error:
        raise HubError(f"the commit {sha[:8]} is there and its tag {version} is not: {error}; {AGAIN}") from error
    there = hub.look()
    if there is None or there.tags.get(version) != sha:
        raise HubError(
            f"the tag {version} does not name the commit {sha[:8]} that was made for it: somebody else set it meanwhile"
        )
    return Published(version, sha, len(plan.uploads), "published" if plan.uploads or plan.deleted else "tagged")
