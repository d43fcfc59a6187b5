"""Files from elsewhere are read without running anything, without leaving their folder, and shown without acting."""

from __future__ import annotations

import html.parser
import io
import re
import socket
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from emgpipe.cli import main
from emgpipe.config.sheet import read_rows
from emgpipe.config.source import parse_source
from emgpipe.errors import ConfigError
from emgpipe.readers import READERS, read
from emgpipe.run import run_study
from emgpipe.store import read_table, write_table
from tests.pipeline.small import write_small_study
from tests.readers.examples import BY_NAME, write_example

HIDDEN = "4711 is the number on the safe"
FORMULA = "=HYPERLINK(A1)"
EVIL = f"{FORMULA}<img src=x onerror=alert(1)>\x1b[31m'\"&"
OUTSIDE = "lies outside the folder of the recordings"


def test_no_connection_is_made(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise AssertionError("a run must not open a connection")

    for name in ("create_connection", "create_server", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refused)
    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    with socket.socket() as one, pytest.raises(AssertionError, match="a run must not"):
        one.connect(("192.0.2.1", 9))
    result = run_study(write_small_study(tmp_path, participants=1))
    assert not result.failed
    for reader in READERS:  # in this process: the child that reads otherwise does not know of the refusal
        (tmp_path / reader.name).mkdir()
        assert read(write_example(reader, tmp_path / reader.name)).channels


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "name: !!python/object/apply:os.system ['touch x']\n",
        "name: !!python/name:os.system\n",
        "a: " + "[" * 500 + "]" * 500,
    ],
)
def test_yaml_makes_no_objects_and_cannot_blow_up(text, tmp_path):
    with pytest.raises(ConfigError, match=r"anchors|tag|nested"):
        parse_source(text, tmp_path / "study.yaml")


# --- archives


