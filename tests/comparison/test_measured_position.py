"""Measured head positions: bins, labels, instructed against measured, and as a factor of other comparisons."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from emgpipe.comparison import MeasuredPosition, Paired, Ranking, StudyTables
from emgpipe.comparison.measured.bins import MeasuredBins, bin_labels, near_edge
from emgpipe.comparison.measured.labels import labeled_repetitions, measured_angles, trial_labels
from emgpipe.errors import ComparisonError
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.angles import THRUST, angle_row, angles_study, emg_row
from tests.comparison.tables import table

WORDS = load_vocabulary()
BINS = MeasuredBins()
EDGES, LABELS = BINS.scale_edges, BINS.labels


def held(study: StudyTables, **settings):
    (found,) = MeasuredPosition(**settings).compare(study, WORDS)
    return found


def labels_of(study: StudyTables, **settings) -> dict[str, str]:
    bins = MeasuredBins(**settings)
    angles = measured_angles(study.metrics, bins.channel, bins.metric)
    trials = trial_labels(labeled_repetitions(angles, bins, study.participants), bins)
    return {trial.split("/")[0]: label for trial, label in zip(trials["trial"], trials["measured"], strict=True)}


@pytest.mark.parametrize(("angle", "label"), [
    (-90, "hyperextension"), (-20, "hyperextension"), (-19.99, "between"), (-10, "between"), (-9.99, "neutral"),
    (0, "neutral"), (10, "neutral"), (10.01, "slight_flexion"), (25, "slight_flexion"), (25.01, "moderate_flexion"),
    (40, "moderate_flexion"), (40.01, "hyperflexion"), (90, "hyperflexion"), (math.nan, ""),
])  # fmt: skip
def test_an_angle_on_an_edge_belongs_to_the_bin_below(angle, label):
    assert bin_labels(np.array([angle]), EDGES, LABELS) == [label]


@given(st.lists(st.floats(-120, 120), min_size=1, max_size=20))
def test_every_angle_is_between_the_edges_of_its_bin(angles):
    for angle, label in zip(angles, bin_labels(np.array(angles), EDGES, LABELS), strict=True):
        place = LABELS.index(label)
        assert place == 0 or angle > EDGES[place - 1]
        assert place == len(EDGES) or angle <= EDGES[place]


@given(st.sampled_from(EDGES), st.integers(0, 160).map(lambda eighths: eighths / 8))
def test_the_ambiguous_zone_is_symmetrical(edge, away):
    (below, above) = near_edge(np.array([edge - away, edge + away]), (edge,), 5.0)
    assert below == above == (away <= 5)


@given(st.lists(st.floats(-80, 80), min_size=1, max_size=9), st.floats(-30, 30))
def test_moving_angles_and_edges_together_changes_no_label(angles, shift):
    # Shifts by eighths: no rounding can put an angle on the other side of an edge.
    values = np.round(np.array(angles) * 8) / 8
    shift = round(shift * 8) / 8
    moved = bin_labels(values + shift, [edge + shift for edge in EDGES], LABELS)
    assert moved == bin_labels(values, EDGES, LABELS)
    assert bin_labels(values + 0.0, EDGES, LABELS) == bin_labels(values, EDGES, LABELS)


def test_a_trial_has_the_label_of_seven_in_ten_repetitions():
    seven = [30.0] * 7 + [15.0] * 3
    six = [30.0] * 6 + [15.0] * 4
    study = angles_study({"A": {"neutral": seven}, "B": {"neutral": six}, "C": {"neutral": [math.nan, 30.0, 31.0]},
                          "D": {"neutral": [math.nan]}})  # fmt: skip
    assert labels_of(study) == {"A": "moderate_flexion", "B": "mixed", "C": "moderate_flexion", "D": ""}
    assert labels_of(study, agreement=0.55)["B"] == "moderate_flexion"


def test_instructed_against_measured():
    study = angles_study({
        "P01": {"neutral": [0.0, 2.0], "hyperflexion": [50.0, 52.0]},
        "P02": {"neutral": [1.0, -1.0], "hyperflexion": [30.0, 34.0]},
        "P03": {"neutral": [-15.0, -14.0], "hyperflexion": [30.0, 50.0]},
    })  # fmt: skip
    found = held(study)
    counts = {(r["instructed"], r["measured"]): (r["trials"], r["repetitions"]) for r in found.table.to_dict("records")}
    assert counts == {
        ("neutral", "between"): (1, 2), ("neutral", "neutral"): (2, 4), ("hyperflexion", "moderate_flexion"): (1, 3),
        ("hyperflexion", "hyperflexion"): (1, 3), ("hyperflexion", "mixed"): (1, 0),
    }  # fmt: skip
    assert found.sentences[:3] == (
        "Of 6 trials 3 (50 %) were held as instructed, of 12 repetitions 7 (58 %).",
        "Neutral was held between two positions by P03.",
        "Hyperflexion was held as moderate flexion by P02 and not in one position throughout by P03.",
    )
    positions = found.tables["positions"].set_index("instructed")
    assert positions.loc["hyperflexion", "mean_angle"] == pytest.approx(np.mean([51, 32, 40]))
    assert positions.loc["hyperflexion", "sd"] == pytest.approx(np.std([51, 32, 40], ddof=1))
    assert positions.loc["neutral", "share_held"] == pytest.approx(2 / 3)
    trials = found.tables["trials"].set_index(["participant", "instructed"])
    assert trials.loc[("P03", "hyperflexion"), ["angle", "sd", "agreement"]].tolist() == pytest.approx(
        [40, np.std([30, 50], ddof=1), 0.5]
    )
    assert found.table["scope"].eq("").all()
    assert found.basis["n"] == "3 participants: P01, P02, P03"


def test_ambiguous_repetitions_are_counted_and_said():
    found = held(angles_study({"A": {"neutral": [5.0, 4.9, 0.0], "slight_flexion": [15.0, 17.0, 30.1]}}))
    assert "2 of 6 repetitions lie within 5° of an edge" in " ".join(found.sentences)
    assert found.tables["trials"]["ambiguous_share"].tolist() == pytest.approx([1 / 3, 1 / 3])
    sure = held(angles_study({"A": {"neutral": [5.0, 4.9, 0.0]}}), ambiguous=0)
    assert "of an edge" not in " ".join(sure.sentences)


def test_trials_without_an_instruction_or_an_angle_are_named():
    study = angles_study({"A": {"neutral": [0.0], "": [1.0], "hyperflexion": [math.nan]}})
    found = held(study)
    assert found.table["instructed"].tolist() == ["neutral"]
    assert "no head position stated: A/1/" in found.basis["not_stated"]
    assert "hyperflexion" in found.basis["not_measured"]
    assert found.sentences[-1].startswith("Without a measured head position: A/1/barbell_hip_thrust.hyperflexion")


def test_percent_of_the_own_range_of_motion():
    people = pd.DataFrame({"participant": ["A", "B", "C"], "neck_flexion_rom": ["60", "30", ""],
                           "neck_extension_rom": ["60", "60", "50"]})  # fmt: skip
    study = angles_study({p: {"moderate_flexion": [18.0, 18.0]} for p in "ABC"}, people)
    found = held(study, scale="percent_rom")
    trials = found.tables["trials"].set_index("participant")
    assert trials["measured"].to_dict() == {"A": "slight_flexion", "B": "moderate_flexion"}
    assert trials["on_scale"].to_dict() == pytest.approx({"A": 30.0, "B": 60.0})
    assert trials.loc["A", "ambiguous_share"] == 0, "the nearest edge, 20 %, is 12 degrees for A"
    assert "C/1" in found.basis["not_measured"]
    assert found.tables["bins"]["unit"].iloc[0] == "% of range of motion"
    back = angles_study({"A": {"hyperextension": [-30.0]}}, people)
    assert held(back, scale="percent_rom").table["measured"].tolist() == ["hyperextension"]


@pytest.mark.parametrize(("settings", "words"), [
    ({"scale": "percent_rom"}, "needs the columns neck_extension_rom and neck_flexion_rom"),
    ({"channel": "head"}, "channel 'head' was not measured"), ({"metric": "maximum"}, "no repetition has a maximum"),
    ({"at": {"exercise": "squat"}}, "no trial has exercise"), ({"within": "speed"}, "'speed' is not a factor"),
    ({"labels": ("up", "neutral", "down"), "edges": (-10, 10)}, "labels: 'up' is no head position by its id"),
])  # fmt: skip
def test_what_cannot_be_answered_is_said(settings, words):
    with pytest.raises(ComparisonError, match=words.replace("(", r"\(")):
        held(angles_study({"A": {"neutral": [0.0]}}), **settings)


def test_a_range_of_motion_of_nobody_is_refused():
    people = pd.DataFrame({"participant": ["A"], "neck_flexion_rom": ["-3"], "neck_extension_rom": ["60"]})
    with pytest.raises(ComparisonError, match="no participant has both"):
        held(angles_study({"A": {"neutral": [0.0]}}, people), scale="percent_rom")


@pytest.mark.parametrize("settings", [
    {"edges": (10, -10), "labels": ("hyperextension", "neutral", "hyperflexion")}, {"edges": (0,)},
    {"edges": (), "labels": ("between",)}, {"edges": (0, 5), "labels": ("neutral", "between", "neutral")},
    {"agreement": 0.5}, {"ambiguous": -1}, {"edges": (0,), "labels": ("neutral", "mixed")},
])  # fmt: skip
def test_settings_are_checked(settings):
    with pytest.raises(ValidationError):
        MeasuredBins(**settings)


def test_own_bins():
    bins = {"edges": (0,), "labels": ("neutral", "hyperflexion")}
    found = held(angles_study({"A": {"neutral": [-40.0, 0.0], "hyperflexion": [0.5]}}), **bins)
    assert found.table["measured"].tolist() == ["neutral", "hyperflexion"]
    assert found.basis["method"].count("neutral up to +0, hyperflexion above +0") == 1


def as_measured_study() -> StudyTables:
    """Everybody told hyperflexion in trial 2; A and B hold it as moderate flexion. C is between in one trial."""
    rows = []
    for person, second in {"A": 32.0, "B": 34.0, "C": 31.0}.items():
        for head, angle, amount in (("neutral", 0.0, 0.2), ("hyperflexion", second, 0.3), ("slight_flexion", 17, 0.25)):
            real = -15.0 if (person, head) == ("C", "slight_flexion") else angle
            rows += [angle_row(person, head, real), emg_row(person, head, amount)]
        rows += [
            angle_row(person, "neutral", 50, exercise="back_squat"),
            emg_row(person, "neutral", 9, exercise="back_squat"),
        ]
    return StudyTables(table(rows))


def test_positions_as_measured_are_levels():
    ranking = Ranking(factor="head_position_measured", within="exercise", metrics=("mean",))
    (found,) = ranking.compare(as_measured_study(), WORDS)
    assert found.title == "Measured head positions in barbell hip thrust"
    rows = found.table.set_index("level")
    assert rows.index.tolist() == ["moderate_flexion", "slight_flexion", "neutral"]
    assert rows["level_order"].to_dict() == {"neutral": 1, "slight_flexion": 2, "moderate_flexion": 3}
    assert rows.loc["moderate_flexion", "n"] == 3
    assert rows.loc["slight_flexion", "n"] == 2
    assert rows.loc["neutral", "ratio_to_first"] == pytest.approx(0.2 / 0.3)
    assert found.basis["not_stated"] == (
        "1 trial measured between two head positions is left out: C/1/barbell_hip_thrust.slight_flexion.10RM.1"
    )
    assert "whatever was instructed" in found.basis["measured_position"]
    assert "averaged" not in found.basis


def test_instructed_positions_do_not_split_measured_ones():
    """Two instructions measured alike are trials of one condition, whatever else was asked."""
    rows = []
    for person in "AB":
        for head, angle, amount in (("neutral", 0, 0.2), ("hyperflexion", 30, 0.2), ("moderate_flexion", 31, 0.4)):
            rows += [angle_row(person, head, angle), emg_row(person, head, amount)]
    (found,) = Paired(factor="head_position_measured", metrics=("mean",)).compare(StudyTables(table(rows)), WORDS)
    assert found.table[["level", "other"]].to_numpy().tolist() == [["moderate_flexion", "neutral"]]
    assert found.table["ratio"].iloc[0] == pytest.approx(0.3 / 0.2)
    assert "shared" not in found.basis


def test_measured_positions_hold_another_comparison():
    rows = []
    for person in "AB":
        for exercise, head, angle, amount in ((THRUST, "hyperflexion", 1, 0.4), (THRUST, "neutral", 45, 0.9),
                                              ("back_squat", "neutral", 2, 0.2)):  # fmt: skip
            rows += [
                angle_row(person, head, angle, exercise=exercise),
                emg_row(person, head, amount, exercise=exercise),
            ]
    study = StudyTables(table(rows))
    (found,) = Ranking(factor="exercise", at={"head_position_measured": "neutral"}, metrics=("mean",)).compare(
        study, WORDS
    )
    assert found.table.set_index("level")["ratio_to_first"]["back_squat"] == pytest.approx(0.5)
    assert found.title == "Exercises in measured head position neutral"
    within = Ranking(factor="exercise", within="head_position_measured", metrics=("mean",)).compare(study, WORDS)
    assert [one.title for one in within] == ["Exercises in measured head position neutral"]


def test_other_bins_give_other_levels():
    own = {"measured_by": {"edges": [20.0], "labels": ["neutral", "hyperflexion"]}}
    ranking = Ranking.model_validate(
        {"factor": "head_position_measured", "within": "exercise", "metrics": ["mean"]} | own
    )
    (found,) = ranking.compare(as_measured_study(), WORDS)
    assert set(found.table["level"]) == {"neutral", "hyperflexion"}


def test_a_measured_position_of_the_trials_table_is_taken_as_it_is():
    study = as_measured_study()
    stated = study.metrics.assign(head_position_measured=study.metrics["head_position"])
    columns = [name for name in stated.columns if name != "head_position_measured"]
    place = columns.index("head_position") + 1
    stated = stated[[*columns[:place], "head_position_measured", *columns[place:]]]
    (found,) = Ranking(factor="head_position_measured", at={"exercise": THRUST}, metrics=("mean",)).compare(
        StudyTables(stated), WORDS
    )
    assert set(found.table["level"]) == {"neutral", "slight_flexion", "hyperflexion"}


def test_without_an_angle_the_measured_position_is_refused():
    study = StudyTables(table([emg_row(p, h, 0.1) for p in "AB" for h in ("neutral", "hyperflexion")]))
    with pytest.raises(ComparisonError, match="channel 'neck_angle' was not measured"):
        Ranking(factor="head_position_measured").compare(study, WORDS)
