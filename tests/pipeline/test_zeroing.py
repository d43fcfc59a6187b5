"""Angles from the participant's own neutral, from files to tables: measured, derived, and without a calibration."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import emgpipe
from emgpipe.simulate import simulate_emg
from emgpipe.store import read_session_trials, session_path
from tests.pipeline.small import RATE, activation

STUDY = """
name: necks
recordings:
  folder: raw
  files:
    - {{pattern: "{{participant}}_calibration_{{position}}_{{trial}}.*", role: calibration}}
    - {{pattern: "{{participant}}_{{exercise}}_{{head_position}}_{{trial}}.*"}}
channels:
  - {{label: GMAX, muscle: gluteus_maximus_lower, side: right}}
  - {{label: hip, kind: angle, name: hip_angle}}
{channels}
normalization: {{kind: none}}
repetitions: {{kind: angle, channel: hip_angle, expected: 3}}
metrics: [mean, lockout]
zeroing: {{channels: [neck_angle]{more}}}
"""
TWO = """  - {label: head, kind: angle, name: head}
  - {label: trunk, kind: angle, name: trunk}
derived:
  - {kind: difference, name: neck_angle, channels: [head, trunk]}
"""
ONE = "  - {label: neck, kind: angle, name: neck_angle}\n"
NECK = {"neutral": 0.0, "hyperextension": -30.0}


def write_recording(path: Path, neck: float, *, head_offset: float, moves: bool) -> None:
    """Write a set (or a still pose) with hip, head, trunk and neck angles; sensors read `head_offset`, 25 and 7."""
    rng = np.random.default_rng(len(path.name))
    seconds = 11.0 if moves else 4.0
    time = np.arange(round(seconds * RATE)) / RATE
    up = activation(1.0, seconds) / 2e-4 if moves else np.zeros(time.size)
    trunk = 40.0 * (1 - up)
    hip, head, trunk, neck_alone = (
        angle + 0.2 * rng.standard_normal(time.size) for angle in (80 - 80 * up**2, trunk + neck, trunk, neck)
    )
    emg = 1e6 * simulate_emg(activation(1.0, seconds), RATE, rng)
    table = np.column_stack([time, emg, hip, head + head_offset, trunk + 25.0, neck_alone + 7.0])
    header = "time (s),GMAX (uV),hip (deg),head (deg),trunk (deg),neck (deg)"
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header=header, comments="")


def write_study(folder: Path, poses: dict[str, list[float]], *, channels: str = TWO, more: str = "") -> Path:
    """Write two sets of each participant, and a calibration trial for each pose (neck in degrees) stated."""
    raw = folder / "raw"
    raw.mkdir()
    for number, (person, necks) in enumerate(poses.items()):
        offset = 10.0 + 15.0 * number
        for position, neck in NECK.items():
            path = raw / f"{person}_barbell-hip-thrust_{position}_1.csv"
            write_recording(path, neck, head_offset=offset, moves=True)
        for trial, neck in enumerate(necks, start=1):
            path = raw / f"{person}_calibration_upright_{trial}.csv"
            write_recording(path, neck, head_offset=offset, moves=False)
    path = folder / "study.yaml"
    path.write_text(STUDY.format(channels=channels, more=more), "utf-8")
    return path


def lockouts(result, person):
    table = result.metrics
    own = table[(table["muscle"] == "neck_angle") & (table["metric"] == "lockout") & (table["participant"] == person)]
    assert len(own) == 6
    return own.groupby("head_position")["value"].mean().to_dict()


def warnings(result):
    found = result.findings[result.findings["level"] == "warn"]
    return found[["kind", "participant", "muscle"]].to_numpy().tolist()


@pytest.mark.parametrize("channels", [TWO, ONE], ids=["head minus trunk", "one channel"])
def test_neck_is_counted_from_the_own_neutral(tmp_path, channels):
    study = write_study(tmp_path, {"P01": [0.0], "P02": [0.0]}, channels=channels)
    before = {path.name: path.read_bytes() for path in (tmp_path / "raw").iterdir()}
    result = emgpipe.run_study(study)
    for person in ("P01", "P02"):
        assert lockouts(result, person) == pytest.approx(NECK, abs=0.3)
    notes = result.findings[result.findings["kind"] == "neutral_found"].set_index("participant")
    expected = {"P01": -15.0, "P02": 0.0} if channels == TWO else {"P01": 7.0, "P02": 7.0}
    assert notes["value"].to_dict() == pytest.approx(expected, abs=0.3)
    assert notes["trial"].to_dict() == {"P01": "P01/1/calibration.1", "P02": "P02/1/calibration.1"}
    assert warnings(result) == []
    assert {path.name: path.read_bytes() for path in (tmp_path / "raw").iterdir()} == before


def test_the_stored_trace_is_zeroed_and_its_history_says_so(tmp_path):
    result = emgpipe.run_study(write_study(tmp_path, {"P01": [0.0]}))
    trials = read_session_trials(session_path(result.folder, "P01", "1"))
    for trial in trials:
        assert trial.history["neck_angle"] == ("zeroed by +15.0 deg (calibration trial P01/1/calibration.1)",)
        trace = next(one for one in trial.traces if one.name == "neck_angle")
        assert np.median(trace.values) == pytest.approx(NECK.get(trial.trial.head_position, 0.0), abs=0.3)
    page = (result.folder / "report.html").read_text("utf-8")
    assert "zeroed by +15.0 deg" in page
    assert "counted from the participant&#x27;s own neutral, the median over the stillest 1 s of each" in page


def test_without_a_calibration_trial_the_angle_is_empty_and_the_emg_stays(tmp_path):
    result = emgpipe.run_study(write_study(tmp_path, {"P01": [0.0], "P02": []}))
    assert result.failed == ()
    assert lockouts(result, "P01") == pytest.approx(NECK, abs=0.3)
    assert all(np.isnan(value) for value in lockouts(result, "P02").values())
    assert warnings(result) == [["protocol_missing", "P02", ""], ["neutral_missing", "P02", "neck_angle"]]
    own = result.metrics[result.metrics["participant"] == "P02"]
    emg = own[(own["kind"] == "emg") & (own["metric"] == "mean") & (own["phase"] == "repetition")]
    assert len(emg) == 6
    assert emg["amplitude"].notna().all()
    linked = result.metrics["findings"].str.contains("neutral_missing")
    assert set(result.metrics[linked]["muscle"]) == {"neck_angle"}
    assert set(result.metrics[linked]["participant"]) == {"P02"}


def test_a_calibration_trial_that_cannot_be_read_leaves_the_angle_empty(tmp_path):
    study = write_study(tmp_path, {"P01": [0.0]})
    (tmp_path / "raw" / "P01_calibration_upright_1.csv").write_bytes(b"")
    result = emgpipe.run_study(study)
    assert [trial for trial in result.failed if "calibration" in str(trial)]
    assert all(np.isnan(value) for value in lockouts(result, "P01").values())
    assert ["neutral_missing", "P01", "neck_angle"] in warnings(result)


def test_two_calibration_trials_that_disagree(tmp_path):
    result = emgpipe.run_study(write_study(tmp_path, {"P01": [0.0, 8.0]}))
    assert warnings(result) == [["neutral_spread", "P01", "neck_angle"]]
    assert lockouts(result, "P01") == pytest.approx({name: angle - 4.0 for name, angle in NECK.items()}, abs=0.3)


def test_a_coarse_goniometer_that_shows_one_value_in_the_pose_is_used_and_said(tmp_path):
    study = write_study(tmp_path, {"P01": [0.0]}, channels=ONE)
    path = tmp_path / "raw" / "P01_calibration_upright_1.csv"
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    table[:, -1] = 7.0
    header = path.read_text().splitlines()[0]
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header=header, comments="")
    result = emgpipe.run_study(study)
    assert warnings(result) == [["constant_channel", "P01", "neck_angle"]]
    assert lockouts(result, "P01") == pytest.approx(NECK, abs=0.3)


def test_an_angle_computed_from_a_dead_sensor_is_no_number(tmp_path):
    study = write_study(tmp_path, {"P01": [0.0]})
    path = next((tmp_path / "raw").glob("P01_*neutral*.csv"))
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    header = path.read_text().splitlines()[0]
    table[:, header.split(",").index("head (deg)")] = 0.0
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header=header, comments="")
    result = emgpipe.run_study(study)
    failed = result.findings[result.findings["level"] == "fail"]
    assert set(zip(failed["kind"], failed["muscle"], strict=True)) == {
        ("constant_channel", "head"), ("not_derived", "neck_angle"),
    }  # fmt: skip
    measured = result.metrics[result.metrics["muscle"] == "neck_angle"]
    assert set(measured["head_position"]) == set(NECK) - {"neutral"}


def test_repetitions_and_emg_do_not_depend_on_the_zero(tmp_path):
    study = write_study(tmp_path, {"P01": [0.0]})
    zeroed = emgpipe.run_study(study).metrics
    study.write_text(study.read_text("utf-8").replace("zeroing:", "title: no zero\n#"), "utf-8")
    plain = emgpipe.run_study(study).metrics
    columns = ["trial", "repetition", "onset", "phase", "muscle", "metric", "value", "amplitude"]
    assert zeroed[zeroed["muscle"] != "neck_angle"][columns].equals(plain[plain["muscle"] != "neck_angle"][columns])
    shift = zeroed[zeroed["muscle"] == "neck_angle"]["value"] - plain[plain["muscle"] == "neck_angle"]["value"]
    assert shift.to_numpy() == pytest.approx(15.0, abs=0.1)


@pytest.mark.parametrize("lost", ["gone", "flat"])
def test_a_calibration_trial_needs_no_emg(tmp_path, lost):
    study = write_study(tmp_path, {"P01": [0.0]})
    path = tmp_path / "raw" / "P01_calibration_upright_1.csv"
    table, header = np.loadtxt(path, delimiter=",", skiprows=1), path.read_text().splitlines()[0]
    if lost == "gone":
        table, header = np.delete(table, 1, axis=1), header.replace("GMAX (uV),", "")
    else:
        table[:, 1] = 0.0
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header=header, comments="")
    result = emgpipe.run_study(study)
    assert result.failed == ()
    assert set(result.findings["level"]) == {"note"}
    assert lockouts(result, "P01") == pytest.approx(NECK, abs=0.3)


def test_where_no_pose_has_the_name_asked_for_the_poses_there_are_named(tmp_path):
    result = emgpipe.run_study(write_study(tmp_path, {"P01": [0.0]}, more=", position: uprigth"))
    (reason,) = result.findings.loc[result.findings["kind"] == "neutral_missing", "reason"]
    assert "in position 'uprigth'" in reason
    assert "none of P01/1/calibration.1 (position 'upright') gives it" in reason
