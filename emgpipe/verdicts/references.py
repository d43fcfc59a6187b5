"""What decisions mean for references: which MVIC trials count, and whether numbers have to be measured again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from emgpipe.verdicts.listed import findings_by_id
from emgpipe.verdicts.reach import KEYS, Number, covers_finding, is_about, is_same_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from emgpipe.model import Decision, Finding


def counting_references(
    references: pd.DataFrame, findings: pd.DataFrame, decisions: Iterable[Decision]
) -> pd.DataFrame:
    """Return the rows of a references table, one per MVIC trial, that no decision leaves out.

    Parameters
    ----------
    decisions : iterable of Decision
        Those that rules made among them.
    """
    known = findings_by_id(findings)
    excluding = [one for one in decisions if one.action == "exclude" and one.source != "study file"]
    places = [place for one in excluding for place in _places_left_out(one, known)]
    if references.empty or not places:
        return references
    rows = references.assign(onset=math.nan, findings="", reference="")
    numbers = (Number(*row) for row in zip(*(rows[name] for name in KEYS), strict=True))
    return references[[not any(is_same_place(place, one) for place in places) for one in numbers]]


def _places_left_out(decision: Decision, known: Mapping[str, Finding]) -> list[Decision | Finding]:
    """Return where a decision leaves out everything: its own place, or that of the findings it is about."""
    if decision.onset is not None:
        return []
    if not decision.finding or decision.source == "rule":
        return [decision]
    about = ((name, one) for name, one in known.items() if one.onset is None and covers_finding(decision, one))
    return [one for name, one in about if is_about(decision, name, one)]


def needs_run(decision: Decision, trials: Iterable[str]) -> bool:
    """Tell whether a decision changes references, and with them numbers, and not only which numbers count.

    Parameters
    ----------
    trials : iterable of str
        See `only_measured`: one that is not among them can be an MVIC trial.
    """
    return decision.action == "reference" or (
        decision.action == "exclude" and bool(decision.trial) and decision.trial not in trials
    )


def only_measured(metrics: pd.DataFrame, references: pd.DataFrame) -> set[str]:
    """Return the trials that numbers are of and no reference is: leaving one out changes no other number.

    Where the task is 100 %, its trials are references as well; where baseline noise is subtracted, rest trials are.
    """
    behind = set(references["trial"]) if "trial" in references.columns else set()
    if "noise_removed" in references.columns and references["noise_removed"].notna().any():
        behind |= set(metrics.loc[metrics["role"] == "rest", "trial"])
    return set(metrics["trial"]) - behind


def about_references(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the decisions that normalization has to know: reference trials and values, and trials left out."""
    return tuple(one for one in decisions if one.action == "reference" or (one.action == "exclude" and one.trial))
