"""Detectors, pairs of files and channels, chosen by what is there."""

from __future__ import annotations

import pytest

from emgpipe.drafting.channels import draft_channels
from emgpipe.drafting.comparisons import comparison_lines
from emgpipe.drafting.pairs import second_files
from emgpipe.drafting.repetitions import draft_detector
from emgpipe.drafting.rows import Row
from emgpipe.drafting.survey import Seen, SeenChannel
from emgpipe.vocabulary import load_vocabulary

GMAX = SeenChannel("GMAX R", "emg", "V", "gluteus_maximus", "right")
BF = SeenChannel("BF R", "emg", "V", "biceps_femoris", "right")


def angle(label):
    return SeenChannel(label, "angle", "deg")


def detector(*seen, **options):
    rows = [Row({"role": "task", "file": one.name}, **options) for one in seen]
    return draft_detector(rows, {one.name: one for one in seen}, draft_channels(seen)).settings


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (("rep 1", "rep 2", "rep 3"), {"kind": "events", "start": "rep*"}),
        (("Start", "Stop", "Start", "Stop"), {"kind": "events", "start": "Start", "stop": "Stop"}),
        (("down", "down", "down"), {"kind": "events", "start": "down"}),
    ],
)
def test_markers_go_first(events, expected):
    seen = [Seen(name, "", (GMAX, angle("Hip flexion")), events) for name in ("a", "b")]
    assert detector(*seen) == expected


@pytest.mark.parametrize("events", [("Start",), ("sync", "sync"), ()])
def test_markers_that_come_once_or_say_nothing_are_no_repetitions(events):
    seen = [Seen(name, "", (GMAX, angle("Knee angle"), angle("Hip flexion")), events) for name in ("a", "b")]
    assert detector(*seen) == {"kind": "angle", "channel": "hip_flexion"}


def test_the_head_is_no_joint_and_rare_angles_do_not_count():
    seen = [Seen("a", "", (BF, GMAX, angle("Head pitch"), angle("Knee"))), Seen("b", "", (GMAX, angle("Head pitch")))]
    assert detector(*seen) == {"kind": "envelope", "muscle": ["gluteus_maximus"]}


def test_one_file_per_repetition_is_measured_whole():
    assert detector(Seen("a", "", (GMAX, angle("Hip"))), one_repetition=True) == {"kind": "whole"}


def test_no_muscle_is_known():
    assert detector(Seen("a", "", (SeenChannel("EMG 1", "emg", "V"),))) == {"kind": "whole"}


def names(**having):
    return [Seen(name, "", (GMAX,) if emg else (angle("Hip"),)) for name, emg in having.items()]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("P1_squat_1.c3d", "P1_squat_1_angles.csv"),
        ("P1_squat_1.c3d", "P1_squat_1.csv"),
        ("P1_squat_1_emg.c3d", "P1_squat_1_imu.csv"),
        ("emg/P1_squat_1.c3d", "angles/P1_squat_1.csv"),
    ],
)
def test_second_files(first, second):
    others = {"P1_squat_2.c3d": True, "P1_squat_10.c3d": True}
    assert second_files(names(**{first: True, second: False}, **others)) == {first: [second]}


@pytest.mark.parametrize("second", ["P1_squat_11.csv", "P2_squat_1_angles.csv", "angles.csv"])
def test_files_that_belong_to_nobody(second):
    assert second_files(names(**{"P1_squat_1.c3d": True, second: False})) == {}


def test_a_file_that_could_belong_to_two_belongs_to_none():
    seen = names(**{"a/P1_1.c3d": True, "b/P1_1.c3d": True, "c/P1_1.csv": False})
    assert second_files(seen) == {}


def test_exercises_are_compared_where_most_of_them_were_done():
    cells = [("squat", "neutral"), ("deadlift", "neutral"), ("squat", "hyperflexion")]
    tasks = [Row({"exercise": exercise, "head_position": position}) for exercise, position in cells]
    lines = comparison_lines(tasks, load_vocabulary())
    assert "at: {head_position: neutral}" in lines[2]
    assert "factor: head_position, within: exercise" in lines[3]


def test_nothing_to_rank_is_said():
    assert comparison_lines([Row({"exercise": "squat"})], load_vocabulary())[0].startswith("# CONFIRM: only one")
