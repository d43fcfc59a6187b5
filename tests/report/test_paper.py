from __future__ import annotations

from dataclasses import replace

import pandas as pd

from emgpipe.config.reporting import Reporting
from emgpipe.model import Comparison, Family
from emgpipe.report.paper import (
    LIMITS,
    families_sentence,
    methods_paragraphs,
    paragraphs_text,
    primary_sentence,
    results_paragraphs,
)
from emgpipe.report.reporting_items import _ITEMS, ABSENT, reporting_items
from tests.report.builder import SMALL, study


def comparison(title: str, *, primary: bool = False, method: str = "Paired t test on log ratios.") -> Comparison:
    table = pd.DataFrame({"muscle": ["gluteus_maximus"], "metric": ["mean"], "primary": [primary]})
    families = (Family("gluteus maximus, mean", 4, "Holm"),)
    return Comparison("paired", title, table, table, (f"{title}: 12 % higher.",), {"method": method}, {}, families)


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
    methods = {one.heading: one.text for one in methods_paragraphs(result, "band-pass 20 to 450 Hz")}
    assert "band-pass 20 to 450 Hz. The same steps" in methods["Signals"]
    assert "Paired t test on log ratios" in methods["Statistics"]
    assert "2 families of tests (2 corrected by Holm" in methods["Statistics"]
    assert methods["Limits"] == LIMITS
    assert "one reference per participant" in methods["Normalization"]
    results = results_paragraphs(result)
    assert [one.heading for one in results] == ["Primary: First", "Second"]
    assert results[0].text == "First: 12 % higher."
    assert paragraphs_text(results).startswith("Primary: First\nFirst: 12 % higher.\n\nSecond")
