"""One thing changes in a study: which sessions are processed, what of them, and is it what a run from scratch gives?"""

from __future__ import annotations

import os
import shutil
import zipfile
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from emgpipe.run import run_study
from emgpipe.run.study import is_changed
from tests.pipeline.small import write_recording
from tests.run.changeable import Changeable, write_changeable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOTH = ("P01/1", "P02/1")
CHANNELS, NUMBERS, TRIALS = 12, 4, 4
"""Of a session, the variant counted in: 6 channels filtered twice, 2 sets measured twice, 4 trials checked once."""
HIP_THRUST, SQUAT = 2, 3
"""Rows of P01 in the trials table."""


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A study that was run, all files and results there."""
    study = write_changeable(tmp_path_factory.mktemp("changeable") / "study")
    run_study(study.file)
    return study


@pytest.fixture
def study(before, tmp_path):
    return before.copy(tmp_path / "changed", results=True)


def said(filtered: int, measured: int, checked: int, *, fewer: tuple[int, int, int] = (0, 0, 0)) -> str:
    """Return what the account of a session says; `fewer` is what it has less than the others."""
    channels, numbers, trials = (usual - one for usual, one in zip((CHANNELS, NUMBERS, TRIALS), fewer, strict=True))
    return (
        f"filtered {filtered} of {channels} channels, measured {measured} of {numbers} and checked {checked} of "
        f"{trials} trials"
    )


def both(filtered: int, measured: int, checked: int) -> dict[str, str]:
    return dict.fromkeys(BOTH, said(filtered, measured, checked))


def delete_row(study: Changeable) -> None:
    rows = study.rows()
    study.write_rows([row for index, row in enumerate(rows) if index != SQUAT])


def add_row(study: Changeable) -> None:
    rows = study.rows()
    later = rows[HIP_THRUST] | {"head_position": "slight_flexion", "file": "P01_later.csv"}
    study.write_rows([*rows, later])


def move_row(study: Changeable) -> None:
    rows = study.rows()
    study.write_rows([*rows[1:], rows[0]])


def touch(study: Changeable) -> None:
    file = study.folder / "raw" / study.rows()[SQUAT]["file"]
    os.utime(file, ns=(1, 1))


def replace_file(study: Changeable) -> None:
    write_recording(study.folder / "raw" / study.rows()[HIP_THRUST]["file"], 0.7, seed=99)


def editing(old: str, new: str) -> Callable[[Changeable], None]:
    return lambda study: study.edit(old, new)


def deciding(line: str) -> Callable[[Changeable], None]:
    return lambda study: study.decide(line)


def override(study: Changeable) -> None:
    study.edit(
        "chain:",
        "overrides:\n  - {participant: P02, trials: [P02_task_2.csv], reason: fell off, channels: "
        "[{label: BF, muscle: biceps_femoris, side: right, use: false}]}\nchain:",
    )


PEOPLE = "raw/people.csv"
WHO = "A. Reader,2026-03-02"
CHANGES: dict[str, tuple[Callable[[Changeable], None], dict[str, str]]] = {
    "comparison": (editing("factor: exercise", "factor: exercise, resamples: 500"), {}),
    "title": (editing("title: before", "title: after"), {}),
    "texts of the report": (editing("output:", "reporting: {electrode_material: Ag/AgCl}\noutput:"), {}),
    "participants table": (lambda one: (one.folder / PEOPLE).write_text("participant,sex\nP01,m\nP02,m\n"), {}),
    "word": (editing("name: My thrust", "name: Our thrust"), {}),
    "room for signals": (editing("folder: processed", "folder: processed, keep_signals: 1"), {}),
    "excluded": (deciding(f"{WHO},exclude,P01,1,,biceps_femoris,right,,,,,slipped"), {}),
    "touched": (touch, {}),
    "row moved": (move_row, {"P01/1": said(0, 0, 0)}),
    "start of an exercise": (editing("name: My thrust", "name: My thrust, start_phase: eccentric"), both(0, 0, 0)),
    "rule of the MVIC": (editing("window: 0.5", "window: 0.4"), both(0, 0, 0)),
    "envelope rate": (editing("folder: processed", "folder: processed, envelope_rate: 100"), both(0, 0, 0)),
    "reference": (
        deciding(f"{WHO},reference,P01,1,,biceps_femoris,right,,,,0.0002,weak"),
        {"P01/1": said(0, 0, 0)},
    ),
    "metrics": (editing("[mean, peak,", "[mean, peak, p95,"), both(0, NUMBERS, 0)),
    "threshold": (editing("decisions:", "checks: [{kind: mains, note_above: 0.001}], decisions:"), both(0, 0, TRIALS)),
    "chain": (editing("window: 0.1}", "window: 0.2}"), both(CHANNELS // 2, NUMBERS // 2, TRIALS)),
    "variant": (editing("window: 0.25", "window: 0.3"), both(CHANNELS // 2, NUMBERS // 2, 0)),
    "row relabelled": (
        lambda one: one.row(HIP_THRUST, head_position="slight_flexion"),
        {"P01/1": said(0, 0, 1)},
    ),
    "span": (lambda one: one.row(HIP_THRUST, stop="7.5"), {"P01/1": said(0, 2, 1)}),
    "row deleted": (delete_row, {"P01/1": said(0, 0, 0, fewer=(4, 2, 1))}),
    "row added": (add_row, {"P01/1": said(4, 2, 1, fewer=(-4, -2, -1))}),
    "override": (override, {"P02/1": said(0, 2, 1, fewer=(2, 0, 0))}),
    "file replaced": (replace_file, {"P01/1": said(4, 2, 1)}),
}
SHORT = ("row moved", "metrics", "row relabelled", "file replaced")
"""Tried always; the others with EMGPIPE_LONG=1. What touches no session, and the rule of the MVIC, is tried below."""


def check(study: Changeable, folder: Path, name: str) -> None:
    change, expected = CHANGES[name]
    change(study)
    assert study.process() == expected
    assert study.process() == {}
    fresh = study.copy(folder, results=False)
    fresh.process()
    assert study.stored() == fresh.stored()


@pytest.mark.parametrize("name", SHORT)
def test_one_change(study, tmp_path, name):
    check(study, tmp_path / "fresh", name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [one for one in CHANGES if one not in SHORT])
def test_every_other_change(study, tmp_path, name):
    check(study, tmp_path / "fresh", name)


def outputs(study: Changeable) -> dict[str, bytes]:
    """Return everything that a run writes for readers, but for `run.json`, which holds times."""
    folder = study.folder / "processed/small"
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    named = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: path.read_bytes() for name, path in named.items() if not name.startswith(("kept/", "run.json"))}


def test_all_outputs_are_those_of_a_run_from_scratch(study, tmp_path):
    """Several changes at once, then the whole run with tables, comparisons and report."""
    for name in ("rule of the MVIC", "row relabelled", "excluded", "comparison"):
        CHANGES[name][0](study)
    fresh = study.copy(tmp_path / "fresh", results=False)
    run_study(study.file)
    run_study(fresh.file)
    assert outputs(study) == outputs(fresh)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_all_outputs_after_every_change(study, tmp_path, name):
    CHANGES[name][0](study)
    fresh = study.copy(tmp_path / "fresh", results=False)
    run_study(study.file)
    run_study(fresh.file)
    assert outputs(study) == outputs(fresh)


def test_another_version_of_what_writes_tables_processes_nothing_again(study, monkeypatch):
    assert not is_changed(study.todo())
    monkeypatch.setattr("emgpipe.made_of.version", lambda name: "99.0" if name == "pyarrow" else version(name))
    todo = study.todo()
    assert not todo.due
    assert is_changed(todo)


def test_another_version_computes_everything_again(study, monkeypatch):
    monkeypatch.setattr("emgpipe.made_of.__version__", "99.0")
    assert study.process() == both(CHANNELS, NUMBERS, TRIALS)


def test_nothing_is_filtered_for_another_rule(study, monkeypatch):
    """The account is not merely said: the chain, the metrics and the checks of trials are not called."""

    def called(*_: object, **__: object) -> None:
        pytest.fail("this was made before")

    for name in ("signals.run_chain", "numbers.numbers_of", "findings.look_at_trial"):
        monkeypatch.setattr(f"emgpipe.kept.{name}", called)
    CHANGES["rule of the MVIC"][0](study)
    assert study.process() == both(0, 0, 0)


def spoil(path: Path) -> None:
    """Flip a bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def other(path: Path) -> None:
    path.write_bytes(b"not an archive")


