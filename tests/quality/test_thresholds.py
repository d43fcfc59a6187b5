"""Thresholds of all checks: what they may be, and that the graver level is the harder one to reach."""

from __future__ import annotations

import annotated_types
import pytest
from pydantic import ValidationError

from emgpipe.quality.catalogue import CHECKS

NUMBERS = [
    (check, name)
    for check in CHECKS
    for name, field in check.model_fields.items()
    if isinstance(field.default, int | float) and not isinstance(field.default, bool)
]
GRADED = [(check, names) for check in CHECKS for names in check.graded]


def named(one: object) -> str:
    return one.__name__ if isinstance(one, type) else str(one)


@pytest.mark.parametrize(("check", "name"), NUMBERS, ids=named)
def test_every_threshold_has_a_lower_limit(check, name):
    limits = check.model_fields[name].metadata
    assert any(isinstance(one, annotated_types.Gt | annotated_types.Ge) for one in limits)
    with pytest.raises(ValidationError, match=name):
        check(**{name: -1})


@pytest.mark.parametrize(("check", "name"), [one for one in NUMBERS if "correlation" in one[1]], ids=named)
def test_a_correlation_in_percent_is_refused_for_it_would_never_be_reached(check, name):
    with pytest.raises(ValidationError, match=name):
        check(**{name: 99})


@pytest.mark.parametrize(("check", "names"), GRADED, ids=named)
def test_the_graver_level_is_the_harder_one_to_reach(check, names):
    mild, grave = names[0], names[-1]
    usual = {name: check.model_fields[name].default for name in names}
    swapped = {mild: usual[grave], grave: usual[mild]}
    with pytest.raises(ValidationError, match="must be the harder one to reach; state"):
        check(**swapped)
    equal = dict.fromkeys(names, usual[mild])
    assert getattr(check(**equal), grave) == usual[mild]


def test_checks_that_grade_a_figure_say_so():
    def graded_by(check: type, ending: str) -> set[str]:
        return {level for level in ("note", "warn", "fail") if f"{level}_{ending}" in check.model_fields}

    several = {check.__name__ for check in CHECKS for ending in ("above", "below") if len(graded_by(check, ending)) > 1}
    # Motion takes the lower of both; in WorkingSide they are of different figures
    assert several - {check.__name__ for check, _ in GRADED} == {"Motion", "WorkingSide"}
