"""Settings as plain data: the same from wherever a study is run."""

from __future__ import annotations

import json
import os

from emgpipe.config import changed_settings, load_study, plain_settings


def plain(path):
    return plain_settings(load_study(path), path.parent)


def test_settings_do_not_depend_on_where_the_study_lies_or_is_run_from(write, good, tmp_path, monkeypatch):
    path = write(good + f"output: {{folder: '{tmp_path / 'out'}'}}\n")
    absolute = plain(path)
    monkeypatch.chdir(tmp_path)
    relative = plain(path.relative_to(tmp_path))
    monkeypatch.chdir(tmp_path.parent)
    assert absolute == relative == plain(path.relative_to(tmp_path.parent))
    assert absolute["recordings"]["folder"] == "raw"
    assert absolute["output"]["folder"] == "out"
    assert json.loads(json.dumps(absolute)) == absolute


def test_settings_are_complete(write, good):
    study = load_study(write(good))
    written = plain_settings(study, study.recordings.folder / "elsewhere")
    assert written == study.model_dump(mode="json")


def test_changes_are_said_where_they_are(write, good):
    before = plain(write(good))
    now = plain(write(good.replace("label: A", "label: A2") + "chain: [{kind: bandpass, low: 10}, {kind: rms}]\n"))
    assert changed_settings(before, before) == []
    assert changed_settings(before, now) == [
        "channels, entry 1: label: [A] at the run, [A2] now",
        "chain: 4 entries (dc_offset, bandpass, rectify, rms) at the run, 2 entries (bandpass, rms) now",
    ]


def test_a_parameter_a_removed_section_and_another_member_are_named(write, good):
    before = plain(write(good + "variants: [{name: a, drop_repetitions: last}]\nnormalization: {kind: task_peak}\n"))
    now = plain(write(good + "chain: [{kind: dc_offset}, {kind: bandpass, order: 4}, {kind: rectify}, {kind: rms}]\n"))
    assert changed_settings(before, now) == [
        "chain, entry 2: order: 2 at the run, 4 now",
        "normalization: task_peak at the run, mvic now",
        "variants: 1 entries (a) at the run, nothing now",
    ]


def test_words_for_the_reader_and_comparisons_change_no_number(write, good):
    before = plain(write(good))
    more = "title: T\ncomparisons: [{kind: ranking, factor: exercise}]\nvocabulary: {exercises: [{id: a, name: b}]}\n"
    assert changed_settings(before, plain(write(good + more))) == []


def test_a_folder_beside_the_study_is_told_from_one_inside(write, good, tmp_path):
    inside = plain(write(good))
    beside = plain(write(good.replace("folder: raw", "folder: ../raw")))
    assert changed_settings(inside, beside) == ["recordings: folder: raw at the run, ../raw now"]
    assert os.fspath(tmp_path) not in json.dumps(beside)


def test_of_the_vocabulary_only_what_numbers_depend_on_counts(write, good):
    lift = "{id: my_lift, start_phase: eccentric, synonyms: [hoisting]}"
    muscle = "{id: my_glute, part_of: gluteus_maximus}"
    before = plain(write(good + f"vocabulary: {{exercises: [{lift}], muscles: [{muscle}]}}\n"))
    more = lift.replace("[hoisting]", "[hoisting, hoisted], name: My lift, family: hinge")
    other = "{id: my_press, start_phase: eccentric}"
    assert (
        changed_settings(
            before, plain(write(good + f"vocabulary: {{exercises: [{other}, {more}], muscles: [{muscle}]}}\n"))
        )
        == []
    )
    turned = lift.replace("eccentric", "concentric")
    assert changed_settings(before, plain(write(good + f"vocabulary: {{exercises: [{turned}]}}\n"))) == [
        "vocabulary: muscles: my_glute was there at the run and is not now",
        "vocabulary: exercises: my_lift: start_phase: eccentric at the run, concentric now",
    ]