@pytest.mark.parametrize(
    "damage",
    [spoil, *(pytest.param(one, marks=pytest.mark.slow) for one in (cut, other, shutil.rmtree))],
    ids=["bit flipped", "cut", "something else", "deleted"],
)
def test_damaged_archives_are_made_again(study, tmp_path, damage):
    kept = study.folder / "processed/small/kept"
    if damage is shutil.rmtree:
        damage(kept)
    else:
        for path in kept.rglob("P01_1.zip"):
            damage(path)
    CHANGES["reference"][0](study)
    assert study.process() != {"P01/1": said(0, 0, 0)}
    fresh = study.copy(tmp_path / "fresh", results=False)
    fresh.process()
    assert study.stored() == fresh.stored()
    study.decide("")
    assert study.process() == {"P01/1": said(0, 0, 0)}, "the damaged archive was mended"


def test_without_room_signals_are_filtered_again(study):
    kept = study.folder / "processed/small/kept"
    study.edit("folder: processed", "folder: processed, keep_signals: 0")
    CHANGES["rule of the MVIC"][0](study)
    assert study.process() == both(CHANNELS, 0, 0)
    assert not list((kept / "signals").iterdir())
    assert len(list((kept / "numbers").iterdir())) == len(BOTH)


def test_signals_take_no_more_than_their_room(study):
    study.edit("folder: processed", "folder: processed, keep_signals: 0.0012")  # 0.6 MB for each session
    shutil.rmtree(study.folder / "processed/small")
    assert study.process() == both(CHANNELS, NUMBERS, TRIALS)
    sizes = [path.stat().st_size for path in (study.folder / "processed/small/kept/signals").glob("*.zip")]
    assert len(sizes) == len(BOTH)
    assert all(0.4e6 < size < 0.61e6 for size in sizes)
    CHANGES["rule of the MVIC"][0](study)
    done = study.process()["P01/1"]
    assert done not in (said(CHANNELS, 0, 0), said(0, 0, 0))


