"""Every row of the references: met to 1e-6, or left out for a reason that is written here."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from emgpipe.errors import UnknownFormatError
from emgpipe.readers import READERS, read
from emgpipe.readers.parts.tables.options import DelimitedOptions
from tests.conftest import DATA

RELATIVE = 1e-6
LEFT_OUT = {
    "bts_tdf/gait9.tdf": "BTS binary has no reader yet",
    "xdf/clock_resets.xdf": "XDF has no reader yet; it holds no EMG",
    "xdf/minimal.xdf": "XDF has no reader yet; it holds no EMG",
    "brainvision/sub-01_ses-eeg_task-rest_eeg.vhdr": "BrainVision has no reader yet; it holds no EMG",
    "brainvision/sub-01_ses-eeg_task-rest_eeg.vmrk": "part of the BrainVision recording",
    "brainvision/sub-01_ses-eeg_task-rest_eeg.eeg": "part of the BrainVision recording",
    "opensignals_h5/emg_bursts_info.json": "describes the HDF5 file beside it",
    "opensignals_h5/emg_fatigue_info.json": "describes the HDF5 file beside it",
    "wfdb/emg_healthy.dat": "the samples of emg_healthy.hea",
}
"""Files of which nothing is compared, and why; each must then be refused or be no recording of its own."""
READ_FROM = {"rdata/RAW_DATA.RData": "rdata/ID0012_TW_01_emg.derived.csv"}
"""R's own format has no reader; the same table as text is beside it."""
OPTIONS = {
    "rdata": [DelimitedOptions(unit="uV")],
    "myo_csv": [DelimitedOptions(sampling_rate=200)],
}
FACTORS = {"mV": 1e-3, "uV": 1e-6, "V": 1.0}
MIXED = {"c3d": 1.0, "edf_bdf": 1e-6, "delsys_emgworks_csv": 1.0, "labchart_txt": 1e-3}
"""What turns the figures of rows with several units, or a unit in words, into emgpipe's."""


def rows() -> list[dict]:
    path = DATA / "references.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


def options(name: str, row: dict):
    counts = [reader.Options(counts=True) for reader in READERS if "counts" in reader.Options.model_fields]
    if name.startswith("openbci"):
        return [*counts, DelimitedOptions(units=dict.fromkeys(row["reference"], "uV"))]
    return [*counts, *OPTIONS.get(name.partition("/")[0], [])]


def factor(row: dict) -> float:
    units = row["units"] or [""]
    folder = row["file"].partition("/")[0]
    return FACTORS.get(units[0], 1.0) if len(units) == 1 and units[0] in FACTORS else MIXED.get(folder, 1.0)


def channel_of(recording, key: str, order: int):
    """Return the channel a figure is about: by its place, its label, the end of its label, or the order of the rows."""
    if place := re.match(r"\[(\d+)\]", key):
        return recording.channels[int(place[1])]
    for fits in (str.__eq__, lambda label, wanted: label.endswith((f".{wanted}", f"_{wanted}"))):
        like = [channel for channel in recording.channels if fits(channel.label, key)]
        if len(like) == 1:
            return like[0]
    return recording.channels[order]


@pytest.mark.parametrize("row", [row for row in rows() if row["file"] not in LEFT_OUT], ids=lambda row: row["file"])
def test_figures_are_met(row):
    name = READ_FROM.get(row["file"], row["file"])
    recording = read(DATA / name, options(name, row))
    assert row["reference"]
    for order, (key, figures) in enumerate(row["reference"].items()):
        channel = channel_of(recording, key, order)
        samples, to_base = channel.read(), factor(row)
        if isinstance(row["fs"], float):
            assert channel.sampling_rate == pytest.approx(row["fs"], rel=RELATIVE)
        finite = samples[np.isfinite(samples)]
        rms = figures["rms"] * to_base
        assert finite.size == figures["n"] - figures.get("nan", 0)
        assert finite.mean() == pytest.approx(figures["mean"] * to_base, rel=RELATIVE, abs=RELATIVE * rms)
        assert np.sqrt(np.mean(finite**2)) == pytest.approx(rms, rel=RELATIVE)
        np.testing.assert_allclose(samples[:5], np.array(figures["first5"]) * to_base, rtol=RELATIVE)


@pytest.mark.parametrize("name", [name for name in LEFT_OUT if "no reader" in LEFT_OUT[name]])
def test_what_has_no_reader_is_refused_and_not_read_wrongly(data_folder, name):
    with pytest.raises(UnknownFormatError, match=name.rsplit("/", 1)[1]):
        read(data_folder / name)


def test_every_row_is_met_or_left_out_for_a_reason(data_folder):
    names = {row["file"] for row in json.loads((data_folder / "references.json").read_text("utf-8"))}
    assert set(LEFT_OUT) <= names
    assert len(names - set(LEFT_OUT)) >= 32
