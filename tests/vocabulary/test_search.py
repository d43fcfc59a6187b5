"""What `emgpipe vocabulary WORD ...` lists."""

from __future__ import annotations

import pytest

from emgpipe.cli import main
from emgpipe.vocabulary import load_vocabulary, vocabulary_text

WORDS = load_vocabulary()


def listed(text: str) -> list[str]:
    lines = vocabulary_text(WORDS, text).splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith(("      ", "  '"))]


def test_nothing_is_found_across_the_border_of_two_words():
    assert listed("rdl") == ["romanian_deadlift"]
    assert listed("chin") == ["slight_flexion", "moderate_flexion", "hyperflexion"]
    assert listed("achine") == []


def test_whole_words_come_before_beginnings():
    found = listed("gast")
    assert found[0] == "gastrocnemius"
    assert {"gastrocnemius_medialis", "gastrocnemius_lateralis"} <= set(found[1:])


@pytest.mark.parametrize("text", ["hip thrust", "Hip-Thrusts", "hip_thrust", "hipthrust"])
def test_spellings_of_one_search(text):
    assert listed(text)[:2] == ["hip_thrust", "barbell_hip_thrust"]


@pytest.mark.parametrize("text", ["Gesäß", "gesaess", "gesass", "GESAESSMUSKEL", "Großer Gesäßmuskel"])
def test_umlauts_in_every_spelling(text):
    assert listed(text) == ["gluteus_maximus"]


def test_umlauts_in_a_study_s_muscle():
    assert WORDS.muscle("Großer Gesäßmuskel").id == WORDS.muscle("grosser gesaessmuskel").id == "gluteus_maximus"


@pytest.mark.parametrize("text", ["zzz", "---", "thrust zzz"])
def test_nothing_is_found(text):
    assert vocabulary_text(WORDS, text) == ""


def test_several_words_need_no_quotation_marks(capsys):
    assert main(["vocabulary", "hip", "thrust"]) == 0
    found = capsys.readouterr().out
    assert "barbell_hip_thrust" in found
    assert "back_squat" not in found
    assert main(["vocabulary", "no", "such"]) == 0
    assert "contains 'no such'" in capsys.readouterr().out
    assert main(["vocabulary"]) == 0
    assert "back_squat" in capsys.readouterr().out
