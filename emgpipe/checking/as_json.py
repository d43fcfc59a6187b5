"""What was checked, for programs: stable keys, documented in ``docs/check.md``; NaN becomes null."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emgpipe.checking.table import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emgpipe.checking.verdict import Checked, CheckVerdict
    from emgpipe.model import Finding


def as_json(checked: Checked) -> dict[str, Any]:
    """Return everything as values that `json.dumps` takes with ``allow_nan=False``."""
    return {
        "title": checked.title,
        "failed": checked.is_bad,
        "rows": [_row(checked, verdict) for verdict in checked.verdicts],
        "missing": _findings(checked.missing),
        "findings": _findings(checked.findings),
    }


def _row(checked: Checked, verdict: CheckVerdict) -> dict[str, Any]:
    return {
        "participant": verdict.participant,
        "session": verdict.session,
        "recording": verdict.name,
        "trials": verdict.n_trials,
        "failed": dict(verdict.failed),
        "repetitions": dict(verdict.repetitions),
        "channels": [
            {"muscle": muscle, "side": side, "placement": placement, "level": _level(verdict.cell(key))}
            for key in checked.columns
            for muscle, side, placement in (key,)
        ],
        "other": _level(verdict.rest(checked.columns)),
        "missing": [one.reason for one in checked.missing_of(verdict)],
    }


def _level(level: str) -> str:
    return {"-": "absent"}.get(WORDS[level], WORDS[level].lower())


def _findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{"id": one.id, **{key: _plain(value) for key, value in asdict(one).items()}} for one in findings]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
