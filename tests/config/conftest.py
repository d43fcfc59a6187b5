"""A small study that is right, to be made wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = """\
name: small
recordings:
  folder: raw
  files:
    - pattern: "{participant}_{exercise}_{head_position}_{trial}.csv"
channels:
  - {label: A, muscle: gluteus_maximus_upper, side: right}
  - {label: [B, b], kind: angle, name: hip_angle}
repetitions: {kind: angle, channel: hip_angle}
"""


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file into the test's folder and return its path."""

    def _write(content: str | bytes, name: str = "study.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write
