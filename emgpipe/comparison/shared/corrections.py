"""Families of tests in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.numbers import p_words

if TYPE_CHECKING:
    from emgpipe.statistics.multiplicity import Correction

CORRECTION_NAMES: Final[dict[Correction, str]] = {
    "holm": "Holm",
    "benjamini_hochberg": "Benjamini-Hochberg",
    "none": "none",
}


def adjusted_words(p: float, adjusted: float, tests: int, correction: Correction) -> str:
    """Return a p value and what it becomes in its family."""
    if correction == "none" or tests < 2:
        return f"p {p_words(p)}"
    return f"p {p_words(p)}, {CORRECTION_NAMES[correction]}-adjusted over {tests} {p_words(adjusted)}"
