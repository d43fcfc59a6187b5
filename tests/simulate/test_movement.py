"""The true repetitions, phases and angles agree with one another."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.simulate.demo import REPETITIONS, SEED
from emgpipe.simulate.movement import NECK_ANGLES, Posture, Tempo, flexion, schedule
from emgpipe.simulate.people import participant
from emgpipe.simulate.tables import CONDITIONS, EXERCISES, MUSCLES


@pytest.mark.parametrize("first", ["concentric", "eccentric"])
def test_phases_follow_one_another(first: str) -> None:
    plan = schedule(Tempo(first, 1.0, 0.5, 1.5), [1.0, 1.2], lead=2.0, rest=0.7)  # type: ignore[arg-type]
    one, two = plan.repetitions
    assert [phase.name for phase in one.phases] in (
        ["concentric", "hold", "eccentric"],
        ["eccentric", "hold", "concentric"],
    )
    assert one.phases[0].name == first
    assert (one.start, one.stop) == pytest.approx((2.0, 5.0))
    assert two.start == pytest.approx(5.7)
    assert two.duration == pytest.approx(3.6)
    for before, after in zip(one.phases, one.phases[1:], strict=False):
        assert before.stop == after.start
    assert plan.duration == 12.0  # 9.3 s + 2 s, rounded up to whole seconds


@pytest.mark.parametrize(("first", "start", "turn"), [("concentric", 1.0, 0.0), ("eccentric", 0.0, 1.0)])
def test_flexion_starts_and_turns_where_the_exercise_says(first: str, start: float, turn: float) -> None:
    plan = schedule(Tempo(first, 1.0, 0.5, 1.5), [1.0, 1.0, 1.0])  # type: ignore[arg-type]
    times = np.arange(0.0, plan.duration, 0.001)
    flexed = flexion(plan, times)
    assert flexed.min() >= -1e-12
    assert flexed.max() <= 1 + 1e-12
    for repetition in plan.repetitions:
        hold = repetition.phases[1]
        inside = (times > hold.start) & (times < hold.stop)
        np.testing.assert_allclose(flexed[inside], turn, atol=1e-9)
        assert np.interp(repetition.start, times, flexed) == pytest.approx(start, abs=1e-5)
        assert np.interp(repetition.stop, times, flexed) == pytest.approx(start, abs=1e-5)


def test_neck_is_head_minus_trunk_with_stated_noise() -> None:
    plan = schedule(Tempo("concentric", 1.0, 0.5, 1.5), [1.0] * 5)
    times = np.arange(0.0, plan.duration, 0.01)
    angles = Posture((0, 80), (0, 45), neck=32.0).angles(plan, times, np.random.default_rng(0), noise=0.3)
    neck = angles["head"] - angles["trunk"]
    assert neck.mean() == pytest.approx(32.0, abs=0.05)
    assert neck.std() == pytest.approx(0.3 * np.sqrt(2), rel=0.1)
    assert np.ptp(angles["trunk"]) == pytest.approx(45, abs=3)


def test_neck_angles_keep_the_order_of_head_positions() -> None:
    assert list(NECK_ANGLES.values()) == sorted(NECK_ANGLES.values())


@pytest.mark.parametrize("number", [1, 4, 8])
def test_activation_stays_between_quiet_and_peak(number: int) -> None:
    for task in participant(number, REPETITIONS, SEED).tasks:
        for muscle in MUSCLES:
            activation = task.activation(muscle, 1000.0)
            assert activation.size == task.plan.duration * 1000
            quiet = activation[0]
            for repetition, peak in zip(task.plan.repetitions, task.peaks[muscle], strict=True):
                inside = activation[round(repetition.start * 1000) : round(repetition.stop * 1000)]
                assert inside.max() == pytest.approx(peak, rel=1e-4)
                assert inside.min() == pytest.approx(quiet, rel=1e-2)
            between = activation[: round(task.plan.repetitions[0].start * 1000)]
            np.testing.assert_allclose(between, quiet)


def test_participants_do_not_depend_on_each_other_or_on_the_number_of_repetitions_before() -> None:
    assert participant(3, REPETITIONS, SEED) == participant.__wrapped__(3, REPETITIONS, SEED)
    assert participant(3, REPETITIONS, SEED).maxima == participant(3, 2, SEED).maxima
    assert participant(3, REPETITIONS, SEED).maxima != participant(3, REPETITIONS, SEED + 1).maxima


def test_conditions_are_five_exercises_at_neutral_and_five_head_positions_of_the_hip_thrust() -> None:
    assert len(set(CONDITIONS)) == 9
    assert {exercise for exercise, head in CONDITIONS if head == "neutral"} == set(EXERCISES)
    assert {head for exercise, head in CONDITIONS if exercise == "barbell_hip_thrust"} == set(NECK_ANGLES)


def test_neither_mvic_position_is_best_for_everyone() -> None:
    for muscle in MUSCLES:
        best = set()
        for number in range(1, 9):
            factors = participant(number, REPETITIONS, SEED).position_factor
            best.add(next(position for (name, position), value in factors.items() if name == muscle and value == 1.0))
        assert len(best) == 2
