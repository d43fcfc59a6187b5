"""Folders of recordings -> study file and trials table that load, with every recording in the table once."""

from __future__ import annotations

import csv
import importlib.util
import shutil
from pathlib import Path

import pytest

from emgpipe.config import list_trials, load_study
from emgpipe.drafting import draft_study, summary_lines, write_draft
from emgpipe.errors import ConfigError, ReadError, StoreError
from emgpipe.readers import read
from emgpipe.readers.c3d import C3dReader
from emgpipe.vocabulary import load_vocabulary

_SPEC = importlib.util.spec_from_file_location("recordings", Path(__file__).with_name("recordings.py"))
recordings = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(recordings)
EMG = ["RT GLUT MAX (uV)", "LT GLUT MAX (uV)", "RT BIC FEM (uV)"]
HIP = "Hip flexion (deg)"


@pytest.fixture
def folder(tmp_path):
    """Two participants; one in another device's words, with angles in files of their own."""
    raw = tmp_path / "lab" / "raw"
    for who in ("P01", "P02"):
        angles = [HIP] if who == "P01" else []
        labels = EMG if who == "P01" else ["EMG GlutMax R", "EMG GlutMax L", "EMG BicFem R"]
        for name in ("squat_neutral_1", "BHT_neutral_1", "BHT_hyperflexion_1"):
            recordings.write(raw / f"{who}_{name}.csv", [*labels, *angles])
            if who == "P02":
                recordings.write(raw / f"{who}_{name}_angles.csv", [HIP], rate=100)
        recordings.write(raw / f"{who}_mvic_gmax_1.csv", labels)
    return raw


def drafted(folder, **options):
    draft = draft_study(folder)
    written = write_draft(draft, folder.parent / "study.yaml", **options)
    return draft, written


def table(written):
    with written.trials.open(encoding="utf-8-sig", newline="") as handle:
        return {row["file"]: row for row in csv.DictReader(handle, delimiter=";")}


def test_the_draft_loads_and_lists_every_trial(folder):
    draft, written = drafted(folder)
    study = load_study(written.study)
    trials = list_trials(study, load_vocabulary())
    assert sorted(trial.id for trial in trials.trials) == [
        f"{who}/1/{name}.1"
        for who in ("P01", "P02")
        for name in (
            "barbell_hip_thrust.hyperflexion", "barbell_hip_thrust.neutral", "mvic.gluteus_maximus", "squat.neutral",
        )
    ]  # fmt: skip
    assert trials.problems == ()
    assert study.name == "lab"
    assert len(draft.tasks) == 6


def test_every_recording_stands_in_the_table_once(folder):
    recordings.write(folder / "notes" / "something.csv", EMG)
    recordings.write(folder / "P03_angles.csv", [HIP], rate=100)
    (folder / "P04_squat_1.c3d").write_bytes(next(iter(C3dReader().example().values()))[:700])
    draft, written = drafted(folder)
    rows = table(written)
    named = [row[column] for row in rows.values() for column in ("file", "file_2") if row[column]]
    assert sorted(named) == sorted(seen.name for seen in draft.survey.recordings)
    left_out = {name: row["confirm"] for name, row in rows.items() if row["include"] == "no"}
    assert set(left_out) == {"notes/something.csv", "P03_angles.csv", "P04_squat_1.c3d"}
    assert "no channel of it is EMG" in left_out["P03_angles.csv"]
    assert "cannot be read" in left_out["P04_squat_1.c3d"]


def test_labels_of_two_devices_are_one_channel(folder):
    _, written = drafted(folder)
    channels = load_study(written.study).channels
    found = [(channel.label, channel.signal_name, channel.side) for channel in channels]
    assert found == [
        (("RT GLUT MAX (uV)", "EMG GlutMax R"), "gluteus_maximus", "right"),
        (("LT GLUT MAX (uV)", "EMG GlutMax L"), "gluteus_maximus", "left"),
        (("RT BIC FEM (uV)", "EMG BicFem R"), "biceps_femoris", "right"),
        ((HIP,), "hip_flexion", ""),
    ]


def test_angles_beside_the_emg_are_the_second_file_with_an_offset_to_confirm(folder):
    draft, written = drafted(folder)
    row = table(written)["P02_squat_neutral_1.csv"]
    assert row["file_2"] == "P02_squat_neutral_1_angles.csv"
    assert row["confirm"].startswith("CONFIRM: offset_2: how many seconds")
    assert any("3 trials have a second file" in line for line in summary_lines(draft, written))
    assert "# CONFIRM: 3 trials have a second file and no offset" in written.study.read_text(encoding="utf-8")


