"""Individual responses in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.profiles.tabulate import typical_change
from emgpipe.comparison.shared.numbers import (
    difference_words,
    number_words,
    ratio_words,
    share_words,
    unit_words,
)
from emgpipe.comparison.shared.wording import RESERVATION, level_words, listed, people

if TYPE_CHECKING:
    from emgpipe.comparison.profiles.responses import Responses
    from emgpipe.vocabulary import Vocabulary

_MOST_SAID: Final = 4
BEYOND_A_SET: Final = (
    "Repetition error is that inside a set. Sets repeated on one day or on another differ by more, so that a part of "
    "these spreads may be that and no individual response."
)


def response_sentences(
    found: Sequence[Responses], factor: str, confidence: float, vocabulary: Vocabulary
) -> Iterator[str]:
    """Yield one sentence per outcome and level, or per outcome where levels are many."""
    by_outcome: dict[tuple[str, ...], list[Responses]] = {}
    for one in found:
        by_outcome.setdefault(one.outcome.key, []).append(one)
    for own in by_outcome.values():
        start = own[0].outcome.words(vocabulary)
        if len(own) <= _MOST_SAID:
            yield from (f"{start}: {_clause(one, factor, confidence, vocabulary)}." for one in own)
        else:
            shown = [level_words(vocabulary, factor, one.level) for one in own if one.spread.low > 0]
            named = f" ({listed(shown)})" if 0 < len(shown) <= _MOST_SAID else ""
            yield (
                f"{start}: differences spread more than repetition error explains in {len(shown)} of {len(own)} levels"
                f"{named} against {level_words(vocabulary, factor, own[0].against)}; all are in the table."
            )
    if any(one.spread.low > 0 for one in found):
        yield BEYOND_A_SET


def _clause(one: Responses, factor: str, confidence: float, vocabulary: Vocabulary) -> str:
    level, against = (level_words(vocabulary, factor, name) for name in (one.level, one.against))
    if not one.own:
        return f"{level} against {against}: no participant has both"
    return f"{level} against {against}: {_counts(one)}; {_spread(one, confidence)}"


def _counts(one: Responses) -> str:
    """Say how many responded in which direction, and how many of them beyond their own error."""
    n, unknown = len(one.own), one.count("error not known")
    parts: list[str] = []
    for way, count in zip(("higher", "lower", "equal"), one.signs, strict=True):
        if not count:
            continue
        part = f"{way} in {count} of {people(n)}" if not parts else f"{way} in {count}"
        if way in ("higher", "lower") and unknown < n:
            part += f" ({one.count('higher' if way == 'higher' else 'lower')} beyond own repetition error)"
        parts.append(part)
    if unknown:
        parts.append("own errors not known" if unknown == n else f"own error of {unknown} not known")
    return ", ".join(parts)


def _spread(one: Responses, confidence: float) -> str:
    spread = one.spread
    if spread.n < 2:
        return "one participant says nothing about how participants differ"
    if math.isnan(spread.error):
        return "how far participants differ beyond error is not known, since no trial has two repetitions"
    sd, low, high = (_size(one, value) for value in (spread.response, spread.low, spread.high))
    numbers = f"SD of responses {sd}, {share_words(confidence)} interval {low} to {high}"
    if spread.low > 0:
        return f"differences spread more than repetition error explains ({numbers})"
    return f"no spread of responses shown beyond repetition error ({numbers})"


def _size(one: Responses, value: float) -> str:
    if one.outcome.scale == "log":
        return f"× {ratio_words(one.effect(value))}"
    return difference_words(value, one.outcome.unit)


def response_basis(found: Sequence[Responses], refused: Sequence[str], confidence: float) -> dict[str, str]:
    """Return what individual responses rest on."""
    everybody = sorted({own.participant for one in found for own in one.own})
    unknown = sorted({own.participant for one in found for own in one.own if math.isnan(own.change)})
    basis = {
        "n": f"{people(len(everybody))}: {', '.join(everybody)}",
        "method": "SD of individual responses: square root of the variance of the participants' differences less the "
        "mean error variance of a difference, zero where error explains the whole (Atkinson and Batterham 2015; "
        "Hopkins 2015); amplitudes on the log scale, where the SD is a factor: × 1.10 is ten percent up or down",
        "error": "from the repetitions inside each trial, pooled over a participant's own trials and divided by how "
        "many repetitions a value is the mean of. Repetitions share electrodes, day and set, so this is a lower bound "
        "of the error between two measurements on different days, and what looks like individual responses may be the "
        "rest of it; a trend over the set counts as error",
        "own_error": f"a participant's own difference counts where its {share_words(confidence)} t interval, by own "
        "error and its degrees of freedom, leaves out zero; it is not adjusted for how many participants and levels "
        "there are",
        "interval": f"{share_words(confidence)} interval of the SD of responses: modified large-sample interval of the "
        "difference of two variances (Ting et al. 1990)",
        "smallest_change": _smallest(found),
        "assumptions": "differences and repetitions are normally distributed on the analysis scale; not tested here, "
        "see each participant's line in the figure",
        "meaning": RESERVATION,
    }
    if unknown:
        basis["error_not_known"] = (
            f"{', '.join(unknown)}: no trial with two repetitions in some outcome, or none of the levels in one session"
        )
    if refused:
        basis["not_compared"] = " ".join(f"{text}." for text in refused)
    return basis


def _smallest(found: Sequence[Responses]) -> str:
    known: dict[str, list[float]] = {}
    for one in found:
        if math.isfinite(change := typical_change(one)):
            known.setdefault("log" if one.outcome.scale == "log" else one.outcome.unit, []).append(change)
    said = []
    if "log" in known:
        low, high = (ratio_words(math.exp(min(value, 700.0))) for value in (min(known["log"]), max(known["log"])))
        said.append(f"a ratio of {low} to {high} or its inverse for amplitudes")
    for unit, values in known.items():
        if unit != "log":
            low, high = (number_words(value, 2) for value in (min(values), max(values)))
            said.append(f"{low} to {high}{unit_words(unit)} for other channels")
    start = "the smallest own difference beyond error (median of the participants) is "
    return start + listed(said) if said else "not known, since no trial has two repetitions"
