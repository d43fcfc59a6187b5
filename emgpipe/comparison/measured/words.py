"""Instructed against measured head positions in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.measured.bins import BETWEEN, MIXED
from emgpipe.comparison.shared.wording import listed, people, percent

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.measured.bins import MeasuredBins
    from emgpipe.comparison.measured.confusion import Check
    from emgpipe.vocabulary import Vocabulary

_AS: Final = {BETWEEN: "between two positions", MIXED: "not in one position throughout"}


def check_sentences(
    check: Check, table: pd.DataFrame, positions: pd.DataFrame, bins: MeasuredBins, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return the result in plain words: how many trials were held, who held what instead, the angles, the doubts."""
    held, trials = int(check.trials["held"].sum()), len(check.trials)
    right = int(check.repetitions["measured"].eq(check.repetitions["instructed"]).sum())
    repetitions = len(check.repetitions)
    said = [
        f"Of {trials} trials {held} ({percent(held / trials)}) were held as instructed, "
        f"of {repetitions} repetitions {right} ({percent(right / repetitions)})."
    ]
    said += [words for told in check.instructed if (words := _instead(table, told, vocabulary))]
    said.append(f"Measured neck angle (mean ± SD of participants): {_angles(positions, vocabulary)}.")
    doubtful = int(check.repetitions["ambiguous"].sum())
    if doubtful:
        said.append(
            f"{doubtful} of {repetitions} repetitions lie within {bins.ambiguous:g}° of an edge, where the measurement "
            "cannot tell one position from the next."
        )
    if check.unmeasured:
        said.append(f"Without a measured head position: {', '.join(check.unmeasured)}.")
    return tuple(said)


def _instead(table: pd.DataFrame, told: str, vocabulary: Vocabulary) -> str:
    others = table[(table["instructed"] == told) & (table["measured"] != told) & (table["trials"] > 0)]
    if others.empty:
        return ""
    parts = [
        f"{_AS.get(label) or 'as ' + vocabulary.words('head_position', label)} by {who}"
        for label, who in others[["measured", "who"]].itertuples(index=False, name=None)
    ]
    name = vocabulary.words("head_position", told)
    return f"{name[:1].upper()}{name[1:]} was held {listed(parts)}."


def _angles(positions: pd.DataFrame, vocabulary: Vocabulary) -> str:
    parts = []
    for told, n, mean, sd in positions[["instructed", "n", "mean_angle", "sd"]].itertuples(index=False, name=None):
        spread = "" if math.isnan(sd) else f" ± {sd:.0f}"
        parts.append(f"{vocabulary.words('head_position', told)} {round(mean)}{spread}° ({people(n)})")
    return ", ".join(parts)
