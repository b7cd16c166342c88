"""lm-evaluation-harness and inspect-ai, installed from the registry, run our exported tasks against a model on loopback.

They get environments of their own. VERISTANCE_PEERS may name a folder that keeps them from one time to the next.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from model_server import ModelServer

pytestmark = pytest.mark.integration
PEERS = {"lm_eval": ["lm-eval[api]==0.4.13", "transformers>=5.0"], "inspect": ["inspect-ai==0.3.285", "openai>=2"]}


@pytest.fixture(scope="session")
def peers(tmp_path_factory):
    """The folder of the peers' environments."""
    named = os.environ.get("VERISTANCE_PEERS")
    return Path(named) if named else tmp_path_factory.mktemp("peers")


def peer(peers, name):
    """The peer's command, installed where it is not yet."""
    command = peers / name / "bin" / name
    if not command.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(peers / name)], check=True, timeout=280)
        python = str(peers / name / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[name]], check=True, timeout=1500)
    return str(command)


@pytest.fixture(scope="session")
def model():
    with ModelServer() as server:
        yield server.url


def run(command, folder, **env):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    env = kept | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf"), "OPENAI_API_KEY": "x"} | env
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def scores(folder):
    """Scores on all questions, by metric."""
    rows = json.loads((folder / "scores.json").read_text("utf-8"))
    return {row["metric"]: row for row in rows if row["slice"] == "all"}


def ours(veristance, tmp_path, model, task):
    """The same model asked by us."""
    words = [f"task={task}", "sample=null", "client=openai", f"client.base_url={model}", "client.model=made-up"]
    code, _, err = veristance("evaluate", "system=llm", "system.answer=json", *words)
    assert code == 0, err
    (folder,) = (tmp_path / "runs" / task).glob("llm-*")
    return scores(folder)


def imported(veristance, tmp_path, kind, log, task):
    code, _, err = veristance("import", f"from={kind}", f"path={log}", f"task={task}", "name=theirs")
    assert code == 0, err
    (folder,) = (tmp_path / "runs" / task).glob("theirs-*")
    return scores(folder)


def assert_same(theirs, expected):
    """Every score that both have, ends of intervals too; they differ in tokens and time."""
    shared = [m for m in expected if m in theirs and not m.startswith(("tokens", "latency", "cost"))]
    assert {"macro_f1", "accuracy", "mcc"} <= set(shared)
    for metric in shared:
        for key in ("value", "low", "high", "n", "n_answered", "n_clusters"):
            assert theirs[metric][key] == pytest.approx(expected[metric][key], abs=1e-9, nan_ok=True), (metric, key)


@pytest.mark.parametrize("task", ["veracity", "stance"])
def test_lm_eval_runs_our_task_and_its_log_becomes_our_run(veristance, tmp_path, peers, model, task):
    command = peer(peers, "lm_eval")
    assert veristance("export", "to=lm_eval", f"task={task}", "out=tasks")[0] == 0
    args = f"model=made-up,base_url={model}/chat/completions,num_concurrent=8,max_retries=2"
    name = f"veristance_{task}"
    run(
        [
            *[command, "run", "--model", "local-chat-completions", "--model_args", args, "--include_path", "tasks"],
            *["--tasks", name, "--apply_chat_template", "--log_samples", "--output_path", "out"],
        ],
        tmp_path,
    )
    told = json.loads(next((tmp_path / "out").rglob("results_*.json")).read_text("utf-8"))["results"][name]
    expected = ours(veristance, tmp_path, model, task)
    for metric in ("macro_f1", "accuracy"):
        assert told[f"{metric},none"] == pytest.approx(expected[metric]["value"], abs=1e-9)
    assert told["coverage,none"] == pytest.approx(
        expected["accuracy"]["n_answered"] / expected["accuracy"]["n"], abs=1e-9
    )
    log = next((tmp_path / "out").rglob("samples_*.jsonl"))
    assert_same(imported(veristance, tmp_path, "lm_eval", log, task), expected)


def test_lm_eval_scores_letters_as_its_log_does_here(veristance, tmp_path, peers, model):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    command = peer(peers, "lm_eval")
    assert veristance("export", "to=lm_eval", "out=tasks")[0] == 0
    # A token for each byte, as the server counts them.
    alphabet = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(alphabet, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    (tmp_path / "bytes").mkdir()
    tokenizer.save(str(tmp_path / "bytes" / "tokenizer.json"))
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "!", "model_max_length": 100000}
    (tmp_path / "bytes" / "tokenizer_config.json").write_text(json.dumps(about))
    args = f"model=made-up,base_url={model}/completions,num_concurrent=8,tokenizer_backend=huggingface,tokenizer={tmp_path / 'bytes'},tokenized_requests=False"
    name = "veristance_veracity_mc"
    run(
        [
            *[command, "run", "--model", "local-completions", "--model_args", args, "--include_path", "tasks"],
            *["--tasks", name, "--limit", "120", "--log_samples", "--output_path", "out"],
        ],
        tmp_path,
    )
    told = json.loads(next((tmp_path / "out").rglob("results_*.json")).read_text("utf-8"))["results"][name]
    theirs = imported(veristance, tmp_path, "lm_eval", next((tmp_path / "out").rglob("samples_*.jsonl")), "veracity")
    assert theirs["accuracy"]["n"] == 120
    for metric in ("macro_f1", "accuracy"):
        assert told[f"{metric},none"] == pytest.approx(theirs[metric]["value"], abs=1e-9)
    assert theirs["brier"]["value"] is not None  # letters give probabilities


@pytest.mark.parametrize("form", ["eval", "json"])
def test_inspect_runs_our_task_and_its_log_becomes_our_run(veristance, tmp_path, peers, model, form):
    command = peer(peers, "inspect")
    assert veristance("export", "to=inspect", "out=tasks")[0] == 0
    run(
        [
            *[
                command,
                "eval",
                "tasks/veristance_veracity.py",
                "--model",
                "openai-api/mock/made-up",
                "--display",
                "plain",
            ],
            *["--log-dir", "logs", "--log-format", form],
        ],
        tmp_path,
        MOCK_API_KEY="x",
        MOCK_BASE_URL=model,
    )
    (log,) = (tmp_path / "logs").glob(f"*.{form}")
    expected = ours(veristance, tmp_path, model, "veracity")
    if form == "json":
        found = json.loads(log.read_text("utf-8"))["results"]["scores"][0]["metrics"]
        for metric in ("macro_f1", "accuracy"):
            assert found[metric]["value"] == pytest.approx(expected[metric]["value"], abs=1e-9)
    assert_same(imported(veristance, tmp_path, "inspect", log, "veracity"), expected)
