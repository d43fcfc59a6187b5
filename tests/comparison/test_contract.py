"""What every comparator must do, whatever it compares; covers new members by itself."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from emgpipe.comparison import COMPARATORS, StudyTables, compare_all
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.contract_study import SPOILED, contract_study

WORDS = load_vocabulary()
EXAMPLES = [
    pytest.param(comparator.example(), id=str(comparator.model_fields["kind"].default)) for comparator in COMPARATORS
]
FORBIDDEN = re.compile(r"activates|builds|more muscle\b|hypertrophy|\bnan\b|\binf\b|significant", re.IGNORECASE)


@cache
def spoiled(fault: str) -> StudyTables:
    """The study with a fault, made once: no comparator changes a table, which a test here holds."""
    return SPOILED[fault](contract_study())


@pytest.fixture(scope="module")
def study() -> StudyTables:
    return contract_study()


@pytest.fixture(scope="module")
def untouched() -> StudyTables:
    return contract_study()


def frames(comparison: Comparison) -> dict[str, pd.DataFrame]:
    return {"": comparison.table, "cells": comparison.cells, **comparison.tables}


def check_words(comparison: Comparison) -> None:
    assert comparison.title
    assert comparison.sentences
    for text in (*comparison.sentences, *comparison.basis.values()):
        assert not FORBIDDEN.search(text), text
        assert text == text.strip()
        assert text
    for family in comparison.families:
        assert family.tests >= 1
        assert family.name
        assert family.correction


@pytest.mark.parametrize("comparator", EXAMPLES)
def test_answers_about_a_complete_study(comparator, study, untouched):
    made = comparator.compare(study, WORDS)
    assert made
    for comparison in made:
        check_words(comparison)
        assert comparison.kind == comparator.kind
        assert len(comparison.table)
        assert {"n", "method", "excluded"} <= set(comparison.basis), comparison.basis.keys()
        assert "P01" in comparison.basis["n"]
        for frame in frames(comparison).values():
            assert frame.columns.is_unique
            assert all(isinstance(name, str) for name in frame.columns)
    for name in ("metrics", "curves", "references", "participants"):
        pd.testing.assert_frame_equal(getattr(study, name), getattr(untouched, name))


@pytest.mark.parametrize("comparator", EXAMPLES)
def test_the_order_of_the_rows_decides_nothing(comparator, study):
    rng = np.random.default_rng(8)
    parts = (study.metrics, study.curves, study.references, study.participants)
    mixed = StudyTables(*(frame.iloc[rng.permutation(len(frame))].reset_index(drop=True) for frame in parts))
    for one, other in zip(comparator.compare(study, WORDS), comparator.compare(mixed, WORDS), strict=True):
        assert sorted(frames(one)) == sorted(frames(other))
        for name, frame in frames(one).items():
            keys = [column for column in frame.columns if frame[column].map(lambda cell: isinstance(cell, str)).all()]
            keys += [column for column in ("rank", "repetition", "percent", "from_percent") if column in frame.columns]
            left, right = (table.sort_values(keys).reset_index(drop=True) for table in (frame, frames(other)[name]))
            pd.testing.assert_frame_equal(left, right, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("comparator", EXAMPLES)
@pytest.mark.parametrize("fault", SPOILED)
def test_spoiled_studies_give_an_answer_or_one_clear_error(comparator, fault):
    try:
        made = comparator.compare(spoiled(fault), WORDS)
    except ComparisonError as error:
        message = str(error)
        assert len(message) > 20
        assert not re.search(r"Traceback|numpy|pandas|Error\b", message), message
        return
    for comparison in made:
        check_words(comparison)
        for frame in frames(comparison).values():
            p_values = frame[[name for name in frame.columns if name == "p" or name.startswith("p_")]]
            numbers = p_values.select_dtypes("number").to_numpy(dtype=float)
            assert ((numbers >= 0) & (numbers <= 1) | np.isnan(numbers)).all()


def test_all_together_have_titles_of_their_own(study):
    comparators = [comparator.example() for comparator in COMPARATORS]
    made, problems = compare_all(comparators, study, WORDS)
    assert problems == ()
    assert len({comparison.title for comparison in made}) == len(made)
    for comparison in made:
        for frame in (comparison.table, *comparison.tables.values()):
            assert frame.columns[0] == "comparison"
            assert set(frame["comparison"]) <= {comparison.title}


@pytest.mark.parametrize("comparator", EXAMPLES)
def test_describes_itself(comparator):
    assert comparator.describe()
    for name, field in type(comparator).model_fields.items():
        assert field.description or name == "kind", f"{name} has no docstring"
