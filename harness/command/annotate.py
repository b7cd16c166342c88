"""`veristance annotate`: from items to votes and decisions, by Label Studio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness import paths
from harness.annotation import server as local
from harness.errors import InputError
from harness.instantiate import resolved


def job(config: Any) -> None:
    """Do one step of a round of annotation."""
    plain = resolved(config)
    steps: dict[str, Callable[[Mapping[str, Any]], None]] = {
        "serve": _serve,
        "push": _push,
        "pull": _pull,
        "status": _status,
        "adjudicate": _adjudicate,
        "stop": _stop,
    }
    if plain["do"] not in steps:
        raise InputError(
            f"do is {plain['do']!r}; expected one of {', '.join(steps)}, such as `veristance annotate do=serve`"
        )
    steps[plain["do"]](plain)


def _serve(plain: Mapping[str, Any]) -> None:
    served = local.serve(Path(plain["folder"]), plain["port"], plain["server"], plain["install"])
    print(f"Label Studio: {served.url}")
    if served.account:
        print(f"first account: {served.account}, password: {served.password or 'that of LABEL_STUDIO_PASSWORD'}")
    if served.password:
        print("the password is shown this once and kept nowhere else")
    print(
        f"annotators sign up at {served.url}/user/signup; your token: {served.url}/user/account/personal-access-token"
    )
    print(f"stop it: veristance annotate do=stop folder={plain['folder']}")


def _stop(plain: Mapping[str, Any]) -> None:
    print("stopped" if local.stop(Path(plain["folder"])) else f"nothing runs in {plain['folder']}")


def _open(plain: Mapping[str, Any]) -> tuple[Any, Any]:
    from harness.annotation.campaign import Campaign
    from harness.annotation.label_studio import connect

    root = Path(plain["root"]) if plain["root"] else paths.checkout()
    campaign = Campaign(root, plain["round"], tuple(plain["annotators"]), tuple(plain["tasks"]), tuple(plain["items"]))
    return connect(plain["url"] or f"http://{local.HOST}:{plain['port']}"), campaign


def _push(plain: Mapping[str, Any]) -> None:
    from harness.annotation.exchange import push

    server, campaign = _open(plain)
    prefilled, by = _prefilled(plain["prefill"], campaign.tasks) if plain["prefill"] else (None, "")
    for title, n in push(server, campaign, prefilled, by).items():
        print(f"{title}: {n} tasks added")


def _prefilled(folder: str, tasks: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """The labels that a run answered, by item, and the run's name."""
    from harness.run import read_manifest, read_predictions

    manifest = read_manifest(Path(folder))
    if tasks != (manifest.task.value,):
        raise InputError(f"prefill={folder} is a run on {manifest.task}; expected 'tasks=[{manifest.task}]' with it")
    answers = read_predictions(Path(folder), manifest.declared)
    return {id_: a.label for id_, a in answers.items() if a.label is not None}, f"{manifest.name}-{manifest.hash[:8]}"


def _pull(plain: Mapping[str, Any]) -> None:
    from harness.annotation.concord import concord
    from harness.annotation.exchange import pull
    from harness.annotation.interface import CLAIMS
    from harness.annotation.page import render
    from harness.annotation.written import add, gather
    from harness.run import write

    server, campaign = _open(plain)
    made = gather(server, campaign) if CLAIMS in campaign.tasks else []
    # Everything is validated before anything is written.
    found = [] if campaign.tasks == (CLAIMS,) else pull(server, campaign, plain["replace"])
    if CLAIMS in campaign.tasks:
        add(campaign, made)
        which = f", {made[0]['id']} to {made[-1]['id']}" if made else ""
        print(f"claims: {len(made)} added{which}; next: their veracity")
        if campaign.tasks == (CLAIMS,):
            return
    for project in found:
        skipped = f", {len(project.skipped)} skipped" if project.skipped else ""
        print(f"{project.title}: {len(project.entries)} of {len(project.items)} voted on{skipped}")
    page = Path(plain["out"]) / "annotation-report.html"
    write(page, render(concord(campaign.source(), campaign.round, found)))
    print(f"report: {page}")


def _status(plain: Mapping[str, Any]) -> None:
    from harness.annotation.progress import progress

    server, campaign = _open(plain)
    for line in progress(server, campaign):
        print(line)


def _adjudicate(plain: Mapping[str, Any]) -> None:
    from harness.annotation.adjudication import adjudicate

    server, campaign = _open(plain)
    for told in adjudicate(server, campaign):
        print(
            f"{told.task}: {told.n_agreed} decided alike by all, {told.n_differ} differ, {told.n_decided} of them decided"
        )
