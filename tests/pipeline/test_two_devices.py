"""A trial whose angles come from a second device: joined by offset, event or lag, the numbers are the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emgpipe.run import run_study
from tests.pipeline.small import write_small_study

OFFSET = 1.75
ALONE = 'pattern: "{{participant}}_{{exercise}}_{{head_position}}_{{trial}}.*"'.replace("{{", "{").replace("}}", "}")


def split(folder, *, shared: str = "") -> None:
    """Move the hip angle of every task into a second file whose clock starts OFFSET later."""
    for path in sorted((folder / "raw").glob("*_neutral_1.csv")):
        table = pd.read_csv(path)
        angle = table[["time (s)", "hip (deg)"]].iloc[::10].copy()
        angle["time (s)"] = (angle["time (s)"] - OFFSET).round(6)
        kept = table.drop(columns="hip (deg)")
        if shared:
            rng = np.random.default_rng(7)
            curve = np.convolve(rng.normal(size=len(table)), np.ones(100) / 100, mode="same")
            kept["sync (V)"] = curve.round(6)
            angle["sync2 (V)"] = curve[::10].round(6) * 3
        kept.to_csv(path, index=False)
        angle.to_csv(path.with_name(f"{path.stem}_angles.csv"), index=False)


def study(folder, joining: str, offset: float):
    path = write_small_study(folder)
    text = path.read_text("utf-8")
    assert ALONE in text
    text = text.replace(f"{{{ALONE}}}", f'{{{ALONE}, companion: "{{stem}}_angles.csv", offset: {offset}}}')
    path.write_text(text.replace("channels:\n", f"  joining: {joining}\nchannels:\n", 1), "utf-8")
    return path


def means(result) -> pd.Series:
    table = result.metrics
    return table[table["metric"] == "mean"].set_index(["trial", "muscle", "repetition"])["value"].sort_index()


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    return means(run_study(write_small_study(tmp_path_factory.mktemp("one"))))


@pytest.mark.parametrize(
    ("joining", "offset"),
    [
        ("{kind: stated}", OFFSET),
        ("{kind: lag, channel: sync, second_channel: sync2}", 0.0),
    ],
)
def test_same_numbers_as_from_one_file(tmp_path, together, joining, offset):
    path = study(tmp_path, joining, offset)
    split(tmp_path, shared="sync")
    result = run_study(path)
    np.testing.assert_allclose(means(result), together, rtol=2e-2)
    if "lag" in joining:
        said = result.findings[result.findings["kind"] == "joined"]
        assert len(said) == 4
        np.testing.assert_allclose(said["value"], OFFSET, atol=2e-3)


def test_a_file_that_cannot_be_joined_is_left_out_and_said(tmp_path):
    path = study(tmp_path, "{kind: event, label: sync}", 0.0)
    split(tmp_path)
    result = run_study(path)
    failed = [one for one in result.failed if one.what == "trial"]
    assert len(failed) == 4
    kinds = result.findings["kind"].tolist()
    assert kinds.count("not_joined") == 4
    assert "hip_angle" in failed[0].reason


def test_an_offset_that_nobody_states_is_said(tmp_path):
    path = study(tmp_path, "{kind: stated}", 0.0)
    split(tmp_path)
    assert "offset_missing" not in run_study(path).findings["kind"].tolist()  # 0 is stated
    path.write_text(path.read_text("utf-8").replace(", offset: 0.0", ""), "utf-8")
    said = run_study(path).findings
    said = said[said["kind"] == "offset_missing"]
    assert len(said) == 4
    assert set(said["level"]) == {"warn"}
    assert "joining" in said["remedy"].iloc[0]
