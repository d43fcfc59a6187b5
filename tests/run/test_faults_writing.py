"""A disk that is full or read-only, and files that other programs hold open: nothing is lost, and the next run ends."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from emgpipe import atomic
from emgpipe.batch import Local
from emgpipe.errors import DiskError, StoreError
from emgpipe.run import How, bring_up_to_date, run_study
from emgpipe.store import file_hash
from tests.run.at_hand import OTHER_RULE, copied, make, outputs, results


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("made"), 1)


@pytest.fixture(scope="module")
def wanted(made, tmp_path_factory):
    """What the study with the other rule gives where nothing goes wrong."""
    study = changed(copied(made, tmp_path_factory.mktemp("wanted")))
    run_study(study)
    return outputs(study)


def changed(study: Path) -> Path:
    study.write_text(study.read_text("utf-8") + OTHER_RULE, "utf-8")
    return study


class FullDisk:
    """Fails every write from the one of that number on, as a full disk does."""

    def __init__(self, after: int = 10**9, code: int = errno.ENOSPC) -> None:
        self.after, self.code, self.writes = after, code, 0
        self._flush = atomic._flush

    def __call__(self, path: Path) -> None:
        self.writes += 1
        if self.writes > self.after:
            path.write_bytes(path.read_bytes()[:100])
            raise OSError(self.code, os.strerror(self.code))
        self._flush(path)


def fill_up(made, wanted, folder, monkeypatch, after: int) -> None:
    """Run out of room after some writes: every file is the old or the new one, and the next run mends all of it."""
    study = changed(copied(made, folder / str(after)))
    before, run_file = outputs(study), (results(study) / "run.json").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(atomic, "_flush", FullDisk(after))
        with pytest.raises(DiskError, match=r"No space left on device; make room for it"):
            run_study(study)
    for name, content in outputs(study).items():
        assert content in (before.get(name), wanted.get(name)), name
    assert before.keys() <= outputs(study).keys()
    assert (results(study) / "run.json").read_bytes() == run_file
    ran = bring_up_to_date(study)
    assert [one.job.name for one in ran.todo.due] == []
    assert outputs(study) == wanted


def count_writes(made, folder, monkeypatch) -> int:
    counted = FullDisk()
    study = changed(copied(made, folder / "counted"))
    with monkeypatch.context() as patched:
        patched.setattr(atomic, "_flush", counted)
        run_study(study)
    return counted.writes


def test_a_full_disk_loses_nothing(made, wanted, tmp_path, monkeypatch):
    writes = count_writes(made, tmp_path, monkeypatch)
    assert writes > 10
    for after in (0, 1, writes // 2, writes - 1):  # the session, the first table, something, run.json
        fill_up(made, wanted, tmp_path, monkeypatch, after)


@pytest.mark.slow
def test_a_full_disk_at_any_write_loses_nothing(made, wanted, tmp_path, monkeypatch):
    for after in range(count_writes(made, tmp_path, monkeypatch)):
        fill_up(made, wanted, tmp_path, monkeypatch, after)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers do not inherit the full disk")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_full_disk_met_by_a_worker_stops_the_run_and_loses_nothing(made, wanted, tmp_path, monkeypatch):
    study = changed(copied(made, tmp_path))
    before, run_file = outputs(study), (results(study) / "run.json").read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(atomic, "_flush", FullDisk(0))
        with pytest.raises(DiskError, match=r"No space left(.|\n)*0 of 1 sessions are finished(.|\n)*Go on with the"):
            run_study(study, how=How(engine=Local(1, "fork")))
    assert outputs(study) == before
    assert (results(study) / "run.json").read_bytes() == run_file
    run_study(study)
    assert outputs(study) == wanted


@pytest.mark.parametrize("code", [errno.EROFS, errno.EDQUOT, errno.EIO])
def test_a_disk_that_takes_nothing_stops_the_run(made, tmp_path, monkeypatch, code):
    study = changed(copied(made, tmp_path))
    before = outputs(study)
    monkeypatch.setattr(atomic, "_flush", FullDisk(0, code))
    with pytest.raises(DiskError) as caught:
        run_study(study)
    assert f"P01_1.h5 cannot be written: {os.strerror(code)}; " in str(caught.value)
    assert "the file that was there is unchanged" in str(caught.value)
    assert outputs(study) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="a superuser may write everywhere")
def test_a_read_only_folder_is_named(made, tmp_path):
    study = changed(copied(made, tmp_path))
    before = outputs(study)
    results(study).chmod(0o555)
    try:
        with pytest.raises(StoreError, match=r"small cannot be written to \(Permission denied\); allow it, or choose"):
            run_study(study)
    finally:
        results(study).chmod(0o755)
    assert outputs(study) == before


@pytest.fixture
def hold_open(monkeypatch):
    """Let another program hold files of these names open, as a spreadsheet does on Windows."""
    replace = Path.replace

    def hold(*names: str) -> None:
        def refuse(self: Path, target: Path) -> Path:
            if target.name in names:
                raise PermissionError(errno.EACCES, "Permission denied")
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", refuse)

    monkeypatch.setattr(atomic, "_WAITS", (0,))
    return hold


@pytest.mark.parametrize(
    "names", [("metrics.csv",), ("ranking.csv", "report.html", "findings.csv", "comparisons.html")]
)
def test_tables_that_a_spreadsheet_holds_open_stay_and_all_others_are_new(
    made, wanted, tmp_path, monkeypatch, hold_open, names
):
    study = changed(copied(made, tmp_path))
    before = outputs(study)
    hold_open(*names)
    with pytest.raises(StoreError, match="another program, such as a spreadsheet") as caught:
        run_study(study)
    monkeypatch.undo()
    now = outputs(study)
    held = {name for name in now if Path(name).name in names}
    assert len(held) == len(names)
    assert all(name in str(caught.value) for name in held)
    assert {name: now[name] for name in held} == {name: before[name] for name in held}
    assert {name: now[name] for name in now if name not in held} == {
        name: wanted[name] for name in wanted if name not in held
    }
    stated = json.loads((results(study) / "run.json").read_text("utf-8"))["outputs"]
    claimed = {name for name, content in stated.items() if file_hash(results(study) / name) != content}
    assert claimed == {name for name in held if before[name] != wanted[name]}
    ran = bring_up_to_date(study)
    assert (ran.result is None, [one.job.name for one in ran.todo.due]) == (False, [])
    assert outputs(study) == wanted


def test_a_run_file_that_is_held_open_claims_nothing_new(made, wanted, tmp_path, monkeypatch, hold_open):
    study = changed(copied(made, tmp_path))
    run_file = (results(study) / "run.json").read_bytes()
    hold_open("run.json")
    with pytest.raises(StoreError, match=r"run\.json cannot be written .*close it"):
        run_study(study)
    monkeypatch.undo()
    assert (results(study) / "run.json").read_bytes() == run_file
    run_study(study)
    assert outputs(study) == wanted


def test_a_session_that_a_viewer_holds_open_is_lost_and_made_next_time(made, wanted, tmp_path, monkeypatch, hold_open):
    study = changed(copied(made, tmp_path))
    before = outputs(study)
    hold_open("P01_1.h5")
    result = run_study(study)
    monkeypatch.undo()
    (reason,) = result.findings.loc[result.findings["kind"] == "session_lost", "reason"]
    assert "close it if it is open" in reason
    assert outputs(study)["sessions/P01_1.h5"] == before["sessions/P01_1.h5"]
    run_study(study)
    assert outputs(study) == wanted


def test_a_page_that_is_held_open_costs_no_session(made, tmp_path, monkeypatch, hold_open):
    for module in ("todo", "gathering"):
        monkeypatch.setattr(f"emgpipe.run.{module}.SEPARATE", 0)
    study = copied(made, tmp_path)
    run_study(study)
    page = results(study) / "sessions" / "P01_1.html"
    before = page.read_bytes()
    hold_open("P01_1.html")
    with pytest.raises(StoreError, match=r"holds these files .* open: sessions/P01_1\.html\."):
        run_study(changed(study))
    assert page.read_bytes() == before
    hold_open()
    ran = bring_up_to_date(study)
    assert (ran.result is None, [one.job.name for one in ran.todo.due]) == (False, [])
    assert page.read_bytes() != before
