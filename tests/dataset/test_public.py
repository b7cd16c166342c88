"""The maps that ship: every public dataset has the rows, labels and checksums of its YAML, and gives its published figures."""

import os

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig

from harness import paths
from harness.errors import BelowBarError, InputError
from harness.evaluate import evaluate_config, prepare
from harness.instantiate import resolved
from harness.replication import check, replicate

public = pytest.mark.skipif("VERISTANCE_PUBLIC_DATA" not in os.environ, reason="VERISTANCE_PUBLIC_DATA names no folder")
# The others are run by scripts/replicate.py alone: they train, or read all of FNC-1.
QUICK = [
    "averitec_hero_8b", "climate_fever_claims", "climate_fever_votes", "emergent_authors", "emergent_crowd_majority", "fnc1_talos",
    "liar_majority_valid", "wice_gpt4",
]  # fmt: skip


def composed(*overrides):
    with initialize_config_dir(str(paths.configs()), version_base="1.3"):
        config = compose("evaluate", list(overrides), return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        return resolved(config)


@pytest.mark.public_data
@public
@pytest.mark.parametrize(
    ("choice", "n", "asked", "labels"),
    [
        (["dataset=liar"], 12836, 1283, 6),
        (["dataset=liar", "dataset.space=ours"], 12836, 1283, 3),
        (["dataset=emergent"], 2595, 524, 3),
        (["dataset=emergent", "task=veracity"], 2595, 524, 3),
        (["dataset=climate_fever"], 1535, 1535, 4),
        (["dataset=climate_fever", "task=stance"], 7675, 7675, 3),
        (["dataset=averitec"], 500, 500, 4),
        (["dataset=wice"], 707, 707, 3),
    ],
)
def test_dataset_has_its_rows_and_labels(choice, n, asked, labels):
    parts = prepare(composed(*choice))
    assert (len(parts.items.questions), len(parts.asked), len(parts.items.labels)) == (n, asked, labels)


@pytest.mark.public_data
@public
def test_liar_read_with_quotes_is_refused_with_the_difference():
    with pytest.raises(InputError, match=r"train\.tsv line \d+ "):
        prepare(composed("dataset=liar", "dataset.format.quoting=standard"))


@pytest.mark.public_data
@public
@pytest.mark.parametrize("name", QUICK)
def test_published_figures_are_reached(name, tmp_path):
    config = composed(f"experiment=replicate/{name}", f"runs_dir={tmp_path}")
    found = replicate(evaluate_config(config), config["published"])
    assert found
    assert all(one.holds for one in found)


@pytest.mark.public_data
@public
def test_figure_that_is_not_reached_ends_below_the_bar(tmp_path):
    run = evaluate_config(composed("experiment=replicate/liar_majority_test", f"runs_dir={tmp_path}"))
    wrong = [{"metric": "accuracy", "value": 0.3, "within": 0.01, "by": "nobody"}]
    with pytest.raises(BelowBarError, match=r"1 of 1 published figures .* accuracy: 0\.208\d* for 0\.3"):
        check(run, wrong)


def test_dataset_that_is_not_here_says_where_to_get_it(monkeypatch):
    monkeypatch.delenv("VERISTANCE_PUBLIC_DATA", raising=False)
    with pytest.raises(InputError, match=r"dataset liar is not on this machine.*dataset\.path=FOLDER.*github\.com"):
        prepare(composed("dataset=liar"))
