"""Trials of one channel that went through different filters before: a filtered or smoothed file among raw ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import SessionCheck
from emgpipe.quality.levels import HIGHEST, LOWEST
from emgpipe.quality.session.places import used
from emgpipe.quality.session.spectra import HALF_OCTAVES, band_density
from emgpipe.quality.views import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.model import Finding, ReferenceKey, Stage
    from emgpipe.quality.views import ChannelView, SessionView, TrialView

NATURAL: Final = np.array([-23.0, -18.0, -16.0, -12.0, -9.0, -7.0, -7.0, -11.0, -15.0, -20.0, -26.0, -32.0])
"""dB below the strongest half octave, 8 to 512 Hz: 4 dB below the least in 1500 simulated signals with median
frequencies from 50 to 140 Hz."""
MIDDLE: Final = slice(3, 11)
"""The bands the strongest is looked for in, 23 to 362 Hz: below, it may be movement."""
OVER_NOISE: Final = 4.0
"""A band tells of the muscle where it holds, or with raw EMG would hold, this many times the power of the rest trial,
and of a filter where it holds less than a tenth: noise of electrode and amplifier does not leave by itself."""
BELOW_NOISE: Final = 0.1
LOW_BANDS: Final = 3
"""Below 23 Hz the spectrum of EMG falls towards 0; one that rises there holds movement, and tells of no filter."""
RISES: Final = 2.0
HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Spectrum:
    """One trial's levels in dB below its strongest band; NaN where noise hides them."""

    trial: TrialView
    channel: ChannelView
    levels: NDArray[np.float64]
    density: NDArray[np.float64]


