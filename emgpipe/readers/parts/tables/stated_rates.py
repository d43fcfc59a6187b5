"""Sampling rates in the lines above the numbers of a text file."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from dataclasses import dataclass

from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.parts.tables.cells import split_line

IMPLAUSIBLE = 100.0
"""No EMG is sampled slower: a grouped number that would be less as a decimal may be thousands."""

_NUMBER = (
    r"(?P<number>\d{1,3}(?:[\u0020\u00a0\u2009\u202f'\u2019]\d{3})+(?!\d)(?:[.,]\d+)?"
    r"|\d+(?:[.,]\d+)*(?:e[+-]?\d+)?)"
)
_PER_SECOND = r"(?P<unit>k?hz|ks(?:amples?)?\s*(?:/|per)\s*s(?:ec\w*)?|k(?![a-z]))?"
_SAMPLING = (
    r"(?:(?:sampl\w*|scan|acq\w*|analog)[ _-]*(?:rate|freq\w*|hz)|abtast\w*"
    r"|(?:fréquence|frequence|taux)\s+d\W?\s?[ée]chantillonnage|(?:frecuencia|tasa)\s+de\s+muestreo"
    r"|frequenza\s+di\s+campionamento|(?:frequ[êe]ncia|taxa)\s+de\s+amostragem|bemonsteringsfrequentie"
    r"|samplingsfrekvens|(?<![a-z])(?:fs|sfreq|srate|preciserate)(?![a-z]))"
)
_BETWEEN = r"(?P<between>[^0-9+\-:=;,\t]{0,40}?(?:\s(?:of|for)\s[^:=;,\t]{1,40})?)[\"':=\s,;]+"
_SURE = re.compile(_SAMPLING + _BETWEEN + _NUMBER + r"[ \u00a0\u202f]*" + _PER_SECOND, re.IGNORECASE)
_BARE = re.compile(
    r"(?:^|[;,\t])[\W_]*(?:frequency|frequenz|freq|rate|fréquence|frecuencia|frequenza)"
    r"(?P<between>\s*[(\[]\s*k?hz\s*[)\]])?\s*[\"']?\s*[:=,;\t]+\s*[\"']?"
    + _NUMBER
    + r"[ \u00a0\u202f]*"
    + _PER_SECOND,
    re.IGNORECASE,
)
"""A frequency that nothing qualifies: ``Low-pass filter frequency`` and ``Frequency band`` are no sampling rates."""
_RUNNING = re.compile(
    r"sampled\s+(?:at|with|@)\s+" + _NUMBER + r"\s*(?P<unit>k?hz)"
    r"|(?P<number2>\d+(?:\.\d+)?)\s*(?:samples?|s)\s*(?:/|\bper\b)\s*s(?:ec\w*)?\b",
    re.IGNORECASE,
)
_INTERVAL = re.compile(
    r"(?:sampl\w*[ _-]*(?:interval|period|time)|(?:^|[;,\t])[\W_]*(?:interval|period))"
    r"\s*(?P<before>[(\[]\s*\w+\s*[)\]])?\s*[:=,;\t]+\s*(?P<number>\d+(?:[.,]\d+)?(?:e[+-]?\d+)?)\s*(?P<unit>[a-zµμ]+)?",
    re.IGNORECASE,
)
_PER_SAMPLE = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?(?:e[+-]?\d+)?)\s*(?P<unit>[a-zµμ]+)\s*/\s*sample\b", re.IGNORECASE
)
_DELTA = re.compile(r"^\W*delta_x\b(?P<cells>.*)$", re.IGNORECASE)
_SECONDS = {
    "s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "millisec": 1e-3, "milliseconds": 1e-3,
    "us": 1e-6, "usec": 1e-6, "microsec": 1e-6, "µs": 1e-6, "μs": 1e-6, "min": 60.0,
}  # fmt: skip
_CAMERA = re.compile(r"video|camera|frame", re.IGNORECASE)
_MORE_CELLS = re.compile(r"^\s*[\t;]\s*[\"']?(\d+(?:[.,]\d+)?)(?=\s*[\"']?\s*(?:[\t;]|$))")
_KEYS = {"sampling rate", "sampling frequency", "sample rate", "sampling rate (hz)"}


@dataclass(frozen=True, slots=True)
class StatedRates:
    """What a heading says about the sampling rate of the whole file.

    Attributes
    ----------
    rates : tuple of float
        The different rates, in Hz.
    is_sure : bool
        Whether the words mean sampling; a bare ``Frequency`` may be another one.
    doubtful : str
        The number as written where nothing shows whether its mark separates thousands or decimals.
    """

    rates: tuple[float, ...] = ()
    is_sure: bool = True
    doubtful: str = ""


def stated_rates(lines: list[str], decimal: str = ".") -> StatedRates:
    """Return the different rates that lines of text state.

    >>> stated_rates(["Low-pass frequency: 500 Hz", "Sampling rate: 2 kS/s"]).rates
    (2000.0,)
    """
    sure: list[float] = []
    bare: list[float] = []
    doubtful = ""
    plain = [unicodedata.normalize("NFC", line) for line in lines]
    for line in plain:
        for pattern, rates in ((_SURE, sure), (_BARE, bare)):
            for found in pattern.finditer(line):
                if not _CAMERA.search(line[max(found.start() - 16, 0) : found.start("number")]):
                    rates.extend(_rates_of(found, line, decimal))
                    doubtful = doubtful or (found["number"] if is_ambiguous(found["number"], decimal) else "")
        sure += _running(line, decimal) + _from_intervals(line)
    below = _rates_below_keys(plain)
    used, is_sure = ([*sure, *below[0]], True) if sure or below[0] else ([*bare, *below[1]], False)
    different = tuple(dict.fromkeys(rate for rate in used if 0 < rate <= MOST_RATE))
    return StatedRates(different, is_sure, doubtful)


def rate_of(number: str, unit: str = "", decimal: str = ".") -> float:
    """Return a rate in Hz; no device records EMG at 2 Hz, so ``2,000 Hz`` and ``2.000,00`` are two thousand.

    >>> rate_of("2,000", "Hz"), rate_of("2.000,00"), rate_of("2", "[kHz]"), rate_of("148,148", "Hz")
    (2000.0, 2000.0, 2000.0, 148.148)
    >>> rate_of("10,000", "Hz"), rate_of("25.600", "Hz", ","), rate_of("1,926", "kHz"), rate_of("2'000")
    (10000.0, 25600.0, 1926.0, 2000.0)
    """
    if re.match(r"\W*k", unit, re.IGNORECASE):
        return _float(number) * 1000.0
    plain = re.sub(r"[\s\u00a0\u2009\u202f'\u2019]", "", number)
    if re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+(?:[.,]\d+)?", plain):
        mark = plain[re.search(r"[.,]", plain).start()]  # type: ignore[union-attr]
        return _float(plain.replace(mark, ""))
    grouped = re.fullmatch(r"(\d{1,3})([.,])(\d{3})(?!\2)(?:[.,](\d+))?", plain)
    if grouped is None or plain != number:
        return _float(plain)
    is_thousands = grouped[4] or len(grouped[1]) == 1 or (len(grouped[1]) == 2 and grouped[2] != decimal)
    return _float(f"{grouped[1]}{grouped[3]}.{grouped[4] or 0}") if is_thousands else _float(number)


def is_ambiguous(number: str, decimal: str) -> bool:
    """Say whether a number such as ``25.600`` may be 25.6 or 25600."""
    grouped = re.fullmatch(r"(\d\d)([.,])(\d{3})", number)
    return grouped is not None and grouped[2] == decimal


def _rates_of(found: re.Match[str], line: str, decimal: str) -> list[float]:
    first = rate_of(found["number"], found["unit"] or found["between"] or "", decimal)
    return [first, *_more_cells(line[found.end() :], decimal)]


def _running(line: str, decimal: str) -> list[float]:
    return [
        rate_of(found["number"] or found["number2"], found["unit"] or "", decimal) for found in _RUNNING.finditer(line)
    ]


def _from_intervals(line: str) -> list[float]:
    rates = []
    for found in itertools.chain(_INTERVAL.finditer(line), _PER_SAMPLE.finditer(line)):
        before = (found.groupdict().get("before") or "").strip(" ()[]")
        seconds = _SECONDS.get((found["unit"] or before).lower(), 0.0) * _float(found["number"])
        rates.append(_inverse(seconds))
    delta = _DELTA.match(line)
    if delta:  # LabVIEW writes one per channel, in s
        rates += [_inverse(_float(cell)) for cell in re.split(r"[\t,;\s]+", delta["cells"]) if cell]
    return [rate for rate in rates if rate]


def _inverse(seconds: float) -> float:
    return float(f"{1.0 / seconds:.12g}") if seconds > 0 else 0.0


def _more_cells(rest: str, decimal: str) -> list[float]:
    """Return the rates in the further cells of a line that states one per channel."""
    rates = []
    while found := _MORE_CELLS.match(rest):
        rates.append(rate_of(found[1], "", decimal))
        rest = rest[found.end() :]
    return rates


def _rates_below_keys(lines: list[str]) -> tuple[list[float], list[float]]:
    """Keys on one line, their values on the next; those that say sampling, and bare frequencies."""
    sure, bare = [], []
    for keys, values in itertools.pairwise(lines):
        for delimiter in (";", ",", "\t"):
            names, cells = split_line(keys, delimiter), split_line(values, delimiter)
            for name, cell in zip(names, cells, strict=False):
                if name.lower() in _KEYS:
                    sure.append(_float(cell))
                elif name.lower() == "frequency":
                    bare.append(_float(cell))
    return sure, bare


def _float(text: str) -> float:
    """Return a positive number, 0 for what is none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0
