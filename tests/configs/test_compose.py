"""Every configuration that ships composes, and every `_target_` in it binds to its constructor."""

from __future__ import annotations

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig

from harness import paths
from harness.cli import VERBS
from harness.errors import ConfigError
from harness.instantiate import check, make, resolved, targets

GROUPS = ("dataset", "task", "evidence", "system", "client", "prompt", "protocol", "metric", "experiment")
CHOICES = [
    (group, file.relative_to(paths.configs() / group).with_suffix("").as_posix())
    for group in GROUPS
    for file in sorted((paths.configs() / group).rglob("*.yaml"))
]
# What has no default, since it is the user's own.
OWN = {
    "frozen": ["evidence.path=x"],
    "retrieved_folder": ["evidence.collection.path=x"],
    "transformers": ["client.model=x"],
    "predictions": ["system.path=x.jsonl"],
    "http": ["system.url=http://127.0.0.1/"],
    "nli": ["system.checkpoint.model=x"],
    "mean_pooling": ["system.encoder.checkpoint.model=x"],
    "finetuned": ["system.checkpoint.model=x"],
    "table": ["dataset.path=x.csv"],
    "constant": ["system.label=x"],
    "crowd_rule": ["system.rules=[{label: x}]"],
    "nested_kfold": ["protocol.selection.grid={estimator.C: [0.1, 1]}"],
}


def composed(verb, *overrides):
    with initialize_config_dir(str(paths.configs()), version_base="1.3"):
        config = compose(verb, list(overrides), return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        return resolved(config)


@pytest.mark.parametrize(("group", "name"), CHOICES)
def test_choice_composes_and_its_targets_bind(group, name):
    config = composed("evaluate", f"{group}={name}", *OWN.get(name, []))
    found = list(targets(config))
    assert found
    for key, node in found:
        check(key, node, ("harness", "sklearn"))


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_verb_composes(verb):
    assert composed(verb, *(["path=x"] if verb == "map" else []))["runs_dir"] == "runs"


@pytest.mark.parametrize(("group", "name"), CHOICES)
def test_choice_opens_with_a_line_that_says_what_it_is(group, name):
    lines = [
        line
        for line in (paths.configs() / group / f"{name}.yaml").read_text().splitlines()
        if line != "# @package _global_"
    ]
    assert lines[0].startswith("# ")


@pytest.mark.parametrize("group", GROUPS)
def test_directory_of_configs_has_its_twin_in_code(group):
    code = paths.PACKAGE / group
    assert group in {"prompt", "experiment"} or code.is_dir() or code.with_suffix(".py").is_file()


def test_arguments_given_by_position_are_refused():
    with pytest.raises(ConfigError, match="_args_"):
        make({"system": {"_target_": "harness.system.chance.Chance", "_args_": [3]}})


def test_targets_are_found_at_any_depth():
    hidden = {"system": [{"y": {"_target_": "os.system"}}]}
    with pytest.raises(ConfigError, match=r"system\[0\]\.y\._target_ is 'os\.system'"):
        make(hidden)
