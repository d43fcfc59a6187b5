"""C3D, the file of motion-capture systems: EMG is among its ANALOG channels.

The package `c3d` parses header and parameters; its checks that two parameters agree to the last bit are left out,
because real files fail them, and so is its sample reader, which goes frame by frame. Samples are read and scaled by
`blocks`. Names of subjects go nowhere unless `keep_personal_data` is set. The layout follows the C3D user guide,
https://www.c3d.org.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from emgpipe.errors import ReadError
from emgpipe.model import Acquisition, Channel, Event, Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.blocks.blocks import Block, Column, item_size
from emgpipe.readers.parts.blocks.loader import BlockLoader
from emgpipe.readers.parts.c3d.example import c3d_example
from emgpipe.readers.parts.c3d.frames import count_frames
from emgpipe.readers.parts.c3d.header import C3dHeader, read_header

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = 80
"""Second byte of every C3D file."""


class C3dOptions(ReaderOptions):
    """What can be stated about C3D files: nothing of their own, they describe themselves."""

    kind: Literal["c3d"] = "c3d"


class C3dReader(Reader):
    """C3D: Intel, DEC and MIPS byte orders; integer (signed, unsigned) and float samples."""

    name = "c3d"
    title = "C3D"
    extensions = (".c3d",)
    Options = C3dOptions

    def recognize(self, head: Head) -> str | None:
        """Accept the magic byte, a plausible parameter pointer and a known processor type behind it."""
        if len(head.data) < 2 or head.data[1] != MAGIC or not head.data[0]:
            return None
        section = (head.data[0] - 1) * 512
        if len(head.data) >= section + 4:
            processor = head.data[section + 3]
            return f"C3D magic number and processor type {processor}" if processor in {84, 85, 86} else None
        # Cut off before the parameters. "%PDF" and PNG images also have a 'P' there, but no small number before it.
        return "C3D magic number" if head.data[0] < 9 else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the analog channels; events count from the first frame in the file, as the channels do."""
        header = read_header(path)
        if not header.n_channels:
            raise ReadError("holds marker positions only, no analog channel", path=path, reader=self.name)
        n_frames, findings = count_frames(header, path)
        labels, notes = unique_labels(header.labels)
        channels = _channels(header, path, n_frames, labels)
        events, outside = _events(header, n_frames)
        return Recording(
            channels,
            Source(path, self.name, "C3D magic number"),
            events,
            Acquisition(device=header.device),
            (*header.findings, *findings, *notes, *outside, *unknown_units(channels, "set ANALOG:UNITS on export")),
            tuple(("subject", name) for name in header.subjects) if options.keep_personal_data else (),
        )

    def example(self) -> dict[str, bytes]:
        """Return a small Intel float file."""
        return {"example.c3d": c3d_example()}


def _channels(header: C3dHeader, path: Path, n_frames: int, labels: list[str]) -> tuple[Channel, ...]:
    size = item_size(header.dtype)
    scaled = [scaling_to_base(unit) for unit in header.units]
    columns = tuple(
        Column(
            first=(4 * header.n_points + index) * size,
            stride=header.n_channels * size,
            per_frame=header.per_frame,
            dtype=header.dtype,
            scale=header.scales[index] * factor,
            zero=header.offsets[index],
        )
        for index, (_, factor) in enumerate(scaled)
    )
    block = Block(path, "c3d", header.data_start, header.frame_bytes, n_frames, columns)
    n_samples = n_frames * header.per_frame
    return tuple(
        Channel(label, header.sampling_rate, unit, guess_kind(label, unit), n_samples, BlockLoader(block, index))
        for index, (label, (unit, _)) in enumerate(zip(labels, scaled, strict=True))
    )


def _events(header: C3dHeader, n_frames: int) -> tuple[tuple[Event, ...], list[Finding]]:
    # EVENT:TIMES count from frame 1 of the trial, which a cropped file no longer holds.
    begin = (header.first_frame - 1) / header.frame_rate
    events = tuple(Event(label, time - begin) for label, time in header.events)
    duration = n_frames / header.frame_rate
    outside = [event for event in events if not -0.5 <= event.start * header.frame_rate <= duration * header.frame_rate]
    if not outside:
        return events, []
    reason = f"{len(outside)} of {len(events)} events lie outside the recording of {duration:.3f} s"
    return events, [make_finding("events_outside", "warn", reason, "check the events before using them")]
