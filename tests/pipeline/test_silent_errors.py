"""Mistakes that would give a wrong number without a word: each must leave the number empty, or say so beside it.

The EMG is a sine of 100 Hz, whose amplitude decides every number: a task at half the amplitude of the MVIC reads 50 %.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import emgpipe
from emgpipe.cli import main

RATE = 1000.0
MVIC = 100.0
"""uV; the tasks are half and a quarter of it."""
HEADER = "participant;session;trial;role;file;start;stop;target;exercise;head_position;working_side;file_2;offset_2\n"
STUDY = """
name: silent
recordings: {{folder: raw, trials: trials.csv}}
channels: [{channels}]
comparisons: [{{kind: ranking, factor: exercise, at: {{head_position: neutral}}}}]
output: {{folder: processed}}
{more}
"""
GMAX = "{label: GMAX, muscle: gluteus_maximus_lower, side: right}"
BF = "{label: BF, muscle: biceps_femoris, side: right}"


def sine(seconds, amplitude, rate=RATE):
    return amplitude * np.sin(2 * np.pi * 100 * np.arange(round(seconds * rate)) / rate)


def write_csv(path, rate=RATE, start=0.0, **columns):
    """Write one CSV; a column ``GMAX`` is in uV, ``GMAX_`` has no unit, ``hip`` is in degrees."""
    units = {name: "" if name.endswith("_") else " (deg)" if name == "hip" else " (uV)" for name in columns}
    frame = pd.DataFrame({name.rstrip("_") + units[name]: values for name, values in columns.items()})
    frame.insert(0, "time (s)", start + np.arange(len(frame)) / rate)
    frame.to_csv(path, index=False, float_format="%.6f")


class Folder:
    """A study of one participant with an MVIC, a hip thrust and a back squat, written when it is run."""

    def __init__(self, folder):
        self.path = folder
        self.raw = folder / "raw"
        self.raw.mkdir()
        self.rows = []

    def trial(self, role, file, *, number=1, exercise="", side="", span=("", ""), target="gluteus_maximus", second=""):
        target, exercise, head = (target, "", "") if role == "mvic" else ("", exercise, "neutral")
        start, stop = span
        row = f"P1;1;{number};{role};{file};{start};{stop};{target};{exercise};{head};{side};{second}"
        self.rows.append(row if second else row + ";")

    def three(self, second=("", "", ""), **mvic):
        self.trial("mvic", "m.csv", second=second[0], **mvic)
        self.trial("task", "t.csv", exercise="barbell hip thrust", second=second[1])
        self.trial("task", "q.csv", exercise="back squat", second=second[2])

    def run(self, *, channels=GMAX, more=""):
        (self.raw / "trials.csv").write_text(HEADER + "\n".join(self.rows) + "\n", "utf-8")
        (self.path / "study.yaml").write_text(STUDY.format(channels=channels, more=more), "utf-8")
        return emgpipe.run_study(self.path / "study.yaml")


@pytest.fixture
def study(tmp_path):
    folder = Folder(tmp_path)
    for name, share in (("m", 1.0), ("t", 0.5), ("q", 0.25)):
        write_csv(folder.raw / f"{name}.csv", GMAX=sine(4, share * MVIC), BF=sine(4, 0.3 * MVIC))
    return folder


def numbers(result, metric="mean", **where):
    table = result.metrics[(result.metrics["metric"] == metric) & (result.metrics["phase"] == "repetition")]
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def findings(result, kind):
    return result.findings[result.findings["kind"] == kind]


def test_the_numbers_of_the_study_as_it_is(study):
    study.three()
    result = study.run()
    assert numbers(result)["value"].to_numpy() == pytest.approx([50, 25], rel=1e-3)
    assert numbers(result)["amplitude"].to_numpy() == pytest.approx([50e-6 / 2**0.5, 25e-6 / 2**0.5], rel=1e-3)
    loud = result.findings[result.findings["level"] != "note"]
    assert set(loud["kind"]) <= {"same_samples"}  # two sines of one frequency are copies of each other but for a factor


def test_mvic_without_a_unit_is_no_reference_for_tasks_in_volts(study):
    write_csv(study.raw / "m.csv", GMAX_=sine(4, MVIC))
    study.three()
    result = study.run()
    assert numbers(result)["value"].isna().all()
    assert numbers(result)["amplitude"].notna().all()
    assert set(findings(result, "unit_differs")["level"]) == {"fail"}
    assert len(findings(result, "no_mvic")) == 1
    assert main(["run", str(study.path / "study.yaml"), "--quiet"]) == 1


def test_task_without_a_unit_is_not_compared_with_tasks_in_volts(study):
    write_csv(study.raw / "q.csv", GMAX_=sine(4, MVIC / 4), BF=sine(4, 30))
    study.three(target="gluteus_maximus,biceps_femoris")
    result = study.run(channels=f"{GMAX}, {BF}")
    assert set(numbers(result, muscle="gluteus_maximus_lower")["exercise"]) == {"barbell_hip_thrust"}
    assert set(numbers(result, muscle="biceps_femoris")["exercise"]) == {"barbell_hip_thrust", "back_squat"}
    assert len(findings(result, "unit_differs")) == 1


def test_unit_stated_for_the_files_that_lack_it_makes_them_alike(study):
    write_csv(study.raw / "m.csv", GMAX_=sine(4, MVIC))
    study.three()
    result = study.run(channels="{label: GMAX, muscle: gluteus_maximus_lower, side: right, unit: uV}")
    assert numbers(result)["value"].to_numpy() == pytest.approx([50, 25], rel=1e-3)


def test_emg_that_is_no_voltage_is_doubted(study):
    for name in ("m", "t", "q"):
        path = study.raw / f"{name}.csv"
        path.write_text(path.read_text("utf-8").replace("GMAX (uV)", "GMAX (g)"), "utf-8")
    study.three()
    result = study.run()
    doubts = findings(result, "emg_not_in_volts")
    assert len(doubts) == 3
    assert numbers(result)["findings"].str.contains("emg_not_in_volts").all()


def test_half_a_swap_gives_no_mean_of_two_muscles(study):
    """BF is said to be the gluteus, but nobody says what the channel GMAX is now."""
    study.three()
    result = study.run(
        channels=f"{GMAX}, {BF}",
        more="overrides: [{participant: P1, reason: swapped, channels: "
        "[{label: BF, muscle: gluteus_maximus_lower, side: right}]}]",
    )
    assert numbers(result).empty
    assert all("'GMAX (uV)' and 'BF (uV)' are both" in one.reason for one in result.failed if one.what == "trial")
    assert "no numbers about repetitions" in findings(result, "comparison_not_made")["reason"].iloc[0]


def test_unilateral_mvic_counts_for_the_side_that_worked(study):
    for name, left, right in (("m", 1.0, 0.05), ("t", 0.5, 0.5), ("q", 0.25, 0.25)):
        write_csv(study.raw / f"{name}.csv", GL=sine(4, left * MVIC), GR=sine(4, right * MVIC))
    study.three(side="left")
    sides = [
        f"{{label: G{side[0].upper()}, muscle: gluteus_maximus_lower, side: {side}}}" for side in ("left", "right")
    ]
    result = study.run(channels=", ".join(sides))
    assert numbers(result, side="left")["value"].to_numpy() == pytest.approx([50, 25], rel=1e-3)
    assert numbers(result, side="right")["value"].isna().all()
    assert list(findings(result, "no_mvic")["side"]) == ["right"]
    assert [one.side for one in result.references] == ["left"]


def test_mvic_of_a_side_without_channel_is_left_out_and_said(study):
    study.three()
    study.trial("mvic", "q.csv", number=2, side="left")
    result = study.run()
    assert [one.status for one in result.outcomes if one.what == "trial" and one.name.endswith(".2")] == ["left out"]
    assert "gluteus_maximus (left)" in findings(result, "mvic_not_needed")["reason"].iloc[0]
    assert numbers(result)["value"].to_numpy() == pytest.approx([50, 25], rel=1e-3)


def test_short_second_emg_file_that_cuts_the_others_is_said(study):
    for name, share in (("m", 1.0), ("t", 0.5), ("q", 0.25)):
        write_csv(study.raw / f"{name}.csv", GMAX=sine(10, share * MVIC))
        write_csv(study.raw / f"{name}2.csv", rate=2000.0, BF=sine(2, share * MVIC, 2000.0))
    study.three(second=("m2.csv;3", "t2.csv;3", "q2.csv;3"), target="gluteus_maximus,biceps_femoris")
    result = study.run(channels=f"{GMAX}, {BF}")
    assert numbers(result, "duration")["value"].to_numpy() == pytest.approx([2, 2])
    assert numbers(result, "duration")["onset"].to_numpy() == pytest.approx([3, 3])
    assert numbers(result)["value"].to_numpy() == pytest.approx([50, 50, 25, 25], rel=2e-3)
    said = findings(result, "channels_uneven")
    assert len(said) == 3
    assert said["value"].to_numpy() == pytest.approx([8, 8, 8])
    assert numbers(result)["findings"].str.count("channels_uneven").eq(2).all()  # of the task, and of its reference


def test_angle_that_does_not_cover_the_trial_has_no_minimum(study):
    write_csv(study.raw / "a.csv", rate=100.0, hip=np.linspace(0, 90, 201))
    write_csv(study.raw / "b.csv", rate=100.0, hip=np.linspace(0, 90, 401))
    study.three(second=("", "a.csv;1", "b.csv;0"))
    result = study.run(channels=f"{GMAX}, {{label: hip, kind: angle, name: hip_angle}}")
    for metric, value in (("minimum", 0), ("maximum", 90), ("range", 90)):
        short, whole = numbers(result, metric, muscle="hip_angle")["value"]
        assert np.isnan(short)
        assert whole == pytest.approx(value, abs=0.3)
    (said,) = findings(result, "channel_short")["id"]
    assert set(numbers(result, "minimum", exercise="barbell_hip_thrust")["findings"]) == {said}
    assert not numbers(result)["findings"].str.contains(said).any()
    curve = result.curves[result.curves["muscle"] == "hip_angle"].iloc[0]
    assert np.isnan([curve["0"], curve["20"], curve["80"], curve["100"]]).all()
    assert curve["50"] == pytest.approx(45, abs=0.3)


def test_sensor_that_died_in_one_trial_of_a_long_file(study):
    parts = [sine(5, MVIC), sine(5, MVIC / 2), np.zeros(5000), sine(5, MVIC / 4)]
    write_csv(study.raw / "long.csv", start=100.0, GMAX=np.concatenate(parts), BF=sine(20, 30))
    study.trial("mvic", "long.csv", span=(101, 104), target="gluteus_maximus,biceps_femoris")
    for number, start in ((1, 106), (2, 116)):
        study.trial("task", "long.csv", number=number, exercise="back squat", span=(start, start + 3))
    study.trial("task", "long.csv", exercise="barbell hip thrust", span=(111, 114))
    result = study.run(channels=f"{GMAX}, {BF}")
    gluteus = numbers(result, muscle="gluteus_maximus_lower")
    assert gluteus["value"].to_numpy() == pytest.approx([50, 25], rel=1e-3)
    assert gluteus["onset"].to_numpy() == pytest.approx([106, 116])
    assert len(numbers(result, muscle="biceps_femoris")) == 3
    (dead,) = findings(result, "constant_channel").itertuples()
    assert (dead.trial, dead.muscle, dead.level) == (
        "P1/1/barbell_hip_thrust.neutral.1",
        "gluteus_maximus_lower",
        "fail",
    )


def test_gap_of_a_long_file_touches_only_the_trial_it_lies_in(study):
    samples = np.concatenate([sine(5, MVIC), sine(5, MVIC / 2), sine(5, MVIC / 4)])
    samples[12_000:12_100] = np.nan
    write_csv(study.raw / "long.csv", GMAX=samples)
    study.trial("mvic", "long.csv", span=(1, 4))
    study.trial("task", "long.csv", exercise="barbell hip thrust", span=(6, 9))
    study.trial("task", "long.csv", exercise="back squat", span=(11, 14))
    result = study.run()
    (gap,) = findings(result, "missing_samples").itertuples()
    assert (gap.trial, gap.value) == ("P1/1/back_squat.neutral.1", 100)
    assert "100 of 3000" in gap.reason


def test_stated_start_before_the_recording_is_said_even_at_zero(study):
    write_csv(study.raw / "t.csv", start=2.0, GMAX=sine(4, MVIC / 2))
    study.trial("task", "t.csv", exercise="barbell hip thrust", span=(0, 5))
    assert "0.0 to 5.0 s reaches beyond" in findings(study.run(), "span_cut")["reason"].iloc[0]


def test_samples_too_few_for_the_chain_between_gaps_are_counted(study):
    samples = sine(4, MVIC / 2)
    samples[[1000, 1050]] = np.nan
    write_csv(study.raw / "t.csv", GMAX=samples)
    study.three()
    (lost,) = findings(study.run(), "stretch_too_short").itertuples()
    assert (lost.value, lost.muscle, lost.trial) == (49, "gluteus_maximus_lower", "P1/1/barbell_hip_thrust.neutral.1")


def test_findings_of_every_trial_a_reference_is_made_of_travel_with_it(study):
    write_csv(study.raw / "m2.csv", GMAX=sine(4, MVIC / 2))
    write_csv(study.raw / "m3.csv", GMAX=sine(4, MVIC / 4))
    study.three()
    for number in (2, 3):
        study.trial("mvic", f"m{number}.csv", number=number, span=(1, 99))
    result = study.run(more="normalization: {kind: mvic, combine: {kind: mean_of_best, n: 2}}")
    assert numbers(result)["value"].to_numpy() == pytest.approx([50 / 0.75, 25 / 0.75], rel=1e-3)
    cut = findings(result, "span_cut").set_index("trial")["id"]
    for linked in numbers(result)["findings"]:
        assert cut["P1/1/mvic.gluteus_maximus.2"] in linked
        assert cut["P1/1/mvic.gluteus_maximus.3"] not in linked
    assert "50% below the best" in findings(result, "mvic_not_plateaued")["reason"].iloc[0]


def test_table_of_repetitions_is_an_input_of_the_run(study):
    (study.path / "times.csv").write_text("file;start;stop\nt.csv;1;2\nq.csv;1,5;3\n", "utf-8")
    study.three()
    result = study.run(more="repetitions: {kind: table, path: times.csv}")
    assert numbers(result, "duration")["value"].to_numpy() == pytest.approx([1, 1.5])
    inputs = json.loads((result.folder / "run.json").read_text("utf-8"))["inputs"]
    assert len(inputs["times.csv"]) == 64


def test_angle_file_that_is_short_but_covers_the_repetitions_is_no_finding(study):
    write_csv(study.raw / "a.csv", rate=100.0, hip=np.linspace(0, 90, 301))
    (study.path / "times.csv").write_text("start;stop\n1;2\n", "utf-8")
    study.three(second=("", "a.csv;0", "a.csv;0"))
    result = study.run(
        channels=f"{GMAX}, {{label: hip, kind: angle, name: hip_angle}}",
        more="repetitions: {kind: table, path: times.csv}",
    )
    assert numbers(result, "range", muscle="hip_angle")["value"].to_numpy() == pytest.approx([30, 30], abs=0.5)
    assert findings(result, "channel_short").empty
