"""What an earlier run left and something harmed since: it is noticed, said, and made again."""

from __future__ import annotations

import json
import os
import shutil

import h5py
import pytest

from emgpipe.errors import ConfigError, StoreError
from emgpipe.run import How, bring_up_to_date, run_study
from emgpipe.run.opened import open_study
from emgpipe.run.study import is_changed
from emgpipe.run.todo import plan_run
from emgpipe.store import file_hash, hold, read_session, read_session_trials, stamps
from tests.run.at_hand import OTHER_RULE, copied, make, outputs, results

FILE = "sessions/P01_1.h5"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("made"), 1)


@pytest.fixture
def study(made, tmp_path):
    return copied(made, tmp_path)


def reasons_of(study) -> tuple[str, ...]:
    """Return the reasons for which the next run will process sessions."""
    return tuple(words for one in plan_run(open_study(study), How()).due for words in one.reasons)


def mended(study, made) -> tuple[str, ...]:
    """Run again; return the reasons for which sessions were processed."""
    reasons = reasons_of(study)
    assert bring_up_to_date(study).result is not None
    assert outputs(study) == outputs(made)
    assert bring_up_to_date(study).result is None
    return reasons


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :]


DAMAGE = {
    "empty": lambda content: content[:0],
    "cut off": lambda content: content[: len(content) // 2],
    "a byte short": lambda content: content[:-1],
    "zeroed": lambda content: bytes(len(content)),
    "its end zeroed": lambda content: content[:-4096] + bytes(4096),
    "text": lambda content: b"participant,session\n" * (len(content) // 100),
    "a bit at the beginning": lambda content: flipped(content, 60),
    "a bit of the superblock": lambda content: flipped(content, 512 + 9),
    "a bit in the middle": lambda content: flipped(content, len(content) // 2),
    "the last bit": lambda content: flipped(content, len(content) - 1),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_session_is_noticed(study, kind):
    path = results(study) / FILE
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    for read in (read_session, read_session_trials):
        with pytest.raises(StoreError, match=r"P01_1\.h5 cannot be read .*make it again with: emgpipe run"):
            read(path)
    (reason,) = reasons_of(study)
    assert "P01_1.h5 cannot be read" in reason
    (results(study) / "run.json").unlink()  # of a run that was killed
    assert reasons_of(study) == (reason,)


@pytest.mark.parametrize("kind", ["cut off", "a bit in the middle"])
def test_a_damaged_session_is_made_again(study, made, kind):
    path = results(study) / FILE
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    assert len(mended(study, made)) == 1


def test_every_bit_of_a_session_counts(study):
    """Damage is found before the HDF5 library reads it: on some it would end the process."""
    path = results(study) / FILE
    content = path.read_bytes()
    for at in range(600, len(content), len(content) // 40):
        path.write_bytes(flipped(content, at))
        with pytest.raises(StoreError, match="its content changed since it was written"):
            read_session(path)


@pytest.mark.parametrize("layout", [2, 99])
def test_another_layout_is_refused_by_readers_and_made_again_by_a_run(study, made, layout):
    path = results(study) / FILE
    with h5py.File(path, "w") as file:
        file.attrs["layout"] = layout
    with pytest.raises(StoreError, match=f"layout {layout}, this version reads 3; make it again with: emgpipe run"):
        read_session(path)
    (reason,) = mended(study, made)
    assert f"layout {layout}" in reason


def test_a_folder_in_place_of_a_session_is_said(study, made):
    path = results(study) / FILE
    path.unlink()
    (path / "inside").mkdir(parents=True)
    result = run_study(study)
    (reason,) = result.findings.loc[result.findings["kind"] == "session_lost", "reason"]
    assert "a folder of that name is in the way; remove it" in reason
    shutil.rmtree(path)
    mended(study, made)


OLD = {"format": 1, "settings": {}, "inputs": {}, "outputs": {}, "timing": {}, "sessions": {}, "readers": {}}
RUN_FILES = {
    "gone": None,
    "empty": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe\x00",
    "nested without end": b"[" * 100_000,
    "a list": b"[]",
    "of an old format": json.dumps(OLD).encode(),
    "without time stamps": json.dumps(OLD | {"format": 2}).encode(),
    "of wrong kinds": json.dumps(
        OLD | {"format": 2, "timing": {"stamps": {"inputs": {"study.yaml": 5}}, "sessions": {}}}
    ).encode(),
    "hashes of wrong kinds": json.dumps(
        OLD | {"format": 2, "outputs": {"metrics.csv": None}, "timing": {"stamps": {}, "sessions": {}}}
    ).encode(),
}


@pytest.mark.parametrize("content", RUN_FILES.values(), ids=RUN_FILES)
def test_a_run_file_that_says_nothing_costs_no_session(study, content):
    path = results(study) / "run.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    todo = plan_run(open_study(study), How())
    assert (todo.before, todo.due) == ({}, ())


def test_a_run_file_that_was_lost_is_made_again(study, made):
    (results(study) / "run.json").unlink()
    assert mended(study, made) == ()


HARMED = ("metrics.csv", "report.html", "comparisons/ranking.csv", "findings.csv")


def harm(path, how: str) -> None:
    if how == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"" if how == "emptied" else path.read_bytes()[:-3] + b"999")


@pytest.mark.parametrize("how", ["deleted", "changed", "emptied"])
def test_an_output_that_was_harmed_is_noticed(study, how):
    for name in HARMED:
        path = results(study) / name
        content, state = path.read_bytes(), path.stat()
        harm(path, how)
        assert is_changed(plan_run(open_study(study), How()))
        path.write_bytes(content)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        assert not is_changed(plan_run(open_study(study), How()))


def test_outputs_that_were_harmed_are_made_again(study, made):
    for name, how in zip(HARMED, ("deleted", "changed", "emptied", "deleted"), strict=True):
        harm(results(study) / name, how)
    assert mended(study, made) == ()


def test_results_that_were_deleted_are_made_again(study, made):
    shutil.rmtree(results(study))
    (reason,) = mended(study, made)
    assert reason == "it was not processed yet"


def test_results_that_are_deleted_during_the_run_are_said_to_be_lost_and_made_next_time(study, made):
    shutil.rmtree(results(study))
    result = run_study(study, tell=lambda event: type(event).__name__ == "Joining" and shutil.rmtree(results(study)))
    (reason,) = result.findings.loc[result.findings["kind"] == "session_lost", "reason"]
    assert "P01_1.h5 cannot be read" in reason
    assert mended(study, made) == ("it was not processed yet",)


def test_results_behind_a_symbolic_link_are_results(study, made, tmp_path):
    elsewhere = tmp_path / "a larger disk"
    shutil.move(results(study), elsewhere)
    try:
        results(study).symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("links are not allowed here")
    assert bring_up_to_date(study).result is None
    (elsewhere / "metrics.csv").unlink()
    assert mended(study, made) == ()
    assert results(study).is_symlink()
    assert (elsewhere / "metrics.csv").is_file()


def test_two_runs_do_not_write_at_once(study, made):
    with hold(results(study), "emgpipe run study.yaml"):
        for run in (run_study, bring_up_to_date):
            with pytest.raises(StoreError, match=r"in use by 'emgpipe run study\.yaml'.*Wait for its end"):
                run(study)
    assert outputs(study) == outputs(made)
    assert bring_up_to_date(study).result is None


def test_recordings_inside_the_results_are_refused(study):
    text = study.read_text("utf-8")
    study.write_text(text.replace("folder: processed", "folder: ..").replace("name: small", "name: copy"), "utf-8")
    with pytest.raises(ConfigError, match="lies inside the folder of the results"):
        run_study(study)


def test_a_clock_that_did_not_tick_between_two_runs_hides_no_output(made, tmp_path, monkeypatch):
    """Some disks note times to 2 s; tables of one length that two runs write must not be taken for each other."""
    study = copied(made, tmp_path)
    monkeypatch.setattr(stamps, "stamp_of", lambda path: (1, 1) if path.exists() else None)
    for settings in ("\ntitle: Again\n", OTHER_RULE):
        study.write_text(study.read_text("utf-8") + settings, "utf-8")
        run_study(study)
        run = json.loads((results(study) / "run.json").read_text("utf-8"))
        assert run["outputs"] == {name: file_hash(results(study) / name) for name in run["outputs"]}
