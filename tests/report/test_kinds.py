"""Every kind of comparison on the page and on the terminal, as its example asks for it; covers new kinds by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from emgpipe.comparison import COMPARATORS, PrimaryOutcome, StudyTables, compare_all
from emgpipe.model import Comparison, Family
from emgpipe.report import comparison_part, ranking_text, render_comparisons, render_report
from emgpipe.report.comparisons.brief import gist_sentence, primary_sentences
from emgpipe.report.paper import by_subject
from emgpipe.report.paper_results import results_paragraphs
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.contract_study import contract_study
from tests.report.test_page import check, empty_study

KINDS = [str(comparator.model_fields["kind"].default) for comparator in COMPARATORS]
EVIL = {"erector_spinae": "<script>&'x\"$", "P01": "<b>P&1</b>", "hyperflexion": "<i>\"&'$x"}
PRIMARY = PrimaryOutcome(outcome="gluteus_maximus_lower", metric="mean")


@cache
def made() -> dict[str, Comparison]:
    return {one.kind: one for one in compare(contract_study())}


@cache
def evil() -> dict[str, Comparison]:
    tables = contract_study()
    frames = (tables.metrics, tables.curves, tables.references, tables.participants)
    return {one.kind: one for one in compare(StudyTables(*(frame.replace(EVIL) for frame in frames)))}


def compare(tables: StudyTables) -> tuple[Comparison, ...]:
    comparisons, problems = compare_all(
        [comparator.example() for comparator in COMPARATORS], tables, load_vocabulary(), PRIMARY
    )
    assert problems == ()
    return comparisons


@cache
def drawn(kind: str) -> str:
    return page(made()[kind])


def page(*comparisons: Comparison) -> str:
    return render_comparisons(replace(empty_study(), comparisons=comparisons), list(map(comparison_part, comparisons)))


@pytest.mark.parametrize("kind", KINDS)
def test_page_is_well_formed_and_the_same_every_time(kind):
    text = drawn(kind)
    found = check(text)
    assert made()[kind].title in found.text
    assert "What this rests on" in found.text
    assert "All numbers" in found.text
    assert not re.search(r"\bnan\b|\binf\b|NaT|<NA>|\bNone\b", found.text)
    assert page(made()[kind]) == text


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_is_on_the_page(kind):
    comparison = made()[kind]
    text = check(drawn(kind)).text
    for subject, clauses in by_subject(comparison.sentences):
        for part in (subject, *clauses):
            assert part in text


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_are_only_text(kind):
    text = page(evil()[kind])
    check(text)
    assert not {"b", "i"} & set(check(text).tags)
    assert "<script>&" not in text
    assert "&lt;b&gt;P&amp;1&lt;/b&gt;" in text


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_are_whole_and_load_nothing(kind):
    for picture in re.findall(r'src="data:image/svg\+xml,([^"]*)"', drawn(kind)):
        root = ET.fromstring(unquote(picture))  # noqa: S314
        ids = {element.get("id") for element in root.iter()} - {None}
        links = [value for element in root.iter() for name, value in element.items() if name.endswith("href")]
        links += [name for element in root.iter() for name in re.findall(r"url\(([^)]*)\)", str(element.attrib))]
        assert {link.removeprefix("#") for link in links} <= ids
        assert all(link.startswith("#") for link in links)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [40, 100])
def test_terminal_is_told_in_few_lines(kind, width):
    lines = ranking_text([evil()[kind]], width).splitlines()
    assert max(map(len, lines)) <= width
    if kind != "ranking":
        assert len(lines) < 60


def test_comparisons_about_the_primary_outcome_come_first_and_open():
    one, other = made()["reliability"], made()["paired"]
    one = replace(one, table=one.table.assign(primary=False))
    text = page(one, other)
    assert text.index(f">{other.title}<") < text.index(f">{one.title}<")
    parts = text[text.index('<section aria-labelledby="comparisons"') :]
    first, second = parts.index(other.title), parts.index(one.title)
    assert first < second
    assert "Figures and numbers" not in parts[first:second]
    assert "Figures and numbers" in parts[second:]
    lines = ranking_text([one, other]).splitlines()
    assert lines[0] == f"{other.title} (primary outcome)"


def test_primary_sentences_are_those_of_the_outcome():
    for kind in ("paired", "omnibus", "dose"):
        said = primary_sentences(made()[kind])
        assert said
        assert all(sentence.startswith("Gluteus maximus lower, right, mean") for sentence in said)
    unmarked = replace(made()["paired"], table=made()["paired"].table.assign(primary=False))
    assert primary_sentences(unmarked) == []


def test_the_gist_counts_what_the_table_shows():
    table = pd.DataFrame({"shown": [True, False, True], "p_adjusted": [0.01, 0.2, 0.02]})
    comparison = Comparison("paired", "x", table, table, (), {})
    assert gist_sentence(comparison) == "A difference is shown in 2 of 3 pairs."
    assert gist_sentence(replace(comparison, kind="repetition_trend")) == "A trend is shown in 2 of 3 courses."
    verdicts = pd.DataFrame({"verdict": ["undecided", "equivalent", "undecided"]})
    told = gist_sentence(replace(comparison, kind="equivalence", table=verdicts))
    assert told == "3 pairs: 1 equivalent, 2 undecided."
    assert gist_sentence(replace(comparison, kind="something new")) == ""


def test_first_screen_has_the_primary_outcome_then_the_families():
    settings = {"primary_outcome": {"outcome": "gluteus_maximus_lower", "side": "", "metric": "mean"}}
    result = replace(empty_study(), comparisons=(made()["reliability"], made()["paired"]), settings=settings)
    text = check(render_report(result, [])).text
    start = text.index("The primary outcome is gluteus maximus lower by mean")
    said = by_subject(primary_sentences(made()["paired"]))[0][1][0]
    assert start < text.index(said) < text.index("Outcome:") < text.index("families are not controlled jointly")
    assert "exploratory" not in text
    without = check(render_report(replace(result, settings={}), [])).text
    assert "No primary outcome was named, so that all results are exploratory." in without


def test_a_primary_outcome_nothing_is_about_is_said():
    settings = {"primary_outcome": {"outcome": "soleus", "side": "", "metric": "mean"}}
    comparison = replace(made()["paired"], table=made()["paired"].table.assign(primary=False))
    result = replace(empty_study(), comparisons=(comparison,), settings=settings)
    assert "No comparison is about it." in check(render_report(result, [])).text


def test_words_for_a_paper_hold_methods_results_and_limits():
    result = replace(empty_study(), comparisons=tuple(made().values()))
    text = render_report(result, [], [""] * len(KINDS))
    section = text[text.index('id="methods"') : text.index('id="settings"')]
    heads = re.findall(r"<h3>(.*?)</h3>", section)
    assert heads == ["Methods", "Results", "Limits", "Reporting items"]
    results = results_paragraphs(result)
    for paragraph in results:
        assert not re.search(r"activates|builds|significant|;;|\.\.|:\s*:", paragraph.text)
    assert section.count("<details") == len(results) >= len(KINDS)


def test_long_tables_are_cut_and_name_their_file():
    rows = pd.DataFrame({"comparison": "x", "muscle": "gluteus_maximus", "value": range(90)})
    comparison = Comparison("new", "x", rows, rows, ("One.",), {"n": "1 participant"}, {"far": pd.concat([rows] * 9)})
    text = check(page(comparison)).text
    assert "30 more rows in new. csv" in text
    assert "new_ far. csv : 810 rows, in the file only" in text
    assert "in all rows: muscle gluteus_maximus" in text


def test_families_of_many_corrections_are_listed_apart():
    families = (Family("a", 4, "max-t over points, Holm over pairs"), Family("b", 1, "none"))
    result = replace(empty_study(), comparisons=(replace(made()["paired"], families=families),))
    text = check(render_report(result, [])).text
    assert "2 families of tests (1 corrected by max-t over points, Holm over pairs; 1 not corrected; 5 tests" in text
