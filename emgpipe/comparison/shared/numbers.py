"""Numbers as they read in a sentence: p values, ratios, differences and intervals, none of them too precise."""

from __future__ import annotations

import math


def p_words(p: float) -> str:
    """Return a p value as papers print it; one that is not .05 is never printed as .050, which would hide its side.

    >>> p_words(0.0312), p_words(0.00002), p_words(1.0), p_words(0.05046)
    ('= .031', '< .001', '= 1', '= .0505')
    """
    if p < 0.001:
        return "< .001"
    digits = next((digits for digits in range(3, 7) if p == 0.05 or round(p, digits) != 0.05), 3)
    return "= 1" if p > 0.9995 else f"= {f'{p:.{digits}f}'.removeprefix('0')}"


def share_words(share: float) -> str:
    """Return a confidence as percent: ``95 %``."""
    return f"{100 * share:.4g} %"


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


def ratio_center(ratio: float, low: float, high: float) -> str:
    """Return a ratio with the decimals of its interval, so that one near 1 is not more precise than its ends.

    >>> ratio_center(0.99997, 0.9966, 1.0034), ratio_center(1.0346, 0.8, 1.3), ratio_center(1.05, math.nan, math.nan)
    ('1.000', '1.03', '1.05')
    """
    ends = [ratio_words(end) for end in (low, high) if math.isfinite(end)]
    if not 0.05 <= ratio < 1000:
        return number_words(ratio)
    decimals = max((len(end.partition(".")[2]) for end in ends if "e" not in end), default=2)
    return f"{ratio:.{min(max(decimals, 2), 5)}f}"


def alike_words(center: float, low: float, high: float) -> tuple[str, str, str]:
    """Return a number and its interval with the same decimals: two digits of half the interval's width.

    >>> alike_words(-1.0912, -2.5187, 0.35812), alike_words(0.00167, -0.00507, 0.00842)
    (('-1.1', '-2.5', '0.4'), ('0.0017', '-0.0051', '0.0084'))
    >>> alike_words(1.08, 0.0434, 2.13)
    ('1.08', '0.04', '2.13')
    >>> alike_words(5.678, float("nan"), float("nan"))
    ('5.68', 'nan', 'nan')
    """
    half, largest = abs(high - low) / 2, max(abs(low), abs(high))
    if not math.isfinite(half) or not 1e-9 * largest < half or not 1e-4 <= largest < 1e7:
        return number_words(center), number_words(low), number_words(high)
    decimals = max(0, 1 - math.floor(math.log10(half)))
    # An end near zero keeps its sign: 0.0434 does not read as 0.0.
    decimals = next(
        (d for d in range(decimals, decimals + 4) if all(end == 0 or round(end, d) for end in (low, high))), decimals
    )
    first, second, third = (f"{value + 0.0:.{decimals}f}" for value in (center, low, high))
    return first, second, third
