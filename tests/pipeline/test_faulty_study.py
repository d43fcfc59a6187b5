"""Five faults in a study: each stands beside the numbers it touches, in tables and on the page, and beside no other.

The faults are those of `tests.checking.faulty_study`; `emgpipe check` finds them in `tests.checking`.
"""

from __future__ import annotations

import re
import shutil
from html import unescape

import pandas as pd
import pytest

from emgpipe.cli import main
from emgpipe.store import read_table
from tests.checking.faulty_study import CLIPPED, DEAD, FILTERED, SWAPPED, write_faulty_study

UPPER = ("P01", CLIPPED[1])
LEFT_OUT = {("P03", muscle) for muscle in SWAPPED[1]}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Run the study once, without its variants."""
    path = write_faulty_study(tmp_path_factory.mktemp("faulty"))
    text = re.sub(r"\nvariants:\n(  .*\n)+", "\n", path.read_text("utf-8"))
    assert "on_fail: keep" in text
    path.write_text(text, "utf-8")
    assert main(["run", str(path), "--quiet"]) == 1
    return path


def results(study):
    return study.parent / "processed" / "demo"


def changed(study, policy):
    """Return a copy of the study and its results with another rule; nothing has to be measured again for it."""
    folder = study.parent.with_name(f"{study.parent.name}_{policy}")
    shutil.copytree(study.parent, folder)
    path = folder / study.name
    path.write_text(study.read_text("utf-8").replace("on_fail: keep", f"on_fail: {policy}"), "utf-8")
    return path


@pytest.fixture(scope="module")
def tasks(study):
    table = read_table(results(study) / "metrics.csv")
    return table[(table["role"] == "task") & (table["kind"] == "emg")]


@pytest.fixture(scope="module")
def findings(study):
    return read_table(results(study) / "findings.csv").set_index("id")


@pytest.fixture(scope="module")
def page(study):
    return (results(study) / "report.html").read_text("utf-8")


def words(html):
    """Return a page as its words."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.replace("<wbr>", ""))))


def section(page, name):
    start = page.index(f'<h2 id="{name}">')
    return page[start : page.index("</section>", start)]


def carrying(tasks, findings, kind):
    """Return the numbers that carry a finding of a kind."""
    ids = set(findings.index[findings["kind"] == kind])
    assert ids, kind
    return tasks[[bool(ids & set(text.split())) for text in tasks["findings"]]]


def places_in_order(table):
    return list(table[["participant", "muscle"]].itertuples(index=False, name=None))


def places(table):
    return set(places_in_order(table))


def cells_of(study):
    return pd.read_csv(results(study) / "comparisons" / "ranking_cells.csv", dtype=str, keep_default_na=False)


def test_a_clipped_mvic_is_beside_every_number_that_rests_on_it(tasks, findings):
    touched = carrying(tasks, findings, "clipped")
    mine = tasks[(tasks["participant"] == UPPER[0]) & (tasks["muscle"] == UPPER[1])]
    assert places(touched) == {UPPER}
    assert set(touched.index) == set(mine.index[mine["reference"] != ""])
    assert (touched["worst"] == "fail").all()
    assert set(touched.index) == set(carrying(tasks, findings, "mvic_clipped").index)


def test_swapped_channels_are_beside_all_numbers_of_the_two_and_no_other(tasks, findings):
    touched = carrying(tasks, findings, "swapped_channels")
    assert places(touched) == LEFT_OUT
    assert len(touched) == sum(place in LEFT_OUT for place in places_in_order(tasks))
    assert (touched["worst"] == "fail").all()


def test_a_dead_channel_gives_no_number(tasks):
    trial, muscle = DEAD
    assert tasks[(tasks["trial"] == trial) & (tasks["muscle"] == muscle)].empty
    assert len(tasks[(tasks["trial"] == trial) & (tasks["muscle"] != muscle)])


def test_a_file_that_was_filtered_is_beside_its_own_numbers(tasks, findings):
    touched = carrying(tasks, findings, "filtered_differently")
    assert set(touched.index) == set(tasks.index[tasks["trial"] == FILTERED])
    assert set(touched["worst"]) <= {"warn", "fail"}


def test_what_did_not_fail_is_not_marked_as_failed(tasks):
    assert places(tasks[tasks["worst"] == "fail"]) == {UPPER, *LEFT_OUT}


def test_cells_of_comparisons_have_the_worst_and_a_count(study):
    cells = cells_of(study)
    assert places(cells[cells["worst"] == "fail"]) == {UPPER, *LEFT_OUT}
    back = cells[(cells["participant"] == "P04") & (cells["level"] == "back_squat")]
    assert (back["worst"] == "warn").all()
    assert not (
        (cells["participant"] == "P02") & (cells["muscle"] == DEAD[1]) & (cells["level"] == "romanian_deadlift")
    ).any()
    said = words((results(study) / "comparisons.html").read_text("utf-8"))
    counted = re.search(r"Of \d+ values \d+ carry (.*?) \((.*?); which", said)
    assert counted, "marks are counted under each comparison"
    assert "failed check" in counted[1]
    assert "warning" in counted[1]
    assert {"clipped", "swapped_channels", "filtered_differently"} <= set(re.findall(r"[a-z_]+", counted[2]))


