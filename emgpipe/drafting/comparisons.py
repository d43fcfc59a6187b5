"""Which channels can be derived and which rankings can be made of what is there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from emgpipe.vocabulary.words import split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.drafting.channels import DraftChannel
    from emgpipe.drafting.rows import Row
    from emgpipe.vocabulary import Vocabulary

_CONFIRM = "# CONFIRM: "
_POSTURE = frozenset({"neck", "lumbar", "spine", "pelvis", "pelvic"})
"""Words in the labels of angles that mean little without the participant's own neutral."""


def derived_lines(channels: Sequence[DraftChannel]) -> list[str]:
    """Return the neck angle, where there are an angle of the head and one of the trunk."""
    angles = [channel for channel in channels if channel.kind == "angle" and channel.is_used]
    head = _only(angles, "head")
    trunk = _only(angles, "trunk") or _only(angles, "thorax")
    if not head or not trunk or "neck_angle" in {channel.name for channel in angles}:
        return []
    return [
        "# Channels computed from others: the neck is the head against the trunk.",
        "derived:",
        f"  - {{kind: difference, name: neck_angle, channels: [{head}, {trunk}]}}  {_CONFIRM}are both measured alike?",
    ]


def zeroing_lines(channels: Sequence[DraftChannel], rows: Sequence[Row]) -> list[str]:
    """Return the angles of spine and pelvis to count from the own neutral, where there are calibration trials."""
    names = ["neck_angle"] if derived_lines(channels) else []
    names += [
        channel.name
        for channel in channels
        if channel.kind == "angle" and channel.is_used and _POSTURE & set(split_words(channel.labels[0], camel=True))
    ]
    if not names or not any(row.role == "calibration" for row in rows):
        return []
    return [
        "# Angles counted from each participant's own neutral, the stillest second of the calibration trial.",
        "zeroing:",
        f"  channels: [{', '.join(names)}]  {_CONFIRM}is the calibration trial the neutral pose?",
    ]


def _only(angles: Sequence[DraftChannel], segment: str) -> str:
    names = [angle.name for angle in angles if segment in split_words(angle.labels[0], camel=True)]
    return names[0] if len(names) == 1 else ""


def comparison_lines(tasks: Sequence[Row], vocabulary: Vocabulary) -> list[str]:
    """Return the rankings of exercises, of head positions, and of a further factor, where each has levels to rank."""
    exercises = _levels(tasks, "exercise")
    positions = _levels(tasks, "head_position")
    lines = []
    if len(exercises) > 1:
        at = _position(tasks, vocabulary)
        held = f", at: {{head_position: {at}}}" if at else ""
        doubt = f"  {_CONFIRM}the head position exercises are compared at" if at else ""
        lines.append(f"  - {{kind: ranking, factor: exercise{held}}}{doubt}")
    if len(positions) > 1:
        lines.append("  - {kind: ranking, factor: head_position, within: exercise}")
    if len(_levels(tasks, "variant")) > 1:
        lines.append(f"  - {{kind: ranking, factor: variant}}  {_CONFIRM}words of the names that are not understood")
    if not lines:
        return [f"{_CONFIRM}only one exercise and one head position are recognized, so there is nothing to rank yet"]
    return ["# The rankings; each is made for every muscle, by mean and by peak.", "comparisons:", *lines]


def _levels(tasks: Sequence[Row], factor: str) -> set[str]:
    return {row.fields[factor] for row in tasks if factor in row.fields}


def _position(tasks: Sequence[Row], vocabulary: Vocabulary) -> str:
    """Return the head position in which most exercises were done, neutral before others; empty where there is none."""
    done: dict[str, set[str]] = defaultdict(set)
    for row in tasks:
        if "exercise" in row.fields and row.fields.get("head_position") in vocabulary.head_positions:
            done[row.fields["head_position"]].add(row.fields["exercise"])
    several = {position: len(exercises) for position, exercises in done.items() if len(exercises) > 1}
    return max(sorted(several), key=lambda position: (position == "neutral", several[position]), default="")
