"""Which channel of a file is which muscle: the study's channel list, changed by overrides, matched by label."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from emgpipe.units import UNKNOWN, parse_unit

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
            changed = {_without_unit(label) for setting in override.channels for label in setting.label}
            chosen = [(old, why) for old, why in chosen if not changed.intersection(map(_without_unit, old.label))]
            chosen.extend((setting, override.reason) for setting in override.channels)
    return tuple(chosen)


def find_channel(setting: ChannelSetting, channels: Sequence[Channel]) -> Channel | None:
    """Return the channel with one of the setting's labels: as written, else but for case, spaces and a unit behind it.

    A looser likeness counts only where a single channel has it, so that nothing is taken by chance.
    """
    for likeness in (str, _loose, _without_unit):
        for label in setting.label:
            like = [channel for channel in channels if likeness(channel.label) == likeness(label)]
            if like and (likeness is str or len(like) == 1):
                return like[0]
    return None


def not_found(setting: ChannelSetting, labels: Sequence[str]) -> str:
    """Say which label is missing and which label comes near."""
    wanted = " or ".join(f"'{label}'" for label in setting.label)
    plain = {_without_unit(label): label for label in labels}
    near = next((plain[name] for name in difflib.get_close_matches(_without_unit(setting.label[0]), plain, 1)), "")
    return f"no channel {wanted} in the file" + (f"; did you mean '{near}'?" if near else "")


def labels_there(labels: Sequence[str]) -> str:
    """Say which labels a file has; of very many, the first."""
    shown = ", ".join(labels[:LABELS_SHOWN])
    return f"the file has {shown or 'no channels'}" + (
        f" and {len(labels) - LABELS_SHOWN} more" if len(labels) > LABELS_SHOWN else ""
    )


def _loose(label: str) -> str:
    return "".join(label.casefold().split())


def _without_unit(label: str) -> str:
    """Drop a known unit in brackets at the end: ``GMAX RT (uV)`` is the channel GMAX RT."""
    found = re.fullmatch(r"(.*?)[(\[]([^()\[\]]*)[)\]]\s*", label)
    return _loose(found.group(1)) if found and parse_unit(found.group(2)) != UNKNOWN else _loose(label)
