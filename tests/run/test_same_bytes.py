"""The same inputs, settings and versions give the same bytes, however and from wherever a study is run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emgpipe.batch import Here
from emgpipe.portable_results import portable_text
from emgpipe.run import How, run_study
from tests.pipeline.small import write_small_study

ROOT = Path(__file__).parents[2]
MORE = """
quality: {decisions: decisions.csv}
overrides:
  - {participant: P02, trials: [no_such_file.csv], reason: "nothing", channels: [{label: BF, kind: angle, name: x}]}
"""
DECISIONS = """who,when,action,participant,trial,muscle,reason
A. Coder,2026-01-02,exclude,P01,,GMAX,the tape came off
A. Coder,2026-01-02,exclude,P09,,,nobody is called that
"""
VARIED = {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C", "OMP_NUM_THREADS": "2"}


def spoiled_study(folder: Path) -> Path:
    """Write a study in which something is wrong at every place where a path can get into results."""
    file = write_small_study(folder, more=MORE)
    raw = folder / "raw"
    (raw / "P01_mvic_biceps-femoris_prone_1.csv").write_text("time (s),GMAX (uV)\n0,1\n", "utf-8")  # lost: no values
    cut = (raw / "P02_back-squat_neutral_1.csv").read_bytes()
    (raw / "P02_back-squat_neutral_1.csv").write_bytes(cut[: len(cut) // 30])  # too short for a repetition
    (raw / "P02_nobody_knows_this.csv").write_text("a,b\n", "utf-8")
    (folder / "decisions.csv").write_text(DECISIONS, "utf-8")
    return file


def copied(file: Path, folder: Path) -> Path:
    """Copy a study to another folder, its files made in the opposite order."""
    (folder / "raw").mkdir(parents=True)
    for one in sorted((file.parent / "raw").iterdir(), reverse=True):
        shutil.copyfile(one, folder / "raw" / one.name)
    for name in (file.name, "decisions.csv"):
        shutil.copyfile(file.parent / name, folder / name)
    return folder / file.name


def outputs(folder: Path) -> dict[str, str]:
    """Return the hash of everything a run left, and what its account says besides times and machine."""
    account = json.loads((folder / "run.json").read_text("utf-8"))
    known = {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(known - {folder / "run.json"})
        if "kept" not in path.relative_to(folder).parts
    }
    return found | {f"run.json: {name}": json.dumps(value) for name, value in account.items() if name != "timing"}


def run_from(folder: Path, file: str, jobs: int, **environment: str) -> None:
    """Run a study in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "emgpipe", "run", file, "--quiet", "--jobs", str(jobs)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stderr  # a recording is damaged


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that was run in its own folder, by its name."""
    file = spoiled_study(tmp_path_factory.mktemp("first") / "study")
    run_from(file.parent, file.name, 0, PYTHONHASHSEED="0")
    return file


def test_a_copy_run_from_elsewhere_in_another_environment_gives_the_same_bytes(study: Path, tmp_path: Path) -> None:
    other = copied(study, tmp_path / "ein anderer Ordner" / "study")
    (tmp_path / "matplotlibrc").write_text("font.size: 20\naxes.grid: True\n", "utf-8")  # somebody's own style
    run_from(tmp_path, str(other), 2, **VARIED)
    first, second = outputs(study.parent / "processed/small"), outputs(other.parent / "processed/small")
    assert {"metrics.csv", "findings.csv", "report.html", "sessions/P01_1.h5"} <= first.keys()
    assert not differing(first, second)
    assert str(tmp_path).encode() not in (other.parent / "processed/small/run.json").read_bytes()


def test_a_run_in_parts_gives_the_same_bytes(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One participant, then a session file lost, then all, from above the study; files listed the other way round."""
    other = copied(study, tmp_path / "x" / "study")
    monkeypatch.chdir(tmp_path)
    real = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: iter(sorted(real(path), reverse=True)))
    run_study("x/study/study.yaml", how=How(Here(), only={"participant": "P02"}))
    (other.parent / "processed/small/sessions/P02_1.h5").unlink()
    run_study("x/study/study.yaml")
    assert not differing(outputs(study.parent / "processed/small"), outputs(other.parent / "processed/small"))


def test_a_study_that_was_moved_is_up_to_date(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from emgpipe.run import bring_up_to_date

    other = copied(study, tmp_path / "y")
    shutil.copytree(study.parent / "processed", other.parent / "processed")
    monkeypatch.chdir(tmp_path)
    ran = bring_up_to_date("y/study.yaml")
    assert ran.result is None
    assert not ran.todo.due


@pytest.mark.parametrize(
    ("text", "folder", "expected"),
    [
        ("/data/hip/raw/P01.csv: it ends", "/data/hip", "raw/P01.csv: it ends"),
        ("cannot read '/data/hip/raw/P01.csv'", "/data/hip", "cannot read 'raw/P01.csv'"),
        ("../hip/raw/P01.csv and ../hip/raw/P02.csv", "../hip", "raw/P01.csv and raw/P02.csv"),
        ("/more/data/hip/raw/P01.csv", "/data/hip", "/more/data/hip/raw/P01.csv"),
        ("raw/P01.csv", ".", "raw/P01.csv"),
        ("/data/hip2/raw/P01.csv", "/data/hip", "/data/hip2/raw/P01.csv"),
    ],
)
def test_paths_in_texts_count_from_the_study(text: str, folder: str, expected: str) -> None:
    assert portable_text(text, Path(folder)) == expected


def test_a_style_of_the_user_changes_no_figure() -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from emgpipe.report.markup import image, own_style

    def drawn() -> str:
        with own_style():
            figure = Figure(figsize=(2, 2))
            figure.subplots().plot([0, 1], [2, 1])
            return image(figure, "a line")

    plain = drawn()
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "lines.linewidth": 5}):
        assert drawn() == plain
        assert mpl.rcParams["font.size"] == pytest.approx(30)
