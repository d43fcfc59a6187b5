"""What the cleaning steps of the chain took away, as a tidy table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from emgpipe.model import TrialResult

CLEANING: Final = "cleaning.csv"
_COLUMNS: Final = (
    "participant", "session", "trial", "role", "muscle", "side", "placement", "step", "unit", "rms_before", "rms_after",
    "rms_removed", "percent", "blanked",
)  # fmt: skip


def cleaning_table(trials: Iterable[TrialResult]) -> pd.DataFrame:
    """Return one row per trial, channel and cleaning step, as cleaning.csv has it.

    RMS values are those of the whole recording a trial lies in, about the mean; `percent` is `rms_removed` of
    `rms_before`; `blanked` counts samples that the step left missing.
    """
    import pandas as pd

    rows = [
        {
            "participant": result.trial.participant,
            "session": result.trial.session,
            "trial": result.trial.id,
            "role": result.trial.role,
            "muscle": cleaned.muscle,
            "side": cleaned.side,
            "placement": cleaned.placement,
            "step": one.step,
            "unit": cleaned.unit,
            "rms_before": one.rms_before,
            "rms_after": one.rms_after,
            "rms_removed": one.rms_removed,
            "percent": 100 * one.share,
            "blanked": one.blanked,
        }
        for result in trials
        for cleaned in result.cleaned
        for one in cleaned.removed
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))
