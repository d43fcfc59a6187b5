"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of real recordings with reference figures; the test is skipped where it is absent."""
    folder = Path(os.environ.get("EMGPIPE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "references.json").is_file():
        pytest.skip(f"real recordings not found in {folder}; set EMGPIPE_DATA to their folder")
    return folder
