"""EDF and BDF content as a `Recording`: what the readers of plain files and of BIDS datasets share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emgpipe.model import Acquisition, Channel, Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, guess_kind
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.blocks.blocks import Block, Column
from emgpipe.readers.parts.blocks.loader import BlockLoader
from emgpipe.readers.parts.described.edf import with_description
from emgpipe.readers.parts.edf.annotations import read_annotations
from emgpipe.readers.parts.edf.header import EdfHeader, EdfSignal, later, read_header
from emgpipe.readers.parts.edf.timeline import GapLoader, first_samples, record_starts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def edf_signature(head: Head) -> str | None:
    """Say what in the first bytes tells that this is EDF or BDF, or None."""
    if head.data.startswith(b"\xffBIOSEMI"):
        return "begins with the BioSemi (BDF) signature"
    if head.data.startswith(b"0       ") and (len(head.data) < 192 or head.data[184:192].strip().isdigit()):
        return "begins with the EDF version field"
    return None


def dimensions(path: Path) -> dict[str, str]:
    """Return the physical dimension that the header states, by the label of the channel."""
    signals = _ordinary(read_header(path))
    labels, _ = unique_labels([signal.label for signal in signals])
    return {label: signal.dimension for label, signal in zip(labels, signals, strict=True)}


def read_edf(path: Path, *, keep_personal_data: bool = False, units: Mapping[str, str] | None = None) -> Recording:
    """Return the ordinary signals as channels; times count from the first data record.

    Parameters
    ----------
    path : Path
    keep_personal_data : bool
        Return the patient and recording fields of the header.
    units : mapping of str to str, optional
        Units to believe instead of the header's, by label.

    Raises
    ------
    DamagedFileError
        The header is cut off, contradicts itself or declares more than the file holds.
    """
    header = read_header(path)
    annotations = read_annotations(header, path)
    signals = _ordinary(header)
    labels, notes = unique_labels([signal.label for signal in signals])
    if units:
        signals = [
            replace(signal, dimension=units.get(label, signal.dimension))
            for signal, label in zip(signals, labels, strict=True)
        ]
    times, gaps = record_starts(header, annotations.record_starts, path)
    channels = _channels(header, path, signals, labels, times)
    findings = [*header.findings, *annotations.findings, *gaps, *notes, *_scaling_findings(signals), *_empty(header)]
    findings += unknown_units(channels, "write the physical dimension (uV, mV) into the header on export")
    filters = "; ".join(dict.fromkeys(signal.prefilter for signal in signals if signal.prefilter))
    recording = Recording(
        channels,
        Source(path, "edf", header.version),
        annotations.events,
        Acquisition(later(header.start_time, annotations.begin), header.device, hardware_filters=filters),
        tuple(findings),
        header.personal if keep_personal_data else (),
    )
    return with_description(recording, keep_personal_data=keep_personal_data)


def _ordinary(header: EdfHeader) -> list[EdfSignal]:
    return [signal for signal in header.signals if not signal.is_annotation and signal.per_record]


def _channels(
    header: EdfHeader,
    path: Path,
    signals: list[EdfSignal],
    labels: list[str],
    times: NDArray[np.float64] | None,
) -> tuple[Channel, ...]:
    columns = tuple(_column(header, signal) for signal in signals)
    block = Block(path, "edf", header.data_start, header.record_bytes, header.n_records, columns)
    channels = []
    for index, (signal, label) in enumerate(zip(signals, labels, strict=True)):
        unit = "counts" if signal.is_degenerate else scaling_to_base(signal.dimension)[0]
        loader: BlockLoader | GapLoader = BlockLoader(block, index)
        rate, n_samples = signal.per_record / header.record_duration, header.n_records * signal.per_record
        if times is not None:
            starts = first_samples(times, rate, signal.per_record)
            loader, n_samples = GapLoader(BlockLoader(block, index), starts), starts[-1] + signal.per_record
        channels.append(Channel(label, rate, unit, guess_kind(label, unit), n_samples, loader))
    return tuple(channels)


def _column(header: EdfHeader, signal: EdfSignal) -> Column:
    factor = 1.0 if signal.is_degenerate else scaling_to_base(signal.dimension)[1]
    scale, shift = signal.scaling
    dtype = "int24" if header.sample_bytes == 3 else "<i2"
    return Column(
        signal.offset, header.sample_bytes, signal.per_record, dtype, scale=scale * factor, shift=shift * factor
    )


def _scaling_findings(signals: list[EdfSignal]) -> list[Finding]:
    findings = []
    degenerate = [signal.label for signal in signals if signal.is_degenerate]
    if degenerate:
        reason = f"minimum and maximum in the header are equal for {', '.join(degenerate)}; given as stored counts"
        findings.append(make_finding("scale_missing", "fail", reason, "export the file again"))
    inverted = [signal.label for signal in signals if signal.digital_max < signal.digital_min]
    if inverted:
        reason = f"the digital maximum lies below the minimum for {', '.join(inverted)}; scaled as the header says"
        remedy = "compare the sign of the signal with the recording software"
        findings.append(make_finding("scale_inverted", "warn", reason, remedy))
    return findings


def _empty(header: EdfHeader) -> list[Finding]:
    if header.n_records:
        return []
    return [make_finding("no_samples", "fail", "the file has a header but no data records", "export it again")]
