"""The faulty study, written once; who spoils it further takes a copy."""

from __future__ import annotations

import pytest

from tests.checking.faulty_study import write_faulty_study


@pytest.fixture(scope="session")
def faulty(tmp_path_factory):
    return write_faulty_study(tmp_path_factory.mktemp("faulty"))
