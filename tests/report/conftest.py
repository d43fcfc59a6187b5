"""The synthetic study of `builder`, rendered once for all tests."""

from __future__ import annotations

import pytest

from emgpipe.report import render_report
from tests.report.builder import SMALL, study


@pytest.fixture(scope="session")
def small_study():
    return study(SMALL)


@pytest.fixture(scope="session")
def page(small_study) -> str:
    return render_report(*small_study)
