"""Reliability as a tidy table and in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from emgpipe.comparison.repeats.matrices import MVIC
from emgpipe.comparison.shared.numbers import difference_words
from emgpipe.comparison.shared.wording import listed, panel_words, people
from emgpipe.statistics.icc import FORMS

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.repeats.matrices import Repeats
    from emgpipe.statistics.icc import Reliability
    from emgpipe.vocabulary import Vocabulary

WHAT: Final = {MVIC: "trial", "repetitions": "repetition", "sessions": "session"}
ACCEPTED_ICC: Final = 0.8
ACCEPTED_CV: Final = 0.12
AMPLITUDES: Final = ("emg", "ratio")
"""Kinds whose zero is nothing at all; only of these a percentage means something. An angle's zero is a convention."""
RULE: Final = "ICC(2,1) at least .8 and CV at most 12 %"
RELIABILITY_COLUMNS: Final = (
    "factor", "scope", "muscle", "side", "placement", "metric", "unit", "scale", "n", "k", "mean",
    *(f"{form}{end}" for form in FORMS for end in ("", "_low", "_high")),
    "sem_agreement", "sem_agreement_percent", "sem_consistency", "sem_consistency_percent",
    "mdc_agreement", "mdc_agreement_percent", "mdc_consistency", "mdc_consistency_percent",
    "cv_percent", "cv_log_percent", "note",
)  # fmt: skip
"""One row per outcome and condition."""
SQUARES_COLUMNS: Final = (
    "scope", "muscle", "side", "placement", "metric", "unit", "source", "df", "mean_square",
)  # fmt: skip
Found = tuple["Repeats", "Reliability"]


def reliability_table(found: Sequence[Found], of: str) -> pd.DataFrame:
    """Return one row per outcome."""
    import pandas as pd

    return pd.DataFrame([_row(repeats, result, of) for repeats, result in found], columns=list(RELIABILITY_COLUMNS))


def _row(repeats: Repeats, found: Reliability, of: str) -> dict[str, Any]:
    mean = float(repeats.values.mean())
    share = 100.0 if repeats.kind in AMPLITUDES else math.nan
    row: dict[str, Any] = _where(repeats) | {"factor": of, "scale": "raw"}
    row |= {"n": found.squares.n, "k": found.squares.k, "mean": mean}
    for form, coefficient in ((form, take(found)) for form, take in FORMS.items()):
        row |= {form: coefficient.value, f"{form}_low": coefficient.low, f"{form}_high": coefficient.high}
    for name in ("sem_agreement", "sem_consistency", "mdc_agreement", "mdc_consistency"):
        value = getattr(found, name)
        row |= {name: value, f"{name}_percent": share * value / mean if mean > 0 else math.nan}
    return row | {"cv_percent": share * found.cv, "cv_log_percent": share * found.cv_log, "note": _note(repeats, found)}


def _where(repeats: Repeats) -> dict[str, Any]:
    muscle, side, placement, metric = repeats.key
    return {
        "scope": repeats.scope, "muscle": muscle, "side": side, "placement": placement, "metric": metric,
        "unit": repeats.unit,
    }  # fmt: skip


def squares_table(found: Sequence[Found]) -> pd.DataFrame:
    """Return the mean squares every coefficient is made of, four rows per outcome."""
    import pandas as pd

    rows = []
    for repeats, result in found:
        s = result.squares
        parts = {
            "between participants": (s.n - 1, s.between), "within participants": (s.n * (s.k - 1), s.within),
            "between repeats": (s.k - 1, s.trials), "error": ((s.n - 1) * (s.k - 1), s.error),
        }  # fmt: skip
        rows += [_where(repeats) | {"source": name, "df": df, "mean_square": ms} for name, (df, ms) in parts.items()]
    return pd.DataFrame(rows, columns=list(SQUARES_COLUMNS))


def own_table(found: Sequence[Found]) -> pd.DataFrame:
    """Return every value that entered, one row each."""
    import pandas as pd

    rows = [
        _where(repeats) | {"participant": name, "level": label, "value": float(value)}
        for repeats, _ in found
        for name, labels, values in zip(repeats.participants, repeats.labels, repeats.values, strict=True)
        for label, value in zip(labels, values, strict=True)
    ]
    columns = ["scope", "muscle", "side", "placement", "metric", "unit", "participant", "level", "value"]
    return pd.DataFrame(rows, columns=columns)


