"""The physical range of an EDF signal: two numbers of eight characters that enclose the samples closely."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.units import UNKNOWN, conversion_factor
from emgpipe.writers.base import pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Channel

WIDTH = 8
"""Characters of a number in the header."""
WASTE = 1.5
"""A number with an exponent, which old programs may not know, is used if the range would be so much wider without."""
VOLTS = ((1e-8, "nV"), (0.1, "uV"), (100.0, "mV"), (math.inf, "V"))
"""Amplitudes (V) below which each unit is used, so that the digits of the range are significant ones."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What a channel's samples span.

    Attributes
    ----------
    low, high : float
        Smallest and largest sample; zero for a channel without any.
    missing : tuple of (int, int)
        Spans of indices without a sample.
    """

    low: float
    high: float
    missing: tuple[tuple[int, int], ...]

    @property
    def n_missing(self) -> int:
        """Number of missing samples."""
        return sum(stop - start for start, stop in self.missing)


@dataclass(frozen=True, slots=True)
class Scale:
    """How samples in the channel's unit become stored numbers: ``value * factor = stored * step + shift``.

    Attributes
    ----------
    dimension : str
        The unit in the header; empty where it is unknown.
    factor : float
        From the channel's unit to `dimension`.
    physical : tuple of str
        Minimum and maximum as in the header.
    bits : int
        16 or 24.
    """

    dimension: str
    factor: float
    physical: tuple[str, str]
    bits: int

    @property
    def digital(self) -> tuple[int, int]:
        """Smallest and largest stored number."""
        return -(2 ** (self.bits - 1)), 2 ** (self.bits - 1) - 1

    @property
    def step_and_shift(self) -> tuple[float, float]:
        """Computed as readers do from the header."""
        low, high = map(float, self.physical)
        step = (high - low) / (self.digital[1] - self.digital[0])
        return step, high - step * self.digital[1]

    def store(self, samples: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the stored numbers nearest to finite samples."""
        step, shift = self.step_and_shift
        stored = np.rint((samples * self.factor - shift) / step)
        return np.clip(stored, *self.digital).astype(np.int32)

    def load(self, stored: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return what a reader makes of stored numbers, in the channel's unit."""
        step, shift = self.step_and_shift
        return np.asarray((stored * step + shift) / self.factor, dtype=np.float64)


def extent_of(channel: Channel) -> Extent:
    """Look at all samples, in pieces."""
    low, high, start = math.inf, -math.inf, 0
    edges: list[NDArray[np.int64]] = []
    before = False
    for piece in pieces(channel):
        missing = np.isnan(piece)
        if not missing.all():
            low, high = min(low, float(np.nanmin(piece))), max(high, float(np.nanmax(piece)))
        edges.append(np.flatnonzero(np.diff(missing, prepend=before)) + start)
        before = bool(missing[-1])
        start += piece.size
    places = np.concatenate([*edges, np.array([start] * before, dtype=np.int64)]).tolist()
    spans = tuple(zip(places[::2], places[1::2], strict=True))
    return Extent(low, high, spans) if low <= high else Extent(0.0, 0.0, spans)


def scale_for(unit: str, extent: Extent, bits: int) -> Scale:
    """Choose unit and range so that the steps are as small as eight characters allow."""
    dimension, factor = ("" if unit == UNKNOWN else unit), 1.0
    if unit == "V":
        amplitude = max(abs(extent.low), abs(extent.high))
        dimension = "uV" if amplitude == 0 else next(name for most, name in VOLTS if amplitude < most)
        factor = conversion_factor(unit, dimension)
    return Scale(dimension, factor, _enclosing(extent.low * factor, extent.high * factor), bits)


def _enclosing(low: float, high: float) -> tuple[str, str]:
    plain, short = (
        (_plain(low, ROUND_FLOOR), _plain(high, ROUND_CEILING)),
        (_short(low, ROUND_FLOOR), _short(high, ROUND_CEILING)),
    )
    best = short if plain[0] is None or plain[1] is None else (plain[0], plain[1])
    if best[0] == best[1]:
        return best[0], _above(best[0])
    return short if _span(best) > WASTE * _span(short) > 0 else best


def _span(texts: tuple[str, str]) -> float:
    return float(texts[1]) - float(texts[0])


def _plain(value: float, rounding: str) -> str | None:
    """Return the nearest number on one side in eight characters, without an exponent; None above 99999999."""
    for decimals in range(WIDTH - 2, -1, -1):
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding, Context(prec=400))
        text = f"{rounded:f}" if rounded else "0"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if len(text) <= WIDTH:
            return text
    return None


def _short(value: float, rounding: str) -> str:
    """Return the nearest number on one side in eight characters, with an exponent."""
    for digits in range(WIDTH - 3, 0, -1):
        rounded = Context(prec=digits, rounding=rounding).create_decimal(Decimal(value))
        text = f"{rounded:.{digits - 1}e}".replace("e+", "e") if rounded else "0"
        if len(text) <= WIDTH:
            return text
    return "0" if abs(value) < 1 else ("-9e307" if value < 0 else "9e307")


def _above(text: str) -> str:
    """Return a number a little above one that all samples equal."""
    value = float(text)
    for step in (1.0, 10.0 ** math.ceil(math.log10(max(abs(value), 1e-300)))):
        plain = _plain(value + step, ROUND_CEILING)
        if plain is not None and float(plain) > value:
            return plain
    return _short(value + abs(value), ROUND_CEILING)
