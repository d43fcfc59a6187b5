"""Guesses and processed copies: from labels only, and never against what the file states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.model import Recording, Source, channel_from_array
from emgpipe.readers import read
from emgpipe.readers.guesses import copies_of, with_guesses
from emgpipe.vocabulary import VocabularyAdditions, load_vocabulary


def recording(*labels: str, kind: str = "emg", unit: str = "V") -> Recording:
    channels = (channel_from_array(label, np.zeros(4), 1000.0, kind=kind, unit=unit) for label in labels)
    return Recording(tuple(channels), Source(Path("x.csv"), "test"))


def unreadable(start: int, stop: int):
    raise AssertionError((start, stop))


def test_emg_channels_get_muscle_and_side_marked_as_guessed():
    channel = with_guesses(recording("LT GLUT MED (uV)")).channels[0]
    assert (channel.muscle, channel.side, channel.guessed) == ("gluteus_medius", "left", True)


def test_a_letter_is_understood_beside_the_other_channels():
    guessed = with_guesses(recording("GMax_U", "GMax_L", "VL_L", "VL_R")).channels
    assert [channel.muscle for channel in guessed[:2]] == ["gluteus_maximus_upper", "gluteus_maximus_lower"]
    assert [channel.side for channel in guessed] == ["", "", "left", "right"]


@pytest.mark.parametrize(("kind", "unit"), [("angle", "deg"), ("acceleration", "g"), ("force", "N"), ("other", "Nm")])
def test_other_channels_are_left_alone(kind, unit):
    channel = with_guesses(recording("R SOLEUS", kind=kind, unit=unit)).channels[0]
    assert (channel.muscle, channel.guessed) == ("", False)


def test_what_the_file_states_stays():
    stated = recording("RGMAX")
    stated = replace(stated, channels=(replace(stated.channels[0], muscle="soleus", side="left"),))
    assert with_guesses(stated).channels == stated.channels


def test_a_study_s_words_replace_earlier_guesses():
    entries = [{"id": "gluteus_maximus_mine", "synonyms": ["GM"]}]
    words = load_vocabulary(VocabularyAdditions.model_validate({"muscles": entries}))
    plain = with_guesses(recording("GM LT"))
    assert plain.channels[0].muscle == ""
    again = with_guesses(plain, words).channels[0]
    assert (again.muscle, again.side) == ("gluteus_maximus_mine", "left")


def test_no_sample_is_read():
    made = recording("GMAX RT", "GMAX RT RMS")
    blind = replace(made, channels=tuple(replace(channel, load=unreadable) for channel in made.channels))
    assert with_guesses(blind).channels[1].copy_of == "GMAX RT"


@pytest.mark.parametrize(
    "copy",
    ["GMAX RT RMS (uV)", "GMAX RT_env", "GMAX RT filtered", "GMAX RT Rectified", "GMAX RT smoothed RMS 100",
     "GMAX RT (% MVC)", "GMAX RT normalized", "GMAX RT processed", "GMAX RT rect", "GMAX RT activated"],
)  # fmt: skip
def test_processed_copies_are_recognized(copy):
    label = copy.replace(" 100", "")
    marked = with_guesses(recording("GMAX RT (uV)", "GMED RT (uV)", label))
    assert marked.channels[2].copy_of == "GMAX RT (uV)"
    assert [channel.copy_of for channel in marked.channels[:2]] == ["", ""]
    note = marked.findings[-1]
    assert (note.kind, note.level, note.channel) == ("processed_copy", "note", label)
    assert with_guesses(marked) == marked


def test_labels_that_differ_otherwise_are_no_copies():
    labels = ["Sensor 1.EMG1", "Sensor 1.IM EMG1", "Sensor 2.EMG2", "GMAX RMS", "GMAX filtered", "L Rect", "R Rect",
              "GMAX (2)", "VL", "VL 2 RMS", "raw", "RMS"]  # fmt: skip
    assert copies_of(labels) == {}
    assert copies_of(["VL raw", "VL RMS"]) == {"VL RMS": "VL raw"}
    assert copies_of(["VL", "VL raw", "VL RMS"]) == {}


def test_real_recordings_have_no_invented_copies(data_folder):
    found = 0
    for path in sorted(data_folder.rglob("*.c3d")):
        channels = read(path).channels
        assert [channel.copy_of for channel in channels if channel.copy_of] == []
        found += sum(channel.guessed for channel in channels)
    assert found > 20


def test_wrong_guesses_on_real_recordings(data_folder):
    """The names that laboratories use differently, from the recordings' own documentation."""
    never = {"MA", "ME", "GM", "FL", "LREC", "LBIC", "LTIB", "LVAS", "L Biceps", "Biceps.EMG4", "Voltage.L Rect"}
    for path in sorted(data_folder.rglob("*")):
        if path.suffix in {".c3d", ".csv", ".anc"}:
            try:
                channels = read(path).channels
            except ReadError:
                continue
            assert [channel.label for channel in channels if channel.guessed and channel.label in never] == []
