"""Whatever is wrong with one file or row, the rest is processed, and the outcome says what and where."""

from __future__ import annotations

import json

import numpy as np
import pytest

import emgpipe
from emgpipe.cli import main
from emgpipe.errors import ConfigError
from tests.pipeline.small import write_recording, write_small_study

HEADER = "time (s),GMAX (uV),BF (uV),hip (deg)"
TASK = "P01_back-squat_neutral_1.csv"


@pytest.fixture
def study(tmp_path):
    return write_small_study(tmp_path)


def table_of(path):
    return np.loadtxt(path, delimiter=",", skiprows=1)


def write(path, table, header=HEADER):
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header=header, comments="")


def empty(path):
    path.write_bytes(b"")


def png(path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))


def headless_binary(path):
    path.write_bytes(bytes(range(256)) * 40)


def no_channel(path):
    path.write_text(path.read_text().replace("GMAX", "GMED").replace("BF", "RF"))


def too_short(path):
    write(path, table_of(path)[:60])


def no_repetition(path):
    table = table_of(path)
    table[:, 3] = 10 + 0.01 * np.random.default_rng(0).normal(size=len(table))
    write(path, table)


def missing_angle(path):
    path.write_text(path.read_text().replace("hip (deg)", "knee (deg)"))


FAILING = {
    empty: "empty",
    png: "PNG",
    headless_binary: "",
    no_channel: "no channel 'GMAX'",
    too_short: "60 samples",
    no_repetition: "no repetition",
    missing_angle: "hip_angle",
}


@pytest.mark.parametrize("spoil", FAILING, ids=lambda spoil: spoil.__name__)
def test_one_bad_file_fails_alone_and_says_why(study, spoil, capsys):
    path = study.parent / "raw" / TASK
    spoil(path)
    assert main(["run", str(study)]) == 1
    run = json.loads((study.parent / "processed" / "small" / "run.json").read_text("utf-8"))
    failed = [one for one in run["outcomes"] if one["status"] == "failed"]
    assert [one["name"] for one in failed if one["what"] == "trial"] == ["P01/1/back_squat.neutral.1"]
    assert FAILING[spoil] in failed[0]["reason"]
    assert sum(one["status"] == "processed" for one in run["outcomes"] if one["what"] == "trial") == 7
    assert "P01/1/back_squat.neutral.1" in (study.parent / "processed" / "small" / "report.html").read_text("utf-8")
    assert "P01/1/back_squat.neutral.1" in capsys.readouterr().err


def test_missing_channel_suggests_the_nearest_and_the_other_channels_count(study):
    path = study.parent / "raw" / TASK
    path.write_text(path.read_text().replace("GMAX", "GMAXX"))
    result = emgpipe.run_study(study)
    missing = result.findings[result.findings["kind"] == "channel_missing"].iloc[0]
    assert "did you mean 'GMAXX" in missing["reason"]
    assert (missing["participant"], missing["muscle"], missing["level"]) == ("P01", "gluteus_maximus_lower", "fail")
    squat = result.metrics[(result.metrics["participant"] == "P01") & (result.metrics["exercise"] == "back_squat")]
    assert "biceps_femoris" in set(squat["muscle"])
    assert "gluteus_maximus_lower" not in set(squat["muscle"])


@pytest.mark.parametrize(("value", "kind"), [("nan", "empty_channel"), ("5.0", "constant_channel")])
def test_dead_channel_is_a_finding_and_the_others_count(study, value, kind):
    path = study.parent / "raw" / TASK
    table = table_of(path)
    table[:, 1] = float(value)
    write(path, table)
    result = emgpipe.run_study(study)
    found = result.findings[result.findings["kind"] == kind].iloc[0]
    assert (found["participant"], found["muscle"], found["level"]) == ("P01", "gluteus_maximus_lower", "fail")
    assert "use: false" in found["remedy"]
    assert main(["run", str(study), "--quiet"]) == 1


def test_gap_in_a_channel_is_counted_and_its_samples_are_not_invented(study):
    path = study.parent / "raw" / TASK
    table = table_of(path)
    table[5000:5100, 1] = np.nan
    write(path, table)
    result = emgpipe.run_study(study)
    found = result.findings[result.findings["kind"] == "missing_samples"]
    assert found["value"].tolist() == [100.0]
    assert result.failed == ()


def test_rate_contradicted_by_the_time_column_is_said(tmp_path):
    study = write_small_study(tmp_path)
    text = study.read_text("utf-8").replace("  files:", "  reading: [{kind: delimited, sampling_rate: 2000}]\n  files:")
    study.write_text(text, "utf-8")
    result = emgpipe.run_study(study)
    said = result.findings[result.findings["kind"] == "sampling_rate_contradiction"]
    assert len(said) > 0
    assert said["reason"].str.contains("2000").all()
    assert said["reason"].str.contains("1000").all()


def test_unknown_exercise_suggests_and_the_rest_goes_on(study):
    raw = study.parent / "raw"
    (raw / TASK).rename(raw / "P01_back-sqat_neutral_1.csv")
    result = emgpipe.run_study(study)
    assert [one.name for one in result.failed] == ["P01_back-sqat_neutral_1.csv"]
    assert "did you mean 'back_squat'" in result.failed[0].reason
    assert len(result.sessions) == 2
    assert main(["run", str(study), "--quiet"]) == 1


