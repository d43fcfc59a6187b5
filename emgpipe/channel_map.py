"""Which channel of a file is which muscle: the study's channel list, changed by overrides, matched by label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emgpipe.config import ChannelSetting, Study
    from emgpipe.model import Channel, Trial


def settings_for(study: Study, trial: Trial) -> tuple[tuple[ChannelSetting, str], ...]:
    """Return the channel settings that hold for a trial, each with the reason of the override it came from.

    An override entry takes the place of every entry that shares a label with it.
    """
    chosen = [(setting, "") for setting in study.channels]
    for override in study.overrides:
        if override.applies_to(trial):
            changed = {label for setting in override.channels for label in setting.label}
            chosen = [(old, why) for old, why in chosen if not changed.intersection(old.label)]
            chosen.extend((setting, override.reason) for setting in override.channels)
    return tuple(chosen)


def find_channel(setting: ChannelSetting, channels: Sequence[Channel]) -> Channel | None:
    """Return the first channel with one of the setting's labels: exactly, else but for case and spaces."""
    exact = {channel.label: channel for channel in reversed(channels)}
    for label in setting.label:
        if label in exact:
            return exact[label]
    loose = {_loose(channel.label): channel for channel in reversed(channels)}
    return next((loose[_loose(label)] for label in setting.label if _loose(label) in loose), None)


def not_found(setting: ChannelSetting, labels: Iterable[str]) -> str:
    """Say which label is missing and which labels come near."""
    there = list(labels)
    wanted = " or ".join(f"'{label}'" for label in setting.label)
    near = suggest(setting.label[0], there)
    return f"no channel {wanted} in the file{near or '.'} The file has: {', '.join(there) or 'no channels'}"


def _loose(label: str) -> str:
    return "".join(label.casefold().split())
