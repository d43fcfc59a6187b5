"""What `inspect` found, for programs: stable keys, documented in ``docs/inspect.md``; NaN becomes null."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from emgpipe.inspection.summary import FolderSummary, RecordingSummary

if TYPE_CHECKING:
    from emgpipe.inspection.summary import ChannelSummary, Summary
    from emgpipe.model import Finding

_FINDING: Final = ("kind", "level", "reason", "remedy", "channel", "start", "stop", "value", "unit")


def as_json(summary: Summary) -> dict[str, Any]:
    """Return the summary as values that `json.dumps` takes with ``allow_nan=False``."""
    plain: dict[str, Any] = _without_nan(_plain(summary))
    return plain


def _plain(summary: Summary) -> dict[str, Any]:
    if isinstance(summary, RecordingSummary):
        return {"type": "recording", "path": str(summary.path)} | _recording(summary)
    if isinstance(summary, FolderSummary):
        return {
            "type": "folder",
            "path": str(summary.path),
            "recordings": [_plain(one) for one in summary.recordings],
            "unreadable": [_plain(one) for one in summary.unreadable],
        }
    return {"type": "unreadable", "path": str(summary.path), "reason": summary.reason}


def _recording(summary: RecordingSummary) -> dict[str, Any]:
    return {
        "size": summary.size,
        "reader": summary.reader,
        "format": summary.title,
        "why": summary.why,
        "duration": summary.duration,
        "duration_is_estimated": summary.is_estimated,
        "sampled": {"pieces": summary.pieces, "seconds": summary.piece_seconds} if summary.pieces else None,
        "acquisition": asdict(summary.acquisition),
        "channels": [_channel(one) for one in summary.channels],
        "events": [asdict(event) for event in summary.events],
        "findings": [_finding(finding) for finding in summary.findings],
        "personal": [{"name": name, "value": value} for name, value in summary.personal],
    }


def _channel(one: ChannelSummary) -> dict[str, Any]:
    channel = one.channel
    return {
        "label": channel.label,
        "kind": channel.kind,
        "unit": channel.unit,
        "sampling_rate": channel.sampling_rate,
        "n_samples": channel.n_samples,
        "start": channel.start,
        "duration": channel.duration,
        "muscle": channel.muscle,
        "side": channel.side,
        "guessed": channel.guessed,
        "kind_guessed": one.is_kind_guess,
        "placement": channel.placement,
        "copy_of": channel.copy_of,
        **asdict(one.statistics),
        "sketch": [[round(height, 3) for height in piece] for piece in one.sketch],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {key: value for key, value in asdict(finding).items() if key in _FINDING}


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
