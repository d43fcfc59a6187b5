"""Baseline noise, subtracted in the power domain: y = sqrt(max(0, RMS^2 - RMS_rest^2)).

Noise of electrode and amplifier adds its power to that of the muscle, in the task and in the MVIC, so that low
activations read too high. The powers of independent signals add; what is left after subtracting the power of rest is
the muscle's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.memory import set_aside
from emgpipe.model import Finding, make_finding
from emgpipe.settings import Settings
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from emgpipe.model import ReferenceKey, Signal
    from emgpipe.normalization.base import Candidate

CORRECTED: Final = "+subtract_rest"
"""What the chain hash of a corrected envelope ends with: MVIC and task are corrected both, or neither."""
BLOCK: Final = 1.5
"""Seconds; each such part of a rest has the same baseline, and a heartbeat if there is ECG, but not the same cough."""
NOT_QUIET: Final = 1.5
"""Times the RMS of its usual part: a rest whose RMS is more holds movement or an artifact, not baseline alone."""


class SubtractRest(Settings):
    """Subtract the mean power of the session's rest trials from the power of every envelope of a channel."""

    kind: Literal["subtract_rest"] = "subtract_rest"
    muscles: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Only these muscles; all if not given."""

    def describe(self) -> str:
        """Say in words what is done."""
        only = f" of {', '.join(self.muscles)}" if self.muscles else ""
        return f"baseline noise (RMS of the session's rest trials) subtracted in power from all envelopes{only}"


@dataclass(frozen=True, slots=True)
class Corrected:
    """The candidates in their order, those of corrected channels with other envelopes; the noise taken from each."""

    candidates: tuple[Candidate, ...]
    removed: Mapping[ReferenceKey, float]
    findings: tuple[Finding, ...]


def rest_noise(rests: Sequence[Candidate], key: ReferenceKey, chain_hash: str) -> tuple[float | None, tuple[str, ...]]:
    """Return the RMS of a channel's envelope over all rest trials together, and the trials it was taken from.

    Trials of unequal length count by their samples: the mean of the power, not of the RMS. Only rest through the same
    chain counts; None without any.
    """
    powers: list[tuple[float, float, str]] = []
    for one in rests:
        if one.key != key or one.signal.chain_hash != chain_hash or one.signal.envelope is None:
            continue
        envelope = one.signal.envelope[one.signal.span(one.start, one.stop)]
        known = envelope[np.isfinite(envelope)]
        if known.size:
            seconds = known.size / one.signal.sampling_rate
            powers.append((float(np.mean(np.square(known))) * seconds, seconds, one.trial.id))
    if not powers:
        return None, ()
    power = sum(power for power, _, _ in powers) / sum(seconds for _, seconds, _ in powers)
    return float(np.sqrt(power)), tuple(trial for _, _, trial in powers)


def _usual(rests: Sequence[Candidate], key: ReferenceKey, chain_hash: str) -> float | None:
    """Return the RMS of the usual part of a rest, its median; None with fewer than three parts."""
    powers: list[float] = []
    for one in rests:
        if one.key != key or one.signal.chain_hash != chain_hash or one.signal.envelope is None:
            continue
        envelope = one.signal.envelope[one.signal.span(one.start, one.stop)]
        size = max(round(BLOCK * one.signal.sampling_rate), 1)
        parts = envelope[: envelope.size // size * size].reshape(-1, size)
        powers += [float(np.mean(np.square(part[np.isfinite(part)]))) for part in parts if np.isfinite(part).any()]
    return float(np.sqrt(np.median(powers))) if len(powers) >= 3 else None


def subtract_noise(envelope: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Return sqrt(max(0, envelope^2 - noise^2)), same shape; NaN stays NaN.

    Parameters
    ----------
    envelope : array, shape (n_samples,)
    noise : float
        RMS of the baseline, same unit.
    """
    # (a - b)(a + b) keeps the digits that a^2 - b^2 loses where both are close, and does not overflow
    return np.sqrt(np.maximum(envelope - noise, 0.0)) * np.sqrt(np.abs(envelope) + noise)


def correct_noise(
    settings: SubtractRest | None, candidates: Sequence[Candidate], rests: Sequence[Candidate] | None = None
) -> Corrected:
    """Subtract each channel's rest noise from its envelopes in all trials of the session: in all of them, or in none.

    Parameters
    ----------
    settings : SubtractRest or None
        None: nothing is done.
    candidates : sequence of Candidate
        All EMG signals of one session.
    rests : sequence of Candidate
        Those of rest trials that the noise is taken from; all of them if not given.
    """
    if settings is None:
        return Corrected(tuple(candidates), {}, ())
    if rests is None:
        rests = [one for one in candidates if one.trial.role == "rest"]
    done = list(candidates)
    removed: dict[ReferenceKey, float] = {}
    findings: list[Finding] = []
    for key in dict.fromkeys(one.key for one in candidates if one.trial.role == "task"):
        if settings.muscles is not None and key[0] not in settings.muscles:
            continue
        own = [index for index, one in enumerate(candidates) if one.key == key]
        task = next(one for one in candidates if one.key == key and one.trial.role == "task")
        noise, trials = rest_noise(rests, key, task.signal.chain_hash)
        if noise is None:
            findings.append(_no_rest(task))
            continue
        envelopes: dict[int, NDArray[np.float64]] = {}  # trials cut from one file share one envelope
        for index in own:
            done[index] = _corrected(candidates[index], noise, envelopes)
        removed[key] = noise
        pairs = [(candidates[index], done[index]) for index in own]
        findings.append(_told(noise, trials, pairs, _usual(rests, key, task.signal.chain_hash)))
    return Corrected(tuple(done), removed, tuple(findings))


