"""References that somebody decided about."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.model import Decision, Repetition
from emgpipe.normalization import Mvic, TaskMean, TaskPeak, is_left_out
from tests.normalization.builder import KEY, candidate, find, moved, plateau

BEST, SECOND = "P01/1/mvic.prone.1", "P01/1/mvic.prone.2"


def trials():
    return [candidate(plateau(5.0), 1), candidate(plateau(4.8), 2)]


def decide(action, **where):
    return Decision(action, "A. Reader", "2026-03-02", "cable pulled in the first trial", **where)


def test_chosen_trial_is_the_reference_and_the_rule_value_stays_visible():
    decision = decide("reference", participant="P01", trial=SECOND, muscle=KEY[0])
    references, findings = find(Mvic(), trials(), decisions=[decision])
    reference = references[KEY]
    assert (reference.value, reference.rule_value) == pytest.approx((4.8, 5.0))
    assert [one.trial for one in reference.used] == [SECOND]
    assert {one.trial for one in reference.attempts} == {BEST, SECOND}
    assert reference.decision == decision
    (note,) = findings
    assert (note.kind, note.level, note.muscle, note.side) == ("reference_decided", "note", KEY[0], KEY[1])
    for word in ("A. Reader", "2026-03-02", "cable pulled", SECOND, "4.2 % higher"):
        assert word in note.reason


def test_stated_value_is_the_reference_with_or_without_a_trial():
    decision = decide("reference", muscle=KEY[0], value=250e-6)
    for there in (trials(), []):
        references, findings = find(Mvic(), there, decisions=[decision])
        reference = references[KEY]
        assert (reference.value, reference.used, reference.unit) == (250e-6, (), "%MVIC")
        assert [one.kind for one in findings] == ["reference_decided"]


def test_excluded_trial_does_not_count_and_is_still_listed():
    references, findings = find(Mvic(), trials(), decisions=[decide("exclude", trial=BEST)])
    reference = references[KEY]
    assert reference.value == pytest.approx(4.8)
    (left,) = reference.left_out
    assert (left.trial, left.value) == (BEST, pytest.approx(5.0))
    assert left.decision.startswith("exclude-")
    assert "A. Reader" in left.reason
    assert findings == ()


def test_without_any_trial_left_the_reason_is_said():
    references, findings = find(Mvic(), trials()[:1], decisions=[decide("exclude", trial=BEST)])
    assert references == {}
    assert [one.kind for one in findings] == ["no_mvic"]
    assert "cable pulled" in findings[0].reason


@pytest.mark.parametrize(
    "where",
    [
        {"participant": "P02", "trial": SECOND},
        {"trial": "P02/1/mvic.prone.2"},
        {"trial": "P01/2/mvic.prone.2", "muscle": KEY[0]},
        {"session": "2", "trial": SECOND},
        {"muscle": "erector_spinae", "trial": SECOND},
        {"side": "left", "trial": SECOND},
        {"placement": "b", "trial": SECOND},
    ],
)
def test_decisions_about_other_places_do_nothing(where):
    for action in ("exclude", "reference"):
        references, findings = find(Mvic(), trials(), decisions=[decide(action, **where)])
        assert references[KEY].value == pytest.approx(5.0)
        assert references[KEY].decision is None
        assert findings == ()


@pytest.mark.parametrize(
    "where",
    [
        {"trial": "P01/1/mvic.prone.9"},
        {"trial": ""},
        {"value": 250e-6},  # for no muscle in particular
        {"value": 0.0, "muscle": KEY[0]},
        {"value": float("inf"), "muscle": KEY[0]},
    ],
)
def test_decision_that_cannot_be_followed_is_told(where):
    references, findings = find(Mvic(), trials(), decisions=[decide("reference", **where)])
    assert references[KEY].value == pytest.approx(5.0)
    assert [(one.kind, one.level) for one in findings] == [("decision_not_applied", "warn")]


def test_excluding_a_muscle_or_a_repetition_leaves_the_reference_alone():
    for where in ({"muscle": KEY[0]}, {"trial": BEST, "onset": 2.5}):
        assert find(Mvic(), trials(), decisions=[decide("exclude", **where)])[0][KEY].left_out == ()


def test_of_two_decisions_the_later_counts_and_the_other_is_told():
    both = [decide("reference", trial=BEST), decide("reference", trial=SECOND)]
    references, findings = find(Mvic(), trials(), decisions=both)
    assert references[KEY].value == pytest.approx(4.8)
    assert [one.kind for one in findings] == ["reference_decided", "decision_not_applied"]


def test_decisions_about_mvics_say_so_where_the_task_is_the_reference():
    task = candidate(plateau(4.0), role="task")
    findings = find(TaskPeak(), [task], [task], decisions=[decide("reference", trial=BEST)])[1]
    assert "decision_not_applied" in [one.kind for one in findings]


@pytest.mark.parametrize("kind", [TaskPeak, TaskMean])
def test_value_of_an_mvic_is_no_reference_where_the_task_is_100_percent(kind):
    task = candidate(plateau(4.0), role="task", repetitions=(Repetition(2.0, 5.0),))
    decision = decide("reference", muscle=KEY[0], value=250e-6)
    by_rule = find(kind(), [task], [task])[0][KEY]
    references, findings = find(kind(), [task], [task], decisions=[decision])
    assert references[KEY] == by_rule
    (told,) = findings
    assert (told.kind, told.level) == ("decision_not_applied", "warn")
    assert by_rule.unit in told.reason


def test_chosen_trial_concerns_the_muscles_it_was_an_mvic_of():
    back = "erector_spinae"
    other = moved(candidate(plateau(3.0), 3), muscle=back)
    tasks = [candidate(plateau(2.0), role="task"), moved(candidate(plateau(2.0), role="task"), muscle=back)]
    references, findings = find(Mvic(), [*trials(), other], tasks, decisions=[decide("reference", trial=SECOND)])
    assert references[KEY].value == pytest.approx(4.8)
    assert references[back, KEY[1], ""].decision is None
    assert [one.kind for one in findings] == ["reference_decided"]  # and no warning about the other muscle


def test_repetition_that_somebody_left_out_is_no_100_percent_of_a_task():
    envelope = np.full(6000, 1.0)
    envelope[3000:] = 4.0
    task = candidate(envelope, role="task", repetitions=(Repetition(2.0, 5.0), Repetition(5.0, 8.0)))
    assert find(TaskPeak(), [task], [task])[0][KEY].value == pytest.approx(4.0)
    out = decide("exclude", trial=task.trial.id, onset=5.1)
    assert find(TaskPeak(), [task], [task], decisions=[out])[0][KEY].value == pytest.approx(1.0)
    elsewhere = decide("exclude", trial=task.trial.id, muscle="erector_spinae", onset=5.1)
    assert find(TaskPeak(), [task], [task], decisions=[elsewhere])[0][KEY].value == pytest.approx(4.0)


def test_rest_trial_that_somebody_left_out_gives_no_noise():
    rests = [candidate(np.full(3000, 0.3), n, role="rest") for n in (1, 2)]
    first, second = rests
    for decision, expected in (
        (decide("exclude", trial=first.trial.id), [second]),
        (decide("exclude", trial=first.trial.id, muscle="erector_spinae"), rests),
        (decide("exclude", muscle=KEY[0]), rests),
        (decide("keep", trial=first.trial.id), rests),
    ):
        assert [one for one in rests if not is_left_out(one, [decision])] == expected
