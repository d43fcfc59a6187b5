"""The demo study: complete, repeatable, small, and as its study file says."""

from __future__ import annotations

import csv
import hashlib
from functools import partial
from pathlib import Path

import ezc3d
import numpy as np
import pyedflib
import pytest
import yaml

from emgpipe.errors import ConfigError, StoreError
from emgpipe.simulate import faults, stories
from emgpipe.simulate.demo import REPETITIONS, SEED, study_text, write_recordings, write_study
from emgpipe.simulate.devices import DEVICES
from emgpipe.simulate.movement import SENSORS
from emgpipe.simulate.people import participant
from emgpipe.simulate.tables import EXERCISES, MUSCLES
from emgpipe.vocabulary import load_vocabulary

ROOT = Path(__file__).resolve().parents[2]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "trials.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def raw(study: Path) -> Path:
    return study.parent / "raw"


def test_size_and_files(raw: Path) -> None:
    size = sum(path.stat().st_size for path in raw.iterdir())
    assert 55e6 < size < 80e6
    named = {row["file"] for row in rows_of(raw)} | {row["file_2"] for row in rows_of(raw) if row["file_2"]}
    assert named | {"trials.csv"} == {path.name for path in raw.iterdir()}
    assert {Path(name).suffix for name in named} == {".csv", ".c3d", ".edf", ".bdf"}


def test_trials_table_is_written_as_a_spreadsheet_does(raw: Path) -> None:
    data = (raw / "trials.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfparticipant;session;trial;role;file;file_2;offset_2;")
    assert any("," in row["offset_2"] for row in rows_of(raw))
    assert {row["repetitions"] for row in rows_of(raw) if row["role"] == "task"} == {str(REPETITIONS)}


def test_everyone_did_everything_but_what_the_stories_say(raw: Path) -> None:
    for number, device in enumerate(DEVICES, start=1):
        name = f"P{number:02d}"
        rows = [row for row in rows_of(raw) if row["participant"] == name]
        tasks = {(row["exercise"], row["head_position"]) for row in rows if row["role"] == "task"}
        targets = [row["target"] for row in rows if row["role"] == "mvic"]
        assert len(tasks) == (8 if name == stories.MISSING_CELL[0] else 9)
        assert len(targets) == (8 if name == stories.MISSING_MVIC[0] else 10)
        assert sorted(row["role"] for row in rows if row["role"] not in ("task", "mvic")) == ["calibration", "rest"]
        assert len({row["order"] for row in rows if row["role"] == "task"}) == len(tasks)
        assert all(bool(row["file_2"]) == device.second_file for row in rows if row["role"] == "task")


def test_same_seed_same_bytes_and_participants_stand_alone(tmp_path: Path, raw: Path) -> None:
    write_recordings(tmp_path, participants=1)
    whole, part = hashes(raw), hashes(tmp_path)
    del part["trials.csv"]
    assert len(part) == 21
    assert all(whole[name] == digest for name, digest in part.items())


def test_another_seed_other_data(tmp_path: Path, raw: Path) -> None:
    write_recordings(tmp_path, participants=1, repetitions=1, seed=1)
    name = "P01_rest_1.csv"
    assert hashes(tmp_path)[name] != hashes(raw)[name]


def test_angles_of_a_second_file_fit_after_the_offset(raw: Path) -> None:
    person, rate = participant(3, REPETITIONS, SEED), DEVICES[2].angle_rate
    for row in (row for row in rows_of(raw) if row["participant"] == "P03" and row["role"] == "task"):
        task = next(t for t in person.tasks if (t.exercise, t.head_position) == (row["exercise"], row["head_position"]))
        table = np.genfromtxt(raw / row["file_2"], delimiter=",", skip_header=1)
        assert (len(table) - 1) / (table[-1, 0] - table[0, 0]) == pytest.approx(rate, rel=1e-6)
        times = table[:, 0] + float(row["offset_2"].replace(",", "."))
        true = task.posture.angles(task.plan, times, np.random.default_rng(0), noise=0.0)
        for column, name in enumerate(SENSORS, start=1):
            apart = table[:, column] - true[name]
            assert np.std(apart) == pytest.approx(0.3, abs=0.05)
            assert apart.mean() == pytest.approx(person.neutral_reading.get(name, 0.0), abs=0.1)


def test_recorded_amplitude_follows_the_true_activation(raw: Path) -> None:
    person = participant(6, REPETITIONS, SEED)
    task = person.tasks[0]
    with pyedflib.EdfReader(str(raw / "P06_barbell-hip-thrust_neutral_1.edf")) as read:
        for index, muscle in enumerate(MUSCLES):
            samples = read.readSignal(index) * 1e-6
            true = np.hypot(task.activation(muscle, 2000.0), person.baseline[muscle])
            assert np.sqrt(np.mean(np.square(samples / true))) == pytest.approx(1.0, abs=0.05)