def test_settings_fit_what_is_there(folder):
    study = load_study(drafted(folder)[1].study)
    detector = study.repetitions[-1].detector
    assert (detector.kind, detector.channel) == ("angle", "hip_flexion")
    assert study.normalization.kind == "mvic"
    assert [(one.factor, one.at, one.within) for one in study.comparisons] == [
        ("exercise", {"head_position": "neutral"}, None),
        ("head_position", None, "exercise"),
    ]


def test_without_angles_and_mvic(tmp_path):
    for name in ("P1_squat_1", "P1_plank_1", "P2_squat_1"):
        recordings.write(tmp_path / "raw" / f"{name}.csv", EMG)
    text = drafted(tmp_path / "raw")[1].study.read_text(encoding="utf-8")
    study = load_study(tmp_path / "study.yaml")
    assert [rule.detector.kind for rule in study.repetitions] == ["whole", "envelope"]
    assert study.repetitions[0].exercises == ("plank",)
    assert study.normalization.kind == "none"
    assert "# CONFIRM: no MVIC trial was recognized" in text


LABELS_IN_DOUBT = ["RT VASTUS LATERALIS (uV)", "RT VAST LAT (uV)", "EMG 7 (uV)", "GLUT MED (uV)", "RF R",
                   "R SOLEUS (uV)", "L GMAX (uV)"]  # fmt: skip


def test_every_uncertain_channel_has_a_comment(tmp_path):
    recordings.write(tmp_path / "raw" / "P1_squat_1.csv", LABELS_IN_DOUBT)
    lines = drafted(tmp_path / "raw")[1].study.read_text(encoding="utf-8").splitlines()
    doubts = {line.split('"')[1]: line.partition("# CONFIRM: ")[2] for line in lines if line.startswith("  - {label")}
    assert doubts["RT VASTUS LATERALIS (uV)"] == ""
    assert doubts["RT VAST LAT (uV)"].startswith("muscle and side are guessed from a short label")
    assert doubts["R SOLEUS (uV)"].startswith("muscle and side are guessed")
    assert doubts["L GMAX (uV)"].startswith("the muscle is guessed from a short label; which side is it?")
    assert doubts["EMG 7 (uV)"].startswith("which muscle is it?")
    assert "which side is it?" in doubts["GLUT MED (uV)"]
    assert "do not state the unit" in doubts["RF R"]


def test_a_label_that_means_two_things_in_two_files_is_not_used(tmp_path):
    recordings.write(tmp_path / "raw" / "P1_squat_1.csv", ["GMax_L (uV)", "GMax_U (uV)"])
    recordings.write(tmp_path / "raw" / "P2_squat_1.csv", ["GMax_L (uV)", "GMax_R (uV)"])
    recordings.write(tmp_path / "raw" / "P3_squat_1.csv", ["GMax_R (uV)"])
    study = drafted(tmp_path / "raw")[1].study
    used = {channel.label[0]: (channel.use, channel.muscle, channel.side) for channel in load_study(study).channels}
    assert used["GMax_U (uV)"] == (True, "gluteus_maximus_upper", "")
    assert used["GMax_R (uV)"] == (True, "gluteus_maximus", "right")
    assert not used["GMax_L (uV)"][0]
    assert "# CONFIRM: in some files the label seems to be another muscle" in study.read_text(encoding="utf-8")


def test_a_doubt_about_one_of_two_labels_stays(tmp_path):
    recordings.write(tmp_path / "raw" / "P1_squat_1.csv", ["RT VASTUS LATERALIS (uV)"])
    recordings.write(tmp_path / "raw" / "P2_squat_1.csv", ["VL R (uV)"])
    text = drafted(tmp_path / "raw")[1].study.read_text(encoding="utf-8")
    assert "side: right}  # CONFIRM: muscle and side are guessed from a short label\n" in text


def test_two_channels_of_one_muscle_in_one_file_are_told_apart(tmp_path):
    recordings.write(tmp_path / "raw" / "P1_squat_1.csv", ["RT GLUT MAX (uV)", "R_GMAX (uV)"])
    channels = load_study(drafted(tmp_path / "raw")[1].study).channels
    assert [channel.placement for channel in channels] == ["", "2"]


def test_processed_copies_and_other_signals_are_not_used(tmp_path):
    labels = ["GMAX RT (uV)", "GMAX RT RMS (uV)", "ACC X (g)"]
    recordings.write(tmp_path / "raw" / "P1_squat_1.csv", labels)
    channels = load_study(drafted(tmp_path / "raw")[1].study).channels
    assert [channel.use for channel in channels] == [True, False, False]


