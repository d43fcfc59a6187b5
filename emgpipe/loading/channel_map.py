"""Which channel of a file is which muscle: the study's channel list, changed by overrides, matched by label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.labels import did_you_mean, match_label, without_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.config import ChannelSetting, Study
    from emgpipe.model import Channel, Trial


LABELS_SHOWN = 40


def settings_for(study: Study, trial: Trial) -> tuple[tuple[ChannelSetting, str], ...]:
    """Return the channel settings that hold for a trial, each with the reason of the override it came from.

    An override entry takes the place of every entry that shares a label with it.
    """
    chosen = [(setting, "") for setting in study.channels]
    for override in study.overrides:
        if override.applies_to(trial):
            changed = {without_unit(label) for setting in override.channels for label in setting.label}
            chosen = [(old, why) for old, why in chosen if not changed.intersection(map(without_unit, old.label))]
            chosen.extend((setting, override.reason) for setting in override.channels)
    return tuple(chosen)


def find_channel(setting: ChannelSetting, channels: Sequence[Channel]) -> Channel | None:
    """Return the channel with one of the setting's labels (`emgpipe.labels.match_label`)."""
    place = match_label(setting.label, [channel.label for channel in channels])
    return None if place is None else channels[place]


def not_found(setting: ChannelSetting, labels: Sequence[str]) -> str:
    """Say which label is missing and which label comes near."""
    wanted = " or ".join(f"'{label}'" for label in setting.label)
    return f"no channel {wanted} in the file{did_you_mean(setting.label[0], labels)}"


def labels_there(labels: Sequence[str]) -> str:
    """Say which labels a file has; of very many, the first."""
    shown = ", ".join(labels[:LABELS_SHOWN])
    return f"the file has {shown or 'no channels'}" + (
        f" and {len(labels) - LABELS_SHOWN} more" if len(labels) > LABELS_SHOWN else ""
    )
