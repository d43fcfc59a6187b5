"""A screenful: nothing wider or higher than the terminal, nothing lost in silence."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emgpipe.inspection import FolderSummary, Terminal, Unreadable, folder_screen, screen
from emgpipe.inspection.terminal import columns, fit, printable
from emgpipe.model import channel_from_array, make_finding
from tests.inspection.recordings import emg_channel, rich, summary

NARROW = Terminal()
EVERYTHING = Terminal(everything=True)


@pytest.mark.parametrize(("width", "height"), [(60, 40), (80, 24), (80, 40), (100, 40), (160, 60)])
def test_it_fits(width, height):
    many = summary(
        [emg_channel(f"Sensor with a long name {number}", seconds=0.2) for number in range(90)],
        findings=tuple(make_finding(f"kind{n}", "warn", f"reason {n} " * 20, "doit " * 30) for n in range(30)),
    )
    for one in (many, rich()):
        lines = screen(one, Terminal(width, height)).split("\n")
        assert max(columns(line) for line in lines) <= width
        assert len(lines) <= height
    shown = screen(many, Terminal(width, height))
    assert re.search(r"and \d+ more channels: --all", shown)
    assert re.search(r"and \d+ more findings: --all", shown)
    everything = screen(many, Terminal(width, height, everything=True))
    assert everything.count("doit") == 900
    assert all(f"name {number} " in everything for number in range(90)) or width < 80


def test_what_is_shown():
    text = screen(rich(), NARROW)
    assert "squat.c3d  (1 MB)" in text
    assert "C3D: magic number" in text
    facts = "2024-03-05 10:20:00; Ultium; reference bipolar; placement SENIAM; filters 10 to 500 Hz; mains 50 Hz"
    assert f"recorded {facts}; gain 1000; rail 24000 µV" in " ".join(text.split())
    assert "name Erika" in text
    assert "6 channels (4 EMG, 1 angle, 1 other), 4 s, 12 events" in text
    row = next(line for line in text.split("\n") if line.startswith("LT GLUT MED"))
    assert re.search(r"gluteus medius L\? +1000 +4 +\d\d\.\d +µV +[▁-█]{9}", row)
    assert "biceps femoris R distal " in screen(rich(), Terminal(120))
    assert "copy: EMG" in text
    assert re.search(r"hip +angle +100 +4 +11\.5 +deg +▁", text)
    assert re.search(r"AUX +other +100 +4 +0 +\? +▅+", text)
    assert "muscle? guessed from the label; unit ? not stated" in " ".join(text.split())
    assert "'rep 1' at 1.25 s for 0.5 s" in text
    assert "and 6 more" in " ".join(text.split())
    assert "rep 11" in screen(rich(), EVERYTHING)


def test_findings_stand_worst_first_and_together():
    text = screen(rich(), NARROW)
    assert text.index("FAIL") < text.index("NOTE")
    assert "FAIL 'LT GLUT MED': stands at its rail\n     also 'x'\n     → record again" in text
    assert text.count("record again") == 1


def test_rms_of_pieces_says_so():
    text = screen(summary([emg_channel(seconds=600)], seconds=2.0), NARROW)
    assert "RMS about the mean of 3 x 2 s (beginning, middle, end)" in text
    row = next(line for line in text.split("\n") if line.startswith("GMAX RT"))
    assert row.count("|") == 2


def test_ascii_is_enough():
    terminal = replace(NARROW, encoding="ascii")
    text = screen(rich(), terminal)
    assert text.isascii()
    assert " uV " in text
    assert re.search(r"[_.:\-=+*#]{10}", text)


def test_letters_the_encoding_has_stay():
    shown = screen(summary([emg_channel("Gesäß 测试")]), replace(NARROW, encoding="cp1252"))
    assert "Gesäß ??" in shown
    assert " µV " in shown
    assert "signal" in shown


def test_a_sketch_too_narrow_to_see_is_left_out():
    narrow = screen(rich(), Terminal(60))
    (heads,) = (line for line in narrow.splitlines() if line.startswith("channel"))
    assert "signal" not in heads
    assert not set("▁▂▃▄▅▆▇█") & set(narrow)
    assert "LT GLUT MED" in narrow
    assert "signal" in screen(rich(), Terminal(80))


def test_emg_by_its_unit_alone_is_marked():
    inputs = [emg_channel("Analog 7"), emg_channel("EMG 3"), emg_channel("LT GLUT MED")]
    text = screen(summary(inputs), NARROW)
    assert re.search(r"Analog 7 +EMG\? ", text)
    assert re.search(r"EMG 3 +EMG ", text)
    assert re.search(r"LT GLUT MED +EMG ", text)
    assert "EMG? a voltage, of what is not said" in text
    assert "EMG?" not in screen(summary(inputs[1:]), NARROW)


def test_the_same_finding_of_many_channels_is_told_once():
    flat = tuple(
        make_finding("flat_stretch", "warn", f"'c{n}' has the same value for {n} s", "look", channel=f"c{n}")
        for n in range(128)
    )
    text = screen(summary([emg_channel(seconds=0.2)], findings=flat), NARROW)
    assert text.count("has the same value") == 1
    assert "and 123 more" in " ".join(text.split())


def test_labels_do_not_steer_the_terminal():
    text = screen(summary([emg_channel("evil\x1b[2J\nname\u202e")]), NARROW)
    assert "\x1b" not in text
    assert "evil?[2J name?" in text


def test_color_only_where_asked():
    assert "\x1b[31" in screen(rich(), replace(NARROW, has_color=True))
    assert "\x1b" not in screen(rich(), NARROW)


def test_voltages_that_are_no_emg_are_shown_as_they_are_read_best():
    trigger = channel_from_array("Sync", np.tile([0.0, 5.0], 50), 100.0, unit="V", kind="trigger")
    force = channel_from_array("Fz", np.tile([0.0, 5e-3], 50), 100.0, unit="V", kind="other")
    text = screen(summary([trigger, force, emg_channel(level=2.0)]), NARROW)
    assert re.search(r"Sync .* 2\.50 +V ", text)
    assert re.search(r"Fz .* 2\.50 +mV ", text)
    assert re.search(r"GMAX RT .* \d{7} +µV ", text)


def test_names_are_cut_where_they_are_alike():
    labels = [f"Noraxon Ultium sensor of the left leg, EMG {number}" for number in range(3)]
    channels = [replace(emg_channel(label), muscle="erector_spinae_longissimus", side="left") for label in labels]
    text = screen(summary(channels), NARROW)
    assert all(f"EMG {number} " in text for number in range(3))
    assert "L " in text


def test_wide_letters_are_counted():
    assert columns("筋電図") == 6
    assert fit("筋電図", 4) == "筋… "
    assert fit("abc", 0) == ""
    assert printable("a\tb\x00") == "a b?"
    rows = screen(summary([emg_channel("筋電図"), emg_channel("abc")]), NARROW).split("\n")
    first, second = (next(row for row in rows if row.startswith(name)) for name in ("筋", "abc"))
    assert columns(first[: first.index("EMG")]) == columns(second[: second.index("EMG")])


def a_folder(n_recordings, n_others):
    one = rich()
    folder = Path("folder")
    recordings = tuple(replace(one, path=folder / f"P{number:02}" / "squat.c3d") for number in range(n_recordings))
    reasons = ("text without a table of numbers", "the file is empty", "of no known format")
    others = tuple(Unreadable(folder / f"{number}.txt", reasons[number % 3]) for number in range(n_others))
    return FolderSummary(folder, recordings, others)


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize(("n_recordings", "n_others"), [(0, 0), (3, 0), (0, 4), (300, 200)])
def test_a_folder_fits(width, n_recordings, n_others):
    shown = folder_screen(a_folder(n_recordings, n_others), Terminal(width, 40))
    lines = shown.split("\n")
    assert max(columns(line) for line in lines) <= width
    assert len(lines) <= 40
    everything = folder_screen(a_folder(n_recordings, n_others), Terminal(width, 40, everything=True))
    assert everything.count("squat.c3d") == n_recordings or width < 80
    assert len(re.findall(r"\d\.txt", everything)) == n_others


def test_a_folder_shows_one_line_per_recording_and_every_reason():
    text = folder_screen(a_folder(3, 4), NARROW)
    assert "folder: 3 recordings, 4 files no reader can read" in text
    assert re.search(r"P01/squat.c3d +C3D +6 +1000 \+1 +4 s +fail: clipped", text)
    assert "0.txt, 3.txt: text without a table of numbers" in text
    many = folder_screen(a_folder(300, 200), NARROW)
    shown = many.count("squat.c3d")
    assert shown > 20
    assert f"and {300 - shown} more recordings: --all" in many
    assert "0.txt, 3.txt, 6.txt and 64 more: text without a table of numbers" in many
