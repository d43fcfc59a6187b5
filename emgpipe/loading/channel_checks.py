"""Do the channels of a session fit together? What is said where two claim one muscle, or units are not alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from emgpipe.model import Finding, make_finding
from emgpipe.units import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emgpipe.model import Channel, ReferenceKey, Repetition, Signal, Trial

VOLTAGE = "V"


def claimed_twice(named: Sequence[tuple[str, Channel]]) -> dict[str, Finding]:
    """Find channels of one trial that the study file, with its overrides, gives the same muscle, side and placement.

    Which of them is right cannot be known, and a mean of both would be a number of neither.

    Parameters
    ----------
    named : sequence of (str, Channel)
        The name the study gives each channel, and the channel.

    Returns
    -------
    dict
        Label -> finding, for every channel concerned.
    """
    groups: dict[tuple[str, str, str], list[Channel]] = {}
    for name, channel in named:
        groups.setdefault((name, channel.side, channel.placement), []).append(channel)
    found: dict[str, Finding] = {}
    for (name, side, placement), channels in groups.items():
        if len(channels) < 2:
            continue
        labels = " and ".join(f"'{channel.label}'" for channel in channels)
        what = " ".join(filter(None, (name, side, placement)))
        reason = f"{labels} are both '{what}' in this trial by the study file; none of them is used"
        remedy = "an override that gives a channel another muscle must also say what the channel of that muscle is now"
        for channel in channels:
            found[channel.label] = make_finding(
                "channel_twice", "fail", reason, remedy, channel=channel.label, muscle=name, side=side,
                placement=placement,
            )  # fmt: skip
    return found


def no_voltage(channel: Channel) -> tuple[Finding, ...]:
    """Doubt an EMG channel whose file gives it a unit that is not a voltage: usually the wrong label."""
    if channel.kind != "emg" or channel.unit in (VOLTAGE, UNKNOWN):
        return ()
    reason = f"'{channel.label}' is EMG by the study file, but the file gives its unit as {channel.unit}, not a voltage"
    remedy = "check that the label is that of an EMG channel"
    return (make_finding("emg_not_in_volts", "warn", reason, remedy, channel=channel.label),)


def too_short(trial: Trial, signals: Iterable[Signal], repetitions: Sequence[Repetition]) -> tuple[Finding, ...]:
    """Find channels other than EMG that do not cover all repetitions; EMG makes the span they lie in."""
    found: list[Finding] = []
    for signal in signals:
        slack = 1.5 / signal.sampling_rate
        first, last = signal.start - slack, signal.stop + slack
        beyond = sum(one.start < first or one.stop > last for one in repetitions)
        if signal.kind == "emg" or not beyond:
            continue
        reason = (
            f"'{signal.label}' runs from {signal.start:.6g} to {signal.stop:.6g} s only, and {beyond} of "
            f"{len(repetitions)} repetitions reach beyond; what is not there stays empty"
        )
        found.append(
            make_finding(
                "channel_short",
                "warn",
                reason,
                "check the offset of its file",
                participant=trial.participant,
                session=trial.session,
                trial=trial.id,
                channel=signal.label,
                muscle=signal.name,
                side=signal.side,
                placement=signal.placement,
                value=float(beyond),
            )
        )
    return tuple(found)


def odd_units(trials: Iterable[tuple[Trial, Sequence[Signal]]]) -> dict[tuple[str, str], Finding]:
    """Find EMG signals of a session whose unit is not that of the other trials of the muscle.

    A muscle's unit is volts where any of its task trials has it, else the most frequent one of its task trials.

    Returns
    -------
    dict
        (trial id, label) -> finding; the amplitude can neither be a reference, nor be divided by one, nor compared.
    """
    listed = [(trial, signal) for trial, signals in trials for signal in signals if signal.kind == "emg"]
    usual = _usual_units((trial, signal) for trial, signal in listed if trial.role == "task")
    found: dict[tuple[str, str], Finding] = {}
    for trial, signal in listed:
        unit = usual.get((signal.muscle, signal.side, signal.placement), signal.unit)
        if signal.unit != unit:
            found[trial.id, signal.label] = _odd_unit(trial, signal, unit)
    return found


def _usual_units(tasks: Iterable[tuple[Trial, Signal]]) -> Mapping[ReferenceKey, str]:
    counts: dict[ReferenceKey, Counter[str]] = {}
    for _, signal in tasks:
        counts.setdefault((signal.muscle, signal.side, signal.placement), Counter())[signal.unit] += 1
    return {key: VOLTAGE if VOLTAGE in units else units.most_common(1)[0][0] for key, units in counts.items()}


def _odd_unit(trial: Trial, signal: Signal, unit: str) -> Finding:
    return make_finding(
        "unit_differs",
        "fail",
        f"the unit of '{signal.label}' is {signal.unit} in this trial and {unit} in the task trials of this muscle in "
        "the session: the channel is left out here, because its amplitudes cannot be set against the others",
        "state `unit` for this channel in the study file (under `overrides` if only some files need it)",
        participant=trial.participant,
        session=trial.session,
        trial=trial.id,
        channel=signal.label,
        muscle=signal.muscle,
        side=signal.side,
        placement=signal.placement,
    )
