"""Small text recordings written by hand: columns with labels, units and a time column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RATE = 1000


def write(path: Path, labels: Sequence[str], *, rate: int = RATE, seconds: float = 1.0) -> Path:
    """Write one recording; labels hold their unit, such as ``GMAX RT (uV)``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(["Time (s)", *labels])]
    for number in range(round(rate * seconds)):
        values = (100 * math.sin(number * (place + 3) / 7) for place, _ in enumerate(labels))
        lines.append(",".join([f"{number / rate:.4f}", *(f"{value:.2f}" for value in values)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