def test_a_table_in_the_folder_goes_before_guesses(folder):
    lines = [
        "participant,file,exercise,tempo,include",
        "Q7,P01_squat_neutral_1.csv,Front Squat,slow,yes",
        "Q7,P01_BHT_neutral_1.csv,squat,fast,no",
    ]
    (folder / "trials.csv").write_text("\n".join(lines), encoding="utf-8")
    draft, written = drafted(folder)
    rows = table(written)
    first = rows["P01_squat_neutral_1.csv"]
    assert (first["participant"], first["tempo"], first["include"]) == ("Q7", "slow", "yes")
    assert rows["P01_BHT_neutral_1.csv"]["include"] == "no"
    assert rows["P02_squat_neutral_1.csv"]["include"] == "no"
    assert "not in trials.csv" in rows["P02_squat_neutral_1.csv"]["confirm"]
    assert any("trials table found: trials.csv" in line for line in summary_lines(draft, written))
    assert [trial.factors["exercise"] for trial in written.listed.trials] == ["front_squat"]


def test_a_new_exercise_is_added_by_the_study_file(tmp_path):
    for name in ("P1_frog-pump_1", "P2_frog-pump_1", "P1_squat_1"):
        recordings.write(tmp_path / "raw" / f"{name}.csv", EMG)
    _, written = drafted(tmp_path / "raw")
    assert [one.id for one in load_study(written.study).vocabulary.exercises] == ["frog_pump"]
    text = written.trials.read_text(encoding="utf-8-sig").replace(";no;", ";yes;")
    written.trials.write_text(text, encoding="utf-8-sig")
    assert (
        len(list_trials(load_study(written.study), load_vocabulary(load_study(written.study).vocabulary)).trials) == 3
    )


def test_the_folder_is_left_as_it_was(folder):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    drafted(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_files_that_are_there_are_kept_unless_forced(folder):
    drafted(folder)
    mine = folder.parent / "study.yaml"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="--force"):
        drafted(folder)
    assert mine.read_text(encoding="utf-8") == "mine"
    drafted(folder, force=True)
    assert load_study(mine).name == "lab"


def test_the_draft_may_lie_anywhere(folder, tmp_path):
    draft = draft_study(folder)
    written = write_draft(draft, tmp_path / "elsewhere" / "deep" / "glutes.yaml")
    assert written.trials.name == "glutes_trials.csv"
    assert len(written.listed.trials) == 8


def test_reading_is_injected_and_only_the_beginning_of_text_is_read(folder):
    recordings.write(folder / "P01_squat_neutral_2.csv", [*EMG, HIP], seconds=8)
    sizes = []

    def spy(path, options):
        sizes.append(path.stat().st_size)
        return read(path, options)

    draft = draft_study(folder, read=spy)
    assert len(sizes) == len(draft.survey.recordings) == 12
    assert (folder / "P01_squat_neutral_2.csv").stat().st_size > max(sizes)


@pytest.mark.parametrize("content", [{}, {"readme.txt": b"nothing here\n"}, {"a.csv": b""}])
def test_nothing_to_draft_from_is_said(tmp_path, content):
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigError, match="no recording was found"):
        draft_study(tmp_path)


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(ReadError, match="no folder"):
        draft_study(tmp_path / "nowhere")


def test_names_that_are_hard_to_write_down(tmp_path):
    hard = ["P1_squat; oops_1.csv", 'P1_squat "b"_1.csv', "P1_squat 'c'_ö_1.csv", "P1_#squat: x_1.csv"]
    for name in hard:
        recordings.write(tmp_path / "a 'b' ü" / name, ['RT: "VL" #1 (uV)', EMG[0]])
    _, written = drafted(tmp_path / "a 'b' ü")
    assert sorted(trial.files[0].path.name for trial in written.listed.trials) == sorted(hard)
    assert load_study(written.study).channels[0].label == ('RT: "VL" #1 (uV)',)


def test_real_folders_become_drafts_that_load(data_folder, tmp_path):
    drafts = 0
    for name in ("bids", "c3d", "edf_bdf", "opensignals_h5", "rdata"):
        if not (data_folder / name).is_dir():
            continue
        draft = draft_study(data_folder / name)
        written = write_draft(draft, tmp_path / f"{name}.yaml")
        files = [text for row in draft.rows for column, text in row.fields.items() if column.startswith("file")]
        assert sorted(files) == sorted(seen.name for seen in draft.survey.recordings)
        assert not [problem for problem in written.listed.problems if problem.status == "failed"]
        drafts += 1
    assert drafts


def test_moving_study_and_recordings_together_keeps_the_draft_valid(folder, tmp_path):
    drafted(folder)
    shutil.move(folder.parent, tmp_path / "moved")
    study = load_study(tmp_path / "moved" / "study.yaml")
    assert len(list_trials(study, load_vocabulary()).trials) == 8
