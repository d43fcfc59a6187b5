"""WFDB records of PhysioNet: a text header (``.hea``), signal files (``.dat``) and annotations (``.atr``).

The package `wfdb` parses header and annotations and is the oracle in the tests; samples are read and scaled by
`blocks`, because the package reads all channels of a record at once. Comments in the header (age, sex, diagnoses) go
nowhere unless `keep_personal_data` is set. The layout follows https://physionet.org/physiotools/wag/header-5.htm and
signal-5.htm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from emgpipe.errors import ReadError
from emgpipe.model import Acquisition, Channel, Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.labels import listed, scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.wfdb.annotations import read_annotations
from emgpipe.readers.parts.wfdb.example import wfdb_example
from emgpipe.readers.parts.wfdb.header import WfdbHeader, WfdbSignal, header_lines, looks_like_header, read_header
from emgpipe.readers.parts.wfdb.signals import make_loaders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class WfdbOptions(ReaderOptions):
    """What can be stated about WFDB records."""

    kind: Literal["wfdb"] = "wfdb"
    annotator: str = "atr"
    """Ending of the annotation file whose annotations become events."""


class WfdbReader(Reader):
    """WFDB records: formats 8, 16, 24, 32, 61, 80, 160, 212, 310 and 311, one segment."""

    name = "wfdb"
    title = "WFDB (PhysioNet)"
    extensions = (".hea",)
    Options = WfdbOptions

    def recognize(self, head: Head) -> str | None:
        """Accept a record line with signal lines behind it, or a signal file whose header lies beside it."""
        if head.path.suffix.lower() == ".dat" and _header_of(head.path) is not None:
            return "a signal file of the WFDB header beside it"
        if b"\x00" in head.data:
            return None
        lines = header_lines(head.data.decode("utf-8", errors="replace"))
        is_named = head.path.suffix.lower() == ".hea"
        return "begins with a WFDB record line" if looks_like_header(lines, is_named=is_named) else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the signals; each has its own rate, the frame rate times its samples per frame."""
        if path.suffix.lower() == ".dat":
            header_path = _header_of(path) or path.with_suffix(".hea")
            raise ReadError(f"this holds samples only; open its header {header_path.name}", path=path, reader=self.name)
        header = read_header(path)
        n_frames, loaders, findings = make_loaders(header, path)
        labels, notes = unique_labels([signal.label for signal in header.signals])
        channels = tuple(
            _channel(header, signal, label, n_frames * signal.per_frame, loader)
            for signal, label, loader in zip(header.signals, labels, loaders, strict=True)
        )
        annotator = options.annotator if isinstance(options, WfdbOptions) else "atr"
        duration = n_frames / header.frame_rate
        events, doubts = read_annotations(path.with_suffix(f".{annotator}"), header.frame_rate, duration)
        unknown = unknown_units(channels, "write the unit behind the gain in the header (200/mV)")
        findings = [*header.findings, *findings, *notes, *doubts, *_scaling(header.signals, labels), *unknown]
        comments = tuple(("comment", line) for line in header.comments)
        return Recording(
            channels,
            Source(path, self.name, "WFDB header"),
            events,
            Acquisition(start_time=header.start_time),
            tuple(findings),
            comments if options.keep_personal_data else (),
        )

    def example(self) -> dict[str, bytes]:
        """Return a record of two signals of different rates and one annotation."""
        return wfdb_example()

    def companions(self, path: Path, options: ReaderOptions | None = None) -> tuple[Path, ...]:
        """Return the signal files that the header names and the annotation file of the record."""
        annotations = {".atr", f".{options.annotator}" if isinstance(options, WfdbOptions) else ".atr"}
        try:
            lines = header_lines(path.read_text("utf-8", errors="replace"))
            names = {line.split()[0] for line in lines[1:]}
            beside = sorted(entry for entry in path.parent.iterdir() if entry != path)
        except OSError:
            return ()
        return tuple(
            entry
            for entry in beside
            if entry.name in names or (entry.stem == path.stem and entry.suffix in annotations)
        )


def _header_of(path: Path) -> Path | None:
    """Return the header beside a signal file that names it, if there is one."""
    header = path.with_suffix(".hea")
    try:
        lines = header_lines(header.read_text("utf-8", errors="replace")) if header.is_file() else []
    except OSError:
        return None
    named = any(line.split()[0] == path.name for line in lines[1:])
    return header if named and looks_like_header(lines, is_named=True) else None


def _channel(header: WfdbHeader, signal: WfdbSignal, label: str, n_samples: int, loader: object) -> Channel:
    unit = scaling_to_base(signal.units)[0] if signal.gain else "counts"
    rate = header.frame_rate * signal.per_frame
    return Channel(label, rate, unit, guess_kind(label, unit), n_samples, loader)  # type: ignore[arg-type]


def _scaling(signals: Sequence[WfdbSignal], labels: Sequence[str]) -> list[Finding]:
    without = [label for signal, label in zip(signals, labels, strict=True) if not signal.gain]
    if not without:
        return []
    reason = f"no gain is stated for {listed(without)}; given as stored counts"
    return [make_finding("scale_missing", "warn", reason, "write the gain into the header (200/mV)")]
