"""Recordings that change, shrink or go while a study is run, and a participant without MVIC."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from emgpipe.batch import Local
from emgpipe.run import How, bring_up_to_date, run_study, work
from emgpipe.store import file_hash
from tests.pipeline.small import write_recording
from tests.run.at_hand import copied, make, outputs, results

SQUAT = "raw/P01_back-squat_neutral_1.csv"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("made"), 2)


@pytest.fixture
def unmade(made, tmp_path):
    """The same study before its first run."""
    study = copied(made, tmp_path / "unmade")
    shutil.rmtree(study.parent / "processed")
    return study


@pytest.fixture
def meanwhile(monkeypatch):
    """Do something each time a session of P01 was processed, before its file is written."""
    process = work.process_session

    def during(action) -> None:
        def spoilt(study, vocabulary, trials, *rest):
            result = process(study, vocabulary, trials, *rest)
            if trials[0].participant == "P01":
                action()
            return result

        monkeypatch.setattr(work, "process_session", spoilt)

    return during


def statuses(result, participant: str) -> dict[str, str]:
    return {one.name: one.status for one in result.outcomes if one.what == "trial" and one.name.startswith(participant)}


def test_a_recording_that_changes_once_is_read_again(unmade, made, tmp_path, meanwhile, monkeypatch):
    path, looks = unmade.parent / SQUAT, []

    def change() -> None:
        looks.append(path)
        if len(looks) == 1:
            write_recording(path, 0.6, seed=99)

    meanwhile(change)
    result = run_study(unmade)
    assert len(looks) == 2
    assert set(statuses(result, "P").values()) == {"processed"}
    stated = json.loads((results(unmade) / "run.json").read_text("utf-8"))["inputs"]
    assert stated[SQUAT] == file_hash(path)
    monkeypatch.undo()
    late = copied(made, tmp_path)
    (late.parent / SQUAT).write_bytes(path.read_bytes())
    run_study(late)
    assert outputs(unmade) == outputs(late)


def test_a_recording_that_keeps_changing_costs_its_session_only(unmade, meanwhile, monkeypatch):
    def grow() -> None:
        with (unmade.parent / SQUAT).open("a") as file:
            file.write("\n")

    meanwhile(grow)
    result = run_study(unmade)
    assert set(statuses(result, "P01").values()) == {"failed"}
    assert set(statuses(result, "P02").values()) == {"processed"}
    (reason,) = result.findings.loc[result.findings["kind"] == "session_lost", "reason"]
    assert "the recordings of P01/1 changed while they were read, 2 times; run again when they are complete" in reason
    monkeypatch.undo()
    ran = bring_up_to_date(unmade)
    assert ran.result is not None
    assert set(statuses(ran.result, "P").values()) == {"processed"}


@pytest.mark.parametrize("size", [0, 40, 100_000])
def test_a_recording_that_is_truncated_meanwhile_costs_no_other(unmade, meanwhile, size):
    path = unmade.parent / SQUAT

    def truncate() -> None:
        if path.stat().st_size != size:
            os.truncate(path, size)

    meanwhile(truncate)
    result = run_study(unmade)
    squat = next(one for one in result.outcomes if one.name == "P01/1/back_squat.neutral.1")
    others = {name: status for name, status in statuses(result, "P").items() if name != squat.name}
    assert set(others.values()) == {"processed"}
    assert len(others) == 7
    if size < 100_000:
        assert (squat.status, bool(squat.reason)) == ("failed", True)
    stated = json.loads((results(unmade) / "run.json").read_text("utf-8"))["inputs"]
    assert stated[SQUAT] == file_hash(path)


@pytest.mark.parametrize("moment", ["before it is read", "after it was read"])
def test_a_recording_that_is_deleted_meanwhile_costs_no_other(unmade, meanwhile, monkeypatch, moment):
    path = unmade.parent / SQUAT
    content = path.read_bytes()
    if moment == "after it was read":
        meanwhile(lambda: path.unlink(missing_ok=True))
    else:
        process = work.process_session

        def after_listing(study, vocabulary, trials, *rest):
            path.unlink(missing_ok=True)
            return process(study, vocabulary, trials, *rest)

        monkeypatch.setattr(work, "process_session", after_listing)
    result = run_study(unmade)
    squat = next(one for one in result.outcomes if one.name == "P01/1/back_squat.neutral.1")
    assert squat.status == "failed"
    assert path.name in squat.reason
    assert sum(one.status == "failed" for one in result.outcomes if one.what == "trial") == 1
    monkeypatch.undo()
    path.write_bytes(content)
    ran = bring_up_to_date(unmade)
    assert ran.result is not None
    assert set(statuses(ran.result, "P").values()) == {"processed"}


def test_a_folder_of_recordings_that_goes_between_two_channels_fails_the_trial(unmade, monkeypatch):
    from emgpipe.model import Channel

    path, read, looks = unmade.parent / SQUAT, Channel.read, []

    def gone(self, *span):
        if not path.exists():
            raise FileNotFoundError(2, "No such file or directory", str(path))
        looks.append(self.label)
        if len(looks) == 2:
            path.unlink()
        return read(self, *span)

    monkeypatch.setattr(Channel, "read", gone)
    result = run_study(unmade)
    assert "failed" in statuses(result, "P01").values()
    assert results(unmade).joinpath("report.html").exists()


@pytest.mark.parametrize(
    ("before", "after", "is_changed"),
    [
        ({"a": (1, 5)}, {"a": (1, 5)}, False),
        ({"a": (1, 5)}, {"a": (1, 4)}, True),
        ({"a": (1, 5)}, {"a": None}, True),
        ({"a": (1, 5)}, {}, True),
        ({"a": (1, 5)}, {"a": (1, 5), "beside": (1, 99)}, False),  # it belongs to the recording, as its reader says
        ({"a": (1, 5)}, {"a": (1, 5), "beside": (1, 100)}, True),
    ],
)
def test_files_beside_a_recording_count_as_well(before, after, is_changed):
    seen = [{Path(name): stamp for name, stamp in one.items()} for one in (before, after)]
    assert work._changed(*seen, started=100) is is_changed


def test_the_hash_is_of_what_was_read_not_of_what_came_later(made, tmp_path):
    study = copied(made, tmp_path)
    (study.parent / SQUAT).write_bytes((study.parent / SQUAT).read_bytes().replace(b"\n1.0000,", b"\n1.0001,"))
    used = {SQUAT: file_hash(study.parent / SQUAT), "study.yaml": file_hash(study)}

    def later(_) -> None:
        write_recording(study.parent / SQUAT, 0.5, seed=7)
        study.write_text(study.read_text("utf-8") + "\ntitle: later\n", "utf-8")

    run_study(study, tell=lambda event: later(event) if type(event).__name__ == "Joining" else None)
    stated = json.loads((results(study) / "run.json").read_text("utf-8"))["inputs"]
    assert {name: stated[name] for name in used} == used
    ran = bring_up_to_date(study)
    assert ran.result is not None
    assert ran.result.title == "later"
    assert json.loads((results(study) / "run.json").read_text("utf-8"))["inputs"][SQUAT] != used[SQUAT]


@pytest.mark.parametrize("seconds", [-3600 * 24 * 365 * 60, -5, 3600 * 24 * 365 * 10])
def test_a_clock_that_was_set_hides_no_change(made, tmp_path, seconds):
    """Time stamps are compared for being the same, never for being later."""
    study = copied(made, tmp_path)
    path = study.parent / SQUAT
    state = path.stat()
    path.write_bytes(path.read_bytes().replace(b"\n1.0000,", b"\n1.0001,"))
    assert path.stat().st_size == state.st_size
    when = max(state.st_mtime + seconds, 1.0)
    os.utime(path, (when, when))
    (due,) = [planned.job.name for planned in due_of(study)]
    assert due == "P01/1"
    run_study(study)
    assert due_of(study) == ()


def due_of(study: Path):
    from emgpipe.run.opened import open_study
    from emgpipe.run.todo import plan_run

    return plan_run(open_study(study), How()).due


def test_a_run_that_is_later_than_now_is_one_like_any_other(made, tmp_path):
    study = copied(made, tmp_path)
    for path in (results(study) / "run.json", *results(study).glob("sessions/*"), *study.parent.glob("raw/*")):
        os.utime(path, (4e9, 4e9))
    assert bring_up_to_date(study).result is None


def test_only_verify_finds_a_change_that_left_size_and_time_as_they_were(made, tmp_path):
    study = copied(made, tmp_path)
    path = study.parent / SQUAT
    state = path.stat()
    path.write_bytes(path.read_bytes().replace(b"\n1.0000,", b"\n1.0001,"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert bring_up_to_date(study).result is None
    ran = bring_up_to_date(study, how=How(verify=True))
    assert ran.result is not None
    assert due_of(study) == ()


def test_recordings_are_not_touched(unmade):
    raw = unmade.parent / "raw"

    def state() -> dict[str, tuple[int, ...]]:
        found = [raw, *raw.iterdir()]
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_mode) for path in found}

    before = state()
    for path in raw.iterdir():
        path.chmod(0o444)
    raw.chmod(0o555)
    try:
        result = run_study(unmade, how=How(engine=Local(1)))
    finally:
        raw.chmod(0o755)
        for path in raw.iterdir():
            path.chmod(before[str(path)][2] & 0o777)
    assert set(statuses(result, "P").values()) == {"processed"}
    assert state() == before


def test_a_participant_without_mvic_loses_percent_and_nothing_else(made, tmp_path):
    study = copied(made, tmp_path)
    whole = {name: one for name, one in by_trial(run_study(study)).items() if name.startswith("P02")}
    for path in study.parent.glob("raw/P01_mvic_*"):
        path.unlink()
    result = run_study(study)
    lacking = result.metrics[result.metrics["participant"] == "P01"]
    assert lacking.loc[lacking["unit"] == "%MVIC", "value"].isna().all()
    assert lacking.loc[lacking["muscle"] != "", "amplitude"].notna().all()
    assert {name: one for name, one in by_trial(result).items() if name.startswith("P02")} == whole
    (comparison,) = result.comparisons
    # inside a person the MVIC cancels: P01 still says which exercise is higher
    assert set(comparison.cells["participant"]) == {"P01", "P02"}
    assert ((result.findings["kind"] == "no_mvic") & (result.findings["participant"] == "P01")).any()


def by_trial(result) -> dict[str, list[float]]:
    tasks = result.metrics[result.metrics["unit"] == "%MVIC"]
    return {str(trial): one["value"].tolist() for trial, one in tasks.groupby("trial")}
