"""Findings and the numbers they touch: never those of another placement, and those of the rest behind a number."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from emgpipe.loading.channel_checks import odd_units
from emgpipe.loading.trial import _placed
from emgpipe.model import make_finding
from emgpipe.normalization import Beside, Mvic, SubtractRest, correct_noise, find_references
from emgpipe.session_tables import link_findings
from tests.normalization.builder import KEY, candidate, plateau

MUSCLE, SIDE, _ = KEY
TASK, REST = "P01/1/task.prone.1", "P01/1/rest.prone.1"


def numbers(reference, *placements, unit="%MVIC"):
    """Return one number per placement of the muscle in the task trial."""
    common = {"trial": TASK, "muscle": MUSCLE, "side": SIDE, "onset": 2.0, "reference": reference, "unit": unit}
    return pd.DataFrame(common | {"placement": placement} for placement in placements)


@pytest.mark.parametrize(("unit", "worst"), [("%MVIC", "warn"), ("Hz", "")])
def test_what_is_about_the_reference_touches_normalized_numbers_only(unit, worst):
    weak = make_finding("above_mvic", "warn", "a weak MVIC", muscle=MUSCLE, side=SIDE)
    lost = make_finding("no_mvic", "warn", "no MVIC", muscle=MUSCLE, side=SIDE)
    assert link_findings(numbers("", "", unit=unit), [weak, lost], [])["worst"].tolist() == [worst]


@pytest.mark.parametrize("subtracts", [True, False])
def test_what_is_wrong_with_rest_touches_numbers_whose_noise_was_taken_from_it(subtracts):
    trials = [candidate(plateau(one), role=role) for one, role in ((9.0, "mvic"), (5.0, "task"), (1.0, "rest"))]
    corrected = correct_noise(SubtractRest() if subtracts else None, trials)
    mvic, task, _ = corrected.candidates
    beside = Beside(rests=(trials[2],), removed=corrected.removed)
    reference = find_references(Mvic(), [mvic], [task], beside=beside)[0][KEY]
    dead = make_finding("flat", "fail", "dead in rest", trial=REST, muscle=MUSCLE, side=SIDE)
    linked = link_findings(numbers(reference.id, ""), [dead], [reference])
    assert linked["worst"].tolist() == ["fail" if subtracts else ""]


def test_a_finding_about_a_channel_is_about_its_placement():
    trial = candidate(plateau(1.0), role="task").trial
    dead = make_finding("not_filtered", "fail", "too short", channel="A")
    placed = _placed(dead, trial, {"A": (MUSCLE, SIDE, "upper"), "B": (MUSCLE, SIDE, "lower")})
    linked = link_findings(numbers("", "upper", "lower"), [placed], [])
    assert linked["worst"].tolist() == ["fail", ""]


def test_another_unit_of_one_placement_is_not_about_the_other():
    def signals(*units):
        one = candidate(plateau(1.0), role="task").signal
        return [replace(one, label=name, placement=name, unit=unit) for name, unit in zip("ul", units, strict=True)]

    first = candidate(plateau(1.0), role="task").trial
    second = replace(first, id="P01/1/task.prone.2")
    (finding,) = odd_units([(first, signals("unknown", "V")), (second, signals("V", "V"))]).values()
    assert (finding.trial, finding.placement) == (first.id, "u")