def test_swapped_electrodes_and_dead_sensor_are_in_the_recordings(raw: Path) -> None:
    person = participant(5, REPETITIONS, SEED)
    name, first, second = stories.SWAPPED
    samples = ezc3d.c3d(str(raw / f"{name}_back-squat_neutral_1.c3d"))["data"]["analogs"][0]
    squat = next(task for task in person.tasks if task.exercise == "back_squat")
    order = list(MUSCLES)
    for recorded, true in ((first, second), (second, first)):
        rms = np.sqrt(np.mean(np.square(squat.activation(true, 2000.0))))
        assert samples[order.index(recorded)].std() == pytest.approx(rms, rel=0.1)
    dead = raw / f"{stories.DEAD_SENSOR[0]}_romanian-deadlift_neutral_1.csv"
    lines = dead.read_text().replace(",", ".").splitlines()
    table = np.genfromtxt(lines, delimiter=";", skip_header=2)
    column = 1 + order.index(stories.DEAD_SENSOR[2])
    assert not table[:, column].any()
    assert np.std(table[:, 1]) > 1


def test_a_missed_head_position_is_in_the_angle_alone(
    raw: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name, head_position, neck = stories.MISSED_POSITION
    file = f"{name}_barbell-hip-thrust_{head_position}_1.edf"
    person = participant(int(name[1:]), REPETITIONS, SEED)
    assert [one.posture.neck for one in person.tasks if one.head_position == head_position] == [neck]
    monkeypatch.setattr(stories, "MISSED_POSITION", ("", "", 0.0))
    participant.cache_clear()
    write_recordings(tmp_path, participants=int(name[1:]))
    participant.cache_clear()
    assert [one.name for one in tmp_path.glob("P*") if one.read_bytes() != (raw / one.name).read_bytes()] == [file]
    with pyedflib.EdfReader(str(raw / file)) as held, pyedflib.EdfReader(str(tmp_path / file)) as asked:
        labels = held.getSignalLabels()
        same = [label for i, label in enumerate(labels) if np.array_equal(held.readSignal(i), asked.readSignal(i))]
        assert set(labels) - set(same) == {"Head pitch"}
        apart = asked.readSignal(labels.index("Head pitch")) - held.readSignal(labels.index("Head pitch"))
    assert 10 < apart.mean() < 25


def test_study_file_declares_the_stories(study: Path) -> None:
    settings = yaml.safe_load(study.read_text(encoding="utf-8"))
    by_participant = {entry["participant"]: entry for entry in settings["overrides"]}
    device = DEVICES[4]
    name, first, second = stories.SWAPPED
    given = {channel["label"]: channel["muscle"] for channel in by_participant[name]["channels"]}
    assert given == {device.label(first): second, device.label(second): first}
    dead = by_participant[stories.DEAD_SENSOR[0]]
    assert (study.parent / "raw" / dead["trials"][0]).is_file()
    assert [(c["label"], c["use"]) for c in dead["channels"]] == [(DEVICES[1].label(stories.DEAD_SENSOR[2]), False)]


def test_study_file_names_every_channel_of_every_device() -> None:
    settings = yaml.safe_load(study_text())
    known = {}
    for channel in settings["channels"]:
        labels = channel["label"] if isinstance(channel["label"], list) else [channel["label"]]
        known |= {label: channel.get("muscle", channel.get("name")) for label in labels}
    for device in DEVICES:
        assert {known[device.label(muscle)] for muscle in MUSCLES} == set(MUSCLES)
        named = [known[label] for label in device.angle_labels]
        assert named == ["hip_angle", "head", "trunk", "lumbar_angle", "pelvic_tilt"]
    for label, name in known.items():
        assert known.get(f"{label} (uV)", known.get(f"{label} (deg)", name)) == name


def test_configs_demo_differs_in_the_two_folders_only() -> None:
    ours, theirs = study_text().splitlines(), (ROOT / "configs" / "demo.yaml").read_text().splitlines()
    different = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    assert different == [
        ("  folder: raw", "  folder: ../raw/demo"),
        ("  folder: processed", "  folder: ../processed"),
    ]


def test_exercises_start_as_the_vocabulary_says() -> None:
    vocabulary = load_vocabulary()
    for name, truth in EXERCISES.items():
        assert vocabulary.exercise(name).start_phase == truth.tempo.starts_with


def test_a_different_study_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("name: mine\n")
    with pytest.raises(StoreError, match=r"study\.yaml exists .* choose another folder"):
        write_study(tmp_path)
    assert (tmp_path / "study.yaml").read_text() == "name: mine\n"
    assert not (tmp_path / "raw").exists()


def test_repeating_is_safe(study: Path) -> None:
    before = hashes(study.parent / "raw")
    assert write_study(study.parent) == study
    assert hashes(study.parent / "raw") == before


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="choose another folder"):
        write_study(tmp_path / "file")
    with pytest.raises(StoreError, match="choose another folder"):
        write_recordings(tmp_path / "file")


@pytest.mark.parametrize("wrong", [{"participants": 0}, {"participants": 9}, {"repetitions": 0}, {"seed": -1}])
def test_impossible_numbers_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        write_recordings(tmp_path / "raw", **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "raw").exists()


def test_faults_reach_the_task_trials_only(tmp_path: Path, raw: Path) -> None:
    write_recordings(tmp_path, participants=1, faults=[partial(faults.clipping, rail=50e-6)])
    clipped = np.genfromtxt(tmp_path / "P01_split-squat_neutral_1.csv", delimiter=",", skip_header=1, max_rows=9000)
    assert np.abs(clipped[:, 1:6]).max() == pytest.approx(50.0)
    name = "P01_mvic_biceps-femoris_prone-knee-45_1.csv"
    assert hashes(tmp_path)[name] == hashes(raw)[name]
