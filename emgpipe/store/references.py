"""The references table: the account of every MVIC trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from emgpipe.model import Reference

FIGURES: Final = ("noise", "clipped", "crest", "variation", "slope", "held", "missing")
"""Figures of a window, by their names in the table and in `MvicAttempt`."""
_OF_REFERENCE = ("reference_value", "spread", "gap", "rest_noise", "noise_removed", "task_best_value", "rule_value")
REFERENCE_NUMBERS: Final = frozenset((*_OF_REFERENCE, "value", "window_start", "window_stop", *FIGURES))
"""The columns that hold numbers; all others but the rank hold text."""
_REFERENCE_COLUMNS: Final = (
    "reference", "participant", "session", "muscle", "side", "placement", "unit", "reference_value",
    "trial", "position", "rank", "value", "window_start", "window_stop", "spread", "gap", "rule", "chain",
    "used", "noise", "clipped", "crest", "variation", "slope", "held", "missing", "contiguous", "left_out",
    "plateau", "rest_noise", "rest_trials", "noise_removed", "task_best_trial", "task_best_value", "decision",
    "rule_value",
)  # fmt: skip


def references_table(references: Sequence[Reference]) -> pd.DataFrame:
    """Return one row per reference and trial: the value, its window and how good that is, and whether it won.

    The trials that were considered have the ranks 1, 2, ..., the best first; those that do not count (they failed, or
    somebody took them out) have rank 0 and a text in ``left_out``. A reference that somebody stated as a value has one
    row of rank 0 without a trial.
    """
    import pandas as pd

    rows = [{**_about_reference(reference), **row} for reference in references for row in _about_trials(reference)]
    return pd.DataFrame(rows, columns=list(_REFERENCE_COLUMNS))


def _about_reference(reference: Reference) -> dict[str, Any]:
    """Return what is the same for all trials of a reference."""
    decision, best = reference.decision, reference.task_best
    return {
        "reference": reference.id,
        "participant": reference.participant,
        "session": reference.session,
        "muscle": reference.muscle,
        "side": reference.side,
        "placement": reference.placement,
        "unit": reference.unit,
        "reference_value": reference.value,
        "spread": reference.spread,
        "gap": reference.gap,
        "rule": reference.rule,
        "chain": reference.chain_hash,
        "plateau": {True: "reached", False: "not reached", None: ""}[reference.plateau],
        "rest_noise": reference.rest_noise,
        "rest_trials": " ".join(reference.rest_trials),
        "noise_removed": reference.noise_removed,
        "task_best_trial": best.trial if best else "",
        "task_best_value": best.value if best else None,
        "decision": f"{decision.id}: {decision.who}, {decision.when}: {decision.reason}" if decision else "",
        "rule_value": reference.rule_value,
    }


def _about_trials(reference: Reference) -> list[dict[str, Any]]:
    """Return what differs between the trials of a reference: those that count, then those that do not."""
    rows: list[dict[str, Any]] = [
        {
            "trial": one.trial,
            "position": one.position,
            "rank": rank,
            "value": one.value,
            "window_start": one.start,
            "window_stop": one.stop,
            "used": "yes" if rank <= reference.n_used else "no",
            "contiguous": "yes" if one.is_contiguous else "no",
            "left_out": "",
            **{name: getattr(one, name) for name in FIGURES},
        }
        for rank, one in enumerate(reference.attempts, start=1)
    ]
    rows += [
        {
            "trial": one.trial,
            "position": one.position,
            "rank": 0,
            "value": one.value,
            "used": "no",
            "contiguous": "",
            "left_out": one.reason,
        }
        for one in reference.left_out
    ]
    return rows or [{"trial": "", "position": "", "rank": 0, "used": "no", "contiguous": "", "left_out": ""}]
