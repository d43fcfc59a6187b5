"""Gross faults are found, clean sessions raise no alarm, and the page of the checks says what the code does."""

from __future__ import annotations

import pytest

from benchmarks import checks_page
from benchmarks.detection import page, table
from benchmarks.detection.__main__ import DOCS
from benchmarks.detection.faults import FAULTS
from benchmarks.detection.measure import detections, false_alarms
from emgpipe.quality import CHECKS

NAMES = {check().name for check in CHECKS}
KEYS = [fault.key for fault in FAULTS]
WHERES = dict.fromkeys(fault.where for fault in FAULTS)


def test_every_check_has_a_fault_with_a_gross_dose():
    assert {fault.check for fault in FAULTS} == NAMES
    assert all(fault.gross in fault.doses for fault in FAULTS)
    assert len(KEYS) == len(set(KEYS))


@pytest.mark.parametrize("where", WHERES)
def test_gross_faults_are_found(where):
    numbers = range(5000, 5003)
    found = detections(where, numbers, KEYS, only_gross=True)
    missed = [
        fault.key for fault in FAULTS if fault.where == where and found[fault.key, fault.gross] < len(numbers) - 1
    ]
    assert missed == []


def test_clean_sessions_raise_no_alarm():
    said = false_alarms(range(5003, 5005))  # the last one is of both sides
    assert said.kinds == {}
    assert min(rate.of for rate in said.by_role.values()) > 5


@pytest.mark.slow
@pytest.mark.parametrize("where", WHERES)
def test_gross_faults_are_found_in_nineteen_of_twenty(where):
    numbers = range(6000, 6100)
    found = detections(where, numbers, KEYS, only_gross=True)
    seldom = [f.key for f in FAULTS if f.where == where and found[f.key, f.gross] < page.LEAST * len(numbers)]
    assert seldom == []


@pytest.mark.slow
def test_few_clean_channels_raise_an_alarm():
    said = false_alarms(range(6000, 6100))
    assert {role: rate.share for role, rate in said.by_role.items() if rate.share > page.MOST} == {}


def test_the_measured_figures_hold_what_is_stated():
    figures = table.read(DOCS / "detection.csv")
    assert set(figures.found) == {(fault.key, dose) for fault in FAULTS for dose in fault.doses}
    assert min(rate.of for rate in figures.found.values()) >= 200
    assert all(figures.clean.by_role[role].of >= 500 for role in page.ROLES)
    assert page.missed(figures) == []


def test_the_page_of_the_detection_shows_the_measured_figures():
    text = (DOCS / "detection.md").read_text(encoding="utf-8")
    assert page.written(text, table.read(DOCS / "detection.csv")) == text


def test_the_page_of_the_checks_is_what_the_code_says():
    text = checks_page.PAGE.read_text(encoding="utf-8")
    assert set(checks_page.LEVELS_AND_REMEDY) == NAMES
    assert checks_page.written(text) == text, "write it again: python -m benchmarks.checks_page"