def test_two_trials_of_one_name_fail_both_and_the_rest_goes_on(study):
    raw = study.parent / "raw"
    (raw / "P01_back-squat_neutral_1.txt").write_bytes((raw / TASK).read_bytes())
    result = emgpipe.run_study(study)
    reasons = " ".join(one.reason for one in result.failed)
    assert "P01_back-squat_neutral_1.csv" in reasons
    assert "P01_back-squat_neutral_1.txt" in reasons
    squat = result.metrics[result.metrics["exercise"] == "back_squat"]
    assert set(squat["participant"]) == {"P02"}


def test_expected_number_of_repetitions_is_compared(tmp_path):
    study = write_small_study(tmp_path)
    study.write_text(study.read_text("utf-8").replace("expected: 3", "expected: 5"), "utf-8")
    result = emgpipe.run_study(study)
    counted = result.findings[result.findings["kind"] == "repetition_count"]
    assert len(counted) == 4
    assert counted["reason"].str.contains("3 repetitions were found").all()
    assert main(["run", str(study), "--quiet"]) == 0


@pytest.mark.parametrize("content", ["name: [unclosed", "- a list", "", "name: small\n"])
def test_unusable_study_file_does_not_start(tmp_path, content, capsys):
    (tmp_path / "study.yaml").write_text(content, "utf-8")
    assert main(["run", str(tmp_path / "study.yaml")]) == 2
    assert "study.yaml" in capsys.readouterr().err


def test_nothing_to_do_does_not_start(study):
    for path in (study.parent / "raw").iterdir():
        path.unlink()
    with pytest.raises(ConfigError, match="no trial"):
        emgpipe.run_study(study)


def test_output_inside_the_recordings_is_refused(study):
    study.write_text(study.read_text("utf-8").replace("folder: processed", "folder: raw/out"), "utf-8")
    with pytest.raises(ConfigError, match="never written to"):
        emgpipe.run_study(study)


def test_override_swaps_channels_and_leaves_a_dead_one_out(tmp_path):
    more = """
overrides:
  - participant: P01
    reason: the two sensors were swapped
    channels:
      - {label: GMAX, muscle: biceps_femoris, side: right}
      - {label: BF, muscle: gluteus_maximus_lower, side: right}
  - participant: P02
    reason: the sensor died
    channels: [{label: BF, use: false}]
"""
    plain = emgpipe.run_study(write_small_study(tmp_path / "a"))
    changed = emgpipe.run_study(write_small_study(tmp_path / "b", more=more))

    def amplitude(result, person, muscle):
        table = result.metrics
        chosen = (table["participant"] == person) & (table["muscle"] == muscle) & (table["metric"] == "mean")
        return table[chosen]["amplitude"].to_numpy()

    assert amplitude(changed, "P01", "biceps_femoris") == pytest.approx(
        amplitude(plain, "P01", "gluteus_maximus_lower")
    )
    assert amplitude(changed, "P02", "biceps_femoris").size == 0
    left_out = changed.findings[changed.findings["kind"] == "channel_left_out"]
    assert set(left_out["participant"]) == {"P02"}
    assert left_out["reason"].str.contains("the sensor died").all()


def test_no_mvic_positions_decide_the_reference_by_themselves(tmp_path):
    study = write_small_study(tmp_path)
    write_recording(tmp_path / "raw" / "P01_mvic_gluteus-maximus_squeeze_1.csv", 2.0, seed=9)
    result = emgpipe.run_study(study)
    reference = next(one for one in result.references if one.participant == "P01" and "gluteus" in one.muscle)
    assert reference.attempts[0].position == "squeeze"
    assert len(reference.attempts) == 2


def with_two_placements(study):
    two = "{label: BF, muscle: gluteus_maximus_lower, side: right, placement: distal}"
    text = study.read_text("utf-8").replace("{label: BF, muscle: biceps_femoris, side: right}", two)
    study.write_text(text.replace("lower, side: right}", "lower, side: right, placement: proximal}", 1), "utf-8")


def test_a_channel_that_is_missing_does_not_mark_another_placement_of_its_muscle(study):
    with_two_placements(study)
    path = study.parent / "raw" / TASK
    path.write_text(path.read_text().replace("BF", "RF"))
    result = emgpipe.run_study(study)
    missing = result.findings[result.findings["kind"] == "channel_missing"].iloc[0]
    assert missing["placement"] == "distal"
    squat = result.metrics[(result.metrics["participant"] == "P01") & (result.metrics["exercise"] == "back_squat")]
    of_proximal = squat[squat["placement"] == "proximal"]
    assert len(of_proximal)
    assert not of_proximal["findings"].str.contains(missing["id"], regex=False).any()


def test_each_placement_is_told_its_own_reason_for_a_lost_mvic(study):
    with_two_placements(study)
    third = "  - {label: XX, muscle: gluteus_maximus_upper, side: right}\n"  # keeps the trial alive
    study.write_text(study.read_text("utf-8").replace("  - {label: hip,", f"{third}  - {{label: hip,"), "utf-8")
    path = study.parent / "raw" / "P01_mvic_gluteus-maximus_prone_1.csv"
    table = table_of(path)
    table[:, 2] = 0.0
    write(path, table, HEADER.replace("GMAX", "XX"))
    result = emgpipe.run_study(study)
    lost = result.findings[(result.findings["kind"] == "no_mvic") & (result.findings["participant"] == "P01")]
    reasons = lost.set_index("placement")["reason"]
    assert "GMAX" in reasons["proximal"]
    assert "same value" in reasons["distal"]
    assert "same value" not in reasons["proximal"]
