"""A draft -> the text of a study file, with a comment ``# CONFIRM:`` wherever something is uncertain."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from emgpipe.drafting.comparisons import comparison_lines, derived_lines, zeroing_lines
from emgpipe.drafting.new_exercises import vocabulary_lines
from emgpipe.drafting.rows import offsets_open

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.drafting.channels import DraftChannel
    from emgpipe.drafting.draft import Draft
    from emgpipe.vocabulary import Vocabulary

CONFIRM = "# CONFIRM: "
MOST_UNUSED = 40
_HEAD = """\
# Study file drafted by `emgpipe init` from the recordings in the folder named below.
# Look at every line with CONFIRM, and at the column `confirm` of the trials table; correct it, and delete the comment.
# Rows of the table with `include` = no are not part of the run. Then run it with:  emgpipe run <this file>
"""
_CHAIN = """\
# The filter chain, applied alike to task, MVIC and rest. These are the defaults.
chain:
  - {kind: dc_offset}                               # subtract the mean
  - {kind: bandpass, low: 20, high: 450, order: 2}  # Butterworth, no phase shift; Hz are the -3 dB points
  - {kind: rectify}
  - {kind: rms, window: 0.1}                        # moving RMS over 0.1 s: the envelope
"""
_MVIC = """\
# 100 % is the best half second of all MVIC trials meant for the muscle.
normalization:
  kind: mvic
  rule: {kind: sliding_mean, window: 0.5}
  combine: {kind: maximum}
"""
_NO_MVIC = f"""\
{CONFIRM}no MVIC trial was recognized, so amplitudes stay in volts; rankings compare within a participant anyway
normalization: {{kind: none}}
"""


def study_text(draft: Draft, *, folder: str, trials: str, vocabulary: Vocabulary) -> str:
    """Return the study file.

    Parameters
    ----------
    draft : Draft
    folder : str
        Path of the recordings, relative to the study file.
    trials : str
        Path of the trials table, relative to the folder of the recordings.
    vocabulary : Vocabulary
    """
    has_mvic = any(row.role == "mvic" for row in draft.understood)
    sections = (
        [_HEAD.rstrip(), *_formats(draft)],
        [f"name: {quote(draft.name)}", 'title: ""'],
        _recordings(draft, folder, trials),
        vocabulary_lines(draft.rows),
        list(_channels(draft.channels)),
        derived_lines(draft.channels),
        zeroing_lines(draft.channels, draft.understood),
        [_CHAIN.rstrip()],
        [(_MVIC if has_mvic else _NO_MVIC).rstrip()],
        _repetitions(draft, vocabulary),
        comparison_lines(draft.tasks, vocabulary),
        ["# Results go to <folder>/<name>/ : report.html, comparisons/, tables.", "output:", "  folder: processed"],
        _others(draft),
    )
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def quote(text: str) -> str:
    """Return a text in quotes, which YAML never takes for anything else."""
    return json.dumps(text, ensure_ascii=False)


def _formats(draft: Draft) -> list[str]:
    counts = Counter(seen.format for seen in draft.survey.recordings if seen.format)
    return ["# Formats found: " + ", ".join(f"{title} ({count})" for title, count in counts.most_common())]


def _recordings(draft: Draft, folder: str, trials: str) -> list[str]:
    whence = (
        f"the rows of {draft.given.path.name} in that folder, and" if draft.given else "one row per recording, with"
    )
    return [
        "# Paths are relative to this file; the trials table is relative to the folder of the recordings.",
        "recordings:",
        f"  folder: {quote(folder)}",
        f"  trials: {quote(trials)}  {CONFIRM}{whence} what was guessed, in the column confirm",
        *_clocks(draft),
    ]


def _clocks(draft: Draft) -> list[str]:
    count = offsets_open(draft.understood)
    doubt = f"{count} trials have a second file and no offset: both clocks count as started together; fill in offset_2"
    return [f"  {CONFIRM}{doubt}"] if count else []


def _channels(channels: Sequence[DraftChannel]) -> Iterator[str]:
    yield "# Which channel is which muscle; muscle and side are guessed from the labels."
    yield "channels:"
    unused = [channel for channel in channels if not channel.is_used and not channel.doubt]
    for channel in channels:
        if channel not in unused[MOST_UNUSED:]:
            yield _channel(channel)
    if unused[MOST_UNUSED:]:
        yield f"  # {len(unused) - MOST_UNUSED} more channels are not needed for a ranking and are not listed."


def _channel(channel: DraftChannel) -> str:
    labels = ", ".join(quote(label) for label in channel.labels)
    parts = [f"label: {labels if len(channel.labels) == 1 else f'[{labels}]'}"]
    if channel.kind != "emg":
        parts.append(f"kind: {channel.kind}")
    stated = {"name": channel.name, "muscle": channel.muscle, "side": channel.side, "placement": channel.placement}
    parts += [f"{key}: {quote(text) if key == 'placement' else text}" for key, text in stated.items() if text]
    if not channel.is_used:
        parts.append("use: false")
    note = f"  {CONFIRM}{channel.doubt}" if channel.doubt else f"  # {channel.remark}" if channel.remark else ""
    return f"  - {{{', '.join(parts)}}}{note}"


def _repetitions(draft: Draft, vocabulary: Vocabulary) -> list[str]:
    settings = ", ".join(
        f"{key}: {quote(value) if isinstance(value, str) and key not in ('kind', 'channel') else _plain(value)}"
        for key, value in draft.detector.settings.items()
    )
    held = sorted(
        {
            exercise
            for row in draft.tasks
            if (exercise := row.fields.get("exercise", "")) in vocabulary.exercises
            and vocabulary.exercises[exercise].contraction == "isometric"
        }
    )
    heading = "# How repetitions are found."
    if not held or draft.detector.settings["kind"] == "whole":
        return [heading, f"{CONFIRM}{draft.detector.doubt}", f"repetitions: {{{settings}}}"]
    return [
        heading,
        "repetitions:",
        f"  - {{exercises: [{', '.join(held)}], detector: {{kind: whole}}}}  {CONFIRM}held still: the whole counts",
        f"  - detector: {{{settings}}}  {CONFIRM}{draft.detector.doubt}",
    ]


def _plain(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else f"[{', '.join(value)}]"


def _others(draft: Draft) -> list[str]:
    if not draft.survey.others:
        return []
    lines = [f"#   {_one_line(name)}: {_one_line(reason)}" for name, reason in draft.survey.others]
    return ["# Files in that folder that no reader can read:", *lines]


def _one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())
