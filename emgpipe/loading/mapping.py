"""Which channels of a trial's files are used, under which names: the study's channel list on real recordings."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.derived import derive
from emgpipe.errors import EmgpipeError, UnitError
from emgpipe.loading.channel_checks import claimed_twice, no_voltage
from emgpipe.loading.channel_map import find_channel, labels_there, not_found, settings_for
from emgpipe.model import Channel, Finding, Trial, make_finding
from emgpipe.units import UNKNOWN, base_unit, conversion_factor, parse_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.config import ChannelSetting, Study
    from emgpipe.model import Level
    from emgpipe.model.recording import Loader
    from emgpipe.vocabulary import Vocabulary

Mapped = tuple["Path", str, Channel]
"""File, the name the study gives the channel, and the channel with muscle, side and unit."""
_UNIT = "state the unit the file really has, or leave `unit` out"
_DERIVED = "check the channels it is derived from"


def map_channels(
    trial: Trial,
    study: Study,
    channels: Sequence[tuple[Path, Channel]],
    targets: frozenset[str] | None,
    near: Callable[[Path, Channel], Channel] = lambda _, channel: channel,
) -> tuple[list[Mapped], list[Finding]]:
    """Find the channel of every setting that matters for the trial, and compute the derived ones.

    `targets` limits an MVIC trial to the muscles it is meant for; None: all muscles. `near` gives the part of a channel
    that matters for the trial; derived channels are computed from that.
    """
    mapped: list[Mapped] = []
    findings: list[Finding] = []
    only = [channel for _, channel in channels]
    for setting, why in settings_for(study, trial):
        if not concerns(setting, trial, targets):
            continue
        if not setting.use:
            findings.extend([_left_out(setting, why)] if find_channel(setting, only) else [])
            continue
        channel = find_channel(setting, only)
        if channel is None:
            findings.extend(_missing(setting, trial, [one.label for one in only]))
            continue
        path = next(path for path, one in channels if one is channel)
        try:
            mapped.append((path, setting.signal_name, _named(channel, setting)))
        except UnitError as error:
            findings.append(make_finding("unit_contradiction", "fail", str(error), _UNIT, channel=channel.label))
    twice = claimed_twice([(name, channel) for _, name, channel in mapped])
    mapped = [one for one in mapped if one[2].label not in twice]
    findings.extend(twice.values())
    findings.extend(doubt for _, _, channel in mapped for doubt in no_voltage(channel))
    return mapped + _derived(study, [(path, name, near(path, one)) for path, name, one in mapped], findings), findings


def channels_beside(
    trial: Trial, study: Study, channels: Sequence[tuple[Path, Channel]], targets: frozenset[str] | None
) -> list[Channel]:
    """Return the EMG channels of a trial that are there and not meant: in an MVIC, those of the other muscles.

    No number is taken from them; checks look whether it was really the target muscle that worked.
    """
    only = [channel for _, channel in channels]
    beside: list[Channel] = []
    for setting, _ in settings_for(study, trial):
        if setting.kind != "emg" or not setting.use or concerns(setting, trial, targets):
            continue
        channel = find_channel(setting, only)
        if channel is not None:
            with suppress(UnitError):  # told where the channel is used
                beside.append(_named(channel, setting))
    return beside


def _derived(study: Study, mapped: Sequence[Mapped], findings: list[Finding]) -> list[Mapped]:
    """Compute the study's derived channels from the ones of the trial; one that lacks its sources is left out."""
    by_name = {name: (path, channel) for path, name, channel in mapped}
    made: list[Mapped] = []
    for spec in study.derived:
        if not all(name in by_name for name in spec.channels):
            continue  # the finding about the missing source says it
        try:
            channel = derive(spec, {name: channel for name, (_, channel) in by_name.items()})
        except EmgpipeError as error:
            findings.append(make_finding("not_derived", "fail", str(error), _DERIVED, channel=spec.name))
            continue
        path = by_name[spec.channels[0]][0]
        made.append((path, spec.name, channel))
        by_name[spec.name] = (path, channel)
    return made


def _named(channel: Channel, setting: ChannelSetting) -> Channel:
    """Give a channel the muscle, side and kind the study file states, in the unit emgpipe works in."""
    unit, load = channel.unit, channel.load
    if setting.unit and channel.unit == UNKNOWN:
        unit = base_unit(parse_unit(setting.unit))
        load = ScaledLoader(channel.load, conversion_factor(setting.unit, unit))
    elif setting.unit:
        conversion_factor(setting.unit, channel.unit)  # refuses another quantity
    return replace(
        channel,
        kind=setting.kind,
        muscle=setting.muscle or "",
        side=setting.side,
        placement=setting.placement,
        unit=unit,
        load=load,
        guessed=False,
    )


@dataclass(frozen=True, slots=True)
class ScaledLoader:
    """A loader whose samples are multiplied by a factor; a class, so that it can be pickled."""

    load: Loader
    factor: float

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return the scaled samples start..stop."""
        return self.load(start, stop) * self.factor


def targeted(trial: Trial, vocabulary: Vocabulary) -> frozenset[str] | None:
    """Return the muscles an MVIC trial is meant for, with their parts; None: the trial is for all muscles."""
    if trial.role != "mvic" or not trial.targets:
        return None
    return frozenset(part for target in trial.targets for part in (target, *vocabulary.parts(target)))


def concerns(setting: ChannelSetting, trial: Trial, targets: frozenset[str] | None) -> bool:
    """Tell whether a channel matters for a trial: an MVIC is for its target muscles, and for the side that worked.

    Parameters
    ----------
    targets : frozenset of str or None
        See `targeted`.
    """
    if not setting.muscle:
        return True
    worked = trial.factors.get("working_side", "") if trial.role == "mvic" else ""
    if worked in ("left", "right") and setting.side not in ("", worked):
        return False
    return targets is None or setting.muscle in targets


def _missing(setting: ChannelSetting, trial: Trial, labels: Sequence[str]) -> list[Finding]:
    """Judge a missing channel: angles are not expected in MVIC and rest trials, EMG is not in calibration trials."""
    if trial.role in (("calibration",) if setting.muscle else ("mvic", "rest")):
        return []
    level: Level = "fail" if setting.muscle else "warn"
    remedy = f"{labels_there(labels)}; correct `label` under `channels`, or state `use: false` under `overrides`"
    return [
        make_finding(
            "channel_missing",
            level,
            not_found(setting, labels),
            remedy,
            channel=setting.label[0],
            muscle=setting.signal_name,
            side=setting.side,
            placement=setting.placement,
        )
    ]


def _left_out(setting: ChannelSetting, why: str) -> Finding:
    return make_finding(
        "channel_left_out",
        "note",
        f"'{setting.label[0]}' is left out by the study file: {why or 'use: false'}",
        channel=setting.label[0],
        muscle=setting.signal_name,
        side=setting.side,
        placement=setting.placement,
    )
