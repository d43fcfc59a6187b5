"""The mixed model from the tables: what enters, what is said, what is refused."""

from __future__ import annotations

import math
import sys

import numpy as np
import pandas as pd
import pytest

from emgpipe.comparison import MixedModel, StudyTables, compare_all
from emgpipe.errors import ComparisonError, MissingPackageError
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import row, table

HEADS = MixedModel(factor="head_position", metrics=("mean",))
POSITIONS = ("neutral", "slight_flexion", "hyperflexion")
ANGLES = dict(zip(POSITIONS, (0.0, 15.0, 45.0), strict=True))


def study(people=8, effect=0.3, seed=0, repetitions=3, sessions=("1",), exercises=("back_squat",)):
    """Log amplitude: level + effect where not neutral + own response + 0.05 per place in the order + noise."""
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(people):
        own = rng.normal(-8, 0.4)
        for session in sessions:
            electrodes = rng.normal(0, 0.3) if len(sessions) > 1 else 0.0
            for exercise in exercises:
                for place, i in enumerate(rng.permutation(3), start=1):
                    position, response = POSITIONS[i], rng.normal(0, 0.1)
                    for r in range(1, repetitions + 1):
                        where = {"session": session, "head_position": position, "repetition": r, "order": str(place)}
                        log = own + electrodes + effect * (i > 0) + response + 0.05 * place + rng.normal(0, 0.05)
                        rows.append(row(f"P{p}", exercise, math.exp(log), **where))
                        rows.append(neck(f"P{p}", exercise, ANGLES[position] + rng.normal(0, 2), **where))
    return rows


def neck(person, exercise, angle, **where):
    channel = {"kind": "angle", "muscle": "neck_angle", "side": "", "metric": "lockout", "unit": "deg"}
    return row(person, exercise, np.nan, **where) | channel | {"value": angle, "amplitude_unit": ""}


def model(rows, comparator=HEADS):
    (made,) = comparator.compare(StudyTables(table(rows)), load_vocabulary())
    return made


def term(made, name):
    (found,) = made.table[made.table["term"] == name].to_dict("records")
    return found


def emg(rows):
    return [r for r in rows if r["kind"] == "emg"]


def test_balanced_levels_are_the_anova_of_the_participants_means():
    rows = study()
    frame = table(emg(rows)).assign(log=lambda t: np.log(t["amplitude"]))
    means = frame.pivot_table(index="participant", columns="head_position", values="log")[list(POSITIONS)].to_numpy()
    left = means - means.mean(0) - means.mean(1, keepdims=True) + means.mean()
    error = math.sqrt(2 * (left**2).sum() / 14 / 8)
    made = model(rows)
    found = term(made, "head_position = hyperflexion")
    assert found["estimate"] == pytest.approx(means[:, 2].mean() - means[:, 0].mean())
    assert found["se"] == pytest.approx(error, rel=1e-3)
    assert (found["df"], found["n"], found["n_rows"]) == (14, 8, 72)
    assert found["ratio"] == pytest.approx(math.exp(found["estimate"]))
    assert found["ci_low"] < found["ratio"] < found["ci_high"]
    assert found["p"] > found["p_wald"]
    assert (found["level"], found["against"], found["scale"], found["unit"]) == (
        "hyperflexion", "neutral", "log", "ratio",
    )  # fmt: skip
    assert "higher in hyperflexion than in neutral" in made.sentences[1]
    assert "liberal" in made.basis["wald"]
    assert "paired comparison" in made.basis["headline"]
    quantities = made.tables["variance"]["quantity"].tolist()
    assert {"variance of participant", "variance of participant x condition", "residual SD", "-2 log REML"} <= set(
        quantities
    )


def test_missing_cells_cost_no_participant_and_make_it_cautious():
    rows = [r for r in study() if (r["participant"], r["head_position"]) != ("P2", "hyperflexion")]
    found = term(model(rows), "head_position = hyperflexion")
    assert (found["n"], found["n_rows"], found["df"]) == (8, 69, 7)


def test_the_mvic_enters_nowhere():
    one, other = study(people=4), study(people=4)
    for i, r in enumerate(other):
        r["value"] = r["value"] if r["kind"] == "angle" else r["value"] * (1 + i % 5)
    pd.testing.assert_frame_equal(model(one).table, model(other).table)


def test_a_covariate_inside_participants():
    made = model(study(people=12), HEADS.model_copy(update={"covariates": ("order", "repetition")}))
    found = term(made, "order")
    assert found["ci_low"] < math.exp(0.05) < found["ci_high"]
    assert found["df"] == 11
    assert any("trend on repetition" in sentence for sentence in made.sentences)
    assert "own mean" in made.basis["covariates"]