class ConsistentFiltering(SessionCheck):
    """Half octaves between 8 and 512 Hz that are missing in some trials of a channel and there in others.

    Rest trials are used as the level of noise only. What movement adds at low frequencies does not count as there: a
    band counts as missing only where it holds less than raw EMG can.
    """

    kind: Literal["consistent_filtering"] = "consistent_filtering"
    finds: ClassVar[tuple[str, ...]] = ("filtered_differently",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    missing: float = Field(default=15.0, gt=0)
    """dB: by this much a band must be weaker than in every trial that has it."""
    fail_above: float = Field(default=10.0, ge=0)
    """%: amplitude between 20 and 450 Hz that the missing bands take; from here on the values cannot be compared."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return a finding for each channel of each trial that lacks a band which other trials have."""
        return tuple(finding for key in session.keys for finding in self._of_muscle(session, key))

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"trials that lack a part of the spectrum (by {self.missing:g} dB) which other trials of the channel have; "
            f"fail where the amplitude changes by more than {self.fail_above:g} %"
        )

    def _of_muscle(self, session: SessionView, key: ReferenceKey) -> list[Finding]:
        spectra = _spectra(session, key)
        if len(spectra) < 2:
            return []
        lacks = self._lacks(np.array([one.levels for one in spectra]))
        return [
            self._finding(one, lack, [other for other, its in zip(spectra, lacks, strict=True) if not its.any()])
            for one, lack in zip(spectra, lacks, strict=True)
            if lack.any()
        ]

    def _lacks(self, levels: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say which trial lacks which band: below what raw EMG has, with a wide gap to the trials above."""
        lacks = np.zeros(levels.shape, dtype=np.bool_)
        for band in range(levels.shape[1]):
            known = np.flatnonzero(np.isfinite(levels[:, band]))
            order = known[np.argsort(levels[known, band])]
            if order.size < 2:
                continue
            gaps = np.diff(levels[order, band])
            widest = int(np.argmax(gaps))
            low = order[: widest + 1]
            if gaps[widest] >= self.missing and levels[low, band].max() < NATURAL[band]:
                lacks[low, band] = True
        return lacks

    def _finding(self, one: _Spectrum, lack: NDArray[np.bool_], others: Sequence[_Spectrum]) -> Finding:
        bands = np.flatnonzero(lack)
        low, high = HALF_OCTAVES[bands[0]], HALF_OCTAVES[bands[-1] + 1]
        lost = 100 * _lost(one, others)
        names = ", ".join(other.trial.id for other in others[:2]) + (" and others" if len(others) > 2 else "")
        where = f"between {low:.0f} and {high:.0f} Hz" if bands.size > 1 else f"around {np.sqrt(low * high):.0f} Hz"
        reason = (
            f"'{one.channel.label}' lacks what raw EMG has {where} and what the same channel has in {names}: "
            f"it was filtered or smoothed before, which takes about {lost:.0f} % of its amplitude"
        )
        level: Literal["warn", "fail"] = "fail" if lost > self.fail_above else "warn"
        return make_finding(
            "filtered_differently", level, reason, _REMEDY, value=lost, unit="%", **place_of(one.channel, one.trial)
        )


_REMEDY = (
    "export this trial again as raw as the others (no filter, no smoothing in the device's software); MVIC, rest and "
    "tasks of a muscle must all be raw, or all have gone through the same filter"
)


def _spectra(session: SessionView, key: ReferenceKey) -> list[_Spectrum]:
    noise = _noise(session, key)
    found = []
    for trial, channel in used(session, key, "mvic", "task"):
        if not channel.figures.frequencies.size:
            continue
        density = band_density(channel.figures, channel.sampling_rate)
        middle = density[MIDDLE]
        highest = float(np.nanmax(middle)) if np.isfinite(middle).any() else 0.0
        if highest <= 0 or not np.isfinite(highest) or highest < OVER_NOISE * float(np.nanmax(noise)):
            continue
        is_seen = np.maximum(density, highest * 10 ** (NATURAL / 10)) > OVER_NOISE * noise
        tells = (is_seen | (density < BELOW_NOISE * noise)) & ~_moved(density)
        levels = np.where(tells, 10 * np.log10(np.maximum(density / highest, 1e-30)), np.nan)
        found.append(_Spectrum(trial, channel, levels, density))
    return found


def _moved(density: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say in which bands movement hides what the filters left."""
    moved = np.zeros(density.size, dtype=np.bool_)
    for band in range(LOW_BANDS - 1, -1, -1):
        if density[band] > RISES * density[band + 1]:
            moved[: band + 1] = True
    return moved


def _noise(session: SessionView, key: ReferenceKey) -> NDArray[np.float64]:
    """Return the density of the quietest rest trial in each band; 0 without a rest trial."""
    rests = [
        band_density(channel.figures, channel.sampling_rate)
        for _, channel in used(session, key, "rest")
        if channel.figures.frequencies.size
    ]
    lowest = np.min(rests, axis=0) if rests else np.zeros(HALF_OCTAVES.size - 1)
    return np.where(np.isfinite(lowest), lowest, 0.0)


def _lost(one: _Spectrum, others: Sequence[_Spectrum]) -> float:
    """Return the share of amplitude, 20 to 450 Hz, that a spectrum lacks against the median of the others.

    Both are set to the same height in the two bands that lost least; a band that keeps half counts as kept, because two
    spectra of a few seconds differ by as much.
    """
    if not others:
        return 0.0
    centers, widths = np.sqrt(HALF_OCTAVES[:-1] * HALF_OCTAVES[1:]), np.diff(HALF_OCTAVES)
    usual = np.median([other.density / np.nanmax(other.density) for other in others], axis=0)
    inside = (centers > LOWEST) & (centers < HIGHEST) & np.isfinite(usual) & np.isfinite(one.density)
    if not inside.any():
        return 0.0
    gain = one.density[inside] / np.maximum(usual[inside], 1e-30)
    kept = gain / max(float(np.sort(gain)[-2:].mean()), 1e-30)
    power = usual[inside] * widths[inside]
    return 1.0 - float(np.sqrt(np.sum(power * np.where(kept < HALF, kept, 1.0)) / np.sum(power)))
