"""The README's promises: its example runs, its files and targets exist."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from emgpipe.config import load_study
from emgpipe.simulate import write_study

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_example_runs(tmp_path, monkeypatch, capsys):
    write_study(tmp_path / "mystudy")
    table = tmp_path / "mystudy" / "raw" / "trials.csv"
    trials = pd.read_csv(table, sep=";", dtype=str, encoding="utf-8-sig")
    few = trials[trials["participant"].isin(["P01", "P06"])]  # two participants are enough to show it
    few.to_csv(table, sep=";", index=False, encoding="utf-8-sig")
    monkeypatch.chdir(tmp_path)
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - the README's own example
    printed = capsys.readouterr().out
    assert "GMAX UP RT (uV) 1000.0 V" in printed
    assert "barbell_hip_thrust" in printed
    assert (tmp_path / "ranking.png").stat().st_size > 10_000


def test_links_and_commands_exist():
    for target in re.findall(r"\]\(((?:docs|configs)/[^)]+)\)", README):
        assert (ROOT / target).is_file(), target
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile
    for name in re.findall(r"`(configs/\w+\.yaml)`", README):
        assert (ROOT / name).is_file()


def test_study_file_of_the_manual_is_valid(tmp_path):
    text, *_ = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "study-file.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "study.yaml").write_text(text, "utf-8")
    study = load_study(tmp_path / "study.yaml")
    assert len(study.chain) == 5
    rankings = [one for one in study.comparisons if one.kind == "ranking"]
    assert [ranking.factor for ranking in rankings] == ["exercise", "head_position", "muscle"]


def test_every_format_is_in_the_manual():
    from emgpipe.readers import READERS

    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    for reader in READERS:
        assert f"`{reader.name}`" in text, reader.name
        for field in set(type(reader).Options.model_fields) - {"kind", "keep_personal_data"}:
            if reader.name not in {"mat", "hdf5", "excel", "delimited"}:
                assert f"`{field}" in text, f"{reader.name}: {field}"
