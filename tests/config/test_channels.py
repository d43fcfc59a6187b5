"""Whom an override concerns."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgpipe.config import ChannelSetting, Override
from emgpipe.config.spelling import longest_spellings, looks_like_a_date, same_name
from emgpipe.model import Trial, TrialFile

TRIAL = Trial("01/1/back_squat.1", "01", "1", "task", (TrialFile(Path("raw/a_1.csv")),))


@pytest.mark.parametrize(
    ("settings", "applies"),
    [
        ({"participant": "01"}, True),
        ({"participant": "1"}, True),
        ({"participant": "10"}, False),
        ({"participant": "1", "session": "01"}, True),
        ({"participant": "1", "session": "2"}, False),
        ({"participant": "1", "trials": ["01/1/back_squat.1"]}, True),
        ({"participant": "1", "trials": ["a_1.csv"]}, True),
        ({"participant": "1", "trials": ["a_1"]}, True),
        ({"participant": "1", "trials": ["b"]}, False),
    ],
)
def test_whom_an_override_concerns(settings: dict[str, object], *, applies: bool) -> None:
    dead = {"label": "A", "use": False}
    override = Override.model_validate({**settings, "reason": "dead sensor", "channels": [dead]})
    assert override.applies_to(TRIAL) is applies


def test_names_of_signals() -> None:
    assert ChannelSetting(label="A", muscle="soleus").signal_name == "soleus"
    assert ChannelSetting(label=["A", "B"], kind="force").signal_name == "A"
    assert ChannelSetting(label="A", kind="angle", name="hip").signal_name == "hip"


def test_spellings() -> None:
    assert longest_spellings(["1", "01", "P1", "P01", "0", "00"]) == {
        "1": "01", "01": "01", "P1": "P1", "P01": "P01", "0": "00", "00": "00",
    }  # fmt: skip
    assert same_name("007", "7")
    assert not same_name("70", "7")
    assert [looks_like_a_date(text) for text in ("3-May", "Mrz 25", "03. Okt", "Mayer", "P03", "2024-05-03")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
