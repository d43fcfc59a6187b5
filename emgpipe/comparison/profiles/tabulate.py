"""Individual responses as tidy tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.statistics.log_ratio import SAME

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.profiles.responses import OwnResponse, Responses
    from emgpipe.comparison.shared.outcomes import OutcomeCells

COLUMNS: Final = (
    "factor", "scope", "muscle", "side", "placement", "metric", "unit", "scale", "level", "against", "n",
    "mean_ratio", "mean_difference", "sd_difference", "sd_error", "error_df", "sd_response", "sd_response_low",
    "sd_response_high", "response_factor", "response_factor_low", "response_factor_high", "smallest_ratio",
    "smallest_difference", "n_higher", "n_lower", "n_within_error", "n_error_not_known", "n_above", "n_below",
    "n_equal",
)  # fmt: skip
"""One row per outcome and level; the SDs are on the analysis scale, the factors are their exponentials."""
PROFILE_COLUMNS: Final = (
    "muscle", "side", "placement", "metric", "unit", "participant", "level", "value", "own_rank", "against", "ratio",
    "difference", "low", "high", "smallest_change", "direction",
)  # fmt: skip
"""One row per outcome, participant and level."""


def _outcome_columns(outcome: OutcomeCells) -> dict[str, Any]:
    muscle, side, placement, metric = outcome.key
    return {"muscle": muscle, "side": side, "placement": placement, "metric": metric, "unit": outcome.unit}


def response_table(found: Sequence[Responses], factor: str, scope: str) -> pd.DataFrame:
    """Return the main table."""
    import pandas as pd

    front = {"factor": factor, "scope": scope}
    return pd.DataFrame([front | _row(one) for one in found], columns=list(COLUMNS))


def _row(one: Responses) -> dict[str, Any]:
    spread, log = one.spread, one.outcome.scale == "log"
    typical = typical_change(one)
    above, below, equal = one.signs
    row = _outcome_columns(one.outcome) | {
        "scale": one.outcome.scale, "level": one.level, "against": one.against, "n": spread.n,
        "sd_difference": spread.sd, "sd_error": spread.error, "error_df": spread.error_df,
        "sd_response": spread.response, "sd_response_low": spread.low, "sd_response_high": spread.high,
        "n_higher": one.count("higher"), "n_lower": one.count("lower"),
        "n_within_error": one.count("within own error"), "n_error_not_known": one.count("error not known"),
        "n_above": above, "n_below": below, "n_equal": equal,
    }  # fmt: skip
    if not log:
        return row | {"mean_difference": spread.mean, "smallest_difference": typical}
    return row | {
        "mean_ratio": one.effect(spread.mean), "smallest_ratio": one.effect(typical),
        "response_factor": one.effect(spread.response), "response_factor_low": one.effect(spread.low),
        "response_factor_high": one.effect(spread.high),
    }  # fmt: skip


def typical_change(one: Responses) -> float:
    """Return the median of the participants' smallest changes, on the analysis scale; NaN where nobody has one."""
    known = [own.change for own in one.own if math.isfinite(own.change)]
    return float(np.median(known)) if known else math.nan


def profile_table(outcomes: Sequence[OutcomeCells], found: Sequence[Responses]) -> pd.DataFrame:
    """Return each participant's values, own ratios or differences, and own intervals."""
    import pandas as pd

    own = {(one.outcome.key, one.level, response.participant): (one, response) for one in found for response in one.own}
    against = {one.outcome.key: one.against for one in found}
    rows = [row for outcome in outcomes if outcome.key in against for row in _profiles(outcome, own, against)]
    return pd.DataFrame(rows, columns=list(PROFILE_COLUMNS))


def _profiles(
    outcome: OutcomeCells, own: dict[Any, tuple[Responses, OwnResponse]], against: dict[Any, str]
) -> Iterator[dict[str, Any]]:
    for person, scores, values in zip(outcome.participants, outcome.scores, outcome.values, strict=True):
        for place in np.flatnonzero(np.isfinite(scores)):
            level = outcome.levels[place]
            rank = 1 + int(np.count_nonzero(scores > scores[place] + SAME))
            row = _outcome_columns(outcome) | {"participant": person, "level": level, "value": values[place]}
            row |= {"own_rank": rank, "against": against[outcome.key]}
            if level == against[outcome.key]:
                yield row | ({"ratio": 1.0} if outcome.scale == "log" else {"difference": 0.0})
            else:
                found = own.get((outcome.key, level, person))
                yield row | (_own_numbers(*found) if found else {})


def _own_numbers(one: Responses, response: OwnResponse) -> dict[str, Any]:
    return {
        ("ratio" if one.outcome.scale == "log" else "difference"): one.effect(response.difference),
        "low": one.effect(response.difference - response.change),
        "high": one.effect(response.difference + response.change),
        "smallest_change": one.effect(response.change), "direction": response.direction,
    }  # fmt: skip
