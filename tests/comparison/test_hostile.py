"""Tables no careful study would have, each with its right answer or one clear refusal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from emgpipe.comparison import (
    Between,
    Dose,
    Equivalence,
    MeasuredPosition,
    MixedModel,
    Paired,
    Reliability,
    StudyTables,
)
from emgpipe.errors import ComparisonError
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.contract_study import contract_study

WORDS = load_vocabulary()
HEADS = {"factor": "head_position", "within": "exercise"}
AGAINST = HEADS | {"against": "neutral"}
MEAN = {"metrics": ("mean",)}


@pytest.fixture(scope="module")
def study() -> StudyTables:
    return contract_study()


def changed(study: StudyTables, **columns) -> StudyTables:
    """The study with columns of the metrics table made anew: name -> function of the table."""
    metrics = study.metrics.assign(**columns)
    return StudyTables(metrics, study.curves, study.references, study.participants)


def people(study: StudyTables, **columns) -> StudyTables:
    return StudyTables(study.metrics, study.curves, study.references, study.participants.assign(**columns))


def refusal(comparator, tables: StudyTables) -> str:
    with pytest.raises(ComparisonError) as caught:
        comparator.compare(tables, WORDS)
    return str(caught.value)


@pytest.mark.parametrize("column", ["repetition", "onset", "unit", "amplitude_unit", "session"])
def test_a_metrics_table_without_a_column_it_needs_is_refused_by_name(study, column):
    tables = StudyTables(study.metrics.drop(columns=column))
    assert f"no column {column}" in refusal(Paired(**AGAINST), tables)


def test_a_references_table_without_positions_is_refused_by_name(study):
    references = study.references.assign(unit="%MVIC").drop(columns="position")
    tables = StudyTables(study.metrics, references=references)
    assert "no column position" in refusal(Reliability(), tables)


def test_rows_written_twice_count_once(study):
    references = study.references.assign(unit="%MVIC")
    single = StudyTables(study.metrics, references=references)
    double = StudyTables(*(pd.concat([frame, frame]) for frame in (study.metrics, study.curves)), references)
    for comparator in (MixedModel(**HEADS, **MEAN), Reliability(of="repetitions", **MEAN)):
        (one,), (other,) = (comparator.compare(tables, WORDS) for tables in (single, double))
        pd.testing.assert_frame_equal(one.table, other.table)
    twice = StudyTables(study.metrics, references=pd.concat([references, references]))
    (one,), (other,) = (Reliability().compare(tables, WORDS) for tables in (single, twice))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_numbers_no_square_of_which_exists_count_as_missing(study):
    tables = changed(study, value=lambda t: t["value"].where(t["muscle"] != "lumbar_angle", t["value"] * 1e200))
    (made,) = Paired(**AGAINST, **MEAN, channels=("lumbar_angle",)).compare(tables, WORDS)
    assert set(made.table["muscle"]) == {"gluteus_maximus_lower", "erector_spinae"}
    assert "Lumbar angle, lockout: not compared" in made.basis["not_compared"]


def test_amplitudes_in_two_units_are_refused_outcome_by_outcome(study):
    def unit(table: pd.DataFrame) -> pd.Series:
        odd = table["muscle"].eq("erector_spinae") & table["head_position"].eq("hyperflexion")
        return table["amplitude_unit"].where(~odd, "mV")

    tables = changed(study, amplitude_unit=unit)
    for comparator in (Paired(**AGAINST, **MEAN), MixedModel(**HEADS, **MEAN), Dose(**MEAN)):
        made = comparator.compare(tables, WORDS)[0]
        said = " ".join(made.sentences)
        assert "Erector spinae, right, mean EMG amplitude: not compared" in said
        assert "amplitudes in different units (V, mV)" in said
        assert "gluteus_maximus_lower" in set(made.table["muscle"])


def test_groups_of_different_units_are_refused_outcome_by_outcome(study):
    def unit(table: pd.DataFrame) -> pd.Series:
        odd = table["muscle"].eq("erector_spinae") & table["participant"].eq("P02")
        return table["unit"].where(~odd, "%peak")

    tables = changed(study, unit=unit)
    for comparator in (Between(group="sex", **MEAN), Between(group="sex", **AGAINST, **MEAN)):
        (made,) = comparator.compare(tables, WORDS)
        assert set(made.table["muscle"]) == {"gluteus_maximus_lower"}
        assert "values in different units (%MVIC, %peak) cannot be averaged" in made.basis["not_compared"]
    (made,) = Reliability(of="repetitions", **MEAN).compare(
        changed(study, unit=lambda t: unit(t).where(t["repetition"] < 3, t["unit"])), WORDS
    )
    assert set(made.table["muscle"]) == {"gluteus_maximus_lower"}


def test_one_session_without_a_reference_leaves_the_unit_of_the_other(study):
    first = study.metrics["session"].eq("1") & study.metrics["kind"].eq("emg")
    tables = changed(
        study, value=study.metrics["value"].where(~first), unit=study.metrics["unit"].where(~first, "")
    )  # fmt: skip
    (made,) = Paired(**AGAINST, **MEAN).compare(tables, WORDS)
    assert (made.table["n"] == 6).all()


def test_angles_that_are_not_in_degrees_are_no_dose_and_no_position(study):
    tables = changed(study, unit=lambda t: t["unit"].where(t["kind"] != "angle", "rad"))
    for comparator in (Dose(**MEAN), MeasuredPosition(), MixedModel(**HEADS, **MEAN, dose="neck_angle")):
        assert "values in rad; a dose or a head position needs degrees" in refusal(comparator, tables)


def test_a_participant_in_two_groups_is_refused(study):
    twice = pd.concat([study.participants, study.participants.assign(sex="female")])
    tables = StudyTables(study.metrics, participants=twice)
    assert "participant P01 stands in the participants table with sex" in refusal(Between(group="sex"), tables)


def test_a_group_that_is_not_available_is_none(study):
    tables = people(study, sex=["female", "male", "n/a", " ", "female", "male"])
    (made,) = Between(group="sex", **MEAN).compare(tables, WORDS)
    assert made.basis["without_group"] == "P03, P04"
    assert made.basis["n"] == "4 participants: female 2 (P01, P05); male 2 (P02, P06)"


def test_groups_of_numbers_are_told_from_their_sizes(study):
    (made,) = Between(group="training_age", numeric=False, factor="session", **MEAN).compare(study, WORDS)
    assert "training age 2: 1 (P01); training age 3: 1 (P02)" in made.basis["n"]
    assert "in 1 participant;" in made.sentences[0]


def test_groups_too_small_for_a_permutation_are_said_to_be(study):
    factor = {"P01": 3.0, "P03": 3.1, "P05": 2.9}
    tables = changed(
        study, value=study.metrics["value"] * study.metrics["participant"].map(factor).fillna(1.0)
    )  # fmt: skip
    (made,) = Between(group="sex", at={"exercise": "back_squat"}, **MEAN).compare(tables, WORDS)
    assert (made.table["p_adjusted"] < 0.05).all()
    assert "With 3 and 3 participants no permutation of the group labels can give a p below .1" in made.sentences[-1]


def test_an_outcome_without_the_level_to_compare_with_is_named(study):
    gone = study.metrics["muscle"].eq("erector_spinae") & study.metrics["head_position"].eq("neutral")
    tables = StudyTables(study.metrics[~gone], participants=study.participants)
    (made,) = Between(group="sex", **AGAINST, **MEAN).compare(tables, WORDS)
    assert (
        "Erector spinae, right, mean EMG amplitude: not compared, not measured in neutral" in made.basis["not_compared"]
    )


def test_scopes_without_an_answer_are_named_beside_the_others(study):
    squat = study.metrics[study.metrics["exercise"].eq("barbell_hip_thrust") & study.metrics["participant"].ne("P02")]
    squat = squat[squat["participant"].isin(["P01", "P03"])].assign(exercise="back_squat", trial=squat["trial"] + "s")
    tables = StudyTables(
        pd.concat([study.metrics[study.metrics["exercise"] != "back_squat"], squat]), participants=study.participants
    )
    (made,) = Between(group="sex", **AGAINST, **MEAN).compare(tables, WORDS)
    assert "Head positions in back squat: nothing can be compared" in made.basis["not_compared"]


def test_trials_that_state_no_position_at_all(study):
    said = refusal(Paired(**AGAINST), changed(study, head_position=""))
    assert "no trial is left that states head_position and exercise" in said
    assert "48 trials that state no head position are left out" in said


def test_many_like_reasons_are_told_by_the_first(study):
    parts = [study.metrics[study.metrics["exercise"] == "back_squat"].assign(exercise=f"e{i}") for i in range(40)]
    tables = StudyTables(pd.concat([part.assign(trial=part["trial"] + str(i)) for i, part in enumerate(parts)]))
    said = refusal(Paired(**AGAINST), tables)
    assert said.endswith("And 34 more like these.")


def test_a_phase_some_exercises_lack(study):
    hold = study.metrics[study.metrics["exercise"].eq("barbell_hip_thrust")].assign(phase="hold")
    tables = StudyTables(pd.concat([study.metrics, hold[hold["kind"] == "emg"]]))
    (made,) = Paired(**AGAINST, **MEAN, phase="hold").compare(tables, WORDS)
    assert "hold phase only" in made.basis["phase"]
    assert "no EMG was measured in these trials in the phase 'hold'" in refusal(Paired(**AGAINST, phase="hold"), study)


def test_a_muscle_over_itself_is_no_ratio(study):
    for below in ("gluteus_maximus_lower", "gluteus_maximus"):
        ratio = {"of": "gluteus_maximus", "to": below}
        assert "over itself always 1" in refusal(Paired(**AGAINST, ratios=(ratio,)), study)


def test_muscles_as_levels(study):
    ratio = {"of": "gluteus_maximus", "to": "erector_spinae"}
    asked = {"factor": "muscle", "within": "exercise"}
    assert "ratios cannot be its outcomes" in refusal(Paired(**asked, ratios=(ratio,)), study)
    third = study.metrics[study.metrics["muscle"] == "erector_spinae"].assign(muscle="biceps_femoris")
    tables = StudyTables(pd.concat([study.metrics, third]))
    made = Paired(**asked, **MEAN, muscles=("gluteus_maximus", "erector_spinae")).compare(tables, WORDS)[0]
    assert made.table[["level", "other"]].iloc[0].tolist() == ["gluteus_maximus_lower", "erector_spinae"]
    assert len(made.table) == 1
    assert "repetition_duration" not in made.basis
    assert "each by its own reference, so that references enter" in made.basis["interval"]


def test_levels_in_different_sessions_are_said_not_to_be_compared(study):
    mine = study.metrics["participant"].eq("P01")
    flexed = study.metrics["head_position"].isin(["moderate_flexion", "hyperflexion"])
    kept = study.metrics[~(mine & study.metrics["session"].eq("2"))]
    session = kept["session"].where(~(mine & flexed).loc[kept.index], "2")
    (made,) = Paired(**AGAINST, **MEAN).compare(StudyTables(kept.assign(session=session)), WORDS)
    assert set(made.table.loc[made.table["level"] == "hyperflexion", "n"]) == {5}
    assert any("P01 did some levels only in different sessions" in text for text in made.sentences)


def test_settings_that_would_do_nothing_or_contradict_are_refused(study):
    with pytest.raises(ValidationError, match="against_group is for groups"):
        Between(group="training_age", numeric=True, against_group="3")
    for margin in (1.0, 0.5, -2, float("nan")):
        with pytest.raises(ValidationError):
            Equivalence(**AGAINST, margin=margin)
    said = refusal(MixedModel(**HEADS, dose="neck_angle", channels=("neck_angle",)), study)
    assert "'neck_angle' is the dose" in said


def test_names_with_commas_and_signs_stay_whole(study):
    name = {"P01": "P,1", "P02": "<b>&", "P03": "nan", "P04": "01", "P05": "1"}
    metrics = study.metrics.assign(
        participant=study.metrics["participant"].replace(name),
        head_position=study.metrics["head_position"].replace("hyperflexion", "ü, x=y"),
    )
    (made,) = Paired(**AGAINST, **MEAN).compare(StudyTables(metrics), WORDS)
    assert (made.table["n"] == 6).all()
    assert set(made.cells["participant"]) == {"P,1", "<b>&", "nan", "01", "1", "P06"}
    assert "ü, x=y" in set(made.table["level"])


def test_a_mixed_model_of_angles_speaks_of_angles(study):
    asked = MixedModel(**HEADS, muscles=(), channels=("lumbar_angle",), covariates=("repetition", "repetition"))
    (made,) = asked.compare(study, WORDS)
    assert "values of channels by head positions, adjusted for repetition; random" in made.basis["method"]
    assert "meaning" not in made.basis
    assert "difference -5.79°" in made.sentences[0]


def test_a_percentage_of_an_angle_means_nothing(study):
    asked = Reliability(of="repetitions", muscles=(), channels=("lumbar_angle",))
    (made,) = asked.compare(study, WORDS)
    assert made.table[["cv_percent", "cv_log_percent", "sem_agreement_percent"]].isna().all(axis=None)
    assert not any("CV" in text for text in made.sentences)


def test_a_dose_goes_by_the_p_value_of_its_interval_after_adjustment(study):
    rng = np.random.default_rng(2)
    slopes = dict(zip(sorted(set(study.metrics["participant"])), (-0.22, 0.28, 0.58, 0.68, 0.98, 1.18), strict=True))
    neck = study.metrics[study.metrics["muscle"] == "neck_angle"].set_index(["trial", "repetition"])["value"]
    where = pd.MultiIndex.from_frame(study.metrics[["trial", "repetition"]])
    angle = neck.groupby(level=[0, 1]).mean().reindex(where).to_numpy()
    slope = 0.005 * study.metrics["participant"].map(slopes).to_numpy()
    noise = 0.02 * rng.standard_normal(len(study.metrics))
    tables = changed(study, amplitude=1e-4 * np.exp(slope * angle + noise))
    (made,) = Dose(**MEAN, muscles=("erector_spinae",), correction="none").compare(tables, WORDS)
    (holm,) = Dose(**MEAN, muscles=("erector_spinae",)).compare(tables, WORDS)
    row, adjusted = made.table.iloc[0], holm.table.iloc[0]
    assert 0.025 < row["p"] <= 0.05 < adjusted["p_adjusted"]
    assert "rises by" in made.sentences[0]
    assert "no change with the neck angle shown" in holm.sentences[0]
    assert holm.families[0].tests == 2


def test_a_steep_dose_is_no_percentage(study):
    angle = study.metrics["head_position"].map(dict(zip(("hyperextension", "neutral", "slight_flexion",
        "moderate_flexion", "hyperflexion"), (-30.0, 0.0, 18.0, 32.0, 50.0), strict=True)))  # fmt: skip
    tables = changed(study, amplitude=study.metrics["amplitude"] * np.exp(0.1 * angle))
    made = Dose(**MEAN, muscles=("erector_spinae",)).compare(tables, WORDS)[0]
    assert "rises to 2.7" in made.sentences[0]
    assert "times per 10° of neck angle" in made.sentences[0]


def test_equivalence_checks_its_own_assumption(study):
    (made,) = Equivalence(**AGAINST, **MEAN, margin=1.25).compare(study, WORDS)
    assert "Shapiro-Wilk p below .05 in 0 of 8 pairs" in made.basis["assumptions"]
