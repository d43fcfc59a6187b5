"""How many findings there are of each level, read without pandas: all that an unchanged study needs of the table."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def count_levels(path: Path) -> dict[str, int]:
    """Return level -> number of rows of a findings table; empty if there is none."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as handle:
        return dict(Counter(row["level"] for row in csv.DictReader(handle)))
