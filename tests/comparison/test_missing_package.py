"""A comparison whose package is not installed is one problem; the others are made."""

from __future__ import annotations

import sys

from emgpipe.comparison import MixedModel, Paired, compare_all
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.contract_study import contract_study


def test_the_others_are_made(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "statsmodels"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    paired = Paired(factor="head_position", at={"exercise": "barbell_hip_thrust"}, against="neutral")
    asked = [MixedModel.example(), paired]
    made, problems = compare_all(asked, contract_study(), load_vocabulary())
    assert [comparison.kind for comparison in made] == ["paired"]
    assert len(problems) == 1
    assert "emgpipe[models]" in str(problems[0])
