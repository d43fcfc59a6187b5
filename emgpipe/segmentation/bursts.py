"""What the two detectors that look at the EMG share: one activity curve, and bursts cut from it.

Finding repetitions on the signal that is then measured selects on the outcome: a weak repetition may be missed and
the edges move with the amplitude. Every result therefore carries a finding that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emgpipe.chain.stretches import runs
from emgpipe.errors import SegmentationError
from emgpipe.model import Repetition
from emgpipe.segmentation.base import Found
from emgpipe.segmentation.smoothing import Series, fill_short_gaps, moving_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Finding, Signal
    from emgpipe.segmentation.base import TrialSignals

RATE = 100.0
"""Hz; enough for edges of bursts that were smoothed over 0.1 s or more."""
LONGEST_GAP = 0.25
"""Gaps in an envelope up to this long (s) are bridged by a straight line, for detection only."""
BASELINE, HIGH = 10, 95
"""Percentiles of the curve that count as 0 and 1."""
LEAST_CONTRAST = 2.0
"""The high percentile must be this many times the baseline: below it there is noise and no bursts."""

Burst = tuple[int, int]
"""First sample, and the sample after the last."""


def signals_named(trial: TrialSignals, muscle: str | tuple[str, ...], side: str) -> list[Signal]:
    """Return the signals of one muscle or several; `SegmentationError` if the trial lacks one."""
    names = (muscle,) if isinstance(muscle, str) else muscle
    return [signal for name in names for signal in trial.require(name, side)]


def activity(trial: TrialSignals, signals: list[Signal], smooth: float) -> Series:
    """Return the mean of the smoothed envelopes over the trial's span, each divided by its 95th percentile.

    Parameters
    ----------
    signals : list of Signal
        With envelopes; rates and starts may differ.
    smooth : float
        Length of the centered moving mean in s.

    Raises
    ------
    SegmentationError
        A signal has no envelope.
    """
    start = max(trial.start, *(signal.start for signal in signals))
    stop = min(trial.stop, *(signal.stop for signal in signals))
    count = max(0, int((stop - start) * RATE))
    curves = [_curve(trial, signal, smooth, start, count) for signal in signals]
    return Series(start, RATE, np.mean(curves, axis=0))


def _curve(trial: TrialSignals, signal: Signal, smooth: float, start: float, count: int) -> NDArray[np.float64]:
    if signal.envelope is None:
        raise SegmentationError(
            f"trial {trial.trial.id}: '{signal.name}' has no envelope; name an EMG channel whose chain ends in an "
            "envelope (rms or linear_envelope)"
        )
    rate = signal.sampling_rate
    filled = fill_short_gaps(signal.envelope, round(LONGEST_GAP * rate))
    mean = moving_mean(filled, round(smooth * rate))
    at = (start - signal.start) * rate + np.arange(count) * (rate / RATE)
    thin = np.interp(at, np.arange(mean.size), mean)
    scale = float(np.nanpercentile(thin, HIGH)) if np.isfinite(thin).any() else 0.0
    return np.asarray(thin / scale) if scale > 0 else thin


def fractions(series: Series) -> NDArray[np.float64] | None:
    """Return the curve with its baseline at 0 and its high percentile at 1; None if they hardly differ."""
    if not np.isfinite(series.values).any():
        return None
    baseline, high = np.nanpercentile(series.values, (BASELINE, HIGH))
    if high <= 0 or high < LEAST_CONTRAST * baseline:
        return None
    return np.asarray((series.values - baseline) / (high - baseline))


def merge(bursts: list[Burst], shortest_gap: float) -> list[Burst]:
    """Join bursts with less than `shortest_gap` samples between them."""
    merged: list[Burst] = []
    for first, last in bursts:
        if merged and first - merged[-1][1] < shortest_gap:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return merged


def bursts_to_found(trial: TrialSignals, series: Series, bursts: list[Burst], shortest: float) -> Found:
    """Turn bursts into repetitions and say what there is to say about them; `shortest` in s."""
    spans = [_span(trial, series, burst) for burst in bursts]
    kept = tuple(span for span in spans if span.duration >= shortest)
    findings = [selection_on_outcome(trial)]
    if len(kept) < len(spans):
        reason = f"{len(spans) - len(kept)} bursts shorter than {shortest:g} s are not counted as repetitions"
        findings.append(trial.finding("short_bursts", "note", reason, "change minimum_duration if they are"))
    findings += [_gap(trial, series, run) for run in runs(np.isnan(series.values))]
    findings += [_at_the_edge(trial, rep) for rep in kept if rep.start <= series.start or rep.stop >= _end(series)]
    return Found(kept, tuple(findings))


def _span(trial: TrialSignals, series: Series, burst: Burst) -> Repetition:
    first, last = burst
    return Repetition(max(series.time(first), trial.start), min(series.time(last), trial.stop))


def _end(series: Series) -> float:
    return series.time(series.values.size)


def _gap(trial: TrialSignals, series: Series, run: slice) -> Finding:
    start, stop = series.time(run.start), series.time(run.stop)
    reason = f"the envelope is missing from {start:.2f} to {stop:.2f} s; no repetition can be found there"
    return trial.finding("envelope_gap", "warn", reason, start=start, stop=stop)


def _at_the_edge(trial: TrialSignals, repetition: Repetition) -> Finding:
    return trial.finding(
        "burst_at_edge", "note",
        f"the burst from {repetition.start:.2f} to {repetition.stop:.2f} s touches an end of the trial; part of the "
        "repetition may be missing",
        start=repetition.start, stop=repetition.stop,
    )  # fmt: skip


def selection_on_outcome(trial: TrialSignals) -> Finding:
    """Return the finding that every detection on the EMG carries."""
    return trial.finding(
        "selection_on_outcome", "note",
        "repetitions were found on the EMG itself: selection on the outcome",
        "prefer markers, a table or an angle where there is one",
    )  # fmt: skip


def no_contrast(trial: TrialSignals) -> Found:
    """Return what a detector says when the curve holds no bursts."""
    reason = (
        f"the EMG hardly changes: its {HIGH}th percentile is less than {LEAST_CONTRAST:g} times its {BASELINE}th, "
        "so no burst can be told from the rest"
    )
    remedy = "name another muscle, or find repetitions by angle, events or a table"
    return Found((), (selection_on_outcome(trial), trial.finding("no_contrast", "warn", reason, remedy)))
