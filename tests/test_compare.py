"""`emgpipe compare`: the comparisons once more from what a run stored, and when it refuses."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

import emgpipe
from emgpipe.cli import main
from emgpipe.comparing import compare_study
from emgpipe.errors import StoreError
from emgpipe.store import file_hash
from tests.pipeline.small import write_small_study
from tests.report.page_check import PageCheck

RANKING = "  - {kind: ranking, factor: exercise, at: {head_position: neutral}}\n"
PEOPLE = "participant;Sex;age;comment;e-mail\n1;f;30;NA;x@example.org\nP02;m;;=1+1;\nP03;f;031;;\nP9;m;20;;\n"


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Write a study with a participants table and run it."""
    folder = tmp_path_factory.mktemp("ran")
    study = write_small_study(folder, participants=3)
    for path in (folder / "raw").glob("P01_*"):
        path.rename(path.with_name(path.name.replace("P01", "01")))  # text that looks like a number
    (folder / "raw" / "people.csv").write_text(PEOPLE, "utf-8")
    study.write_text(
        study.read_text("utf-8").replace("folder: raw", "folder: raw\n  participants: people.csv"), "utf-8"
    )
    emgpipe.run_study(study)
    return study


@pytest.fixture
def study(ran, tmp_path):
    """Return a copy without the recordings: comparing must not touch a signal."""
    shutil.copy(ran, tmp_path)
    shutil.copytree(ran.parent / "processed", tmp_path / "processed")
    return tmp_path / "study.yaml"


def results(study):
    return study.parent / "processed" / "small"


def written(study):
    folder = results(study)
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name: file_hash(folder / name) for name in names if not name.startswith((".", "kept/"))}


def change(study, old, new):
    text = study.read_text("utf-8")
    assert old in text
    study.write_text(text.replace(old, new), "utf-8")


def run_file(study):
    return json.loads((results(study) / "run.json").read_text("utf-8"))


def test_comparing_again_gives_the_same_bytes(study, capsys):
    before, was = written(study), run_file(study)
    assert main(["compare", str(study)]) == 0
    after, now = written(study), run_file(study)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"run.json"}
    assert {name for name in was if was[name] != now[name]} == {"timing"}
    assert now["outputs"] == {name: digest for name, digest in after.items() if name != "run.json"}
    said = capsys.readouterr()
    assert "Barbell hip thrust" in said.out
    assert "report.html and findings.csv still show those of the run" in said.out
    assert said.err == ""
    assert main(["compare", str(study), "--quiet"]) == 0
    assert "Barbell hip thrust" not in capsys.readouterr().out


def test_the_study_may_be_named_from_anywhere(study, monkeypatch):
    for folder in (study.parent, study.parent.parent):
        monkeypatch.chdir(folder)
        assert len(compare_study(study.relative_to(folder)).comparisons) == 1


def test_a_changed_comparison_is_picked_up_and_files_of_the_old_ones_go(study):
    edited = results(study) / "comparisons" / "ranking_cells.csv"
    edited.write_text("my notes", "utf-8")
    (results(study) / "comparisons" / "mine.csv").write_text("1", "utf-8")
    change(study, RANKING, "  - {kind: paired, factor: exercise, against: back_squat, metrics: [mean]}\n")
    done = compare_study(study)
    assert {one.kind for one in done.comparisons} == {"paired"}
    there = {path.name for path in (results(study) / "comparisons").iterdir()}
    assert {"paired.csv", "paired_cells.csv", "sentences.txt", "mine.csv", "ranking_cells.csv"} <= there
    assert "ranking.csv" not in there
    assert edited.read_text("utf-8") == "my notes"  # what somebody changed is theirs
    outputs = run_file(study)["outputs"]
    assert not [name for name in outputs if "ranking" in name or "mine" in name]
    assert outputs["comparisons/paired.csv"] == file_hash(results(study) / "comparisons" / "paired.csv")
    assert run_file(study)["settings"]["comparisons"][0]["kind"] == "paired"
    page = PageCheck((results(study) / "comparisons.html").read_text("utf-8"))
    assert page.problems == []
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert done.comparisons[0].title in page.text
    words = page.text[page.text.rindex("Words for a paper") :]
    for part in ("There was one reference per participant", "All numbers: comparisons/paired.csv.", "CEDE approach 2"):
        assert part in words
    assert "NOT RECORDED" not in words


def test_a_table_of_comparisons_is_not_taken_for_one_of_the_run(study):
    change(study, RANKING, "  - {kind: curves, factor: exercise, against: back_squat}\n")
    first = compare_study(study)
    assert (results(study) / "comparisons" / "curves.csv").is_file()
    before = written(study)
    again = compare_study(study)
    pd.testing.assert_frame_equal(first.comparisons[0].table, again.comparisons[0].table)
    assert {name for name, digest in written(study).items() if before[name] != digest} == {"run.json"}