def test_the_first_screen_names_what_failed_and_how_many_numbers_rest_on_it(page, tasks, findings):
    first = words(page[: page.index('<h2 id="comparisons">')])
    clipped = len(carrying(tasks, findings, "clipped"))
    swapped = len(carrying(tasks, findings, "swapped_channels"))
    assert f"✖ Fail Clipped · {CLIPPED[0]}; Gluteus maximus upper, right" in first
    assert f"{clipped} numbers in 9 sets rest on it" in first
    assert "✖ Fail Swapped channels · P03; Biceps femoris, right and Vastus lateralis, right" in first
    assert f"{swapped} numbers in 9 sets rest on it" in first
    assert f"✖ Fail Constant channel · {DEAD[0]}; Erector spinae, right" in first
    assert "No number rests on it." in first
    assert f"Filtered differently · {FILTERED}" in first
    assert "barbell hip thrust, hyperflexion" in first
    for muscle, marks in (
        ("Gluteus maximus upper, right", "✖ P01 ▲ P04"),
        ("Biceps femoris, right", "✖ P03 ▲ P04"),
        ("Erector spinae, right", "▲ P04 ○ P02"),
    ):
        assert f"{muscle} {marks}" in first


def test_every_part_of_the_page_shows_the_faults_beside_the_numbers(page):
    references = words(section(page, "references"))
    assert re.search(r"Gluteus maximus upper, right 1\d\d µV [^µ]*✖ clipped", references)
    assert references.count("✖ swapped channels") == 2
    assert f"★ {CLIPPED[0]}" in references
    assert "○ P01/1/mvic.gluteus_maximus.standing_squeeze.1" in references  # the next best, with its value
    found = words(section(page, "findings"))
    for trial in (CLIPPED[0], DEAD[0], FILTERED):
        assert trial in found
    assert "the next best trial without is P01/1/mvic.gluteus_maximus.standing_squeeze.1" in found
    above = section(page, "above-mvic")
    assert re.search(r"clipped", words(above))
    comparisons = words(section(page, "comparisons"))
    assert "Biceps femoris, right (%MVIC) ✖ P03 ▲ P04" in comparisons
    assert "missing: P02" in comparisons
    assert "missing: P04" in comparisons
    assert "Nothing was excluded and nothing was decided." in words(section(page, "decisions"))


@pytest.mark.slow  # the short form, on a smaller study, is in tests/decisions
def test_exclude_leaves_out_what_failed_with_a_line_for_each(study):
    path = changed(study, "exclude")
    assert main(["compare", str(path), "--quiet"]) == 0
    decisions = read_table(results(path) / "decisions.csv")
    assert places(decisions) == {UPPER, *LEFT_OUT}
    assert (decisions["source"] == "rule").all()
    effects = dict(zip(places_in_order(decisions), decisions["effect"], strict=True))
    assert "amplitudes kept" in effects[UPPER]
    table = read_table(results(path) / "metrics.csv")
    table = table[table["role"] == "task"]
    assert places(table[table["excluded"]]) == LEFT_OUT
    assert places(table[table["value_excluded"]]) == {UPPER}
    cells = cells_of(path)
    assert not places(cells) & LEFT_OUT
    assert UPPER in places(cells)  # its amplitudes count inside the participant
    said = words((results(path) / "comparisons.html").read_text("utf-8"))
    assert re.search(r"Excluded: \d+ numbers in 9 trials of P03", said), re.findall(r".{80}[Ee]xcluded.{80}", said)[:5]


@pytest.mark.slow
def test_stop_makes_no_comparison_and_lists_the_failures(study, capsys):
    path = changed(study, "stop")
    assert main(["compare", str(path), "--quiet"]) == 1
    said = capsys.readouterr().err
    for words_of in ("no comparison was made", "4 checks failed", CLIPPED[0], DEAD[0], "swapped_channels (P03"):
        assert words_of in said
    assert not (results(path) / "comparisons" / "ranking.csv").exists()


def test_references_table_has_the_account(study):
    table = pd.read_csv(results(study) / "references.csv", dtype=str, keep_default_na=False)
    mine = table[(table["participant"] == "P01") & (table["muscle"] == CLIPPED[1])]
    assert mine.loc[mine["used"] == "yes", "trial"].tolist() == [CLIPPED[0]]
    assert float(mine.loc[mine["used"] == "yes", "clipped"].iloc[0]) > 0.05
    assert mine.loc[mine["rank"] == "2", "clipped"].tolist() == ["0"]