def test_archives_are_written_only_if_they_change(study):
    kept = sorted((study.folder / "processed/small/kept").rglob("*.zip"))
    stamps = [path.stat().st_mtime_ns for path in kept]
    CHANGES["rule of the MVIC"][0](study)
    study.process()
    assert [path.stat().st_mtime_ns for path in kept] == stamps
    CHANGES["threshold"][0](study)
    study.process()
    changed = [path.parent.name for path, stamp in zip(kept, stamps, strict=True) if path.stat().st_mtime_ns != stamp]
    assert changed == ["numbers", "numbers"]


def test_what_is_no_longer_used_goes(study):
    path = study.folder / "processed/small/kept/signals/P01_1.zip"
    delete_row(study)
    study.process()
    replace_file(study)
    study.process()
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == CHANNELS - 4
        assert archive.testzip() is None


def test_sessions_that_are_gone_are_forgotten(study):
    study.write_rows([row for row in study.rows() if row["participant"] == "P01"])
    run_study(study.file)
    left = {path.name for path in (study.folder / "processed/small/kept").rglob("*.zip")}
    assert left == {"P01_1.zip"}


def test_a_folder_that_cannot_be_written_is_no_fault(study):
    kept = study.folder / "processed/small/kept"
    shutil.rmtree(study.folder / "processed/small")
    kept.parent.mkdir()
    kept.write_text("a file where a folder should be")
    assert study.process() == both(CHANNELS, NUMBERS, TRIALS)
    assert len(study.stored()) == len(BOTH)
