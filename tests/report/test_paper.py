from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from emgpipe.config.reporting import Reporting
from emgpipe.model import Comparison, Family
from emgpipe.report.paper import (
    LIMITS,
    families_in_short,
    families_sentence,
    methods_paragraphs,
    paragraphs_text,
    primary_sentence,
)
from emgpipe.report.paper_results import results_paragraphs
from emgpipe.report.reporting_items import _ITEMS, ABSENT, reporting_items
from emgpipe.report.same_words import joined_methods
from tests.report.builder import SMALL, study

SAID = (
    "Gluteus maximus, mean EMG amplitude: 12 % higher.",
    *(f"Soleus, mean EMG amplitude: no difference shown in pair {pair}." for pair in range(4)),
    "P04 was not measured in hyperflexion.",
)


def comparison(title: str, *, primary: bool = False, method: str = "Paired t test on log ratios.") -> Comparison:
    table = pd.DataFrame({
        "muscle": ["gluteus_maximus", "soleus"], "side": "", "placement": "", "metric": "mean",
        "primary": [primary, False], "shown": [True, False],
    })  # fmt: skip
    families = (Family("gluteus maximus, mean", 4, "Holm"),)
    return Comparison("paired", title, table, table, SAID, {"method": method}, {}, families)


def test_every_item_has_a_field_in_the_study_file_and_the_other_way_round():
    assert [key for key, *_ in _ITEMS] == list(Reporting.model_fields)


def test_items_say_what_is_stated_then_what_is_recorded_then_not_recorded():
    settings = {"reporting": {"gain": "1000"}, "normalization": {"kind": "mvic"}}
    items = {
        item.name: item.text for item in reporting_items(settings, {"gain": "500", "hardware_filter": "10-500 Hz"})
    }
    assert items["Gain"] == "1000"
    assert items["Hardware filter"] == "10-500 Hz"
    assert items["Skin preparation"] == items["Sampling rate"] == ABSENT
    assert items["Normalization approach"].startswith("CEDE approach 2")


def test_families_are_counted_and_said_not_to_be_controlled_jointly():
    families = [Family("a", 4, "Holm"), Family("b", 4, "Holm"), Family("c", 1, "none")]
    text = families_sentence(families)
    assert "3 families of tests (2 corrected by Holm; 1 not corrected; 9 tests in all)" in text
    assert "not controlled jointly" in text
    assert families_sentence([]) == ""


def test_primary_outcome_is_named_or_its_absence_said():
    assert "exploratory" in primary_sentence({})
    said = primary_sentence({"primary_outcome": {"outcome": "gluteus_maximus", "side": "right", "metric": "mean"}})
    assert said == "The primary outcome is gluteus maximus right by mean; all others are secondary."


def test_methods_and_results_come_from_what_was_run():
    result = replace(study(SMALL)[0], comparisons=(comparison("Second"), comparison("First", primary=True)))
    methods = {
        one.heading: one.text for one in methods_paragraphs(result, "band-pass 20 to 450 Hz", ["highest 0.5 s mean"])
    }
    assert "band-pass 20 to 450 Hz. The same steps" in methods["Signals"]
    assert "Paired t test on log ratios" in methods["Statistics"]
    assert "2 families of tests (2 corrected by Holm" in methods["Statistics"]
    assert methods["Limits"] == LIMITS
    assert "one reference per participant" in methods["Normalization"]
    results = results_paragraphs(result)
    assert [one.heading for one in results] == ["Primary: First", "Secondary: First", "Secondary: Second"]
    assert results[0].text == SAID[0]
    numbers = "P04 was not measured in hyperflexion. All numbers: comparisons/paired.csv."
    assert results[1].text == f"A difference is shown in 0 of 1 pair. {numbers}"
    assert results[2].text == f"A difference is shown in 1 of 2 pairs. {numbers}"
    assert paragraphs_text(results).startswith(f"Primary: First\n{SAID[0]}\n\nSecondary: First\nA")


def test_few_results_are_said_and_many_that_cannot_be_counted_are_left_to_the_file():
    few = replace(comparison("x"), kind="dose")
    many = replace(few, sentences=tuple(SAID[1].replace("pair 0", f"pair {pair}") for pair in range(9)))
    told = [one.text for one in results_paragraphs(replace(study(SMALL)[0], comparisons=(few, many)))]
    assert told[0].startswith(SAID[0])
    assert "no difference shown in pair 3" in told[0]
    assert told[1] == "9 results, one by one in comparisons/sentences.txt. All numbers: comparisons/dose.csv."


def test_a_comparison_of_the_primary_outcome_alone_has_no_secondary_part():
    one = comparison("x", primary=True)
    one = replace(one, table=one.table[one.table["primary"]], sentences=SAID[:1])
    assert [part.heading for part in results_paragraphs(replace(study(SMALL)[0], comparisons=(one,)))] == ["Primary: x"]


def test_methods_of_one_kind_are_said_once():
    methods = ("Paired t test on logs.", "Paired t test on logs.", "Wilcoxon's test.")
    made = tuple(comparison(str(place), method=method) for place, method in enumerate(methods))
    said = {one.heading: one.text for one in methods_paragraphs(replace(study(SMALL)[0], comparisons=made), "rms", [])}
    assert said["Statistics"].splitlines()[0] == "Paired comparisons: Paired t test on logs. Wilcoxon's test."


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("by trials (ICC)", "by repetitions (ICC)", "by trials or repetitions (ICC)."),
        ("t test of logs, exact", "t test of logs and angles, exact", "t test of logs and angles, exact."),
        ("p adjusted", "p not adjusted", "p adjusted. p not adjusted."),  # an addition that turns the meaning round
        ("window 0.5 s", "window 1 s", "window 0.5 s. window 1 s."),
    ],
)
def test_methods_that_differ_in_a_word(one, other, joined):
    assert joined_methods([one, other]) == joined


def test_families_in_short_name_no_correction():
    held, single, free = Family("a", 4, "Holm"), Family("b", 1, "none"), Family("c", 3, "none")
    assert families_in_short([]) == ""
    said = families_in_short([held, single])
    assert said.startswith("2 groups of tests (families), each held to 5 % by itself; they are not held jointly.")
    assert "Holm" not in said
    assert "2 of them held to 5 %, each by itself, the others not;" in families_in_short([held, single, free])
