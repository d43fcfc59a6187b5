"""Sentences about pairs of levels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.wording import people

if TYPE_CHECKING:
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.statistics.multiplicity import Correction
    from emgpipe.vocabulary import Vocabulary

CORRECTION_NAMES: Final[dict[Correction, str]] = {
    "holm": "Holm",
    "benjamini_hochberg": "Benjamini-Hochberg",
    "none": "none",
}
RESERVATION: Final = "a higher EMG amplitude; it does not by itself show a larger force or a training effect"


def p_words(p: float) -> str:
    """Return a p value as papers print it.

    >>> p_words(0.0312), p_words(0.00002), p_words(1.0)
    ('= .031', '< .001', '= 1')
    """
    if p < 0.001:
        return "< .001"
    return "= 1" if p > 0.9995 else f"= {f'{p:.3f}'.removeprefix('0')}"


def share_words(share: float) -> str:
    """Return a confidence as percent: ``95 %``."""
    return f"{100 * share:.4g} %"


def adjusted_words(p: float, adjusted: float, tests: int, correction: Correction) -> str:
    """Return a p value and what it becomes in its family."""
    if correction == "none" or tests < 2:
        return f"p {p_words(p)}"
    return f"p {p_words(p)}, {CORRECTION_NAMES[correction]}-adjusted over {tests} {p_words(adjusted)}"


def higher_words(ratio: float, level: str, other: str) -> str:
    """Return a ratio as a change.

    >>> higher_words(1.12, "A", "B"), higher_words(0.5, "A", "B"), higher_words(2.4, "A", "B")
    ('12 % higher in A than in B', '50 % lower in A than in B', '2.40 times as high in A as in B')
    """
    if ratio >= 2:
        return f"{number_words(ratio)} times as high in {level} as in {other}"
    percent = 100 * (ratio - 1)
    size = f"{abs(percent):.0f}" if abs(percent) >= 1 else f"{abs(percent):.1g}"
    return f"{size} % {'higher' if percent > 0 else 'lower'} in {level} than in {other}"


def more_words(difference: float, unit: str, level: str, other: str) -> str:
    """Return a difference as a change: ``3.2 deg higher in A than in B``."""
    which = "higher" if difference > 0 else "lower"
    return f"{difference_words(abs(difference), unit)} {which} in {level} than in {other}"


def difference_words(value: float, unit: str) -> str:
    """Return a number with its unit.

    >>> difference_words(-3.14159, "deg"), difference_words(12.0, "%MVIC"), difference_words(2.5, "")
    ('-3.14°', '12.0 %MVIC', '2.50')
    """
    return number_words(value) + unit_words(unit)


def unit_words(unit: str) -> str:
    """Return a unit as it follows a number, with the space that stands before it."""
    return "°" if unit == "deg" else f" {unit}" if unit else ""


def number_words(value: float, digits: int = 3) -> str:
    """Return a number with about three significant digits, without exponent where it can be helped.

    >>> number_words(12.0), number_words(-0.5), number_words(123456.0), number_words(0.0)
    ('12.0', '-0.500', '123456', '0')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if not 1e-4 <= abs(value) < 1e7:
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{decimals}f}"


def center_words(ratio: float) -> str:
    """Return a ratio with two decimals where that says something.

    >>> center_words(1.0346), center_words(0.0012), center_words(1e40)
    ('1.03', '0.00120', '1.00e+40')
    """
    return f"{ratio:.2f}" if 0.05 <= ratio < 1000 else number_words(ratio)


def ratio_words(value: float) -> str:
    """Return the end of an interval of ratios: never 1.00 unless it is 1, and never 0.00.

    >>> ratio_words(1.0346), ratio_words(1.0), ratio_words(1.0004), ratio_words(0.0012), ratio_words(1e40)
    ('1.03', '1.00', '1.0004', '0.00120', '1.00e+40')
    """
    if not 0.05 <= value < 1000:
        return number_words(value)
    digits = next((digits for digits in range(2, 6) if value == 1 or round(value, digits) != 1), 2)
    return f"{value:.{digits}f}"


def once(
    texts: Iterable[tuple[str, OutcomeCells]], outcomes: Sequence[OutcomeCells], vocabulary: Vocabulary
) -> list[str]:
    """Return sentences that hold for several outcomes once, naming the outcomes where they are not all."""
    where: dict[str, list[str]] = {}
    for text, outcome in texts:
        said = where.setdefault(text, [])
        if (words := outcome.words(vocabulary)) not in said:
            said.append(words)
    return [
        f"{text}." if len(named) == len(outcomes) else f"{text} ({'; '.join(named)})." for text, named in where.items()
    ]


def smallest_words(n: int, tests: int, smallest: float, alpha: float, correction: Correction) -> str:
    """Say that no exact test of a family can reach alpha."""
    family = f" and {tests} tests" if tests > 1 else ""
    after = f" after {CORRECTION_NAMES[correction]} correction" if tests > 1 and correction == "holm" else ""
    return (
        f"With {people(n)}{family} no exact test (sign flips, signed ranks) can reach {f'{alpha:g}'.removeprefix('0')}"
        f"{after}: its smallest possible p is {f'{smallest:.2g}'.removeprefix('0')}. The t test can, where the "
        "differences are normally distributed"
    )
