"""What the checks say of a trial by itself, looked at once for the same signals, trial and thresholds."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, Final

from emgpipe.model import Finding
from emgpipe.quality import ChannelCheck, TrialCheck, look_at_trial

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emgpipe.kept.store import Kept
    from emgpipe.quality import ChannelView, Check, TrialView

_ARRAYS: Final = ("raw", "filtered", "envelope")


def looks_kept(kept: Kept, checks: Sequence[Check]) -> Callable[[TrialView], tuple[Finding, ...]]:
    """Return what does as `emgpipe.quality.look_at_trial` does with these checks, or finds what it did before."""
    single = [check for check in checks if isinstance(check, ChannelCheck | TrialCheck)]
    settings = [check.model_dump(mode="json", exclude={"on_fail"}) for check in single]

    def look(trial: TrialView) -> tuple[Finding, ...]:
        key, found = "", None
        if kept.is_used("checked"):
            key = kept.key("checked", [settings, _trial(trial), [_channel(kept, one) for one in trial.channels]])
            found = kept.find("checked", key)
        kept.count("checked", made=found is None)
        if found is None:
            found = _packed(look_at_trial(checks, trial))
            kept.put("checked", key, found)
        return tuple(Finding(**one) for one in json.loads(found))

    return look


def _trial(view: TrialView) -> list[Any]:
    """Return what checks may read of a trial besides its signals; not where it was stated."""
    trial = view.trial
    stated = None if trial is None else asdict(replace(trial, files=(), origin="", comment="", own_code=""))
    return [stated, view.start, view.stop, [asdict(one) for one in view.repetitions]]


def _channel(kept: Kept, view: ChannelView) -> dict[str, Any]:
    said = {one.name: getattr(view, one.name) for one in fields(view) if one.name not in (*_ARRAYS, "time")}
    arrays = {name: getattr(view, name) for name in _ARRAYS}
    names = {name: None if array is None else kept.arrays.of(array) for name, array in arrays.items()}
    return said | names | {"acquisition": asdict(view.acquisition)}


def _packed(findings: Sequence[Finding]) -> bytes:
    return json.dumps([asdict(finding) for finding in findings], default=float).encode()
