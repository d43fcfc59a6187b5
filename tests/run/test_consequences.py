"""What a dry run says will be made again is what a run makes again."""

from __future__ import annotations

import pytest

from emgpipe.config import Study
from emgpipe.config.plain import NEED_NO_SIGNAL
from emgpipe.run.consequences import _SETTINGS, consequences


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (["setting metrics changed"], "measured again; filtered signals, checks of trials are taken from before"),
        (["setting quality changed"], "checked again; filtered signals, measured amplitudes are taken from before"),
        (["version scipy changed (1.1 to 1.2)"], "everything again"),
        (["it was not processed yet"], "everything again"),
        (["trial P01.x is new"], "filtered and measured and checked again where trials changed; all else is taken"),
        (["trial P01.x is gone"], "normalized again; filtered signals, measured amplitudes, checks of trials"),
        (["decision abc is new", "order of trials changed"], "normalized again;"),
        (["setting metrics changed", "file raw/a.csv changed"], "measured again and filtered and checked again where"),
    ],
)
def test_words(reasons, words):
    assert consequences(reasons).startswith(words)


def test_every_section_of_a_study_file_is_known():
    sections = set(Study.model_fields) - NEED_NO_SIGNAL - {"overrides"}
    assert sections <= set(_SETTINGS)
