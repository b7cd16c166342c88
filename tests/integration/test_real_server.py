"""The openai client against llama.cpp's own server with a real model: schema and log-probabilities are kept to, and the key opens it."""

from __future__ import annotations

import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

from harness import paths
from harness.run import read_manifest, read_predictions

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def address():
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(instantiate(OmegaConf.load(paths.configs() / "client/llama_cpp.yaml")).model.path())
    parameters.n_ctx, parameters.n_parallel, parameters.verbosity = 2048, 1, 0
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.fit_params = False
    parameters.api_keys = ["sk-local-0123456789"]
    server = xllamacpp.Server(parameters)
    server.handle_completions({"prompt": ".", "max_tokens": 1})
    yield server.listening_address
    del server


@pytest.mark.parametrize("task", ["veracity", "stance"])
def test_a_real_server_is_checked_and_answers(veristance, tmp_path, monkeypatch, address, task):
    monkeypatch.setenv("LOCAL_KEY", "sk-local-0123456789")
    words = ["system=llm", "client=openai", f"client.base_url={address}/v1", "client.model=smollm2", "sample=8"]
    words += [f"task={task}", "client.api_key_env=LOCAL_KEY", "engine.connections=2"]
    code, out, err = veristance("check", *words)
    assert code == 0, err
    assert "the price of smollm2 is not known" in out
    code, _, err = veristance("evaluate", *words)
    assert code == 0, err
    (folder,) = tmp_path.glob(f"runs/{task}/llm-*")
    rows = read_predictions(folder, set(read_manifest(folder).declared)).values()
    assert {row.outcome.value for row in rows} == {"answered"}
    assert all(row.n_tokens_in and row.n_requests == 1 for row in rows)
    assert all((row.probabilities is None) == (task == "veracity") for row in rows)
    monkeypatch.setenv("LOCAL_KEY", "sk-wrong-0123456789")
    code, _, err = veristance("evaluate", *words, "fresh=true")
    assert code == 2
    assert "answered 401" in err
