"""The shape of the package: what the front door costs, and who may open files."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import emgpipe

PACKAGE = Path(emgpipe.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
# batch reads what Linux says of itself
OPENS_FILES = {"atomic.py", "batch", "readers", "reading", "store", "simulate", "writers"}
READS_SETTINGS = {"config", "drafting", "vocabulary", "segmentation", "report"}
OPENING = {"open", "read_bytes", "read_text", "write_bytes", "write_text", "fromfile", "read_csv", "loadtxt", "File"}


def test_help_imports_nothing_heavy():
    code = "import sys; from emgpipe.cli import _parser; _parser(); print(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("numpy", "pandas", "scipy", "pydantic", "matplotlib", "neurokit2", "h5py", "yaml"):
        assert f"'{heavy}'" not in modules


def test_running_a_study_without_its_detector_does_not_import_neurokit():
    heavy = ("neurokit2", "matplotlib", "scipy.signal")
    code = f"import sys; import emgpipe.run; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_readers_and_store_open_data_files(path):
    home = path.relative_to(PACKAGE).parts[0]
    if home in OPENS_FILES | READS_SETTINGS:
        return
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    functions = {getattr(call, "id", "") for call in calls}
    allowed = {"write_text"} & functions  # not the method of a path: the function of `atomic`, which tears no file
    assert not (names & OPENING) - allowed


def test_all_is_what_is_exported():
    for name in emgpipe.__all__:
        assert getattr(emgpipe, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        emgpipe.nonsense  # noqa: B018


def test_every_reader_is_kept_apart_from_the_others():
    from emgpipe.readers import READERS

    contracts = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    apart = next(one["modules"] for one in contracts if one["name"] == "Readers do not know each other")
    assert {type(reader).__module__ for reader in READERS} == set(apart)
