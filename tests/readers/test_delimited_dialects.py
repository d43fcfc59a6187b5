"""Oddities of text files: cut lines, number rows, thousands, lost samples, tables on their side, device dialects."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers.delimited import DelimitedReader
from emgpipe.readers.parts.tables.options import DelimitedOptions

EMG = np.round(np.sin(np.arange(600) * 0.7) * 100, 3)
HEADER = "time (s),GMAX RT (uV),GMED RT (uV)\n"
ROWS = [f"{i / 1000:.3f},{EMG[i]:.3f},{-EMG[i]:.3f}" for i in range(60)]


@pytest.fixture
def load(tmp_path):
    def write_and_read(text, written_as="utf-8", **options):
        path = tmp_path / "recording.csv"
        path.write_bytes(text.encode(written_as))
        return DelimitedReader().read(path, DelimitedOptions(**options))

    return write_and_read


def kinds(recording):
    return {finding.kind for finding in recording.findings}


def check(recording, n=60):
    assert recording.channels[0].sampling_rate == pytest.approx(1000)
    np.testing.assert_allclose(recording.channels[0].read(), EMG[:n] * 1e-6, rtol=1e-12)


@pytest.mark.parametrize("written_as", ["utf-8", "utf-16", "utf-16-be", "cp1252"])
def test_whole_last_line_without_line_end(load, written_as):
    recording = load(HEADER + "\n".join(ROWS), written_as)
    check(recording)
    assert not recording.findings


@pytest.mark.parametrize("removed", range(1, 21))
@pytest.mark.parametrize("written_as", ["utf-8", "utf-16"])
def test_cut_last_line(load, removed, written_as):
    text = (HEADER + "\n".join(ROWS))[:-removed]
    recording = load(text, written_as)
    last = text.rsplit("\n", 1)[1].split(",")
    whole = len(last) - 1  # the cell at the end may be shorter than it was
    if not any(last):
        assert not recording.findings
        return
    assert "cut_off" in kinds(recording)
    assert kinds(recording) <= {"cut_off", "unusable_cells"}
    assert recording.channels[0].n_samples == (60 if whole >= 2 else 59)
    check(recording, 60 if whole >= 2 else 59)
    second = recording.channels[1].read()
    np.testing.assert_allclose(second[:59], -EMG[:59] * 1e-6)
    assert np.isnan(second[59:]).all()


def test_cut_last_line_that_is_no_number_any_more(load):
    recording = load(HEADER + "\n".join(ROWS)[: -len(ROWS[-1])] + "-")
    check(recording, 59)
    assert kinds(recording) == {"cut_off"}


def test_cut_single_column(load):
    text = "Sampling rate: 1000 Hz\nEMG (uV)\n" + "\n".join(f"{value:.3f}" for value in EMG)
    recording = load(text[:-2])
    check(recording, 599)
    assert kinds(recording) == {"cut_off"}
    check(load(text), 600)


def test_numbers_of_any_length_are_not_taken_as_cut(load):
    rows = [f"{i / 1000},{value}" for i, value in enumerate([0.125, 0.25, 0.5, 1.0] * 20)]
    assert not load("time,EMG (uV)\n" + "\n".join([*rows, "0.08,2", ""])).findings
    assert kinds(load("time,EMG (uV)\n" + "\n".join([*rows, "0.08,2"]))) == {"last_cell_doubtful"}


@pytest.mark.parametrize(
    "above",
    ["time,A,B\ns,uV,uV\n1,2,3\n", "time,A,B\ns,uV,uV\n0,1,2\n", "1,2,3\n", "0,1,2\n"],
)
def test_row_of_column_numbers(load, above):
    recording = load(above + "\n".join(ROWS), unit="uV")
    check(recording)
    assert kinds(recording) == {"number_row"}


def test_row_of_column_numbers_above_numbered_rows(load):
    text = ",0,1,2\n" + "\n".join(f"{i},{row}" for i, row in enumerate(ROWS))
    recording = load(text, unit="uV")
    check(recording)
    assert kinds(recording) == {"number_row", "counter_column"}


@pytest.mark.parametrize(
    "rows", [["0,1,2", "1,3,5", "2,512,510"], ["1,2,3", "2,3,4", "3,4,5"], ["0,1,2", "1,512,510", "2,511,508"]]
)
def test_first_samples_that_happen_to_count_are_kept(load, rows):
    counts = [f"{i},{500 + i % 7},{400 + i % 5}" for i in range(3, 60)]
    recording = load("ms,A,B\n" + "\n".join([*rows, *counts]))
    assert recording.channels[0].n_samples == 60
    assert "number_row" not in kinds(recording)


def test_thousands_between_quotes(load):
    values = 900 + 20.5 * np.arange(60)
    rows = [f'{i / 1000:.3f},"{value:,.1f}"' for i, value in enumerate(values)]
    np.testing.assert_allclose(load("time (s),EMG (uV)\n" + "\n".join(rows)).channels[0].read(), values * 1e-6)


@pytest.mark.parametrize("separator", [".", "\u00a0", "\u202f", "'"])
def test_thousands_and_decimal_comma(load, separator):
    values = 900 + 20.5 * np.arange(60)
    rows = [f"{value:,.1f}".replace(",", "_").replace(".", ",").replace("_", separator) for value in values]
    text = "Zeit (s);EMG (uV)\n" + "\n".join(f"{i / 1000:.3f};{v}".replace("0.", "0,") for i, v in enumerate(rows))
    np.testing.assert_allclose(load(text).channels[0].read(), values * 1e-6)


def test_thousands_that_may_be_decimals_are_not_guessed(load):
    values = [f"{900 + 20 * i:,}".replace(",", ".") for i in range(60)]
    rows = [f"0,{i:03d};{value};3,5" for i, value in enumerate(values)]
    recording = load("Zeit (s);EMG (uV);Winkel (deg)\n" + "\n".join(rows))
    samples = recording.channels[0].read()
    assert samples.size == 60
    np.testing.assert_allclose(samples[:5], (900 + 20 * np.arange(5)) * 1e-6)
    assert np.isnan(samples[5:]).all()
    found = next(finding for finding in recording.findings if finding.kind == "unusable_cells")
    assert "'1.000'" in found.reason
    assert "separators of thousands" in found.remedy


@pytest.mark.parametrize("lost", [[300], [300, 450], [100, 101], [100, 200, 350, 400], [500, 520, 530]])
@pytest.mark.parametrize("rate", [1000, 500])
def test_lost_samples_in_time_printed_exactly(load, lost, rate):
    kept = [i for i in range(600) if i not in lost]
    recording = load("time (s),EMG (uV)\n" + "\n".join(f"{i / rate:.3f},{EMG[i]}" for i in kept))
    found = next(finding for finding in recording.findings if finding.kind == "time_gaps")
    assert found.value == pytest.approx(len(lost) / rate)
    assert recording.channels[0].sampling_rate == pytest.approx(rate)


@pytest.mark.parametrize("rate", [999.87, 999.9])
def test_one_odd_step_is_said(load, rate):
    rows = [f"{i / rate:.3f},{EMG[i % 600]}" for i in range(9000)]
    assert kinds(load("time (s),EMG (uV)\n" + "\n".join([*rows, ""]))) == {"time_gaps"}


@pytest.mark.parametrize(
    ("line", "rate"),
    [("Fréquence d'échantillonnage : 1000 Hz", 1000), ("Fréquence d\u2019échantillonnage (Hz);1000", 1000),
     ("Fre\u0301quence d'e\u0301chantillonnage: 1000", 1000), ("# Frecuencia de muestreo: 1500 Hz", 1500),
     ("Frequenza di campionamento = 2 kHz", 2000), ("Abtastrate: 1000", 1000), ("Abtastfrequenz [Hz]: 1000", 1000),
     ("Sample rate: 1259,259 Hz", 1259.259), ("Taux d'échantillonnage: 2000", 2000),
     ("Frequência de amostragem: 1000 Hz", 1000), ("Tasa de muestreo: 1000", 1000)],
)  # fmt: skip
def test_rates_in_other_languages(load, line, rate):
    rows = [f"{value};{i / 7:.3f}" for i, value in enumerate(EMG)]
    assert load("\n".join([line, "EMG (mV);angle (deg)", *rows])).channels[0].sampling_rate == rate


LYING = [f"{i / 1000:.3f}" for i in range(600)], [f"{value:.3f}" for value in EMG]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(("first", "second"), [([], []), (["time (s)"], ["GMAX (uV)"]), (["t", "s"], ["GMAX", "uV"])])
def test_table_on_its_side(load, first, second, delimiter):
    text = "\n".join(delimiter.join([*lead, *cells]) for lead, cells in zip((first, second), LYING, strict=True))
    recording = load(text, unit="uV")
    check(recording, 600)
    assert len(recording.channels) == 1
    assert recording.channels[0].label == (second[0] if second else "column 2")
    assert kinds(recording) == {"transposed"}


def test_rows_longer_than_a_piece(load):
    values = np.sin(np.arange(200_000) * 0.7)
    text = "\n".join(["time," + ",".join(f"{i / 2000:.4f}" for i in range(200_000)),
                      "EMG (mV)," + ",".join(f"{value:.5f}" for value in values)])  # fmt: skip
    recording = load(text)
    assert recording.channels[0].sampling_rate == pytest.approx(2000)
    np.testing.assert_allclose(recording.channels[0].read(), values * 1e-3, atol=6e-9)


def test_rows_without_names_and_time_are_not_guessed(load):
    text = "\n".join(",".join(cells) for cells in (LYING[1], LYING[1][::-1]))
    with pytest.raises(ReadError, match=r"600 columns and 2 rows: it lies on its side; .*state sampling_rate"):
        load(text)
    recording = load(text, sampling_rate=1000, unit="uV")
    check(recording, 600)
    assert recording.labels == ("column 1", "column 2")


def test_recognized_on_its_side(tmp_path):
    from emgpipe.readers.base import Head

    path = tmp_path / "lying.txt"
    path.write_text("\n".join(",".join(cells * 40) for cells in LYING))
    assert DelimitedReader().recognize(Head.of(path)) == "text with a row of numbers per channel"


def test_headerless_milliseconds(load):
    recording = load("".join(f"{2 * i},{512 + int(value)}\n" for i, value in enumerate(EMG)))
    assert recording.channels[0].sampling_rate == 500
    assert kinds(recording) == {"time_unit_guessed", "unknown_unit"}


def test_headerless_uneven_milliseconds(load):
    stamps = np.cumsum(np.random.default_rng(1).integers(3, 7, 600))
    recording = load("\n".join(f"{stamp},{512 + int(value)}" for stamp, value in zip(stamps, EMG, strict=True)))
    assert recording.labels == ("column 2",)
    assert recording.channels[0].sampling_rate == pytest.approx(599 / (stamps[-1] - stamps[0]) * 1000, rel=0.01)
    assert "time_unit_guessed" in kinds(recording)


SHIMMER = ["Shimmer_68ED_Timestamp_Unix_CAL", "Shimmer_68ED_EMG_CH1_24BIT_CAL", "Shimmer_68ED_Accel_LN_X_CAL",
           "Shimmer_68ED_Gyro_X_CAL", "Shimmer_68ED_ECG_EMG_Status1_CAL", ""]  # fmt: skip
SHIMMER_UNITS = ["ms", "mV", "m/(s^2)", "deg/s", "no_units", ""]


@pytest.mark.parametrize(("delimiter", "first"), [("\t", '"sep=\t"'), ("\t", '"sep=\\t"'), (",", '"sep=,"')])
def test_shimmer(load, delimiter, first):
    rows = [
        [f"{1.69e12 + i * 1.953125:.6f}", f"{v / 100:.6f}", "9.80665", "0.5", "128.0", ""] for i, v in enumerate(EMG)
    ]
    text = "\n".join([first, *(delimiter.join(cells) for cells in (SHIMMER, SHIMMER_UNITS, *rows)), ""])
    recording = load(text)
    assert list(recording.labels) == SHIMMER[1:-1]
    assert [c.kind for c in recording.channels] == ["emg", "acceleration", "angular_velocity", "trigger"]
    assert [c.unit for c in recording.channels] == ["V", "g", "deg/s", "unknown"]
    assert recording.channels[0].sampling_rate == pytest.approx(512, rel=1e-6)
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-5, atol=1e-9)
    np.testing.assert_allclose(recording.channels[1].read(), 1.0)


@pytest.mark.parametrize("filled", [True, False])
def test_ragged_columns_of_datalog(load, filled):
    above = "Biometrics DataLOG\nSample rate: 1000 Hz\n\nRF\tBF\tVM\tST\tFX\nmV\tmV\tmV\tmV\tdegrees\n"
    rows = []
    for i, value in enumerate(EMG):
        cells = [f"{value / 1000:.4f}", f"{-value / 1000:.4f}", "0.0015", "0.0030"]
        cells += [f"{i % 60:.1f}"] if i < 570 else [""] * filled
        rows.append("\t".join(cells))
    recording = load(above + "\n".join(rows) + "\n")
    assert recording.labels == ("RF", "BF", "VM", "ST", "FX")
    assert {(c.sampling_rate, c.n_samples) for c in recording.channels} == {(1000.0, 600)}
    assert (recording.channels[4].kind, recording.channels[4].unit) == ("angle", "deg")
    assert np.isnan(recording.channels[4].read()).sum() == 30
    np.testing.assert_allclose(recording.channels[0].read(), [float(row.split("\t")[0]) * 1e-3 for row in rows])
    assert kinds(recording) == {"unusable_cells"}


def test_text_at_the_end_of_a_column_is_no_slower_channel(load):
    rows = [f"{i / 1000:.3f},{EMG[i]:.3f},{5 if i < 100 else 'OL'}" for i in range(600)]
    recording = load("time (s),EMG (uV),angle (deg)\n" + "\n".join(rows))
    angle = recording.channels[1]
    assert (angle.sampling_rate, angle.n_samples) == (pytest.approx(1000), 600)
    assert "slower_columns" not in kinds(recording)
