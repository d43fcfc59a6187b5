"""Which trials a question takes: held at, within, shared by all, averaged over."""

from __future__ import annotations

import pytest

from emgpipe.comparison import Ranking, StudyTables, compare_all
from emgpipe.vocabulary import VocabularyAdditions, load_vocabulary
from tests.comparison.tables import HEADS, level, order, rank, refusal, row, table

WORDS = load_vocabulary()
MEAN = ("mean",)
EXERCISES = Ranking(factor="exercise", metrics=MEAN)


def heads(exercise: str, values: dict[str, float], people: str = "AB") -> list[dict]:
    return [row(p, exercise, v * 1e-4, head_position=h) for p in people for h, v in values.items()]


def test_one_ranking_per_exercise_with_two_head_positions():
    rows = [
        *heads("barbell_hip_thrust", {"neutral": 3, "hyperflexion": 2, "hyperextension": 1}),
        *heads("glute_bridge", {"neutral": 1, "slight_flexion": 2}),
        *heads("back_squat", {"neutral": 1}),
    ]
    comparisons = HEADS.model_copy(update={"metrics": MEAN}).compare(StudyTables(table(rows)), WORDS)
    assert [c.title for c in comparisons] == [
        "Head positions in barbell hip thrust", "Head positions in glute bridge",
    ]  # fmt: skip
    thrust = comparisons[0]
    assert set(thrust.table["scope"]) == {"exercise = barbell_hip_thrust"}
    assert order(thrust) == [(1, "neutral"), (2, "hyperflexion"), (3, "hyperextension")]
    assert thrust.table["level_order"].tolist() == [2, 3, 1]
    assert thrust.basis["places_left_out"] == "A comparison needs two head positions in back squat; measured: neutral."


def test_without_at_only_what_all_share_is_compared():
    rows = [*heads("barbell_hip_thrust", {"neutral": 1, "slight_flexion": 1, "hyperflexion": 90}),
            *heads("back_squat", {"neutral": 2, "slight_flexion": 2, "hyperextension": 1})]  # fmt: skip
    comparison = rank(table(rows), EXERCISES)
    assert order(comparison) == [(1, "back_squat"), (2, "barbell_hip_thrust")]
    assert comparison.title == "Exercises over head position neutral and head position slight flexion"
    assert set(comparison.table["scope"]) == {"head_position = neutral + slight_flexion"}
    assert comparison.basis["shared"] == (
        "exercises are compared inside each head position that all of them have: neutral, slight flexion; "
        "not shared by all and left out: hyperextension, hyperflexion"
    )


def test_a_missing_shared_position_of_one_person_does_not_bend_the_ratio():
    # Flexion doubles everything; B lacks the squat in flexion. The true ratio is 2 in both positions.
    rows = [
        *heads("barbell_hip_thrust", {"neutral": 2, "slight_flexion": 4}),
        *heads("back_squat", {"neutral": 1, "slight_flexion": 2}, "A"),
        *heads("back_squat", {"neutral": 1}, "B"),
    ]
    found = level(rank(table(rows), EXERCISES), "back_squat")
    assert found["model_ratio_to_first"] == pytest.approx(0.5)
    assert found["ratio_to_first"] == pytest.approx(0.5)


def test_nothing_shared_says_who_has_what():
    rows = [*heads("barbell_hip_thrust", {"neutral": 1}), *heads("back_squat", {"hyperextension": 1})]
    message = refusal(table(rows), EXERCISES)
    assert "share no head position" in message
    assert "back squat: hyperextension; barbell hip thrust: neutral" in message
    assert "at: {head_position: ...}" in message


def test_head_positions_without_within_use_the_exercises_all_share():
    rows = [*heads("barbell_hip_thrust", {"neutral": 2, "hyperflexion": 1}), *heads("back_squat", {"neutral": 9})]
    comparison = rank(table(rows), Ranking(factor="head_position", metrics=MEAN))
    assert order(comparison) == [(1, "neutral"), (2, "hyperflexion")]
    assert level(comparison, "neutral")["mean"] == pytest.approx(20)


def test_any_factor_can_be_ranked_and_numbers_sort_by_size():
    rows = [row(p, "back_squat", v * 1e-4, load=load) for p in "AB" for load, v in (("100", 3), ("60", 1), ("80", 2))]
    comparison = rank(table(rows), Ranking(factor="load", within="exercise", metrics=MEAN))
    assert order(comparison) == [(1, "100"), (2, "80"), (3, "60")]
    assert comparison.table["level_order"].tolist() == [3, 2, 1]
    assert "load 100 ranks first; load 80 (ratio 1.50" in comparison.sentences[0]


def test_other_factors_are_averaged_and_said():
    rows = [row(p, e, v * 1e-4, load=load, trial=load)
            for p in "AB" for e in ("back_squat", "front_squat") for load, v in (("60", 1), ("80", 3))]  # fmt: skip
    comparison = rank(table(rows), EXERCISES)
    assert level(comparison, "back_squat")["mean"] == pytest.approx(20)
    assert comparison.basis["averaged"].startswith("load differ")


def test_at_takes_any_name_of_the_vocabulary():
    rows = [*heads("barbell_hip_thrust", {"neutral": 1}), *heads("back_squat", {"neutral": 2})]
    comparison = rank(table(rows), Ranking(factor="exercise", at={"head_position": "Straight"}, metrics=MEAN))
    assert set(comparison.table["scope"]) == {"head_position = neutral"}


def test_added_head_positions_keep_their_order():
    words = load_vocabulary(
        VocabularyAdditions.model_validate({"head_positions": [{"id": "chin_up", "after": "hyperextension"}]})
    )
    rows = heads("glute_bridge", {"neutral": 1, "chin_up": 2, "hyperextension": 3})
    (comparison,) = HEADS.model_copy(update={"metrics": MEAN}).compare(StudyTables(table(rows)), words)
    assert dict(zip(comparison.table["level"], comparison.table["level_order"], strict=True)) == {
        "hyperextension": 1, "chin_up": 2, "neutral": 3,
    }  # fmt: skip


def test_trials_that_state_no_level_are_left_out_and_said():
    rows = [
        *heads("barbell_hip_thrust", {"neutral": 1}),
        *heads("back_squat", {"neutral": 2}),
        *heads("", {"neutral": 5}),
    ]
    comparison = rank(table(rows), EXERCISES)
    assert set(comparison.table["level"]) == {"back_squat", "barbell_hip_thrust"}
    assert comparison.basis["not_stated"].startswith("2 trials that state no exercise are left out: A/1/")


def test_equal_titles_are_numbered():
    metrics = table([*heads("barbell_hip_thrust", {"neutral": 1}), *heads("back_squat", {"neutral": 2})])
    made, problems = compare_all([EXERCISES, EXERCISES], StudyTables(metrics), WORDS)
    assert problems == ()
    assert [c.title for c in made] == ["Exercises compared", "Exercises compared (2)"]
    assert set(made[1].table["comparison"]) == {"Exercises compared (2)"}