def _corrected(one: Candidate, noise: float, envelopes: dict[int, NDArray[np.float64]]) -> Candidate:
    signal = one.signal
    if signal.envelope is None:
        return one
    name = id(signal.envelope)
    if name not in envelopes:
        envelopes[name] = set_aside(subtract_noise(signal.envelope, noise))
        envelopes[name].setflags(write=False)
    said = f"baseline noise of {amplitude_words(noise, signal.unit)} RMS subtracted in power"
    changed = replace(
        signal,
        envelope=envelopes[name],
        chain_hash=f"{signal.chain_hash}{CORRECTED}",
        history=(*signal.history, said),
    )
    return replace(one, signal=changed)


def _no_rest(one: Candidate) -> Finding:
    return make_finding(
        "noise_not_subtracted",
        "warn",
        f"{_name(one.signal)} has no rest trial in this session: its baseline noise is not subtracted, neither from "
        "the task nor from the MVIC; low amplitudes read too high beside those of other participants",
        "state a rest trial of the session in the trials table (role rest), or do without the correction",
        **_place(one),
    )


def _told(
    noise: float, trials: Sequence[str], pairs: Sequence[tuple[Candidate, Candidate]], usual: float | None
) -> Finding:
    """Say how much was taken from task and MVIC, and how many samples of the task ended at zero.

    A warning where the rest was no rest: what was in it is taken from every number.
    """
    first = pairs[0][0]
    task = [_rms_and_zeros(*pair) for pair in pairs if pair[0].trial.role == "task"]
    mvic = [_rms_and_zeros(*pair) for pair in pairs if pair[0].trial.role == "mvic"]
    zeros, samples = sum(one[2] for one in task), sum(one[3] for one in task)
    share = zeros / samples if samples else 0.0
    said = [
        f"the RMS of its {role} trials falls by {_percent(taken)}"
        for role, group in (("task", task), ("MVIC", mvic))
        if (taken := _taken(group)) is not None
    ]
    reason = (
        f"baseline noise of {amplitude_words(noise, first.signal.unit)} RMS ({', '.join(trials)}) was subtracted in "
        f"power from {_name(first.signal)}: {', '.join(said) or 'there was nothing to take it from'}; {zeros} of "
        f"{samples} task samples lay below the noise and became 0 ({_percent(share)})"
    )
    value = 100 * (_taken(task) or 0.0)
    if usual is None or noise <= NOT_QUIET * usual:
        return make_finding("noise_subtracted", "note", reason, value=value, unit="%", **_place(first))
    reason += (
        f". The rest is not quiet: its usual part of {BLOCK:g} s has {amplitude_words(usual, first.signal.unit)} RMS, "
        "so that too much was subtracted and low amplitudes read too low"
    )
    remedy = "look at the rest trial; limit it by `start` and `stop` of the trials table to where nothing moves"
    return make_finding("noise_subtracted", "warn", reason, remedy, value=value, unit="%", **_place(first))


def _rms_and_zeros(before: Candidate, after: Candidate) -> tuple[float, float, int, int]:
    """Return the power before and after, the samples that became zero, and all samples."""
    if before.signal.envelope is None or after.signal.envelope is None:
        return 0.0, 0.0, 0, 0
    span = before.signal.span(before.start, before.stop)
    old, new = before.signal.envelope[span], after.signal.envelope[span]
    known = np.isfinite(old)
    old, new = old[known], new[known]
    became = int(np.count_nonzero((new == 0) & (old > 0)))
    return float(np.sum(np.square(old))), float(np.sum(np.square(new))), became, int(old.size)


def _taken(trials: Sequence[tuple[float, float, int, int]]) -> float | None:
    """Return by what share the RMS of these trials together fell."""
    before, after = sum(one[0] for one in trials), sum(one[1] for one in trials)
    return 1.0 - float(np.sqrt(after / before)) if before > 0 else None


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.0f} %"


def _name(signal: Signal) -> str:
    return " ".join(
        part for part in (signal.muscle, f"({signal.side})" if signal.side else "", signal.placement) if part
    )


def _place(one: Candidate) -> dict[str, str]:
    muscle, side, placement = one.key
    return {
        "participant": one.trial.participant,
        "session": one.trial.session,
        "muscle": muscle,
        "side": side,
        "placement": placement,
        "stage": "envelope",
    }