def test_a_dose_takes_the_place_of_the_levels():
    rows = study(people=6, effect=0.0, repetitions=2)
    angle = {(r["participant"], r["head_position"], r["repetition"]): r["value"] for r in rows if r["kind"] == "angle"}
    for r in emg(rows):
        r["amplitude"] *= math.exp(0.01 * angle[r["participant"], r["head_position"], r["repetition"]])
    made = model(rows, HEADS.model_copy(update={"dose": "neck_angle"}))
    assert made.table["term"].tolist() == ["neck_angle"]
    found = term(made, "neck_angle")
    assert found["estimate"] == pytest.approx(0.01, abs=0.004)
    assert "higher with higher neck angle" in made.sentences[0]
    assert made.title == "Mixed model of neck angle over head positions"


def test_sessions_and_several_exercises_have_components_of_their_own():
    made = model(study(people=4, repetitions=2, sessions=("1", "2"), exercises=("back_squat", "front_squat")))
    quantities = set(made.tables["variance"]["quantity"])
    assert {"variance of participant x session", "variance of participant x level"} <= quantities
    assert "exercise = front_squat" in set(made.table["term"])
    assert not any("front squat against" in sentence for sentence in made.sentences)


def test_free_slopes_and_the_naive_intercept():
    rows = study(people=6)
    free = model(rows, HEADS.model_copy(update={"random": "slopes"}))
    assert "variance of participant: head_position = hyperflexion" in set(free.tables["variance"]["quantity"])
    naive = model(rows, HEADS.model_copy(update={"random": "intercept"}))
    assert "far too sure" in naive.basis["method"]
    name = "head_position = hyperflexion"
    assert term(naive, name)["se"] < 0.7 * term(model(rows), name)["se"]


def test_a_channel_is_compared_by_difference():
    found = model(study(), HEADS.model_copy(update={"muscles": (), "channels": ("neck_angle",)})).table.iloc[0]
    assert (found["unit"], found["scale"]) == ("deg", "raw")
    assert math.isnan(found["ratio"])
    assert found["ci_low"] < 15 < found["ci_high"]


def test_a_variance_at_the_boundary_is_said():
    rows = emg(study(people=6, repetitions=1))
    amounts = {}
    for r in rows:
        amounts.setdefault(r["participant"], []).append(math.log(r["amplitude"]))
    for r in rows:
        r["amplitude"] /= math.exp(np.mean(amounts[r["participant"]]))
    made = model(rows)
    assert any("mind the fit, the variance of participant is estimated as zero" in text for text in made.sentences)
    assert "estimated as zero" in made.table["note"].iloc[0]


def test_amplitudes_without_logarithm_are_counted():
    rows = emg(study())
    rows[0]["amplitude"], rows[5]["amplitude"] = 0.0, np.nan
    made = model(rows)
    assert made.basis["left_out"].startswith("2 without a usable amplitude")
    assert made.table["n_rows"].tolist() == [70, 70]


@pytest.mark.parametrize(
    ("rows", "changes", "words"),
    [
        (study(people=1), {}, "needs at least 2 participants"),
        (study(), {"covariates": ("speed",)}, "covariates: 'speed' is not a factor"),
        (study(), {"covariates": ("load_basis",)}, "holds '10RM'; a covariate is a number"),
        (study(), {"covariates": ("head_position",)}, "compared or held"),
        (study(), {"against": "hyperextension"}, "'hyperextension' is not among the levels"),
        (study(), {"dose": "neck_angel"}, "did you mean 'neck_angle'?"),
        ([r | {"order": "2"} for r in study()], {"covariates": ("order",)}, "the same in all trials"),
        ([r | {"order": str(POSITIONS.index(r["head_position"]))} for r in study()], {"covariates": ("order",)},
         "order cannot be told apart"),
        ([r | {"amplitude": 1e-4} for r in emg(study())], {}, "no spread is left"),
        ([r | {"amplitude": 0.0} for r in emg(study())], {}, "no value is left"),
        ([r for r in study() if (r["head_position"] == "neutral") == (r["participant"] == "P0")], {},
         "no participant or chain of participants"),
        ([r for r in study() if r["head_position"] == "neutral"], {}, "needs two head positions"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_words(rows, changes, words):
    with pytest.raises(ComparisonError) as refused:
        model(rows, HEADS.model_copy(update=changes))
    assert words in str(refused.value)


def test_one_outcome_that_fails_does_not_stop_the_others():
    rows = emg(study())
    rows += [r | {"muscle": "soleus", "amplitude": 1e-4} for r in rows]
    made = model(rows)
    assert set(made.table["muscle"]) == {"gluteus_maximus"}
    assert "Soleus, right, mean EMG amplitude: not compared" in made.basis["not_compared"]


def test_without_statsmodels_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.regression.mixed_linear_model", None)
    with pytest.raises(MissingPackageError, match=r"emgpipe\[models\]"):
        model(study())
    made, (problem,) = compare_all([HEADS], StudyTables(table(study())), load_vocabulary())
    assert made == ()
    assert "pip install 'emgpipe[models]'" in str(problem)