def outcome_words(repeats: Repeats, vocabulary: Vocabulary) -> str:
    """Return the outcome and its condition as the beginning of a sentence."""
    if repeats.key[3] == MVIC:
        return panel_words(vocabulary, (*repeats.key[:3], "MVIC"), repeats.kind)
    start = panel_words(vocabulary, repeats.key, repeats.kind)
    return f"{start}, {repeats.where}" if repeats.where else start


def refused_words(
    lacking: Sequence[tuple[Repeats, str]], found: Sequence[Repeats], vocabulary: Vocabulary
) -> list[str]:
    """Return ``<outcome>: not compared, <reason>``; a condition that lacks everything is named once."""
    answered = {repeats.scope for repeats in found}
    said = []
    for repeats, why in lacking:
        whole = bool(repeats.scope) and repeats.scope not in answered
        start = repeats.where[:1].upper() + repeats.where[1:] if whole else outcome_words(repeats, vocabulary)
        said.append(f"{start}: not compared, {why}")
    return list(dict.fromkeys(said))


def reliability_sentence(repeats: Repeats, found: Reliability, of: str, vocabulary: Vocabulary) -> str:
    """Say the coefficient, the error in the unit of the reader, and what that means."""
    s = found.squares
    start = f"{outcome_words(repeats, vocabulary)}: "
    over = f"over {s.k} {WHAT[of]}s of {people(s.n)}"
    if math.isnan(found.agreement.value):
        said = f"no ICC(2,1) {over}, {_no_icc(found)}"
    else:
        said = f"ICC(2,1) = {_two(found.agreement.value)}{_limits(found.agreement.low, found.agreement.high)} {over}"
        if _two(found.agreement.value).startswith("-"):
            said += " (negative: participants differ less than their own values do)"
    mean = float(repeats.values.mean())
    if mean > 0 and repeats.kind in AMPLITUDES:
        said += f"; standard error of measurement {100 * found.sem_agreement / mean:.1f} % of the mean, "
        said += f"smallest detectable change {100 * found.mdc_agreement / mean:.1f} %"
    else:
        said += f"; standard error of measurement {difference_words(found.sem_agreement, repeats.unit)}, "
        said += f"smallest detectable change {difference_words(found.mdc_agreement, repeats.unit)}"
    if math.isfinite(found.cv) and repeats.kind in AMPLITUDES:
        said += f", within-participant CV {100 * found.cv:.1f} %"
    return f"{start}{said}.{_ruled(found, of)}"


def _ruled(found: Reliability, of: str) -> str:
    """Say whether MVIC trials meet the rule of one laboratory."""
    if of != MVIC or math.isnan(found.agreement.value) or math.isnan(found.cv):
        return ""
    failed = []
    if found.agreement.value < ACCEPTED_ICC:
        failed.append("the ICC is lower")
    if found.cv > ACCEPTED_CV:
        failed.append("the CV is higher")
    verdict = f"not met ({listed(failed)})" if failed else "met"
    unsure = not failed and not found.agreement.low >= ACCEPTED_ICC
    return f" One laboratory's rule for MVIC trials, {RULE}: {verdict}" + (
        ", though the interval reaches below .8." if unsure else "."
    )


def _no_icc(found: Reliability) -> str:
    return (
        "all values are equal" if found.squares.between == found.squares.within == 0 else "the participants are alike"
    )


def _two(value: float) -> str:
    text = f"{value:.2f}".replace("0.", ".", 1)
    return ".00" if text == "-.00" else text


def _limits(low: float, high: float) -> str:
    if math.isnan(low) or math.isnan(high):
        return " (no interval)"
    return f" (95 % interval {_two(low)} to {_two(high)})"


def _note(repeats: Repeats, found: Reliability) -> str:
    notes = []
    if repeats.left_out:
        notes.append(f"left out: {', '.join(repeats.left_out)}")
    if found.squares.between == 0:
        notes.append("no spread between participants")
    elif found.consistency.value < 0:
        notes.append("negative ICC: participants differ less than their own values do")
    if found.squares.error == 0:
        notes.append("no error: all participants change alike, the intervals of ICC(3) are single points")
    return "; ".join(notes)
