"""References: combination, what is kept, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.model import LeftOut, Repetition
from emgpipe.normalization import (
    Beside,
    MeanOfBest,
    Mvic,
    NoNormalization,
    SlidingMean,
    TaskMean,
    TaskPeak,
    find_references,
)
from tests.normalization.builder import KEY, candidate, find, moved, plateau


def test_best_trial_of_best_position_wins_and_everything_is_kept():
    trials = [candidate(plateau(4.0), 1), candidate(plateau(5.0), 2), candidate(plateau(4.5), 1, position="squeeze")]
    references, findings = find(Mvic(), trials)
    reference = references[KEY]
    assert reference.value == pytest.approx(5.0)
    assert [attempt.trial for attempt in reference.attempts] == [
        "P01/1/mvic.prone.2", "P01/1/mvic.squeeze.1", "P01/1/mvic.prone.1",
    ]  # fmt: skip
    assert (reference.attempts[0].start, reference.attempts[0].stop) == pytest.approx((2.75, 3.251))
    assert reference.gap == pytest.approx(0.1)
    assert reference.spread == pytest.approx(np.std([4, 5, 4.5], ddof=1) / 4.5)
    assert reference.plateau is True
    assert findings == ()


def test_mean_of_best():
    trials = [candidate(plateau(level), number) for number, level in enumerate([4.0, 6.0, 5.0], start=1)]
    assert find(Mvic(combine=MeanOfBest(n=2)), trials)[0][KEY].value == pytest.approx(5.5)
    assert find(Mvic(combine=MeanOfBest(n=9)), trials)[0][KEY].value == pytest.approx(5.0)


def test_trial_far_above_the_next_is_no_plateau():
    references, findings = find(Mvic(), [candidate(plateau(4.0), 1), candidate(plateau(8.0), 2)])
    assert [one.kind for one in findings] == ["mvic_not_plateaued"]
    assert findings[0].value == pytest.approx(50.0)
    assert references[KEY].plateau is False
    wide = Mvic(plateau_gap=0.6)
    assert find(wide, [candidate(plateau(4.0), 1), candidate(plateau(8.0), 2)])[0][KEY].plateau is True


def test_spike_is_no_plateau_though_two_trials_agree():
    spikes = [candidate(plateau(8.0, start=1450, width=101), number) for number in (1, 2)]
    reference = find(Mvic(), spikes)[0][KEY]
    held = ((101 * 8 + 900) / 1001) / ((101 * 8 + 400) / 501)
    assert reference.gap == 0
    assert reference.attempts[0].held == pytest.approx(held, abs=1e-9)
    assert reference.plateau is False
    assert find(Mvic(plateau_held=0.6), spikes)[0][KEY].plateau is True


def test_one_trial_proves_no_plateau_but_can_disprove_it():
    assert find(Mvic(), [candidate(plateau(4.0))])[0][KEY].plateau is None
    assert find(Mvic(), [candidate(plateau(8.0, width=101))])[0][KEY].plateau is False


def test_unusable_trial_is_named_and_the_other_counts():
    references, findings = find(Mvic(), [candidate(plateau(4.0), 1), candidate(np.ones(300), 2)])
    assert references[KEY].value == pytest.approx(4.0)
    assert [(one.kind, one.trial) for one in findings] == [("mvic_trial_unusable", "P01/1/mvic.prone.2")]
    assert [one.trial for one in references[KEY].left_out] == ["P01/1/mvic.prone.2"]


def test_no_mvic_names_participant_muscle_and_what_was_lost():
    lost = {KEY: (LeftOut("P01/1/mvic.prone.7", "prone", "the file is damaged"),)}
    references, findings = find(Mvic(), [], beside=Beside(lost=lost))
    assert references == {}
    assert [(one.kind, one.level) for one in findings] == [("no_mvic", "warn")]
    for word in ("P01", "gluteus_maximus_upper (right)", "P01/1/mvic.prone.7: the file is damaged"):
        assert word in findings[0].reason


def test_reference_through_another_chain_is_refused():
    references, findings = find(Mvic(), [candidate(plateau(4.0))], [candidate(plateau(4.0), role="task", chain="x")])
    assert references == {}
    assert findings[-1].kind == "reference_through_other_chain"
    assert findings[-1].level == "fail"


def test_more_than_one_placement_in_the_trials_table_is_refused():
    mvics = [candidate(plateau(4.0), placement="Standard")]
    same = [candidate(plateau(4.0), role="task", placement=" standard "), candidate(plateau(4.0), 2, role="task")]
    assert KEY in find(Mvic(), mvics, same)[0]
    other = [candidate(plateau(4.0), role="task", placement="2 cm lateral")]
    references, findings = find(Mvic(), mvics, [*same, *other])
    assert references == {}
    assert [(one.kind, one.level, one.muscle, one.side) for one in findings] == [
        ("placement_differs", "fail", KEY[0], KEY[1])
    ]
    assert "'Standard'" in findings[0].reason
    assert "'2 cm lateral'" in findings[0].reason


def test_more_than_one_placement_in_the_recordings_is_refused():
    tasks = [candidate(plateau(4.0), role="task", stated="SENIAM")]
    assert KEY in find(Mvic(), [candidate(plateau(4.0), stated="seniam")], tasks)[0]
    assert KEY in find(Mvic(), [candidate(plateau(4.0))], tasks)[0]
    references, findings = find(Mvic(), [candidate(plateau(4.0), stated="over the motor point")], tasks)
    assert references == {}
    assert [one.kind for one in findings] == ["placement_differs"]


def test_placement_of_two_channels_keeps_their_references_apart():
    upper, lower = (moved(candidate(plateau(level)), placement=name) for level, name in ((4.0, "a"), (6.0, "b")))
    tasks = [moved(candidate(plateau(2.0), role="task"), placement=name) for name in "ab"]
    references, findings = find(Mvic(), [upper, lower], tasks)
    assert {key[2]: one.value for key, one in references.items()} == pytest.approx({"a": 4.0, "b": 6.0})
    assert findings == ()


def test_mvic_of_another_label_is_told_unless_an_override_says_so():
    tasks = [candidate(plateau(4.0), role="task", label="GMAX (uV)")]
    assert find(Mvic(), [candidate(plateau(4.0), label="gmax")], tasks)[1] == ()
    references, findings = find(Mvic(), [candidate(plateau(4.0), label="EMG 7")], tasks)
    assert references[KEY].value == pytest.approx(4.0)
    assert [(one.kind, one.level) for one in findings] == [("mvic_channel_differs", "warn")]
    stated = candidate(plateau(4.0), label="EMG 7", is_overridden=True)
    assert find(Mvic(), [stated], tasks)[1] == ()


def test_task_value_by_the_same_rule_is_kept_from_first_to_last_repetition():
    inside, outside = plateau(7.0, width=600), plateau(9.0, width=600)
    rest = (Repetition(4.0, 5.0),)  # the plateaus lie at 2.75 to 3.35 s
    tasks = [
        candidate(inside, role="task", repetitions=(Repetition(2.5, 3.0), Repetition(3.0, 3.5))),
        candidate(outside, 2, role="task", repetitions=rest),
    ]
    best = find(Mvic(), [candidate(plateau(4.0))], tasks)[0][KEY].task_best
    assert (best.trial, best.value) == ("P01/1/task.prone.1", pytest.approx(7.0))


def test_rest_noise_is_the_mean_power_of_the_rest_trials_of_the_same_chain():
    rests = tuple(
        candidate(np.full(size, level), number, role="rest", chain=chain)
        for number, (size, level, chain) in enumerate([(1000, 3.0, "abc"), (3000, 1.0, "abc"), (5000, 9.0, "other")])
    )
    reference = find(Mvic(), [candidate(plateau(4.0))], beside=Beside(rests=rests))[0][KEY]
    assert reference.rest_noise == pytest.approx(np.sqrt((9.0 + 3.0) / 4))
    assert reference.rest_trials == ("P01/1/rest.prone.0", "P01/1/rest.prone.1")
    assert reference.snr == pytest.approx(20 * np.log10(4 / np.sqrt(3)))


def test_task_references_use_one_value_for_all_conditions():
    first = candidate(
        plateau(4.0, start=1000, width=501), role="task", repetitions=(Repetition(2, 3), Repetition(3, 4))
    )
    second = candidate(plateau(6.0, start=1000, width=501), 2, role="task", repetitions=(Repetition(2.0, 4.0),))
    peak = find(TaskPeak(), [first, second], [first, second])[0][KEY]
    assert (peak.value, peak.unit) == (6.0, "%task_peak")
    mean = find(TaskMean(), [first, second], [first, second])[0][KEY]
    in_first = np.mean([1.0, (501 * 4 + 499) / 1000])
    in_second = (501 * 6 + 1499) / 2000
    assert mean.value == pytest.approx((in_first + in_second) / 2)
    assert mean.unit == "%task_mean"


def test_task_without_repetitions_has_no_reference():
    references, findings = find(TaskPeak(), [candidate(plateau(4.0), role="task")])
    assert references == {}
    (finding,) = findings
    assert finding.kind == "no_task_reference"
    assert "repetition" in finding.remedy
    assert "MVIC" not in finding.remedy


def test_none_asks_for_nothing():
    assert find(NoNormalization(), [candidate(plateau(4.0))]) == ({}, ())


def test_muscle_without_a_task_gets_no_reference():
    assert find_references(Mvic(), [candidate(plateau(4.0))], []) == ({}, ())


def test_order_of_trials_does_not_matter():
    trials = [candidate(plateau(level), number) for number, level in enumerate([4.0, 6.0, 5.0], start=1)]
    found = [find(Mvic(rule=SlidingMean()), order)[0][KEY] for order in (trials, trials[::-1])]
    assert found[0] == found[1]
