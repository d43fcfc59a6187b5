"""What says who somebody is stays out of results: planted names and dates are searched for in all that a run writes."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import h5py
import pytest

from emgpipe.comparing import compare_study
from emgpipe.config import load_study
from emgpipe.deciding import add_decision
from emgpipe.errors import ConfigError, EmgpipeError, ReadError
from emgpipe.model import Event
from emgpipe.privacy import Names, error_for_results, for_results, withheld
from emgpipe.readers import READERS, read
from emgpipe.run import bring_up_to_date, run_study
from emgpipe.writers import write
from tests.pipeline.small import write_small_study
from tests.readers.examples import BY_NAME, write_example
from tests.run.leaks import leaks

FIRST, LAST = "Zsofia", "Quetzalcoatl"
BIRTHS = ("1987-03-14", "14.03.1987", "14-MAR-1987", "19870314", "03/14/1987")
WORDS = (FIRST, LAST, *BIRTHS)
SALT = "a long secret that nobody guesses"
VARIANTS = 8
"""How many places of each file a name is written to."""


def planted(content: bytes, most: int) -> list[bytes]:
    """Return a file's content with the name in the place of, in front of or behind the texts of its beginning."""
    is_text = b"\0" not in content[:4096]
    places = [match.span() for match in re.finditer(rb"[!-~\x80-\xff]{4,}", content[:20000])]
    name, made = LAST.encode(), []
    for start, stop in places[:: max(1, len(places) // most)]:
        same = (name * (stop - start))[: stop - start]
        made.append(content[:start] + same + content[stop:])
        if is_text:
            made += [content[:start] + name + content[start:], content[:stop] + name + content[stop:]]
    return made


def texts_of(path: Path) -> tuple[list[str], str]:
    """Return what of a recording a study may repeat in words, and its labels."""
    try:
        recording = for_results(read(path), ())
    except ReadError as error:
        return [str(error_for_results(error, ()))], ""
    except EmgpipeError as error:
        return [str(error)], ""
    return [f"{one.reason} {one.remedy}" for one in recording.findings], " ".join(recording.labels)


def repeated(reader, folder: Path, most: int) -> list[str]:
    """Return the messages that repeat a name written anywhere into the files of a reader's example."""
    opened = write_example(reader, folder)
    base, found = (opened if reader.is_folder else opened.parent), []
    for part, content in reader.example().items():
        for spoiled in planted(content, most):
            (base / part).write_bytes(spoiled)
            texts, labels = texts_of(opened)
            found += [text for text in texts if LAST[:7] in text and LAST[:7] not in labels]
        (base / part).write_bytes(content)
    return found


@pytest.mark.parametrize("name", BY_NAME)
def test_no_message_about_a_recording_repeats_its_free_text(name, tmp_path):
    assert repeated(BY_NAME[name], tmp_path, VARIANTS // len(BY_NAME[name].example()) + 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_no_message_repeats_free_text_from_any_place(name, tmp_path):
    assert repeated(BY_NAME[name], tmp_path, 1000) == []


def test_what_a_study_states_itself_may_be_quoted():
    text = "'GMAX RT' holds text such as 'Jo Smith' in \"cell 7\", unit 'mV'"
    assert withheld(text, {"GMAX RT"}) == "'GMAX RT' holds text such as '...' in '...', unit 'mV'"
    assert withheld("text 'it's Jo' here", ()) == "text '...' here"
    assert withheld("bytes b'Jo' here", ()) == "bytes '...' here"
    assert "Jo" not in withheld("text 'Jess' notes: Jo' here", ())
    assert withheld("it needs a mapping.\nJo: 2 texts", ()).startswith("it needs a mapping. (emgpipe inspect")


# --- a study of recordings of all formats with names in their headers


def with_names(name: str, content: bytes) -> bytes:
    """Write names and birth dates into the header of an example, where its format has a place for them."""
    if name.endswith((".edf", ".bdf")):
        patient = f"X F 14-MAR-1987 {FIRST}_{LAST}".ljust(80).encode()
        recorded = f"Startdate 02-MAR-2024 {LAST} {FIRST} device".ljust(80).encode()
        return content[:8] + patient + recorded + content[168:]
    if name.endswith((".h5", ".hdf5")):
        held = io.BytesIO(content)
        with h5py.File(held, "r+") as file:
            file.attrs["patient"] = f"{FIRST} {LAST}"
            file["born"] = BIRTHS[0]
        return held.getvalue()
    if name.endswith(".hea"):
        return content + f"# <name>: {FIRST} {LAST}, born {BIRTHS[0]}\n".encode()
    if name.endswith(".json"):
        more = f'{{"Name": "{FIRST} {LAST}", "BirthDate": "{BIRTHS[0]}", "Notes": "{BIRTHS[1]} {LAST}", '
        return content.replace(b"{", more.encode(), 1)
    if name.endswith((".csv", ".txt", ".tsv", ".slk")):
        return re.sub(rb"(?i)((?:name|name:|subject)[,;\t])[^,;\t\r\n]+", rf"\1{FIRST} {LAST}".encode(), content)
    return content


def study_of_all_formats(folder: Path) -> Path:
    """Write a study whose trials are the examples of all readers, with names in them."""
    raw, rows = folder / "raw", ["participant;file;exercise;head_position;name;birth_date;note"]
    for reader in READERS:
        inner = raw / reader.name
        inner.mkdir(parents=True)
        opened = write_example(reader, inner)
        for path in [one for one in inner.rglob("*") if one.is_file()]:
            path.write_bytes(with_names(path.name, path.read_bytes()))
        for number, path in enumerate((opened, *damaged_copies(opened, folder / "raw" / f"{reader.name}_damaged")), 1):
            file = path.relative_to(raw).as_posix()
            rows.append(f"P{number:02d};{file};back squat;neutral;{FIRST} {LAST};{BIRTHS[0]};ask {LAST.lower()}@a.org")
    for kind in ("csv", "edf", "h5", "mat"):
        path = raw / f"converted.{kind}"
        recording = read(write_example(BY_NAME["edf"], folder / f"for {kind}"))
        written = replace(
            recording,
            personal=(("name", f"{FIRST} {LAST}"), ("birth date", BIRTHS[0])),
            events=(Event(f"rep {FIRST}", 0.1), Event(f"{LAST} coughs, born {BIRTHS[2]}", 0.2)),
        )
        write(written, path, keep_personal_data=True)
        rows.append(f"P01;{path.name};back squat;hyperextension;{FIRST} {LAST};{BIRTHS[0]};")
    (raw / "trials.csv").write_text("\n".join(rows), "utf-8")
    people = f"participant;first name;family name;born;age\nP01;{FIRST};{LAST};{BIRTHS[1]};36\n{FIRST} {LAST};;;;\n"
    (raw / "people.csv").write_text(people, "utf-8")
    study = folder / "study.yaml"
    study.write_text(STUDY, "utf-8")
    return study


STUDY = """
name: formats
recordings:
  folder: raw
  trials: trials.csv
  participants: people.csv
  reading: [{kind: edf, keep_personal_data: true}, {kind: vicon_csv, keep_personal_data: true}]
channels:
  - {label: [GMAX RT, GMAX, "EMG GMAX RT", "GLUT. MAX. RT", "GMAX RT: EMG 1", CH1], muscle: gluteus_maximus_lower}
repetitions: {kind: events, start: "rep*"}
output: {folder: processed}
"""


def damaged_copies(opened: Path, folder: Path) -> list[Path]:
    """Write copies of a recording that is one file, with a name in the middle of its numbers."""
    if opened.is_dir():
        return []
    folder.mkdir()
    copies = []
    for number, share in enumerate((0.02, 0.3, 0.9)):
        content = opened.read_bytes()
        place = int(share * len(content))
        copies.append(folder / f"copy{number}{opened.suffix}")
        copies[-1].write_bytes(content[:place] + f"{FIRST} {LAST} {BIRTHS[0]}".encode() + content[place + 20 :])
    return copies


def test_no_name_and_no_birth_date_of_any_format_reaches_results(tmp_path):
    study = study_of_all_formats(tmp_path)
    result = run_study(study)
    read_well = [one for one in result.outcomes if one.what == "recording"]
    assert len(read_well) > len(READERS)
    assert leaks(tmp_path / "raw" / "edf", [LAST])  # the search finds what is there
    assert leaks(tmp_path / "processed", WORDS) == []


# --- hashed names


def hashed_study(folder: Path, more: str = "participants: hashed, paths: hashed") -> Path:
    """Write a small study whose participants and files have telling names, stated in every table a study has."""
    study = write_small_study(folder, more=MORE.format(more))
    raw = study.parent / "raw"
    for path in sorted(raw.iterdir()):
        path.rename(path.with_name(path.name.replace("P01", "Zsofia01").replace("P02", "Quetzalcoatl02")))
    (raw / "Zsofia01_left-over_x.txt").write_text("nobody speaks of this")
    (raw / "people.csv").write_text("participant,group\nZsofia01,a\nQuetzalcoatl02,b\nZsofia99,c\n", "utf-8")
    text = study.read_text("utf-8").replace("folder: raw\n", "folder: raw\n  participants: people.csv\n")
    study.write_text(text, "utf-8")
    (folder.parent / "salt.txt").write_text(SALT + "\n", "utf-8")
    (folder / "decided.csv").write_text(DECISIONS, "utf-8")
    (folder / "times.csv").write_text(
        "participant,start,stop\n" + "".join(f"{who},{at},{at + 2}\n" for who in PEOPLE for at in (1, 4, 7)), "utf-8"
    )
    return study


PEOPLE = ("Zsofia01", "Quetzalcoatl02")
MORE = """
privacy: {{{}, salt_file: ../salt.txt}}
quality: {{decisions: decided.csv}}
overrides:
  - participant: Quetzalcoatl02
    trials: [Quetzalcoatl02_back-squat_neutral_1]
    reason: sensor of Quetzalcoatl02 fell off
    channels: [{{label: BF, use: false}}]
"""
DECISIONS = (
    "who,when,action,participant,trial,muscle,reason\n"
    "A,2025-01-01,exclude,Zsofia01,Zsofia01/1/back_squat.neutral.1,biceps_femoris,Zsofia01 coughed\n"
    "A,2025-01-01,exclude,Zsofia77,,biceps_femoris,nobody of that name\n"
)


def numbers(folder: Path) -> list[list[str]]:
    """Return the metrics without what names participants, in an order that does not depend on them."""
    rows = list(csv.DictReader(io.StringIO((folder / "metrics.csv").read_text("utf-8"))))
    keys = [key for key in rows[0] if key not in ("participant", "trial", "reference", "findings", "decisions")]
    return sorted([row[key] for key in keys] for row in rows)


def test_hashed_names_stand_everywhere_and_change_no_number(tmp_path):
    hashed, plain = hashed_study(tmp_path / "hashed"), hashed_study(tmp_path / "plain", "participants: codes")
    for study in (hashed, plain):
        text = study.read_text("utf-8")
        study.write_text(text.replace("kind: angle, channel: hip_angle, expected: 3", "kind: table, path: times.csv"))
        run_study(study)
    folder = tmp_path / "hashed" / "processed"
    assert leaks(folder, ["Zsofia", "Quetzal", "times.csv", "decided.csv", "people.csv", SALT]) == []
    assert numbers(folder / "small") == numbers(tmp_path / "plain" / "processed" / "small")
    decided = list(csv.DictReader(io.StringIO((folder / "small" / "decisions.csv").read_text("utf-8"))))
    assert [int(row["numbers"]) > 0 for row in decided if row["source"] == "table"] == [True, False]
    assert bring_up_to_date(hashed).result is None
    assert compare_study(hashed).comparisons
    (folder / "small" / "run.json").unlink()  # the files of the sessions say themselves what they were made of
    assert not bring_up_to_date(hashed).todo.due


def test_files_under_the_names_of_before_go(tmp_path):
    study = hashed_study(tmp_path / "one", "participants: codes, comments: kept")
    run_study(study)
    assert any("/sessions/Zsofia01_1.h5" in where for where in leaks(tmp_path / "one" / "processed", ["Zsofia"]))
    text = study.read_text("utf-8")
    text = text.replace("participants: codes, comments: kept", "participants: hashed, paths: hashed")
    study.write_text(text, "utf-8")
    run_study(study)
    assert leaks(tmp_path / "one" / "processed", ["Zsofia", "Quetzal"]) == []


def test_the_same_salt_gives_the_same_codes_and_another_one_others(tmp_path, monkeypatch):
    study = hashed_study(tmp_path / "one")
    first = Names.of(load_study(study))
    text = study.read_text("utf-8")
    study.write_text(text.replace("salt_file: ../salt.txt", "salt_variable: LAB_SALT"), "utf-8")
    monkeypatch.setenv("LAB_SALT", SALT)
    assert Names.of(load_study(study)).participant("01") == first.participant("1") != first.participant("2")
    monkeypatch.setenv("LAB_SALT", SALT + "x")
    other = Names.of(load_study(study))
    assert other.participant("1") != first.participant("1")
    assert SALT not in f"{other!r} {other.settings(load_study(study), tmp_path)}"
    assert other.settings(load_study(study), tmp_path) != first.settings(load_study(study), tmp_path)


def test_decisions_can_be_stated_about_either_name(tmp_path):
    study = hashed_study(tmp_path / "one")
    code = min(name for name in run_study(study).sessions).partition("/")[0]
    given = {"who": "A", "action": "exclude", "muscle": "biceps femoris", "reason": "looked at it"}
    for name in (code, "Quetzalcoatl02"):
        done = add_decision(study, {**given, "participant": name})
        assert not done.warnings
        assert "touches nothing" not in " ".join(done.consequences)


@pytest.mark.parametrize(
    ("privacy", "words"),
    [
        ("participants: hashed", "need a salt"),
        ("participants: hashed, salt_file: none.txt", "cannot be read"),
        ("participants: hashed, salt_file: short.txt", "5 characters"),
        ("participants: hashed, salt_file: processed/small/salt.txt", "among the results"),
        ("participants: hashed, salt_variable: NO_SUCH_SALT", "not set"),
        ("paths: hashed, salt_file: short.txt, salt_variable: X", "keep the one"),
    ],
)
def test_a_salt_that_is_none_is_refused(privacy, words, tmp_path):
    study = write_small_study(tmp_path, participants=1, more=f"privacy: {{{privacy}}}")
    (tmp_path / "short.txt").write_text("short")
    with pytest.raises(ConfigError, match=words):
        run_study(study)
    assert not (tmp_path / "processed").exists()


def test_hashed_participants_with_telling_file_names_are_warned_of(tmp_path):
    study = hashed_study(tmp_path / "one", "participants: hashed")
    told = run_study(study).findings["reason"]
    assert told.str.contains("8 of 8 recordings have the participant in their name").any()


def test_comments_are_dropped_where_the_study_says_so(tmp_path):
    study = write_small_study(tmp_path, participants=1)
    names = [path.name for path in sorted((tmp_path / "raw").iterdir())]
    rows = [f"P01,{name},{'mvic' if 'mvic' in name else 'task'},squat,{LAST},yes" for name in names]
    rows[0] = rows[0].replace("yes", "no")
    table = "participant,file,role,exercise,comment,include\n" + "\n".join(rows).replace("mvic,squat", "mvic,")
    (tmp_path / "raw" / "trials.csv").write_text(table.replace("exercise,", "exercise,"), "utf-8")
    text = re.sub(r"  files:\n(    - .*\n)+", "  trials: trials.csv\n", study.read_text("utf-8"))
    study.write_text(text.replace("mvic,", "mvic,"), "utf-8")
    run_study(study)
    assert leaks(tmp_path / "processed", [LAST])
    study.write_text(text + "privacy: {comments: dropped}\n", "utf-8")
    run_study(study)
    assert leaks(tmp_path / "processed", [LAST]) == []
