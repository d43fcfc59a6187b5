"""References: rules, combination, what is kept, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.model import Repetition, Signal, Trial, TrialFile
from emgpipe.normalization import (
    Candidate,
    EnvelopePeak,
    MeanOfBest,
    MiddleMean,
    Mvic,
    NoNormalization,
    SlidingMean,
    TaskMean,
    TaskPeak,
    find_references,
)

RATE = 1000.0
KEY = ("gluteus_maximus_upper", "right", "")


def candidate(envelope, number=1, *, role="mvic", position="prone", chain="abc", repetitions=()):
    trial = Trial(f"P01/1/{role}.{position}.{number}", "P01", "1", role, (TrialFile("x"),), position=position)
    samples = np.asarray(envelope, dtype=float)
    signal = Signal(KEY[0], "GMAX", "emg", "V", RATE, 2.0, samples, *KEY[:2], envelope=samples, chain_hash=chain)
    return Candidate(trial, signal, 2.0, signal.stop, repetitions)


def plateau(level, *, size=3000, base=1.0, start=1000, width=501):
    envelope = np.full(size, base)
    envelope[start : start + width] = level
    return envelope


def find(normalization, candidates, chain="abc"):
    return find_references(normalization, candidates, {KEY: chain}, participant="P01", session="1")


def test_best_trial_of_best_position_wins_and_everything_is_kept():
    trials = [candidate(plateau(4.0), 1), candidate(plateau(5.0), 2), candidate(plateau(4.5), 1, position="squeeze")]
    references, findings = find(Mvic(), trials)
    reference = references[KEY]
    assert reference.value == pytest.approx(5.0)
    assert [attempt.trial for attempt in reference.attempts] == [
        "P01/1/mvic.prone.2", "P01/1/mvic.squeeze.1", "P01/1/mvic.prone.1",
    ]  # fmt: skip
    assert (reference.attempts[0].start, reference.attempts[0].stop) == pytest.approx((3.0, 3.501))
    assert reference.gap == pytest.approx(0.1)
    assert reference.spread == pytest.approx(np.std([4, 5, 4.5], ddof=1) / 4.5)
    assert findings == ()


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (SlidingMean(window=0.5), 5.0),
        (SlidingMean(window=1.0), (501 * 5 + 500) / 1001),
        (EnvelopePeak(), 9.0),
        (MiddleMean(duration=0.1), 5.0),
    ],
)
def test_rules(rule, value):
    envelope = plateau(5.0, start=1250)
    envelope[100] = 9.0
    reference = find(Mvic(rule=rule), [candidate(envelope)])[0][KEY]
    assert reference.value == pytest.approx(value)
    assert rule.describe() in reference.rule


def test_mean_of_best():
    trials = [candidate(plateau(level), number) for number, level in enumerate([4.0, 6.0, 5.0], start=1)]
    assert find(Mvic(combine=MeanOfBest(n=2)), trials)[0][KEY].value == pytest.approx(5.5)
    assert find(Mvic(combine=MeanOfBest(n=9)), trials)[0][KEY].value == pytest.approx(5.0)


def test_trial_far_above_the_next_is_noted():
    _, findings = find(Mvic(), [candidate(plateau(4.0), 1), candidate(plateau(8.0), 2)])
    assert [one.kind for one in findings] == ["mvic_not_plateaued"]
    assert findings[0].value == pytest.approx(50.0)


def test_unusable_trial_is_named_and_the_other_counts():
    references, findings = find(Mvic(), [candidate(plateau(4.0), 1), candidate(np.ones(300), 2)])
    assert references[KEY].value == pytest.approx(4.0)
    assert [(one.kind, one.trial) for one in findings] == [("mvic_trial_unusable", "P01/1/mvic.prone.2")]


def test_no_mvic_names_participant_and_muscle():
    references, findings = find(Mvic(), [])
    assert references == {}
    assert [(one.kind, one.level) for one in findings] == [("no_mvic", "warn")]
    assert "P01" in findings[0].reason
    assert "gluteus_maximus_upper (right)" in findings[0].reason


def test_reference_through_another_chain_is_refused():
    references, findings = find(Mvic(), [candidate(plateau(4.0))], chain="other")
    assert references == {}
    assert findings[-1].kind == "reference_through_other_chain"
    assert findings[-1].level == "fail"


def test_task_references_use_one_value_for_all_conditions():
    first = candidate(plateau(4.0), role="task", repetitions=(Repetition(2.0, 3.0), Repetition(3.0, 4.0)))
    second = candidate(plateau(6.0), 2, role="task", repetitions=(Repetition(2.0, 4.0),))
    peak = find(TaskPeak(), [first, second])[0][KEY]
    assert (peak.value, peak.unit) == (6.0, "%task_peak")
    mean = find(TaskMean(), [first, second])[0][KEY]
    in_first = np.mean([1.0, (501 * 4 + 499) / 1000])
    in_second = (501 * 6 + 1499) / 2000
    assert mean.value == pytest.approx((in_first + in_second) / 2)
    assert mean.unit == "%task_mean"


def test_task_without_repetitions_has_no_reference():
    references, findings = find(TaskPeak(), [candidate(plateau(4.0), role="task")])
    assert references == {}
    assert {one.kind for one in findings} == {"no_task_reference"}


def test_none_asks_for_nothing():
    assert find(NoNormalization(), [candidate(plateau(4.0))]) == ({}, ())
