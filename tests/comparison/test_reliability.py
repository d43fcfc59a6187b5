"""Reliability of MVIC trials, repetitions and sessions, from the tables."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from emgpipe.comparison import Reliability, StudyTables
from emgpipe.errors import ComparisonError
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import row, table

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
PEOPLE = [f"P{i}" for i in range(1, 7)]
EMPTY = pd.DataFrame()


def mvics(values=None, **changes):
    values = dict(zip(PEOPLE, SHROUT_FLEISS, strict=True)) if values is None else values
    base = {"session": "1", "muscle": "gluteus_maximus", "side": "right", "placement": "", "unit": "%MVIC",
            "position": "prone"} | changes  # fmt: skip
    rows = []
    for person, own in values.items():
        order = sorted(range(len(own)), key=lambda i: -own[i])  # the table lists the best trial first
        rows += [base | {"participant": person, "rank": rank, "value": own[i] * 1e-4,
                         "trial": f"{person}/{base['session']}/mvic.{base['position']}.{i + 8}"}
                 for rank, i in enumerate(order, start=1)]  # fmt: skip
    return pd.DataFrame(rows)


def measure(comparator, metrics=EMPTY, references=EMPTY):
    (made,) = comparator.compare(StudyTables(metrics, references=references), load_vocabulary())
    return made


def repetitions(values=SHROUT_FLEISS, **changes):
    return [row(person, "back_squat", value * 1e-4, repetition=i, **changes)
            for person, own in zip(PEOPLE, values, strict=True) for i, value in enumerate(own, start=1)]  # fmt: skip


def test_mvic_trials_in_their_order_give_the_published_coefficients():
    made = measure(Reliability(), references=mvics())
    (found,) = made.table.to_dict("records")
    assert (found["n"], found["k"], found["unit"], found["metric"]) == (6, 4, "V", "mvic")
    assert found["icc_2_1"] == pytest.approx(0.289764, abs=1e-6)
    assert found["icc_3_1"] == pytest.approx(0.714841, abs=1e-6)
    assert found["sem_consistency"] == pytest.approx(1.009675e-4, rel=1e-6)
    assert found["mdc_consistency"] == pytest.approx(2.798677e-4, rel=1e-6)
    assert found["sem_agreement_percent"] == pytest.approx(100 * 2.502776 / np.mean(SHROUT_FLEISS), rel=1e-6)
    assert made.cells["value"].to_numpy().reshape(6, 4) == pytest.approx(np.array(SHROUT_FLEISS) * 1e-4)
    sentence = made.sentences[0]
    assert sentence.startswith("Gluteus maximus, right, MVIC EMG amplitude: ICC(2,1) = .29 (95 % interval .02 to .76)")
    assert "One laboratory's rule" in sentence
    assert "not met (the ICC is lower and the CV is higher)" in sentence


def test_the_mean_squares_are_a_table():
    squares = measure(Reliability(), references=mvics()).tables["mean_squares"].set_index("source")
    assert squares.loc["between repeats", "mean_square"] == pytest.approx(32.486111e-8)
    assert squares["df"].tolist() == [5, 18, 3, 15]


def test_trials_too_few_are_named_and_position_limits():
    values = dict(zip(PEOPLE, SHROUT_FLEISS, strict=True)) | {"P7": [3]}
    made = measure(Reliability(), references=mvics(values))
    assert made.table["note"].tolist() == ["left out: P7 (has 1)"]
    assert "P7 (has 1)" in made.basis["left_out"]
    both = pd.concat([mvics(), mvics({p: [v[0], v[1]] for p, v in zip(PEOPLE, SHROUT_FLEISS, strict=True)},
                                     position="standing")])  # fmt: skip
    assert measure(Reliability(), references=both).table["k"].tolist() == [6]
    assert "prone, standing" in measure(Reliability(), references=both).basis["positions"]
    assert measure(Reliability(position="standing"), references=both).table["k"].tolist() == [2]
    with pytest.raises(ComparisonError, match="did you mean 'prone'"):
        measure(Reliability(position="pronne"), references=both)


def test_only_the_first_and_only_one_session():
    later = mvics({person: [1.0, 5.0] for person in PEOPLE}, session="2")
    both = pd.concat([later, mvics()])
    assert measure(Reliability(), references=both).table["k"].tolist() == [4]
    assert measure(Reliability(first=3), references=both).table["k"].tolist() == [3]
    again = measure(Reliability(session="2"), references=both)
    assert again.table["k"].tolist() == [2]
    assert again.table["note"].tolist() == ["no spread between participants; no error: all participants change alike, "
                                            "the intervals of ICC(3) are single points"]  # fmt: skip
    with pytest.raises(ComparisonError, match="no session '3'"):
        measure(Reliability(session="3"), references=both)


def test_repetitions_of_the_first_set():
    later = repetitions([[1] * 4] * 6, trial="2")
    made = measure(Reliability(of="repetitions", metrics=("mean",)), table([*later, *repetitions()]))
    (found,) = made.table.to_dict("records")
    assert found["scope"] == "exercise = back_squat, head_position = neutral"
    assert (found["unit"], found["k"]) == ("%MVIC", 4)
    assert found["icc_2_1"] == pytest.approx(0.289764, abs=1e-6)
    assert made.sentences[0].startswith("Gluteus maximus, right, mean EMG amplitude, back squat, head position neutral")


def test_every_condition_for_itself_and_those_that_cannot_are_named():
    rows = [*repetitions(), *repetitions(head_position="hyperflexion"), row("P1", "front_squat", 1e-4)]
    made = measure(Reliability(of="repetitions", metrics=("mean",)), table(rows))
    assert made.table["scope"].tolist() == ["exercise = back_squat, head_position = neutral",
                                            "exercise = back_squat, head_position = hyperflexion"]  # fmt: skip
    assert "Front squat, head position neutral: not compared, fewer than 2 participants" in made.basis["not_compared"]
    one = Reliability(of="repetitions", metrics=("mean",), at={"head_position": "hyperflexion"})
    assert len(measure(one, table(rows)).table) == 1


def test_sessions_rest_on_the_normalized_values():
    rows = []
    for i, person in enumerate(PEOPLE):
        for session, gain in (("1", 1.0), ("2", 3.0)):  # the second electrode picks up three times as much
            amount = (1 + i + 0.1 * (session == "2")) * 1e-4 * gain
            rows += [row(person, "back_squat", amount, session=session, mvic=gain * 1e-3, repetition=r) for r in (1, 2)]
    rows.append(row("P9", "back_squat", 1e-4))
    found = measure(Reliability(of="sessions", metrics=("mean",)), table(rows))
    (only,) = found.table.to_dict("records")
    assert (only["n"], only["k"], only["unit"]) == (6, 2, "%MVIC")
    assert only["icc_3_1"] == pytest.approx(1)
    assert only["sem_agreement"] == pytest.approx(math.sqrt(0.5))
    assert only["note"].startswith("left out: P9 (has 1)")
    assert "own reference" in found.basis["scale"]


def test_sessions_in_volts_are_refused():
    rows = [row(p, "back_squat", 1e-4, session=s, mvic=None, unit="") for p in "AB" for s in "12"]
    with pytest.raises(ComparisonError, match="cannot be compared"):
        measure(Reliability(of="sessions", metrics=("mean",)), table(rows))


def test_all_values_equal():
    sentences = measure(Reliability(), references=mvics({p: [2.0, 2.0] for p in PEOPLE})).sentences
    assert "no ICC(2,1) over 2 trials of 6 participants, all values are equal" in sentences[0]


def test_angles_in_their_unit():
    rows = [r | {"kind": "angle", "muscle": "lumbar_angle", "side": "", "metric": "lockout", "unit": "deg",
                 "value": r["amplitude"] * 1e4 - 5, "amplitude": np.nan, "amplitude_unit": ""}
            for r in repetitions()]  # fmt: skip
    made = measure(Reliability(of="repetitions", muscles=(), channels=("lumbar_angle",)), table(rows))
    assert made.table["sem_agreement"].tolist() == pytest.approx([2.502776], abs=1e-6)
    assert "standard error of measurement 2.50°" in made.sentences[0]


@pytest.mark.parametrize("references", [EMPTY, mvics(unit="%task_peak")])
def test_without_mvic_trials(references):
    with pytest.raises(ComparisonError, match="no MVIC trials"):
        measure(Reliability(), references=references)


def test_one_participant():
    with pytest.raises(ComparisonError, match="fewer than 2 participants have 2 trials"):
        measure(Reliability(), references=mvics({"P1": [1, 2]}))


@pytest.mark.parametrize(
    "settings", [{"of": "mvic", "channels": ["x"]}, {"of": "sessions", "position": "prone"}, {"first": 1}]
)
def test_settings_that_would_do_nothing_are_refused(settings):
    with pytest.raises(ValidationError):
        Reliability.model_validate(settings)
