"""EDF, EDF+, BDF and BDF+: the exchange formats of physiology.

The header is fixed-width text and short, so it is parsed here (`edf_header`): libraries also validate fields that
emgpipe never uses (dates, patient codes) and refuse real files for them. `pyedflib` and `edfio` are the oracles in
the tests. Names, birth date and sex stand in fields that are not read at all.

Kemp et al. 1992, https://doi.org/10.1016/0013-4694(92)90009-7; Kemp and Olivan 2003 (EDF+); https://www.biosemi.com
(BDF).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Acquisition, Channel, Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.blocks import Block, BlockLoader
from emgpipe.readers.edf_annotations import Annotations, read_annotations
from emgpipe.readers.edf_example import edf_example
from emgpipe.readers.edf_header import EdfHeader, EdfSignal, read_header
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST_GAP = 100.0
"""A file that claims more missing than recorded time by this factor (and over a day) is taken as damaged."""


class EdfOptions(ReaderOptions):
    """What can be stated about EDF and BDF files: nothing yet, they describe themselves."""

    kind: Literal["edf"] = "edf"


class EdfReader(Reader):
    """EDF, EDF+C, EDF+D, BDF, BDF+: a rate per signal, annotations as events, gaps kept."""

    name = "edf"
    title = "EDF/BDF"
    extensions = (".edf", ".bdf", ".rec")
    Options = EdfOptions

    def recognize(self, head: Head) -> str | None:
        """Accept the version field and a header size that is a number."""
        if head.data.startswith(b"\xffBIOSEMI"):
            return "begins with the BioSemi (BDF) signature"
        if head.data.startswith(b"0       ") and (len(head.data) < 192 or head.data[184:192].strip().isdigit()):
            return "begins with the EDF version field"
        return None

    def read(self, path: Path, options: ReaderOptions) -> Recording:  # noqa: ARG002 - EDF has no options
        """Return the ordinary signals as channels; times count from the first data record."""
        header = read_header(path)
        annotations = read_annotations(header, path)
        findings = [*header.findings, *annotations.findings]
        signals = [signal for signal in header.signals if not signal.is_annotation and signal.per_record]
        labels, notes = unique_labels([signal.label for signal in signals])
        timeline = _timeline(header, annotations, path, findings)
        channels = tuple(
            _channel(header, path, signal, label, timeline) for signal, label in zip(signals, labels, strict=True)
        )
        findings += [*notes, *_scaling_findings(signals), *_empty(header)]
        findings += unknown_units(channels, "write the physical dimension (uV, mV) into the header on export")
        filters = "; ".join(dict.fromkeys(signal.prefilter for signal in signals if signal.prefilter))
        return Recording(
            channels,
            Source(path, self.name, header.version),
            annotations.events,
            Acquisition(start_time=header.start_time, hardware_filters=filters),
            tuple(findings),
        )

    def example(self) -> dict[str, bytes]:
        """Return a small EDF+C file: two EMG signals of different rates and one annotation."""
        return {"example.edf": edf_example()}


@dataclass(frozen=True, slots=True)
class GapLoader:
    """Spread the records of an interrupted recording over its timeline; NaN between them.

    Attributes
    ----------
    recorded : BlockLoader
        Loads the samples as stored, without gaps.
    starts : tuple of int
        Index on the timeline of the first sample of each record, increasing.
    """

    recorded: BlockLoader
    starts: tuple[int, ...]

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop of the timeline."""
        samples = np.full(max(stop - start, 0), np.nan)
        per_record = self.recorded.per_frame
        first = max(int(np.searchsorted(self.starts, start, side="right")) - 1, 0)
        for record in range(first, len(self.starts)):
            begin = self.starts[record]
            if begin >= stop:
                break
            lower, upper = max(start, begin), min(stop, begin + per_record)
            if lower < upper:
                stored = record * per_record - begin
                samples[lower - start : upper - start] = self.recorded(lower + stored, upper + stored)
        return samples


def _channel(
    header: EdfHeader, path: Path, signal: EdfSignal, label: str, timeline: NDArray[np.float64] | None
) -> Channel:
    unit, factor = scaling_to_base(signal.dimension)
    scale, shift = signal.scaling
    if signal.is_degenerate:
        unit, factor = "counts", 1.0
    loader = BlockLoader(
        Block(path, "edf", header.data_start, header.record_bytes, header.n_records),
        first=signal.offset,
        stride=header.sample_bytes,
        per_frame=signal.per_record,
        dtype="int24" if header.sample_bytes == 3 else "<i2",
        scale=scale * factor,
        shift=shift * factor,
    )
    rate = signal.per_record / header.record_duration
    kind = guess_kind(label, unit)
    if timeline is None:
        return Channel(label, rate, unit, kind, header.n_records * signal.per_record, loader)
    starts = np.round(timeline * rate).astype(np.int64)
    starts = np.maximum.accumulate(starts - np.arange(starts.size) * signal.per_record)
    starts += np.arange(starts.size) * signal.per_record  # rounding never makes records overlap
    n_samples = int(starts[-1]) + signal.per_record
    return Channel(label, rate, unit, kind, n_samples, GapLoader(loader, tuple(starts.tolist())))


def _timeline(
    header: EdfHeader, annotations: Annotations, path: Path, findings: list[Finding]
) -> NDArray[np.float64] | None:
    """Return the records' start times where the recording was interrupted, None where it was not."""
    if not header.is_interrupted or not header.n_records:
        return None
    if annotations.record_starts is None:
        reason = "an interrupted recording (EDF+D) without the times of its records; read as if there were no gaps"
        findings.append(make_finding("time_gaps", "fail", reason, "export the file again"))
        return None
    starts: NDArray[np.float64] = annotations.record_starts - annotations.record_starts[0]
    gaps = np.diff(starts) - header.record_duration
    if (gaps < -1e-3 * header.record_duration).any():
        raise DamagedFileError("its data records overlap in time; export it again", path=path, reader="edf")
    recorded = header.n_records * header.record_duration
    if starts[-1] > MOST_GAP * recorded and starts[-1] > 86400:
        message = f"claims {starts[-1]:.0f} s of time for {recorded:.0f} s of data; the record times are damaged"
        raise DamagedFileError(message, path=path, reader="edf")
    real = gaps > 1e-3 * header.record_duration
    if not real.any():
        return None
    reason = f"the recording was interrupted {int(real.sum())} times, {gaps[real].sum():.3f} s are missing (NaN)"
    findings.append(
        make_finding(
            "time_gaps", "warn", reason, "use trials between the gaps", value=float(gaps[real].sum()), unit="s"
        )
    )
    return starts


def _scaling_findings(signals: list[EdfSignal]) -> list[Finding]:
    degenerate = [signal.label for signal in signals if signal.is_degenerate]
    if not degenerate:
        return []
    reason = f"minimum and maximum in the header are equal for {', '.join(degenerate)}; given as stored counts"
    return [make_finding("scale_missing", "fail", reason, "export the file again")]


def _empty(header: EdfHeader) -> list[Finding]:
    if header.n_records:
        return []
    return [make_finding("no_samples", "fail", "the file has a header but no data records", "export it again")]
