"""Results that look up to date and are not: an order that counts, files that come later, comparisons in between."""

from __future__ import annotations

import pytest

from emgpipe.comparing import compare_study
from emgpipe.errors import StoreError
from emgpipe.readers.wfdb import WfdbOptions
from emgpipe.reading import files_behind
from emgpipe.run import run_study
from emgpipe.run.study import bring_up_to_date
from tests.run.changeable import DECISIONS, Changeable, write_changeable

WHO = "A. Reader,2026-03-02"
FIRST = f"{WHO},reference,P01,1,,biceps_femoris,right,,,,0.0002,weak"
SECOND = f"{WHO},reference,P01,1,,biceps_femoris,right,,,,0.0003,weaker"
LEFT = "{participant: P02, reason: left, channels: [{label: BF, muscle: biceps_femoris, side: left}]}"
RIGHT = "{participant: P02, reason: right, channels: [{label: BF, muscle: semitendinosus, side: right}]}"


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A study of two decisions, two overrides and two factors that was run."""
    study = write_changeable(tmp_path_factory.mktemp("stale") / "study")
    study.decide(f"{FIRST}\n{SECOND}")
    study.edit("chain:", f"overrides:\n  - {LEFT}\n  - {RIGHT}\nchain:")
    add_factors(study, "tempo,shoes")
    run_study(study.file)
    return study


@pytest.fixture
def study(before, tmp_path):
    return before.copy(tmp_path / "changed", results=True)


def add_factors(study: Changeable, names: str) -> None:
    table = study.folder / "raw/trials.csv"
    head, *rows = table.read_text("utf-8").splitlines()
    table.write_text("\n".join([f"{head},{names}", *(f"{row},same,same" for row in rows), ""]), "utf-8")


def outputs(study: Changeable) -> dict[str, bytes]:
    """Return everything a run wrote that is to be a function of what it was given."""
    folder = study.folder / "processed/small"
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {
        name: content for name, content in named.items() if name != "run.json" and not name.startswith(("kept", "."))
    }


def due(study: Changeable) -> dict[str, tuple[str, ...]]:
    return {one.job.name: one.reasons for one in study.todo().due}


def test_the_later_of_two_references_counts(study):
    study.decide(f"{SECOND}\n{FIRST}")
    assert due(study) == {"P01/1": ("order of decisions changed",)}
    with pytest.raises(StoreError, match="decisions about references changed"):
        compare_study(study.file)


def test_the_later_of_two_overrides_counts(study):
    study.edit(f"  - {LEFT}\n  - {RIGHT}", f"  - {RIGHT}\n  - {LEFT}")
    assert due(study) == {"P02/1": ("override order changed",)}


def test_tables_have_factors_in_the_order_of_the_trials_table(study):
    table = study.folder / "raw/trials.csv"
    table.write_text(table.read_text("utf-8").replace("tempo,shoes", "shoes,tempo"), "utf-8")
    assert set(due(study)) == {"P01/1", "P02/1"}


def test_the_copy_of_a_table_is_that_of_the_last_run(study):
    table = study.folder / "raw/trials.csv"
    head, *rows = table.read_text("utf-8").splitlines()
    table.write_text("\n".join([head, *rows[4:], *rows[:4], ""]), "utf-8")  # P02 before P01
    assert due(study) == {}
    assert bring_up_to_date(study.file).result is not None
    assert (study.folder / "processed/small/inputs/raw/trials.csv").read_bytes() == table.read_bytes()
    assert bring_up_to_date(study.file).result is None


def test_what_was_compared_in_between_is_not_taken_for_the_run(study):
    first, decisions = outputs(study), study.folder / "decisions.csv"
    study.decide(f"{FIRST}\n{SECOND}\n{WHO},exclude,P01,1,,gluteus_maximus_lower,right,,,,,slipped")
    compare_study(study.file)
    assert outputs(study) != first
    decisions.write_text(f"{DECISIONS}\n{FIRST}\n{SECOND}\n", "utf-8")  # it was a mistake
    ran = bring_up_to_date(study.file)
    assert ran.result is not None
    assert not [one for one in ran.todo.sessions if one.reasons]
    assert outputs(study) == first


def test_a_comparison_that_changes_nothing_leaves_the_run_whole(study):
    compare_study(study.file)
    assert bring_up_to_date(study.file).result is None


def test_files_that_would_make_a_recording_readable_belong_to_it(tmp_path):
    """A header whose signal file is not copied yet was read by nobody; the next run has to see that it came."""
    header = tmp_path / "a.hea"
    header.write_text("a 1 1000 3\na.dat 16 200/mV 16 0 0 0 0 EMG\n")
    assert files_behind(header, "") == (header,)
    (tmp_path / "a.dat").write_bytes(bytes(6))
    (tmp_path / "a.qrs").write_bytes(bytes(2))
    assert files_behind(header, "") == (header, tmp_path / "a.dat")
    assert files_behind(header, "wfdb", [WfdbOptions(annotator="qrs")]) == (
        header,
        tmp_path / "a.dat",
        tmp_path / "a.qrs",
    )


def test_metadata_that_would_change_the_reader_belong_to_a_recording(tmp_path):
    bids, plain = tmp_path / "sub-01_task-squat_emg.edf", tmp_path / "squat.edf"
    for path in (bids, plain, tmp_path / "sub-01_task-squat_channels.tsv", tmp_path / "channels.tsv"):
        path.write_text("name\n")
    assert files_behind(bids, "edf") == (
        bids,
        tmp_path / "channels.tsv",
        tmp_path / "sub-01_task-squat_channels.tsv",
    )
    assert files_behind(plain, "edf") == (plain,)
