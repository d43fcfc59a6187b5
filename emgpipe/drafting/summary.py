"""What a draft holds, in a few lines on the screen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from emgpipe.drafting.rows import offsets_open
from emgpipe.drafting.table_text import CHECK, confirm_text

if TYPE_CHECKING:
    from emgpipe.drafting.draft import Draft
    from emgpipe.drafting.write import Written

SHOWN = 10


def summary_lines(draft: Draft, written: Written) -> list[str]:
    """Return the lines: what was found, what is understood, what to confirm, what to do next."""
    recordings = draft.survey.recordings
    unreadable = [(seen.name, seen.problem) for seen in recordings if seen.problem]
    formats = Counter(seen.format for seen in recordings if seen.format)
    lines = [
        f"{len(recordings)} recordings found: " + ", ".join(f"{title} ({n})" for title, n in formats.most_common()),
        *_table(draft),
        *_channels(draft),
        *_listing("cannot be read", unreadable),
        *_listing("are files no reader can read", list(draft.survey.others)),
    ]
    failed = [(one.where, one.message) for one in written.listed.problems if one.status == "failed"]
    return [
        *lines,
        *_listing("rows of the table are not usable yet", failed),
        f"written: {written.study} and {written.trials}",
        _next(draft, written),
    ]


def _next(draft: Draft, written: Written) -> str:
    if not draft.tasks:
        return (
            f"next: no set of an exercise is recognized, so fill in {written.trials} (role, exercise, include = yes); "
            f"then: emgpipe run {written.study}"
        )
    return f"next: look at the lines with CONFIRM and the column confirm, then: emgpipe run {written.study}"


def _table(draft: Draft) -> list[str]:
    roles = Counter(row.role for row in draft.understood)
    people = {row.fields.get("participant", "") for row in draft.understood} - {""}
    kinds = ", ".join(f"{roles[role]} {role}" for role in ("task", "mvic", "rest", "calibration") if roles[role])
    missing = sum(bool(row.missing) for row in draft.rows)
    check = sum(confirm_text(row).startswith(CHECK) for row in draft.understood)
    lines = [f"{len(draft.understood)} trials of {len(people)} participants understood: {kinds or 'none'}"]
    if draft.given is not None:
        lines.insert(
            0, f"trials table found: {draft.given.path.name}; its {len(draft.given.rows)} rows were taken over"
        )
    if missing:
        lines.append(f"{missing} rows are left out until you fill them in (include = no)")
    if check:
        lines.append(f"{check} rows to confirm (they begin with {CHECK.strip()} in the column confirm)")
    if offsets := offsets_open(draft.understood):
        lines.append(
            f"{offsets} trials have a second file whose clock is not known: fill in offset_2 (s) before you run"
        )
    return lines


def _channels(draft: Draft) -> list[str]:
    emg = [channel for channel in draft.channels if channel.kind == "emg" and channel.is_used]
    open_ones = [channel.labels[0] for channel in draft.channels if channel.doubt and not channel.is_used]
    muscles = dict.fromkeys(f"{channel.side} {channel.muscle}".strip().replace("_", " ") for channel in emg)
    lines = [f"{len(emg)} EMG channels understood: {', '.join(muscles) or 'none'}"]
    if open_ones:
        more = f" and {len(open_ones) - SHOWN} more" if len(open_ones) > SHOWN else ""
        lines.append(f"{len(open_ones)} EMG channels without a muscle: {', '.join(open_ones[:SHOWN])}{more}")
    return lines


def _listing(what: str, items: list[tuple[str, str]]) -> list[str]:
    if not items:
        return []
    shown = [f"  {name}: {reason}" for name, reason in items[:SHOWN]]
    return [f"{len(items)} {what}:", *shown, *([f"  and {len(items) - SHOWN} more"] if len(items) > SHOWN else [])]
