"""Numbers and names as the report prints them: sensible digits, units, labels in plain words."""

from __future__ import annotations

import math
from typing import Any, Final

MISSING: Final = "–"
_SHOWN: Final = {"V": (1e6, "µV"), "V.s": (1e6, "µV·s"), "deg": (1.0, "°"), "unknown": (1.0, "unknown unit")}
METRIC_NAMES: Final = {"p95": "95th percentile", "integrated": "integrated amplitude"}


def finite(value: Any) -> float | None:
    """Return the value as a float, or None where it is missing or not a number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def plain(value: Any) -> str:
    """Return a table cell as text; missing cells become an empty string."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in {"<NA>", "NaT"}:
        return ""
    return str(value)


def number(value: Any, *, digits: int = 3) -> str:
    """Return a number with about `digits` significant digits and no exponent where it can be helped.

    >>> number(123.456), number(12.345), number(0.01234), number(None)
    ('123', '12.3', '0.0123', '–')
    """
    known = finite(value)
    if known is None:
        return MISSING
    if known == 0:
        return "0"
    if not 1e-6 <= abs(known) < 1e7:
        return f"{known:.{digits - 1}e}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(known))))
    return f"{known:.{decimals}f}"


def span(low: float, high: float, unit: str) -> str:
    """Return a range in the shown unit, both ends with the decimals the wider one needs.

    >>> span(1e-9, 3.12e-4, "V")
    '0 to 312 µV'
    """
    scale, shown = shown_unit(unit)
    largest = max(abs(low), abs(high)) * scale
    decimals = 0 if largest == 0 else min(max(0, 2 - math.floor(math.log10(largest))), 9)
    ends = (f"{round(end * scale, decimals) + 0.0:.{decimals}f}" for end in (low, high))
    return f"{' to '.join(ends)} {shown}".rstrip()


def seconds(value: Any) -> str:
    """Return a time with hundredths of a second, without its unit."""
    known = finite(value)
    return MISSING if known is None else f"{known:.2f}"


def percent(fraction: Any) -> str:
    """Return a fraction as whole percent.

    >>> percent(0.256)
    '26 %'
    """
    known = finite(fraction)
    return MISSING if known is None else f"{100 * known:.0f} %"


def shown_unit(unit: str) -> tuple[float, str]:
    """Return the factor and the name under which values in `unit` are printed (volts as µV).

    >>> shown_unit("V"), shown_unit("%MVIC")
    ((1000000.0, 'µV'), (1.0, '%MVIC'))
    """
    return _SHOWN.get(unit, (1.0, unit))


def interval(ratio: float | None, low: float | None, high: float | None) -> str:
    """Return a ratio with its interval, such as ``0.82 (0.74 to 0.91)``.

    An end that is not 1 is never printed as 1.00: whether the interval contains 1 is what a reader looks for.

    >>> interval(0.93, 0.88, 0.997)
    '0.93 (0.88 to 0.997)'
    """
    if ratio is None:
        return MISSING
    if low is None or high is None:
        return f"{ratio:.2f} (no interval)"
    return f"{ratio:.2f} ({_end(low)} to {_end(high)})"


def estimate(center: Any, low: Any, high: Any, unit: str = "") -> str:
    """Return a number with its interval, all with the decimals that the width of the interval bears.

    >>> estimate(-0.00806, -0.0184, 0.00232), estimate(1.62, 0.714, 2.53, "Hz"), estimate(2.64, None, None, "°")
    ('-0.008 (-0.018 to 0.002)', '1.62 Hz (0.71 to 2.53)', '2.64° (no interval)')
    """
    middle, bottom, top = finite(center), finite(low), finite(high)
    if middle is None:
        return MISSING
    space = "" if unit in {"", "°"} else " "
    if bottom is None or top is None:
        return f"{number(middle)}{space}{unit} (no interval)"
    width = max((top - bottom) / 2, abs(middle) * 1e-4)
    decimals = 2 if width == 0 else min(max(0, 1 - math.floor(math.log10(width))), 9)
    shown = [f"{round(value, decimals) + 0.0:.{decimals}f}" for value in (middle, bottom, top)]
    return f"{shown[0]}{space}{unit} ({shown[1]} to {shown[2]})"


def _end(value: float) -> str:
    digits = next((digits for digits in range(2, 5) if value == 1 or round(value, digits) != 1), 2)
    return f"{value:.{digits}f}"


def with_spread(mean: float | None, deviation: float | None) -> str:
    """Return a mean with its SD, both with the decimals of the mean.

    >>> with_spread(24.24, 0.0791), with_spread(105.2, 4.76), with_spread(24.2, None)
    ('24.2 ± 0.1', '105 ± 5', '24.2 ± –')
    """
    shown = number(mean)
    if finite(mean) is None or finite(deviation) is None or "e" in shown:
        return f"{shown} ± {number(deviation)}"
    return f"{shown} ± {deviation:.{len(shown.partition('.')[2])}f}"


def label(name: Any) -> str:
    """Return an id as words: underscores become spaces, the first letter a capital.

    >>> label("barbell_hip_thrust")
    'Barbell hip thrust'
    """
    words = plain(name).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def lower_label(name: Any) -> str:
    """Return an id as words inside a sentence."""
    return plain(name).replace("_", " ").strip()


def muscle_label(muscle: Any, side: Any = "", placement: Any = "") -> str:
    """Return muscle, side and placement as one label.

    >>> muscle_label("gluteus_maximus_upper", "right")
    'Gluteus maximus upper, right'
    """
    return ", ".join(part for part in (label(muscle), plain(side), plain(placement)) if part)


def metric_label(metric: str) -> str:
    """Return the name of a metric in words."""
    return METRIC_NAMES.get(metric, lower_label(metric))


def count(n: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> count(1, "trial"), count(3, "trial")
    ('1 trial', '3 trials')
    """
    return f"{n} {singular if n == 1 else plural or singular + 's'}"


def shortened(text: str, width: int) -> str:
    """Return the text cut to `width` characters, with an ellipsis where it was cut."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"
