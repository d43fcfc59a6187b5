"""One list of trials, from a table or from file names; what is wrong is said and the rest goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emgpipe.config import TrialList, list_trials, load_study
from emgpipe.errors import ConfigError
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = "participant;session;trial;role;file;start;stop;target;position;exercise;head_position;load;include;comment"


@pytest.fixture
def table(good: str, write) -> Callable[..., TrialList]:
    """List the trials of a table; every file ``*.csv`` it names is there, but for ``gone.csv``."""

    def _list(rows: str, *, header: str = HEADER, more: str = "", files: tuple[str, ...] = ()) -> TrialList:
        write(f"{header}\n{rows}", "raw/trials.csv")
        named = {cell for cell in rows.replace("\n", ";").split(";") if cell.endswith(".csv") and cell != "gone.csv"}
        for name in {*named, *files}:
            if not name.startswith(("/", "..")):
                write("x", f"raw/{name}")
        text = good.replace('  files:\n    - pattern: "{participant}_{exercise}_{head_position}_{trial}.csv"\n', "")
        study = load_study(write(text.replace("folder: raw", "folder: raw\n  trials: trials.csv") + more))
        return list_trials(study, load_vocabulary())

    return _list


@pytest.fixture
def named(good: str, write) -> Callable[..., TrialList]:
    """List the trials of a folder with these files."""

    def _list(*names: str, patterns: str = "", more: str = "") -> TrialList:
        for name in names:
            write("x", f"raw/{name}")
        text = good.replace('    - pattern: "', patterns + '    - pattern: "')
        study = load_study(write(text + more))
        return list_trials(study, load_vocabulary(study.vocabulary))

    return _list


def _ids(listing: TrialList) -> list[str]:
    return [trial.id for trial in listing.trials]


def _failed(listing: TrialList) -> list[tuple[str, str]]:
    return [(problem.where, problem.message) for problem in listing.problems if problem.status == "failed"]


def test_a_table(table) -> None:
    listing = table(
        "P02;;1;;b.csv;;;;;Back squat;neutral;62,5;;\n"
        "P01;2;1;mvic;m.csv;;;gluteus_maximus;prone;;;;;\n"
        "P01;2;;rest;r.csv;0,5;2.5;;;;;;ja;quiet\n"
    )
    assert listing.problems == ()
    assert _ids(listing) == ["P01/2/mvic.gluteus_maximus.prone.1", "P01/2/rest.1", "P02/1/back_squat.neutral.1"]
    mvic, rest, task = listing.trials
    assert mvic.targets == ("gluteus_maximus",)
    assert (mvic.role, mvic.position, mvic.factors) == ("mvic", "prone", {})
    assert (rest.start, rest.stop, rest.comment, rest.origin) == (0.5, 2.5, "quiet", "trials.csv, row 4")
    assert (task.role, task.session, task.exercise) == ("task", "1", "back_squat")
    assert task.factors == {"exercise": "back_squat", "head_position": "neutral", "load": "62.5"}


def test_further_columns_are_factors_and_names_of_columns_are_forgiving(table) -> None:
    listing = table(
        "P01;a.csv;b.csv;-0,25;back squat;slow;8\n",
        header="Participant ;FILE;File 2;Offset_2;Exercise;Tempo;Repetitions",
    )
    (trial,) = listing.trials
    assert trial.factors == {"exercise": "back_squat", "tempo": "slow"}
    assert [(file.path.name, file.offset) for file in trial.files] == [("a.csv", 0.0), ("b.csv", -0.25)]
    assert trial.repetitions == 8


@pytest.mark.parametrize(
    ("row", "phrase"),
    [
        ("P01;;1;;gone.csv;;;;;back_squat;;;;", "the file 'gone.csv' is not in"),
        ("P01;;1;;;;;;;back_squat;;;;", "column 'file' is empty"),
        (";;1;;a.csv;;;;;back_squat;;;;", "column 'participant' is empty"),
        ("P/1;;1;;a.csv;;;;;back_squat;;;;", "column 'participant' holds 'P/1'"),
        ("P01;;1;;a.csv;;;;;back_sqat;;;;", "did you mean 'back_squat'"),
        ("P01;;1;;a.csv;;;;;;;;;", "'exercise' is not given"),
        ("P01;;1;mvic;a.csv;;;;;;;;;", "'target' is not given"),
        ("P01;;1;mvic;a.csv;;;gluteus_maximis;;;;;;", "did you mean 'gluteus_maximus'"),
        ("P01;;1;mvc;a.csv;;;;;back_squat;;;;", "role 'mvc' is not known; did you mean 'mvic'?"),
        ("P01;;1;;a.csv;5;3;;;back_squat;;;;", "start = 5 s must lie before stop = 3 s"),
        ("P01;;1;;a.csv;abc;;;;back_squat;;;;", "column 'start' holds 'abc'; write a number of seconds"),
        ("P01;;1;;a.csv;1:30;;;;back_squat;;;;", "column 'start' holds '1:30'"),
        ("P01;;1;;a.csv;nan;;;;back_squat;;;;", "column 'start' holds 'nan'"),
        ("P01;;1;;a.csv;;;;;back_squat;neutrall;;;", "did you mean 'neutral'"),
        ("P01;;1;;a.csv;;;;;back_squat;;;maybe;", "column 'include' holds 'maybe'; write yes or no"),
        ("P01;;1;;a.csv;;;;;back_squat;;;;;stray", "the cell 'stray' stands under no column name"),
        ("P01;;1;;../out.csv;;;;;back_squat;;;;", "lies outside the folder of the recordings"),
        ("P01;;1;;/etc/hostname;;;;;back_squat;;;;", "lies outside the folder of the recordings"),
        ("P01;;1;;" + "x" * 300 + ";;;;;back_squat;;;;", ""),
    ],
)
def test_a_bad_row_is_a_problem_and_the_rest_goes_on(row: str, phrase: str, table) -> None:
    listing = table(f"P09;;1;;z.csv;;;;;back_squat;;;;\n{row}\n")
    assert _ids(listing) == ["P09/1/back_squat.1"]
    ((where, message),) = _failed(listing)
    assert where == "trials.csv, row 3"
    assert phrase in message


def test_everything_wrong_with_a_row_is_said_at_once(table) -> None:
    ((_, message),) = _failed(table("P01;;1;;gone.csv;x;;;;jump;;;;\n"))
    assert len([part for part in ("gone.csv", "'start'", "'jump'") if part in message]) == 3


def test_a_file_of_another_trial_is_not_what_a_misspelled_name_means(table) -> None:
    row = "P01;;1;;gone.csv;;;;;back_squat;;;;\n"
    ((_, message),) = _failed(table(f"{row}P02;;1;;gone2.csv;;;;;back_squat;;;;\n", files=("gone1.csv",)))
    assert message.endswith("correct its name; did you mean 'gone1.csv'?")


def test_left_out(table) -> None:
    listing = table("P01;;1;;a.csv;;;;;back_squat;;;Nein;cramp\n")
    (problem,) = listing.problems
    assert (problem.status, problem.name) == ("left out", "a.csv")
    assert "cramp" in problem.message
    assert (listing.trials, listing.unused_files) == ((), ())


def test_numbered_by_appearance(table) -> None:
    listing = table("".join(f"P01;;{n};;{f}.csv;;;;;back_squat;;;;\n" for n, f in [("", "a"), ("1", "b"), ("", "c")]))
    assert [(trial.id[-1], trial.files[0].path.stem) for trial in listing.trials] == [
        ("2", "a"),
        ("1", "b"),
        ("3", "c"),
    ]


def test_two_trials_of_one_name_are_both_problems(table) -> None:
    row = "P01;;1;;{};;;;;back_squat;;;;\n"
    listing = table(row.format("a.csv") + row.format("b.csv") + "P01;;2;;c.csv;;;;;back_squat;;;;\n")
    assert _ids(listing) == ["P01/1/back_squat.2"]
    assert [where for where, _ in _failed(listing)] == ["trials.csv, row 2", "trials.csv, row 3"]
    assert {problem.name for problem in listing.problems} == {"P01/1/back_squat.1"}
    assert "the same name as trials.csv, row 3" in _failed(listing)[0][1]


def test_further_factors_tell_trials_apart(table) -> None:
    rows = "".join(f"P01;;1;;{load}.csv;;;;;back_squat;;{load};;\n" for load in (60, 80))
    assert _ids(table(rows)) == ["P01/1/back_squat.60.1", "P01/1/back_squat.80.1"]


def test_calibration_trials_in_two_poses_are_told_apart_by_the_pose(table) -> None:
    rows = "P1;;1;calibration;a.csv;;;;upright;;;;;\nP1;;1;calibration;b.csv;;;;chin tucked;;;;;\n"
    assert _ids(table(rows)) == ["P1/1/calibration.upright.1", "P1/1/calibration.chin_tucked.1"]


def test_columns_that_say_who_somebody_is_become_no_factor(table) -> None:
    header = "participant;file;exercise;tempo;Name;date of birth;note"
    listing = table("P1;a.csv;back squat;slow;Harry Haagse;1951-05-02;mail h@example.org\n", header=header)
    assert dict(listing.trials[0].factors) == {"exercise": "back_squat", "tempo": "slow"}
    told = [(problem.status, problem.where) for problem in listing.problems]
    assert told == [("warn", "column 'name'"), ("warn", "column 'date_of_birth'"), ("warn", "column 'note'")]
    assert "Haagse" not in str(listing.problems)


def test_leading_zeros_lost_by_a_spreadsheet(table) -> None:
    listing = table(
        "1;1;1;;01_squat.csv;;;;;back_squat;;;;\n1;01;2;;b.csv;;;;;back_squat;;;;\n002;1;1;;c.csv;;;;;back_squat;;;;\n"
        "2;1;2;;d.csv;;;;;back_squat;;;;\n"
    )
    assert _ids(listing) == [f"{p}/01/back_squat.{n}" for p, n in [("01", 1), ("01", 2), ("002", 1), ("002", 2)]]
    notes = [problem.message for problem in listing.problems]
    assert {problem.status for problem in listing.problems} == {"note"}
    assert "participant '1' and '01' are taken as one, '01'" in notes
    assert "session '1' and '01' are taken as one, '01'" in notes


def test_spelling_of_an_override_counts(table) -> None:
    more = "overrides: [{participant: '007', reason: x, channels: [{label: A, use: false}]}]\n"
    listing = table("7;;1;;a.csv;;;;;back_squat;;;;\n", more=more)
    assert listing.trials[0].participant == "007"


@pytest.mark.parametrize(
    ("whom", "phrase"),
    [
        ("participant: P11", "no trial is of participant 'P11'; did you mean 'P01'?"),
        ("participant: P01, trials: [abd.csv]", "there is no trial 'abd.csv'; did you mean 'abc.csv'"),
        ("participant: P01, session: 7", "participant 'P01' has no such trial in session '7'"),
        ("participant: P01, trials: [abc.csv]", ""),
    ],
)
def test_override_that_concerns_no_trial_is_noted(whom: str, phrase: str, table) -> None:
    more = f"overrides: [{{{whom}, reason: x, channels: [{{label: A, use: false}}]}}]\n"
    problems = table("P01;;1;;abc.csv;;;;;back_squat;;;;\n", more=more).problems
    assert [(problem.status, problem.where) for problem in problems] == [("warn", "overrides, entry 1")] * bool(phrase)
    assert all(phrase in problem.message for problem in problems)


def test_name_that_became_a_date(table) -> None:
    listing = table("03-May;;1;;a.csv;;;;;back_squat;;;;\n")
    assert len(listing.trials) == 1
    assert "looks like a name that a spreadsheet program took for a date" in listing.problems[0].message


def test_misspelled_column_is_noted(table) -> None:
    listing = table("P01;a.csv;back_squat;neutral\n", header="participant;file;exercise;head_positon")
    assert "if 'head_position' is meant, rename it" in listing.problems[0].message
    assert listing.trials[0].factors["head_positon"] == "neutral"


def test_one_file_for_two_whole_trials_is_noted(table) -> None:
    rows = "P01;;1;;a.csv;;;;;back_squat;;;;\nP01;;2;;a.csv;;;;;back_squat;;;;\n"
    (problem,) = table(rows).problems
    assert (problem.status, problem.where) == ("note", "trials.csv, row 3")
    spans = "P01;;1;;a.csv;0;5;;;back_squat;;;;\nP01;;2;;a.csv;5;9;;;back_squat;;;;\n"
    assert table(spans).problems == ()


@pytest.mark.parametrize(
    ("header", "phrase"),
    [
        ("participant;exercise", "has no column 'file'"),
        ("file;exercise", "has no column 'participant'"),
        ("participant;file;File", "the column 'file' stands there twice"),
    ],
)
def test_unusable_table(header: str, phrase: str, table) -> None:
    with pytest.raises(ConfigError, match=phrase):
        table("P01;a.csv;b\n", header=header)


def test_missing_folder_and_table(good: str, write) -> None:
    with pytest.raises(ConfigError, match="the folder of the recordings"):
        list_trials(load_study(write(good)), load_vocabulary())


def test_links_do_not_lead_outside(table, tmp_path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "raw").mkdir()
    try:
        (tmp_path / "raw" / "link.txt").symlink_to(tmp_path / "secret.txt")
    except OSError:
        pytest.skip("links cannot be made here")
    assert "lies outside" in _failed(table("P01;;1;;link.txt;;;;;back_squat;;;;\n"))[0][1]


def test_outside_when_allowed(good: str, write, tmp_path) -> None:
    write("participant;file;exercise\nP01;../other/a.csv;back_squat\n", "raw/trials.csv")
    write("x", "other/a.csv")
    start, end = good.index("  files:"), good.index("channels:")
    text = good[:start] + "  trials: trials.csv\n  allow_outside: true\n" + good[end:]
    (trial,) = list_trials(load_study(write(text)), load_vocabulary()).trials
    assert trial.files[0].path.resolve() == tmp_path / "other" / "a.csv"


def test_file_names(named) -> None:
    listing = named(
        "P10_back_squat_neutral_1.csv", "P2_back_squat_neutral_1.csv", "P2_back_squat_slight_flexion_1.csv",
        "notes.txt", ".hidden", "~$open.xlsx",
    )  # fmt: skip
    assert listing.problems == ()
    assert _ids(listing) == [
        "P2/1/back_squat.neutral.1", "P2/1/back_squat.slight_flexion.1", "P10/1/back_squat.neutral.1",
    ]  # fmt: skip
    assert [path.name for path in listing.unused_files] == ["notes.txt"]


def test_unknown_exercise_in_a_file_name(named) -> None:
    listing = named("P01_back_sqat_neutral_1.csv", "P01_back_squat_neutral_1.csv")
    assert len(listing.trials) == 1
    ((where, message),) = _failed(listing)
    assert where == "P01_back_sqat_neutral_1.csv"
    assert "exercise 'back_sqat'" in message
    assert "did you mean 'back_squat'" in message


def test_ambiguous_file_name(named) -> None:
    more = "vocabulary: {exercises: [{id: zig}, {id: zig_low}], head_positions: [{id: low_down}, {id: down}]}\n"
    listing = named("P01_zig_low_down_1.csv", more=more)
    assert listing.trials == ()
    ((_, message),) = _failed(listing)
    assert "can be read in 2 ways" in message
    assert "exercise: zig_low, head_position: down" in message


def test_companion(named) -> None:
    patterns = (
        '    - {pattern: "{participant}_mvic_{target}_{position}_{trial}.csv", role: mvic}\n'
        '    - {pattern: "{participant}_{exercise}_{head_position}_{trial}.c3d", companion: "{stem}_angles.csv",\n'
        "       offset: 0.5, factors: {load_basis: 10RM}}\n"
    )
    listing = named(
        "P01_mvic_biceps_femoris_prone_knee_45_1.csv", "P01_back_squat_neutral_1.c3d",
        "P01_back_squat_neutral_1_angles.csv", "P01_back_squat_neutral_2.c3d", patterns=patterns,
    )  # fmt: skip
    assert _ids(listing) == [
        "P01/1/back_squat.neutral.1", "P01/1/back_squat.neutral.2", "P01/1/mvic.biceps_femoris.prone_knee_45.1",
    ]  # fmt: skip
    assert [(file.path.name, file.offset) for file in listing.trials[0].files] == [
        ("P01_back_squat_neutral_1.c3d", 0.0), ("P01_back_squat_neutral_1_angles.csv", 0.5),
    ]  # fmt: skip
    assert listing.trials[0].factors["load_basis"] == "10RM"
    assert [(problem.status, problem.name) for problem in listing.problems] == [
        ("note", "P01_back_squat_neutral_2.c3d")
    ]
    assert listing.unused_files == ()


def test_accents_stored_in_two_ways(table) -> None:
    listing = table("1;;1;;Ges\u00e4ß.CSV;;;;;squat;;;;\n", files=("Gesa\u0308ß.CSV",))
    assert not _failed(listing)


@pytest.mark.parametrize(("text", "taken"), [("VRAI", 1), ("Oui", 1), ("VERO", 1), ("FAUX", 0), ("FALSO", 0)])
def test_include_in_other_languages(table, text: str, taken: int) -> None:
    listing = table(f"1;;1;;a.csv;;;;;squat;;;{text};\n")
    assert len(listing.trials) == taken
    assert not _failed(listing)


def test_title_above_the_header_is_explained(table) -> None:
    with pytest.raises(ConfigError, match=r"no column 'participant'.*gives: study_of_necks\..*delete rows above it"):
        table("1;;1;;a.csv;;;;;squat;;;;\n", header=f"Study of necks;;;\n{HEADER}")


def test_table_beside_the_study_file_is_pointed_at(good, write) -> None:
    write("participant;file\n", "trials.csv")
    write("x", "raw/a.csv")
    text = good.replace('  files:\n    - pattern: "{participant}_{exercise}_{head_position}_{trial}.csv"\n', "")
    study = load_study(write(text.replace("folder: raw", "folder: raw\n  trials: trials.csv")))
    with pytest.raises(ConfigError, match=r"write `trials: \.\./trials\.csv`"):
        list_trials(study, load_vocabulary())


def test_missing_folder_names_those_beside_it(good, write) -> None:
    write("x", "row/a.csv")
    with pytest.raises(ConfigError, match=r"raw, does not exist \(beside it: row\)"):
        list_trials(load_study(write(good)), load_vocabulary())
