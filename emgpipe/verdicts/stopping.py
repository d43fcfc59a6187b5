"""Why failed checks keep all comparisons from being made, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Finding


def stop_words(stopped: Sequence[Finding]) -> tuple[str, ...]:
    """Return why no comparison was made, each failure once, and how to go on."""
    places = [" ".join(filter(None, (one.trial or one.participant, one.muscle, one.side))) for one in stopped]
    failed = (
        f"{one.kind} ({place or 'whole study'}): {one.reason}" for one, place in zip(stopped, places, strict=True)
    )
    checks = "1 check" if len(stopped) == 1 else f"{len(stopped)} checks"
    gaps = any(one.kind == "protocol_missing" for one in stopped)
    accept = ". What will stay missing is stated under `protocol: accepted`, with a reason" if gaps else ""
    return (
        f"no comparison was made: the study file says to stop where a check fails (on_fail: stop), and {checks} "
        "failed. Mend the recordings or the study file and run again; or decide about each failure with: emgpipe "
        "decide STUDY keep (or exclude) --trial ... --finding ... --reason ..., and go on with: emgpipe compare STUDY"
        f"{accept}",
        *dict.fromkeys(failed),
    )
