"""Every number leads back: to its recording, trial, chain, reference, findings, decisions and versions."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import re
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from emgpipe.cli import main
from emgpipe.errors import StoreError
from emgpipe.inspection import Terminal
from emgpipe.provenance import Asked, NumberPath, Results, find_results, path_text, trace
from emgpipe.provenance.tracing import follow
from emgpipe.run import run_study
from tests.pipeline.small import write_small_study

MORE = """
quality: {decisions: decisions.csv}
overrides:
  - participant: P02
    reason: "the sockets were swapped"
    channels:
      - {label: GMAX, muscle: biceps_femoris, side: right}
      - {label: BF, muscle: gluteus_maximus_lower, side: right}
variants:
  - {name: smoother, replace: [{kind: rms, window: 0.25}]}
"""
DECISIONS = """who,when,action,participant,trial,muscle,reason
A. Coder,2026-01-02,exclude,P01,P01/1/back_squat.neutral.1,gluteus_maximus_lower,the tape came off
"""
SQUAT = ("P01", "back_squat.neutral.1")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("why")
    file = write_small_study(folder, more=MORE)
    (folder / "decisions.csv").write_text(DECISIONS, "utf-8")
    run_study(file)
    return file


@pytest.fixture
def results(study: Path) -> Results:
    return Results.of(study.parent / "processed/small")


def _ask(results: Results, trial: str, muscle: str, metric: str, **more: object) -> NumberPath:
    return trace(results, Asked("P01", trial, muscle, metric, **more))  # type: ignore[arg-type]


def test_every_row_of_the_metrics_leads_back(study: Path, results: Results) -> None:
    """Nothing is taken from the account that a reader could not look up: files are hashed, tables read by csv."""
    with (study.parent / "processed/small/metrics.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = ("participant", "session", "trial", "kind", "muscle", "side", "placement", "metric", "variant")
    tables = {name: _ids(study.parent / f"processed/small/{name}.csv") for name in ("findings", "decisions")}
    whole = {}
    for (person, number, trial, *_), group in groupby(rows, key=lambda row: [row[name] for name in columns]):
        session = results.session(f"{person}/{number}")
        own = list(group)
        account = follow(results, session, next(one for one in session.trials if one.trial.id == trial), own)
        _leads_back(study.parent, own, account)
        for name, named in (("findings", account.findings), ("decisions", account.decisions)):
            wanted = {one for row in own for one in row[name].split()}
            assert {one["id"] for one in named} == wanted <= tables[name]
        whole[trial] = whole.get(trial, 0) + len(account.numbers)
    assert sum(whole.values()) == len(rows)
    assert len(whole) == 4  # the four task trials


def _ids(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["id"] for row in csv.DictReader(lines)}


def _leads_back(folder: Path, rows: list[dict[str, str]], account: NumberPath) -> None:
    first = rows[0]
    assert [one["value"] for one in account.numbers] == [row["value"] for row in rows]
    for file in (*account.trial.files, *(one for trial in account.reference_trials for one in trial.files)):
        assert file.sha256 == hashlib.sha256((folder / file.name).read_bytes()).hexdigest()
        assert (file.state, file.reader) == ("unchanged", "delimited")
    assert account.trial.files
    assert account.trial.span == pytest.approx((0, 11), abs=1e-6)
    assert account.trial.origin in {file.name.removeprefix("raw/") for file in account.trial.files}
    for number in account.numbers:
        assert account.trial.span[0] <= number["start"] < number["stop"] <= account.trial.span[1]
        assert number["start"] >= float(number["onset"]) - 1e-9
    assert account.detector["kind"] == "angle"
    assert account.run["versions"]["numpy"] == np.__version__
    assert len(account.run["settings"]) == len(account.run["code"]) == 64
    assert bool(account.variant) == (first["variant"] == "smoother")
    if first["kind"] == "emg":
        assert account.channel is not None
        assert account.channel.sampling_rate == pytest.approx(1000)
        assert len(account.history) == 4
        assert account.channel.override == ("the sockets were swapped" if first["participant"] == "P02" else "")
    if first["reference"]:
        assert account.reference is not None
        assert account.reference.id == first["reference"].partition("@")[0]
        assert {one.id for one in account.reference_trials} == {one.trial for one in account.reference.used}


def test_a_number_can_be_made_again_by_the_printed_path(study: Path, results: Results) -> None:
    """Only what is printed, the raw files, numpy and scipy."""
    from scipy.signal import butter, sosfiltfilt

    account = _ask(results, "back_squat", "BF", "mean", repetition=2, phase="repetition")
    text = " ".join(path_text(account, Terminal(width=400)).split())
    edges = re.search(r"order (\d+) per pass, zero-phase .*? designed to ([\d.]+)-([\d.]+) Hz", text)
    window = re.search(r"rms over [\d.]+ s \((\d+) samples\), centered", text)
    won = re.search(r"won: .*? from ([\d.]+) to ([\d.]+) s: [\d.]+ µV of (\S+);", text)
    span = re.search(r"2 whole ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)", text)
    file = re.search(r"files (\S+), read as delimited", text)
    assert edges and window and won and span and file
    assert "dc_offset: mean of the recording subtracted" in text

    def envelope(name: str) -> np.ndarray:
        table = np.loadtxt(study.parent / name, delimiter=",", skiprows=1)
        raw = table[:, 2]  # BF
        sections = butter(int(edges[1]), (float(edges[2]), float(edges[3])), "bandpass", fs=1000, output="sos")
        power = sosfiltfilt(sections, raw - raw.mean()) ** 2
        size = int(window[1])
        return np.sqrt(np.convolve(power, np.ones(size) / size, "same"))

    def mean(name: str, start: str, stop: str) -> float:
        return float(envelope(name)[round(float(start) * 1000) : round(float(stop) * 1000)].mean())

    amplitude, reference = mean(file[1], span[1], span[2]), mean(won[3], won[1], won[2])
    assert float(span[4]) == pytest.approx(amplitude, rel=0.005)  # times are printed with two decimals
    assert float(span[3]) == pytest.approx(100 * amplitude / reference, rel=0.005)


def test_the_command_prints_the_path_in_80_columns(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study.parent)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["why", *SQUAT, "gluteus maximus lower", "peak"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    digest = hashlib.sha256((study.parent / "raw/P01_back-squat_neutral_1.csv").read_bytes()).hexdigest()
    for said in (
        digest,
        "EXCLUDED",
        "the tape came off",
        "A. Coder",
        "bandpass 20-450 Hz (-3 dB)",
        "expected 3",
        "numpy",
    ):
        assert said in " ".join(text.split())


def test_the_account_as_json_holds_the_same(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", *SQUAT, "hip", "range", "--json", "--study", str(study)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reference"] is None
    assert [one["unit"] for one in found["numbers"]] == ["deg"] * len(found["numbers"])
    assert found["trial"]["files"][0]["name"] == "raw/P01_back-squat_neutral_1.csv"


@pytest.mark.parametrize(
    "trial", ["P01/1/back_squat.neutral.1", "1/back_squat.neutral.1", "P01_back-squat_neutral_1.csv", "squat"]
)
@pytest.mark.parametrize("muscle", ["gluteus_maximus_lower", "gmax", "GMAX (uV)", "lower"])
def test_trials_and_muscles_go_by_many_names(results: Results, trial: str, muscle: str) -> None:
    account = _ask(results, trial, muscle, "Peak")
    assert account.trial.id == "P01/1/back_squat.neutral.1"
    assert account.numbers[0]["muscle"] == "gluteus_maximus_lower"


def test_times_need_no_muscle(results: Results) -> None:
    account = _ask(results, "squat", "-", "duration", repetition=1, phase="repetition")
    (number,) = account.numbers
    assert float(number["value"]) == pytest.approx(number["stop"] - number["start"])
    assert account.channel is None


def test_a_variant_names_what_differs_and_its_own_reference(results: Results) -> None:
    account = _ask(results, "squat", "bf", "mean", variant="smoother", repetition=1, phase="repetition")
    text = " ".join(path_text(account, Terminal()).split())
    assert "smoother: what differs" in text
    number = account.numbers[0]
    own = 1e8 * float(number["amplitude"]) / float(number["value"])
    shown = re.search(r"in this variant 100 % is ([\d.]+) µV", text)
    assert shown is not None
    assert math.isclose(float(shown[1]), own, rel_tol=1e-3)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("P3", "squat", "bf", "mean"), "small has: P01, P02"),
        (("P01", "sqaut", "bf", "mean"), "did you mean 'squat'"),
        (("P01", "neutral", "bf", "mean"), "several trials of P01"),
        (("P01", "squat", "bicep femurs", "mean"), "did you mean 'biceps_femoris'"),
        (("P01", "squat", "bf", "maen"), "did you mean 'mean'"),
        (("P01", "mvic.gluteus_maximus.prone.1", "bf", "mean"), "is an MVIC"),
    ],
)
def test_unknown_names_are_answered_with_what_there_is(
    results: Results, asked: tuple[str, str, str, str], words: str
) -> None:
    with pytest.raises(StoreError, match=re.escape(words)):
        trace(results, Asked(*asked))
    with pytest.raises(StoreError, match="There is: 1, 2, 3"):
        _ask(results, "squat", "bf", "mean", repetition=7)


def test_files_of_another_run_are_refused_with_the_remedy(study: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(study.parent / "processed/small", tmp_path / "small")
    table = tmp_path / "small/metrics.csv"
    table.write_bytes(table.read_bytes().replace(b"%MVIC", b"%mvic", 1))
    with pytest.raises(StoreError, match=r"metrics\.csv is not what the run wrote.*emgpipe run"):
        _ask(Results.of(tmp_path / "small"), "squat", "bf", "mean")


def test_a_recording_that_changed_is_named(study: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(study.parent, tmp_path / "copy")
    raw = tmp_path / "copy/raw"
    (raw / "P01_mvic_biceps-femoris_prone_1.csv").unlink()
    with (raw / "P01_back-squat_neutral_1.csv").open("a", encoding="utf-8") as file:
        file.write("11.0,0,0,0\n")
    text = path_text(_ask(Results.of(tmp_path / "copy/processed/small"), "squat", "bf", "mean"), Terminal())
    assert "raw/P01_back-squat_neutral_1.csv, read as delimited; CHANGED since the run" in " ".join(text.split())
    assert "NOT THERE any more" in text


def test_results_near_by_are_found_and_several_are_asked_for(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    monkeypatch.chdir(tmp_path)
    assert main(["why", *SQUAT, "bf", "mean"]) == 2
    assert "there are no results in ./processed" in capsys.readouterr().err
    for name in ("first", "second"):
        shutil.copytree(study.parent / "processed/small", tmp_path / "processed" / name)
    assert main(["why", *SQUAT, "bf", "mean"]) == 2
    assert "several results know participant 'P01'" in capsys.readouterr().err
    assert main(["why", *SQUAT, "bf", "mean", "--study", "processed/second"]) == 0


def test_hashed_names_are_followed_by_the_own_name_where_the_study_file_is_given(tmp_path: Path) -> None:
    file = write_small_study(
        tmp_path / "study",
        participants=1,
        more="privacy: {participants: hashed, paths: hashed, salt_file: ../salt.txt}",
    )
    (tmp_path / "salt.txt").write_text("a long and very random text", "utf-8")
    run_study(file)
    account = trace(find_results(file, "P01"), Asked("P01", "squat", "bf", "mean"))
    assert "P01" not in path_text(account, Terminal())
    assert account.trial.files[0].state == "hidden"
    digest = hashlib.sha256((tmp_path / "study/raw/P01_back-squat_neutral_1.csv").read_bytes()).hexdigest()
    assert account.trial.files[0].sha256 == digest
    with pytest.raises(StoreError, match=r"there is no participant 'P01'.*name the study file with --study"):
        trace(Results.of(file.parent / "processed/small"), Asked("P01", "squat", "bf", "mean"))


def test_names_as_they_are_shown_and_typed_in_haste(study: Path, results: Results) -> None:
    whole = _ask(results, "back_squat", "BF", "mean", phase="repetition")
    assert _ask(results, "back_squat", "BF", "mean", phase="whole").numbers == whole.numbers  # so the table calls it
    assert trace(results, Asked("p01", "back_squat", "BF", "mean", phase="whole")).numbers == whole.numbers
    assert _ask(results, "back_squat", "biceps_femoris right", "mean", phase="whole").numbers == whole.numbers
    assert find_results(study.parent / "processed", "p01").folder == results.folder
