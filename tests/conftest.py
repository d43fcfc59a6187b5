"""Fixtures every test may use."""

from __future__ import annotations

import os
import signal
from pathlib import Path

# One thread per test process: several processes with several threads each would wait for one another. Before numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# `emgpipe run` in this process, unless a test asks for others: quicker, and what a test replaces is replaced.
os.environ.setdefault("EMGPIPE_JOBS", "0")

import pytest
from hypothesis import settings

# Processes that tests start must hear Ctrl-C, also where tests run in the background of a script, which ignores it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, so that a change is judged by what it changes; `make test-long` draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
if not os.environ.get("EMGPIPE_LONG"):
    settings.load_profile("same")

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("EMGPIPE_DATA", ROOT.parent / "shared" / "data"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the long forms, unless `make test-long` runs them."""
    if os.environ.get("EMGPIPE_LONG"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="a long form; make test-long runs it"))


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of real recordings with reference figures; the test is skipped where it is absent."""
    if not (DATA / "references.json").is_file():
        pytest.skip(f"real recordings not found in {DATA}; set EMGPIPE_DATA to their folder")
    return DATA
