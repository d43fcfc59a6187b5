"""The commands as a user types them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from emgpipe.cli import main
from tests.pipeline.small import write_small_study


def test_without_a_command_the_help_is_printed(capsys):
    assert main([]) == 2
    printed = capsys.readouterr().out
    assert "usage: emgpipe" in printed
    assert "peak in %MVIC." in " ".join(printed.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_is_quick(arguments):
    code = (
        "import sys\nfrom emgpipe.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'pydantic', 'scipy', 'matplotlib', 'h5py'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr


def test_vocabulary_is_printed_and_searched(capsys):
    assert main(["vocabulary"]) == 0
    everything = capsys.readouterr().out
    assert all(f"\n  {name} " in everything for name in ("gluteus_maximus", "back_squat", "hyperflexion"))
    assert main(["vocabulary", "Hip Thrusts"]) == 0
    some = capsys.readouterr().out
    assert "barbell_hip_thrust" in some
    assert "back_squat" not in some
    assert "muscles" not in some
    assert main(["vocabulary", "xyz"]) == 0
    assert "nothing in the vocabulary contains 'xyz'" in capsys.readouterr().out


def test_trials_that_fail_for_one_reason_are_told_once(tmp_path, capsys):
    study = write_small_study(tmp_path)
    study.write_text(study.read_text("utf-8").replace("expected: 3", "minimum_range: 200"), "utf-8")
    assert main(["run", str(study), "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said.count("no repetition was found") == 1
    assert "trials (P01/1/back_squat.neutral.1, " in said
    assert "look at the trace" in said


def test_warnings_are_told_with_what_to_do(tmp_path, capsys):
    study = write_small_study(tmp_path)
    wrong = "overrides: [{participant: P99, reason: x, channels: [{label: BF, use: false}]}]\n"
    study.write_text(study.read_text("utf-8") + wrong, "utf-8")
    assert main(["run", str(study), "--quiet"]) == 0
    said = capsys.readouterr().err
    assert "WARN study: P99: no trial is of participant 'P99'" in said
    assert "(overrides, entry 1)" in said


def test_too_little_memory_is_one_line(tmp_path, monkeypatch, capsys):
    def convert(*_given: object, **_stated: object) -> None:
        raise MemoryError

    monkeypatch.setattr("emgpipe.writers.conversion.convert", convert)
    assert main(["convert", str(tmp_path / "long.edf"), str(tmp_path / "out.csv")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path / "long.edf") in line
    assert "needs more memory than there is" in line
