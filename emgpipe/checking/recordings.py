"""Check recordings without a study: every EMG channel by itself and beside the others of its recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.checking.verdict import Checked, CheckVerdict
from emgpipe.checking.work import Pieces, in_parallel
from emgpipe.errors import EmgpipeError, ReadError
from emgpipe.memory import keep_memory
from emgpipe.model import make_finding
from emgpipe.quality import DEFAULT_CHECKS, ChannelView, TrialView, check_samples, look_at_trial
from emgpipe.readers.folders import is_foreign, recordings_in
from emgpipe.reading import choose_supervised, read_supervised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.checking.work import Progress
    from emgpipe.model import Channel, Finding, Recording, ReferenceKey

MOST_SAMPLES: Final = 1 << 23
"""Of one channel in memory at once (64 MiB); of a longer one only the beginning is looked at, and it is said."""
_MOST_NAMED: Final = 8
LEAST: Final = 5
"""Recordings for which another process is started: it takes a second until it and its reader are there."""
_RECORDINGS: Final = (".c3d", ".edf", ".bdf", ".slk")
"""Endings that only recordings have: such a file without that content is a damaged one, and no other file."""
_AGAIN: Final = "copy or export the file again; if it is no recording, leave it out of the folder"


def check_recordings(path: Path, progress: Progress | None = None) -> Checked:
    """Check one recording, or all recordings of a folder.

    A file that cannot be read is part of the answer and stops no other.

    Raises
    ------
    ReadError
        There is nothing at `path`, or the folder holds no recording.
    """
    if not path.exists():
        raise ReadError("there is no such file or folder", path=path)
    found, refused = _listed(path)
    if not found and not any(one.level == "fail" for one in refused):
        raise ReadError("this folder holds no recording; `emgpipe formats` says which formats are read", path=path)
    verdicts = list(in_parallel(Pieces(check_recording, str, _lost), found, progress, LEAST))
    named = tuple(_renamed(one, _name(Path(one.name), path)) for one in verdicts)
    columns = tuple(dict.fromkeys(key for one in named for key in one.seen))
    return Checked(str(path), columns, named, about_all=refused)


def check_recording(path: Path) -> CheckVerdict:
    """Check one recording; what cannot be read is a verdict, too."""
    keep_memory()
    try:
        recording = read_supervised(path)
        views = tuple(_views(recording))
        checks = look_at_trial(DEFAULT_CHECKS, TrialView(views))
        samples = [one for view in views for one in check_samples(view.raw, view.label)]
    except (EmgpipeError, MemoryError) as error:
        reason = str(error) or "needs more memory than there is; cut the recording into shorter files"
        return _lost(path, reason)
    keys = {view.label: view.key if view.muscle else (view.label, "", "") for view in views}
    found = (*recording.findings, *samples, *_cut(views, recording), *checks)
    placed = (_placed(one, keys) for one in found if not _is_said(one, recording.findings))
    return CheckVerdict(name=str(path), seen=tuple(keys.values()), findings=tuple(dict.fromkeys(placed)))


def _lost(path: Path, reason: str) -> CheckVerdict:
    """Return the verdict on a recording that could not be checked."""
    failed = make_finding("recording_failed", "fail", reason, _AGAIN)
    return CheckVerdict(name=str(path), failed={str(path): reason}, findings=(failed,))


def _renamed(verdict: CheckVerdict, name: str) -> CheckVerdict:
    """Return the verdict under the name its recording has in the folder; findings say it as their trial."""
    reason = next(iter(verdict.failed.values()), "")
    return replace(
        verdict,
        name=name,
        failed={name: reason} if verdict.failed else {},
        findings=tuple(replace(one, trial=name) for one in verdict.findings),
    )


def _listed(path: Path) -> tuple[list[Path], tuple[Finding, ...]]:
    """Return the recordings at a path, and what else lies there and should be one."""
    if not path.is_dir():
        return [path], ()
    try:
        choose_supervised(path)
    except (EmgpipeError, OSError):
        listing = recordings_in(path, choose=choose_supervised)
        wrong = [(one, why) for one, why in listing.others if not is_foreign(why) or is_damaged(one)]
        refused = [make_finding("recording_failed", "fail", f"{_name(one, path)}: {why}", _AGAIN) for one, why in wrong]
        foreign = [one for one, why in listing.others if is_foreign(why) and not is_damaged(one)]
        return list(listing.recordings), (*refused, *_not_looked_at(foreign, path))
    return [path], ()


def is_damaged(path: Path) -> bool:
    """Tell whether a file that no reader can read was meant to be a recording."""
    return path.suffix.casefold() in _RECORDINGS and path.is_file()


def _not_looked_at(files: Sequence[Path], folder: Path) -> Iterator[Finding]:
    """Note what lies between the recordings and is taken for none of them."""
    if files:
        named = ", ".join(_name(one, folder) for one in files[:_MOST_NAMED])
        more = f" and {len(files) - _MOST_NAMED} more" if len(files) > _MOST_NAMED else ""
        yield make_finding("no_recording", "note", f"not looked at, since no reader can read it: {named}{more}")


def _views(recording: Recording) -> Iterator[ChannelView]:
    """Yield the EMG channels that are no copies; a muscle that two labels seem to name is left open."""
    channels = [one for one in recording.channels if one.kind == "emg" and not one.copy_of]
    named = [(one.muscle, one.side, one.placement) for one in channels]
    for channel, key in zip(channels, named, strict=True):
        yield _view(channel, recording, key if key[0] and named.count(key) == 1 else ("", "", ""))


def _view(channel: Channel, recording: Recording, key: ReferenceKey) -> ChannelView:
    muscle, side, placement = key
    return ChannelView(
        label=channel.label,
        raw=channel.read(0, MOST_SAMPLES),
        sampling_rate=channel.sampling_rate,
        unit=channel.unit,
        muscle=muscle,
        side="left" if side == "left" else "right" if side == "right" else "",
        placement=placement,
        start=channel.start,
        acquisition=recording.acquisition,
    )


def _cut(views: Sequence[ChannelView], recording: Recording) -> Iterator[Finding]:
    for view in views:
        if recording.channel(view.label).n_samples > MOST_SAMPLES:
            reason = f"'{view.label}' is long: only its first {view.duration / 60:.0f} minutes were looked at"
            yield make_finding("looked_at_in_part", "note", reason, channel=view.label)


def _placed(finding: Finding, keys: dict[str, ReferenceKey]) -> Finding:
    if finding.muscle or finding.channel not in keys or keys[finding.channel][0] == finding.channel:
        return finding
    muscle, side, placement = keys[finding.channel]
    return replace(finding, muscle=muscle, side=side, placement=placement)


def _is_said(finding: Finding, known: Sequence[Finding]) -> bool:
    """Say whether the missing samples of a channel are those of the interruptions the reader has told about."""
    if finding.kind != "missing_samples":
        return False
    return any(one.kind == "time_gaps" and one.channel in ("", finding.channel) for one in known)


def _name(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path != folder and path.is_relative_to(folder) else path.name
