"""Trials with known times: angles of minimum-jerk or sine-shaped movements, and envelopes with bursts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emgpipe.model import Event, Signal, Trial
from emgpipe.segmentation import TrialSignals


@dataclass(frozen=True)
class Move:
    """One repetition: out, hold at the far end, back, pause at the start end; s, and a share of the range."""

    out: float = 1.0
    hold: float = 0.5
    back: float = 1.0
    pause: float = 0.5
    share: float = 1.0


def profile(kind, share_of_time):
    """Position 0..1 of a movement."""
    tau = np.clip(share_of_time, 0, 1)
    if kind == "sine":
        return (1 - np.cos(np.pi * tau)) / 2
    return 10 * tau**3 - 15 * tau**4 + 6 * tau**5


def crossing(kind, fraction=0.05):
    """Share of a movement's time after which its speed first exceeds this fraction of the peak."""
    if kind == "sine":
        return np.arcsin(fraction) / np.pi
    # speed of minimum jerk over its peak: 16 tau^2 (1 - tau)^2
    return (1 - np.sqrt(1 - np.sqrt(fraction))) / 2


def position(moves, times, *, lead=1.0, kind="jerk"):
    """Return positions (0 start end, 1 far end) and, per movement, (begin, arrive, leave, end) in s."""
    values, marks, now = np.zeros(times.size), [], lead
    for move in moves:
        begin, arrive = now, now + move.out
        leave, end = arrive + move.hold, arrive + move.hold + move.back
        values += move.share * profile(kind, (times - begin) / move.out)
        values -= move.share * profile(kind, (times - leave) / move.back)
        marks.append((begin, arrive, leave, end))
        now = end + move.pause
    return values, np.array(marks)


def true_marks(moves, marks, kind="jerk", fraction=0.05):
    """When the speed of the clean movement crosses the fraction of its peak: what a perfect detector returns."""
    inwards = np.array([[move.out, -move.out, move.back, -move.back] for move in moves])
    return marks + inwards * crossing(kind, fraction)


def length(moves, lead=1.0):
    return lead + sum(move.out + move.hold + move.back + move.pause for move in moves) + 0.5


def make_signal(name, values, rate, *, start=0.0, unit="deg", kind="angle", envelope=None, side=""):
    return Signal(name, name, kind, unit, rate, start, np.asarray(values, float), side=side, envelope=envelope)


def make_trial(*signals, events=(), start=None, stop=None, start_phase="concentric", **parts):
    first = min((signal.start for signal in signals), default=0.0) if start is None else start
    last = max((signal.stop for signal in signals), default=10.0) if stop is None else stop
    parts = {"id": "P01_s1_hip_thrust_neutral_1", "participant": "P01", "session": "1", "role": "task"} | parts
    parts.setdefault("files", ())
    events = tuple(Event(*event) for event in events)
    return TrialSignals(Trial(**parts), signals, events, first, last, start_phase)


def burst_envelope(spans, duration, rate, *, seed=0, baseline=3e-6, height=100e-6):
    """Return an envelope in V: gamma-like noise around a baseline, and around `height` inside the spans (s)."""
    rng = np.random.default_rng(seed)
    times = np.arange(round(duration * rate)) / rate
    level = np.full(times.size, baseline)
    for first, last in spans:
        level[(times >= first) & (times < last)] = height
    noise = np.convolve(rng.normal(size=times.size), np.ones(round(0.1 * rate)) / np.sqrt(0.1 * rate), mode="same")
    return level * np.clip(1 + 0.15 * noise, 0.1, None)


def emg_signal(name, envelope, rate, **parts):
    return make_signal(name, np.zeros(envelope.size), rate, unit="V", kind="emg", envelope=envelope, **parts)


def kinds(found):
    return [finding.kind for finding in found.findings]
