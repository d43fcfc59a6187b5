"""The verb: what it adds to a detector, and what it refuses."""

from __future__ import annotations

from typing import Literal

import pytest

from emgpipe.errors import SegmentationError
from emgpipe.model import Phase, Repetition
from emgpipe.segmentation import Detector, Found, Whole, find_repetitions
from tests.segmentation.angles import kinds, make_trial


class Fixed(Detector):
    """Returns what it is given."""

    kind: Literal["fixed"] = "fixed"
    spans: tuple[tuple[float, float], ...] = ()
    phases: tuple[tuple[float, float], ...] = ()

    def find(self, trial):  # noqa: ARG002 - the contract's signature
        phases = tuple(Phase("hold", *phase) for phase in self.phases)
        return Found(tuple(Repetition(*span, phases) for span in self.spans))


def test_nothing_found_fails_the_trial():
    found = find_repetitions(Fixed(), make_trial())
    assert kinds(found) == ["no_repetition"]
    assert found.findings[0].level == "fail"
    assert kinds(find_repetitions(Fixed(expected=3), make_trial())) == ["no_repetition", "repetition_count"]


def test_right_count_adds_nothing():
    assert kinds(find_repetitions(Fixed(spans=((0, 1), (1, 2)), expected=2), make_trial())) == []


@pytest.mark.parametrize(
    ("spans", "phases", "message"),
    [
        (((2, 1),), (), "does not end after it starts"),
        (((-1, 1),), (), "leaves the trial's span, 0.000 to 10.000 s"),
        (((9, 11),), (), "leaves the trial's span"),
        (((0, 3), (2, 4)), (), "repetition 1 ends at 3.000 s, after repetition 2 starts at 2.000 s"),
        (((4, 5), (1, 2)), (), "so that they do not overlap"),
        (((0, 3),), ((1, 4),), "phases that overlap or lie outside"),
        (((0, 3),), ((0, 2), (1, 3)), "phases that overlap"),
    ],
)
def test_broken_contract_is_an_error(spans, phases, message):
    with pytest.raises(SegmentationError, match=message):
        find_repetitions(Fixed(spans=spans, phases=phases), make_trial())


def test_whole_is_the_span():
    trial = make_trial(start=2.5, stop=7.25)
    assert find_repetitions(Whole(), trial) == Found((Repetition(2.5, 7.25),))


def test_whole_of_an_empty_span_finds_nothing():
    assert kinds(find_repetitions(Whole(), make_trial(start=3.0, stop=3.0))) == ["no_repetition"]