def test_a_primary_outcome_may_be_named_later(study):
    change(study, "output:", "primary_outcome: {outcome: biceps_femoris, metric: peak}\noutput:")
    compare_study(study)
    table = pd.read_csv(results(study) / "comparisons" / "ranking.csv")
    assert set(table.loc[table["primary"], "muscle"]) == {"biceps_femoris"}


def test_what_cannot_be_compared_is_seen(study, capsys):
    change(study, RANKING, RANKING + "  - {kind: ranking, factor: head_position}\n")
    assert main(["compare", str(study), "--quiet"]) == 0
    said = capsys.readouterr()
    assert "1 comparison made, 1 problem\n" in said.out
    assert "WARN study: comparison 2 (ranking of head positions" in said.err
    for name in ("comparisons/sentences.txt", "comparisons.html"):
        text = (results(study) / name).read_text("utf-8")
        assert "Not made" in text
        assert "comparison 2 (ranking of head positions" in text


def test_settings_that_numbers_depend_on_are_named(study, capsys):
    change(study, "output:", "chain: [{kind: bandpass, low: 30}, {kind: rms}]\noutput:")
    change(study, "expected: 3", "expected: 4")
    before = written(study)
    assert main(["compare", str(study)]) == 2
    said = capsys.readouterr().err
    assert "chain: 4 entries (dc_offset, bandpass, rectify, rms) at the run, 2 entries (bandpass, rms) now" in said
    assert "repetitions, entry 1: detector: expected: 3 at the run, 4 now" in said
    assert f"emgpipe run {study}" in said
    assert written(study) == before


def test_a_participants_table_that_changed_is_named(study, ran):
    (study.parent / "raw").mkdir()
    shutil.copy(ran.parent / "raw" / "people.csv", study.parent / "raw")
    compare_study(study)
    (study.parent / "raw" / "people.csv").write_text(PEOPLE.replace("P03;f", "P03;m"), "utf-8")
    with pytest.raises(StoreError, match=r"the content of people\.csv changed"):
        compare_study(study)


@pytest.mark.parametrize(
    ("spoil", "phrase"),
    [
        (lambda folder: (folder / "run.json").unlink(), "was not run to its end yet; use: emgpipe run"),
        (lambda folder: (folder / "run.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "run.json").write_text("[]"), "another version"),
        (lambda folder: (folder / "run.json").write_text('{"format": 2, "study": "small"}'), "it has no 'settings'"),
        (lambda folder: (folder / "metrics.csv").unlink(), "metrics.csv is missing, or is not what the run wrote"),
        (
            lambda folder: (folder / "participants.csv").write_text("participant\n"),
            "participants.csv is missing, or is",
        ),
    ],
)
def test_without_the_tables_of_the_run_it_does_not_start(study, capsys, spoil, phrase):
    spoil(results(study))
    assert main(["compare", str(study)]) == 2
    assert phrase in capsys.readouterr().err


def test_the_results_of_another_study_are_refused(study):
    path = results(study) / "run.json"
    path.write_text(path.read_text("utf-8").replace('"study": "small"', '"study": "large"'), "utf-8")
    with pytest.raises(StoreError, match="the run of another study, 'large'"):
        compare_study(study)


def test_the_participants_table_is_stored_without_who_they_are(ran):
    text = (results(ran) / "participants.csv").read_text("utf-8")
    assert text == "participant,sex,age,comment\n01,f,30,NA\nP02,m,,'=1+1\nP03,f,031,\n"
    findings = pd.read_csv(results(ran) / "findings.csv")
    reasons = " ".join(findings["reason"])
    assert "there is no trial of participant 'P9'" in reasons
    assert "'e_mail' looks like personal data" in reasons
    assert "example.org" not in reasons + json.dumps(run_file(ran))


def test_the_participants_table_is_no_recording(ran):
    assert "belongs to no trial" not in (results(ran) / "findings.csv").read_text("utf-8")
    assert "raw/people.csv" in run_file(ran)["inputs"]


def test_a_run_without_the_table_takes_the_stored_one_away(ran, tmp_path):
    copy = tmp_path / "study.yaml"
    text = ran.read_text("utf-8").replace("folder: raw", f"folder: {ran.parent / 'raw'}")
    copy.write_text(text.replace("  participants: people.csv\n", ""), "utf-8")
    shutil.copytree(ran.parent / "processed", tmp_path / "processed")
    emgpipe.run_study(copy)
    assert not (tmp_path / "processed" / "small" / "participants.csv").exists()
    assert compare_study(copy).problems == ()
