"""What a comparison of curves rests on, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emgpipe.comparison.shared.numbers import share_words
from emgpipe.comparison.shared.wording import RESERVATION, listed, people
from emgpipe.comparison.waveforms.sentences import FORM_WORDS, outcome_words
from emgpipe.model.results import Family

if TYPE_CHECKING:
    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.waveforms.pairs import InOutcome, Tested
    from emgpipe.vocabulary import Vocabulary


def curves_basis(rows: Sequence[InOutcome], refused: Sequence[str], tested: Tested) -> dict[str, str]:
    """Return what holds for the curves of one scope."""
    everybody = sorted({person for row in rows for person in row.pair.participants})
    scales = {row.pair.scale for row in rows}
    basis = {
        "n": f"{people(len(everybody))}: {', '.join(everybody)}; each pair rests on those who have both levels",
        "values": "curves of 101 points from the beginning to the end of each repetition, averaged over the "
        "repetitions of a trial, then over trials, so that the participant is the unit of analysis",
        "method": _method(tested),
        "scale": _scale(scales),
        "interval": f"{share_words(1 - tested.alpha)} t interval at each point by itself; it is not simultaneous and "
        "decides nothing; the ratio or difference named with a stretch is the largest in it, and overstates for that",
        "sign_flips": _flips(rows, tested),
        "multiplicity": "p is adjusted for the points of a curve, p_adjusted also for the pairs of one outcome: the "
        "same signs flip all pairs, and the largest statistic of any of them decides; muscles, and the two forms, are "
        "families of their own that are not controlled jointly",
        "missing_points": "a point that somebody lacks is left out for all of that pair; who lacks more than a quarter "
        "of a curve is left out instead",
        "assumptions": "differences are symmetric about their mean under the null hypothesis; time is stretched "
        "linearly, so that the same percent need not be the same joint angle where tempo differs",
    }
    if "log" in scales:
        basis["meaning"] = RESERVATION
    if refused:
        basis["not_compared"] = " ".join(f"{text}." for text in refused)
    return basis


def _method(tested: Tested) -> str:
    parts = ["paired t at each of the points of the participants' difference curves, tested two-sided by flipping the "
             "signs of whole curves"]  # fmt: skip
    if "max_t" in tested.forms:
        parts.append("max-t: a point counts by the largest |t| anywhere on the curve (Nichols and Holmes 2002)")
    if "cluster" in tested.forms:
        parts.append(
            f"cluster: neighboring points beyond the two-sided {tested.cluster_alpha:g} quantile of t, by their summed "
            "|t| (Maris and Oostenveld 2007); that a cluster exists is tested, where it begins and ends is described"
        )
    return "; ".join(parts)


def _scale(scales: set[Scale]) -> str:
    said = []
    if "log" in scales:
        said.append("log amplitude, shown as ratio level / other, from which the reference cancels")
    if "raw" in scales:
        said.append("values as they are, shown as difference level - other")
    return "; ".join(said)


def _flips(rows: Sequence[InOutcome], tested: Tested) -> str:
    tests = [row.pair.test for row in rows if row.pair.test.flips]
    sizes = sorted({test.n for test in tests if test.exact})
    parts = [f"exact, all {2**n} sign assignments of {n} participants" for n in sizes]
    drawn = sorted({test.n for test in tests if not test.exact})
    if drawn:
        of = listed(map(str, drawn), "or")
        parts.append(f"{tested.resamples} random sign assignments (seed {tested.seed}) of {of} participants")
    return "; ".join(parts) or "none: no pair has two participants"


def curves_families(
    rows: Sequence[InOutcome], title: str, tested: Tested, vocabulary: Vocabulary
) -> tuple[Family, ...]:
    """Return one family per outcome and form: its pairs, each with all points of its curve."""
    outcomes = {row.pair.outcome.key: row for row in rows if row.tests}
    return tuple(
        Family(
            f"{outcome_words(row.pair.outcome, vocabulary)}: {title} ({FORM_WORDS[form]})",
            row.tests,
            f"{FORM_WORDS[form]} over the points of a curve, and over pairs",
        )
        for row in outcomes.values()
        for form in tested.forms
    )
