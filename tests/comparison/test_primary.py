from __future__ import annotations

import pytest

from emgpipe.comparison import Paired, PrimaryOutcome, Ranking, compare_all
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.contract_study import contract_study

WORDS = load_vocabulary()
MAIN = {"factor": "head_position", "at": {"exercise": "barbell_hip_thrust"}}
COMPARATORS = (Ranking(**MAIN), Paired(name="against neutral", against="neutral", **MAIN))


def compare(**primary: str):
    return compare_all(COMPARATORS, contract_study(), WORDS, PrimaryOutcome(**primary))


def test_rows_of_the_primary_outcome_are_marked():
    (ranking, paired), problems = compare(outcome="erector_spinae", metric="mean", comparison="against neutral")
    assert problems == ()
    assert not ranking.table["primary"].any()
    marked = paired.table[paired.table["primary"]]
    assert set(marked["muscle"]) == {"erector_spinae"}
    assert set(marked["metric"]) == {"mean"}
    assert len(marked) == 4


def test_without_a_name_every_comparison_of_the_outcome_is_primary():
    made, problems = compare(outcome="erector_spinae", metric="peak", side="right")
    assert problems == ()
    assert all(one.table["primary"].any() for one in made)


@pytest.mark.parametrize(
    ("primary", "words"),
    [
        (
            {"outcome": "erector_spinae", "metric": "mean", "comparison": "against neutrl"},
            "no comparison named 'against neutrl' is about erector_spinae, mean; did you mean 'against neutral'?",
        ),
        (
            {"outcome": "erector_spine", "metric": "mean"},
            "no comparison is about erector_spine, mean; did you mean 'erector_spinae'?",
        ),
        ({"outcome": "erector_spinae", "metric": "mean", "side": "left"}, "is about erector_spinae, left, mean"),
    ],
)
def test_an_absent_primary_outcome_is_said(primary, words):
    made, (problem,) = compare(**primary)
    assert len(made) == 2
    assert words in str(problem)
    assert str(problem).startswith("primary_outcome: ")
