"""The labels of all recordings -> one channel list: the same muscle under several labels is one channel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from emgpipe.labels import without_unit
from emgpipe.units import UNKNOWN

if TYPE_CHECKING:
    from emgpipe.drafting.survey import Seen, SeenChannel
    from emgpipe.model import Kind
    from emgpipe.model.recording import Side

PLACED_NEXT = "another channel of the same files seems to be the same muscle: correct one of them, or keep `placement`"
MAY_BE_EMG = "is it EMG? Then write `kind: emg`, `muscle:` and `side:`, and delete `use: false`"
NO_MUSCLE = "which muscle is it? Add `muscle:` and `side:`, and delete `use: false`"
NO_SIDE = "which side is it? Add `side: left` or `side: right`"
DIFFERENT = "in some files the label seems to be another muscle or side, by what stands beside it; write what it is"
GUESSED = "the muscle is guessed from a short label"
BOTH_GUESSED = "muscle and side are guessed from a short label"
NO_UNIT = "the files do not state the unit; add `unit: uV` (or mV, V) if you know it"


@dataclass(frozen=True, slots=True)
class DraftChannel:
    """One entry of the drafted channel list.

    Attributes
    ----------
    labels : tuple of str
    kind : str
    muscle, side, placement, name : str
        As in the study file; empty where they do not apply.
    is_used : bool
    remark : str
        Why it is not used, in words.
    doubt : str
        What a person should look at.
    files : frozenset of str
        Names of the recordings that have it.
    """

    labels: tuple[str, ...]
    kind: Kind
    muscle: str = ""
    side: Side = ""
    placement: str = ""
    name: str = ""
    is_used: bool = True
    remark: str = ""
    doubt: str = ""
    files: frozenset[str] = field(default=frozenset(), repr=False)


def draft_channels(recordings: Iterable[Seen]) -> tuple[DraftChannel, ...]:
    """Unite the channels of all recordings: EMG first, then angles, then what is not used."""
    single = [_entry(channels, files) for channels, files in _by_label(recordings)]
    emg = _placed(_united([one for one in single if one.is_used and one.kind == "emg"]))
    angles = _named([one for one in single if one.is_used and one.kind == "angle"])
    return (*emg, *angles, *(one for one in single if not one.is_used))


def _by_label(recordings: Iterable[Seen]) -> list[tuple[list[SeenChannel], frozenset[str]]]:
    """Return the channels of every label; labels that differ in case, spaces or a unit behind them are one."""
    channels: dict[str, list[SeenChannel]] = {}
    files: dict[str, set[str]] = {}
    for seen in recordings:
        for channel in seen.channels:
            key = without_unit(channel.label)
            channels.setdefault(key, []).append(channel)
            files.setdefault(key, set()).add(seen.name)
    return [(same, frozenset(files[key])) for key, same in channels.items()]


def _entry(channels: Sequence[SeenChannel], files: frozenset[str]) -> DraftChannel:
    channel = max(channels, key=lambda one: bool(one.side))  # the other side may be missing in some files
    entry = DraftChannel((channel.label,), channel.kind, files=files)
    if any(one.muscle != channel.muscle or one.side not in ("", channel.side) for one in channels):
        return replace(entry, kind="emg", is_used=False, doubt=f"{DIFFERENT}, and delete `use: false`")
    if channel.copy_of:
        return replace(entry, is_used=False, remark=f"a processed copy of '{channel.copy_of}'")
    if channel.is_emg and not channel.muscle:
        return replace(entry, kind="emg", is_used=False, doubt=NO_MUSCLE)
    if channel.is_emg:
        guessed = BOTH_GUESSED if channel.side else GUESSED
        doubts = [guessed] * channel.is_abbreviated + [NO_SIDE] * (not channel.side)
        doubts += [NO_UNIT] * (channel.unit == UNKNOWN)
        return replace(entry, kind="emg", muscle=channel.muscle, side=channel.side, doubt="; ".join(doubts))
    if channel.kind == "other" and channel.unit in (UNKNOWN, "counts"):
        return replace(entry, is_used=False, doubt=MAY_BE_EMG)
    return entry if channel.kind == "angle" else replace(entry, is_used=False, remark="not needed for a ranking")


def _united(channels: Sequence[DraftChannel]) -> list[DraftChannel]:
    """Unite entries of one muscle and side that never stand in the same file: devices label it differently."""
    united: list[DraftChannel] = []
    for channel in channels:
        place = next((place for place, other in enumerate(united) if _is_same(channel, other)), None)
        if place is None:
            united.append(channel)
        else:
            other = united[place]
            doubt = (
                other.doubt if channel.doubt in other.doubt else "; ".join(filter(None, (other.doubt, channel.doubt)))
            )
            labels, files = other.labels + channel.labels, other.files | channel.files
            united[place] = replace(other, labels=labels, doubt=doubt, files=files)
    return united


def _is_same(channel: DraftChannel, other: DraftChannel) -> bool:
    return (channel.muscle, channel.side) == (other.muscle, other.side) and channel.files.isdisjoint(other.files)


def _placed(channels: Sequence[DraftChannel]) -> list[DraftChannel]:
    """Tell apart two channels of one muscle in the same files by a placement."""
    seen: dict[tuple[str, str], int] = {}
    placed = []
    for channel in channels:
        key = (channel.muscle, channel.side)
        seen[key] = seen.get(key, 0) + 1
        doubt = "; ".join(filter(None, (channel.doubt, PLACED_NEXT)))
        placed.append(replace(channel, placement=str(seen[key]), doubt=doubt) if seen[key] > 1 else channel)
    return placed


def _named(channels: Sequence[DraftChannel]) -> list[DraftChannel]:
    """Give channels other than EMG names that the rest of the study file can use."""
    named: list[DraftChannel] = []
    for channel in channels:
        base = re.sub(r"[^a-z0-9]+", "_", without_brackets(channel.labels[0]).casefold()).strip("_") or "angle"
        taken = {other.name for other in named}
        name = next(one for one in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if one not in taken)
        named.append(replace(channel, name=name))
    return named


def without_brackets(label: str) -> str:
    """Drop a unit in brackets at the end of a label."""
    return re.sub(r"[(\[][^()\[\]]*[)\]]\s*$", "", label)
