"""A step and a reader that emgpipe does not have are one file and one line each, and the contract tests cover them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MEMBERS = {
    "gain": ("chain", "from emgpipe.chain.gain import Gain", "STEPS: tuple[type[Step], ...] = (\n", "    Gain,\n"),
    "mylogger": (
        "readers",
        "from emgpipe.readers.mylogger import MyLoggerReader",
        "READERS: tuple[Reader, ...] = (\n",
        "    MyLoggerReader(),\n",
    ),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_one_file_and_one_line(name, tmp_path):
    folder, import_line, after, line = MEMBERS[name]
    shutil.copytree(ROOT / "emgpipe", tmp_path / "emgpipe", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "docs" / "examples" / f"{name}.py", tmp_path / "emgpipe" / folder)
    init = tmp_path / "emgpipe" / folder / "__init__.py"
    text = init.read_text("utf-8")
    assert after in text
    text = text.replace("from emgpipe.", f"{import_line}\nfrom emgpipe.", 1).replace(after, after + line, 1)
    init.write_text(text, "utf-8")
    shutil.copytree(ROOT / "tests" / folder, tmp_path / "tests" / folder)
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "--import-mode=importlib",
         "--rootdir", str(tmp_path), "-v", "-k", name, str(tmp_path / "tests" / folder / "test_contract.py")],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert ran.stdout.casefold().count(name) >= 5, "the contract tests did not try the new member"
