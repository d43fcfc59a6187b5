"""How repetitions are found: by what is there - markers, an angle, one file each, else the EMG itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.vocabulary.words import split_words

if TYPE_CHECKING:
    from emgpipe.drafting.channels import DraftChannel
    from emgpipe.drafting.rows import Row
    from emgpipe.drafting.survey import Seen

ENOUGH = 0.8
"""Of the task trials must have the markers or the angle."""
_JOINTS = ("hip", "knee", "trunk", "ankle", "elbow", "shoulder")
_NOT_A_JOINT = frozenset(("head", "neck", "cervical", "pitch", "roll", "yaw", "x", "y", "z"))
_MARKER = re.compile(
    r"(?P<base>.*?(?:rep|start|begin|onset|down|up|cycle|wdh).*?)[ _#.:-]*(?P<number>\d*)", re.IGNORECASE
)
_END = re.compile(r"stop|end|off|ende", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DraftDetector:
    """The settings of a detector, as in the study file, and what to check about it."""

    settings: Mapping[str, str | Sequence[str]]
    doubt: str


def draft_detector(tasks: Sequence[Row], seen: Mapping[str, Seen], channels: Sequence[DraftChannel]) -> DraftDetector:
    """Choose how repetitions are found.

    Parameters
    ----------
    tasks : sequence of Row
        The task trials that are understood.
    seen : mapping of str to Seen
        Recordings by name.
    channels : sequence of DraftChannel
    """
    if tasks and all(row.one_repetition for row in tasks):
        return DraftDetector({"kind": "whole"}, "the names count repetitions: each file is taken as one repetition")
    marker = _marker([_events(row, seen) for row in tasks])
    if marker:
        return DraftDetector({"kind": "events", **marker}, "the markers of the files are taken as the repetitions'")
    angle = _angle(tasks, channels)
    if angle is not None:
        doubt = "is this the joint that moves, and does flexion count positive? Otherwise add `extended: high`"
        return DraftDetector({"kind": "angle", "channel": angle.name}, doubt)
    muscles = list(dict.fromkeys(channel.muscle for channel in channels if channel.is_used and channel.muscle))
    gluteus = [muscle for muscle in muscles if muscle.startswith("gluteus_maximus")]
    if not muscles:
        return DraftDetector({"kind": "whole"}, "the whole file is measured; say how repetitions are found")
    doubt = "there are no markers and no angle, so the EMG itself is used, which selects on what is measured"
    return DraftDetector({"kind": "envelope", "muscle": gluteus or muscles[:1]}, doubt)


def files_of(row: Row) -> list[str]:
    """Return the names of all files of a row."""
    return [text for column, text in row.fields.items() if column == "file" or column.startswith("file_")]


def _events(row: Row, seen: Mapping[str, Seen]) -> list[str]:
    return [label for name in files_of(row) if name in seen for label in seen[name].events]


def _marker(events: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the label that comes at least twice in most trials, and the one that ends a repetition if there is one."""
    trials: Counter[str] = Counter()
    for labels in events:
        found = Counter(match["base"] for label in labels if (match := _MARKER.fullmatch(label.strip())))
        trials.update(base for base, count in found.items() if count > 1)
    usable = [base for base, count in trials.items() if count >= ENOUGH * len(events) and not set("*?[") & set(base)]
    if not usable:
        return {}
    start = usable[0]
    numbered = any(label.strip() != start and label.strip().startswith(start) for labels in events for label in labels)
    ends = Counter(label.strip() for labels in events for label in set(labels) if _END.search(label))
    stop = next((label for label, count in ends.items() if count >= ENOUGH * len(events)), "")
    if numbered or not stop or stop == start:
        return {"start": f"{start}*" if numbered else start}
    return {"start": start, "stop": stop}


def _angle(tasks: Sequence[Row], channels: Sequence[DraftChannel]) -> DraftChannel | None:
    """Return the angle that most task trials have; the hip before the knee before others, the head never."""
    names = [set(files_of(row)) for row in tasks]
    often = [
        channel
        for channel in channels
        if channel.kind == "angle" and channel.is_used
        and sum(not channel.files.isdisjoint(files) for files in names) >= max(1.0, ENOUGH * len(names))
    ]  # fmt: skip
    joints = [(_joint(channel.labels[0]), place) for place, channel in enumerate(often)]
    rank, place = min(joints, default=(len(_JOINTS) + 1, 0))
    return often[place] if rank <= len(_JOINTS) else None


def _joint(label: str) -> int:
    """Return the place of a label in the list of joints; after all of them where it is none, then head and sensors."""
    words = set(split_words(label, camel=True))
    named = next((place for place, joint in enumerate(_JOINTS) if joint in words), None)
    if named is not None:
        return named
    return len(_JOINTS) + 1 if words & _NOT_A_JOINT else len(_JOINTS)