def workbook(sheet: str) -> bytes:
    """Return an .xlsx file with one sheet."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    main_part = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    one = f'<Relationship Id="rId1" Type="{office}/%s" Target="%s"/>'
    relation = f'<Relationships xmlns="{package}">{one}</Relationships>'
    parts = {
        "_rels/.rels": relation % ("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main_part}" xmlns:r="{office}"><sheets>'
        '<sheet name="t" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relation % ("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet.replace("<worksheet>", f'<worksheet xmlns="{main_part}">'),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'


def test_a_stray_cell_far_out_does_not_take_all_memory(tmp_path):
    path = tmp_path / "trials.xlsx"
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path.write_bytes(workbook(f"<worksheet><sheetData>{CELL.format('participant')}{far}</sheetData></worksheet>"))
    with pytest.raises(ConfigError, match="reaches to row 1048576, column 16384"):
        read_rows(path)


def test_entities_of_a_workbook_are_not_followed(tmp_path):
    (tmp_path / "secret.txt").write_text(HIDDEN)
    entity = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    path = tmp_path / "trials.xlsx"
    path.write_bytes(workbook(f"{entity}<worksheet><sheetData>{CELL.format('participant&s;')}</sheetData></worksheet>"))
    with pytest.raises(ConfigError) as error:
        read_rows(path)
    assert HIDDEN not in str(error.value)


# --- paths


def listed(folder: Path, rows: list[str]) -> Path:
    """Write a small study whose trials table has these rows (file;exercise)."""
    study = write_small_study(folder, participants=1)
    text = re.sub(r"  files:\n(    - .*\n)+", "  trials: trials.csv\n", study.read_text("utf-8"))
    study.write_text(text.replace("{kind: angle, channel: hip_angle, expected: 3}", "{kind: whole}"), "utf-8")
    good = "P01;P01_back-squat_neutral_1.csv;back squat"
    table = "\n".join(["participant;file;exercise", good, *(f"P01;{row}" for row in rows)])
    (folder / "raw" / "trials.csv").write_text(table, "utf-8")
    return study


def test_no_path_of_a_table_leads_out_of_the_folder_of_the_recordings(tmp_path):
    outside = tmp_path / "outside.csv"
    study = listed(
        tmp_path / "study",
        [f"{name};lunge" for name in ("../../outside.csv", outside, "..\\..\\outside.csv", "link.csv", "linked/o.csv")],
    )
    raw = study.parent / "raw"
    outside.write_bytes((raw / "P01_back-squat_neutral_1.csv").read_bytes())
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "o.csv").write_bytes(outside.read_bytes())
    (raw / "link.csv").symlink_to(outside)
    (raw / "linked").symlink_to(tmp_path / "folder")
    failed = [one for one in run_study(study).outcomes if one.status == "failed"]
    assert len(failed) == 5
    assert all(OUTSIDE in one.reason for one in failed)


def test_a_link_inside_a_folder_recording_leads_nowhere(tmp_path):
    study = listed(tmp_path / "study", ["noraxon;lunge", "sub-01_task-squat_emg.edf;lunge"])
    raw, secret = study.parent / "raw", tmp_path / "secret"
    example = write_example(BY_NAME["noraxon_folder"], secret)
    (raw / "noraxon").mkdir()
    for path in example.iterdir():
        (raw / "noraxon" / path.name).symlink_to(path)
    bids = write_example(BY_NAME["bids"], tmp_path / "bids")
    for path in bids.parent.iterdir():
        name = path.name.replace(bids.name, "sub-01_task-squat_emg.edf")
        target = raw / name
        if path == bids:
            target.write_bytes(path.read_bytes())
        elif path.is_file():
            target.symlink_to(path)
    reasons = [one.reason for one in run_study(study).failed]
    assert sum("is a link to a file outside" in reason for reason in reasons) >= 2, reasons
    study.write_text(study.read_text("utf-8").replace("folder: raw", "folder: raw\n  allow_outside: true"), "utf-8")
    reasons = [one.reason for one in run_study(study).failed]  # as the message says
    assert not any("is a link to a file outside" in reason for reason in reasons), reasons


def test_a_header_cannot_name_a_file_elsewhere(tmp_path):
    pytest.importorskip("wfdb")
    (tmp_path / "secret.dat").write_bytes(b"\1\2" * 4000)
    for name in ("../../secret.dat", str(tmp_path / "secret.dat")):
        study = listed(tmp_path / re.sub(r"\W", "", name)[:20], ["evil.hea;lunge"])
        (study.parent / "raw" / "evil.hea").write_text(f"evil 1 1000 4000\n{name} 16 200/mV 16 0 0 0 0 GMAX\n")
        failed = [one for one in run_study(study).failed if one.what == "recording"]
        assert [one.name for one in failed] == ["raw/evil.hea"]


def test_hdf5_links_are_not_followed(tmp_path):
    with h5py.File(tmp_path / "secret.h5", "w") as secret:
        secret["emg"] = np.full((2, 4000), 4711.0)
    study = listed(tmp_path / "study", [f"evil{number}.h5;lunge" for number in range(4)])
    raw = study.parent / "raw"
    for number in range(4):
        with h5py.File(raw / f"evil{number}.h5", "w") as file:
            _evil(file, number, tmp_path / "secret.h5")
    failed = run_study(study).failed
    assert {one.name for one in failed if one.what == "recording"} == {f"raw/evil{number}.h5" for number in range(4)}


def _evil(file: h5py.File, number: int, secret: Path) -> None:
    file.attrs["sampling_rate"] = 1000.0
    if number == 0:
        file["emg"] = h5py.ExternalLink(secret, "/emg")
    elif number == 1:
        file["inner"] = h5py.ExternalLink(secret, "/")
        file["emg"] = h5py.SoftLink("/inner/emg")
    elif number == 2:
        layout = h5py.VirtualLayout((2, 4000), "f8")
        layout[:] = h5py.VirtualSource(secret, "emg", (2, 4000))
        file.create_virtual_dataset("emg", layout)
    else:
        file.create_dataset("emg", (2, 4000), "f8", external=[(str(secret), 0, 64000)])


# --- texts


class Page(html.parser.HTMLParser):
    """Collects the tags of a page, and attributes that would act."""

    def __init__(self) -> None:
        super().__init__()
        self.odd: list[str] = []

    def handle_starttag(self, tag, attrs):
        acting = [name for name, _ in attrs if name.startswith("on")]
        elsewhere = [value for name, value in attrs if name in ("src", "href") and value and value.startswith("x")]
        self.odd += [tag] * bool(acting or elsewhere)


@pytest.fixture(scope="module")
def evil_study(tmp_path_factory) -> Path:
    """Run a small study with the worst texts in labels, levels, comments, titles and names."""
    folder = tmp_path_factory.mktemp("evil")
    study = write_small_study(folder, participants=2)
    raw = folder / "raw"
    label = EVIL.replace('"', "")
    for path in raw.iterdir():
        text = path.read_text("utf-8").replace("BF (uV)", f'"{label} (uV)"')
        path.write_text(text, "utf-8")
    rows = ["participant;file;role;target;exercise;head_position;mood;comment"]
    for path in sorted(raw.glob("*.csv")):
        person, first, second, *_ = path.stem.split("_")
        is_mvic = first == "mvic"
        what = f"mvic;{second};;" if is_mvic else f"task;;{first};neutral"
        rows.append(f"{person};{path.name};{what};{FORMULA}<b>;{FORMULA}<script>alert(1)</script>")
    (raw / "trials.csv").write_text("\n".join(rows), "utf-8")
    text = re.sub(r"  files:\n(    - .*\n)+", "  trials: trials.csv\n", study.read_text("utf-8"))
    text += 'title: "<script>alert(2)</script>"\ndescription: "</style><img src=x onerror=alert(3)>"\n'
    study.write_text(text, "utf-8")
    return study


def test_texts_do_not_act_in_pages_tables_and_terminals(evil_study, capsys):
    main(["run", str(evil_study)])
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text.replace("\r", ""))
    folder = evil_study.parent / "processed" / "small"
    for name in ("report.html", "comparisons.html"):
        page, content = Page(), (folder / name).read_text("utf-8")
        page.feed(content)
        assert page.odd == []
        assert "alert(" not in " ".join(re.findall(r"<script.*?</script>", content, re.DOTALL))
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", content)
    cells = [cell for path in folder.rglob("*.csv") for cell in _cells(path)]
    assert any(cell.startswith(f"'{FORMULA}") for cell in cells)
    assert not [cell for cell in cells if re.match(r"\s*[=@]", cell)]
    assert set(read_table(folder / "metrics.csv")["mood"]) == {f"{FORMULA}<b>"}


def _cells(path: Path) -> list[str]:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return [*table.columns, *(str(cell) for column in table for cell in table[column].unique())]


def test_tables_give_back_the_texts_they_were_given(tmp_path):
    texts = ["=1+1", "'=1", "@x", "+10 kg", "-5", "-2+cmd|' /C calc'!A0", "'quoted'", "plain", "", " =x"]
    table = pd.DataFrame({"group": texts, "=odd": texts, "participant": [f"P{n}" for n in range(len(texts))]})
    write_table(table, tmp_path / "participants.csv")
    assert read_table(tmp_path / "participants.csv").equals(table)
