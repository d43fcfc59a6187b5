"""``emgpipe convert IN OUT``: a recording in another format, nothing lost in silence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands
    from emgpipe.model import Finding
    from emgpipe.writers.conversion import Conversion

ENDINGS = "OUT ends in .csv, .edf (EDF+, 16 bits), .bdf (BDF+, 24 bits), .h5 or .hdf5, or .mat"
SHOWN = 8
"""Findings of one kind that are printed."""


def add(commands: Commands) -> None:
    """Declare the command."""
    convert = commands.add_parser(
        "convert",
        help="write a recording as CSV, EDF+, BDF+, HDF5 or MAT",
        description="Write a recording in another format; says what the format cannot hold as it was.",
        epilog=f"{ENDINGS}. Exit codes: 0 written, 2 nothing was written.",
    )
    convert.add_argument("source", metavar="IN", type=Path, help="a recording: file or folder")
    convert.add_argument("target", metavar="OUT", type=Path, help="the file to write; its ending chooses the format")
    convert.add_argument("--force", action="store_true", help="replace OUT if it is there")
    convert.add_argument(
        "--keep-personal-data", action="store_true", help="write names, birth dates and the like too, if IN has them"
    )
    convert.set_defaults(command=_convert)


def _convert(given: argparse.Namespace) -> int:
    from emgpipe.reading import read_supervised
    from emgpipe.writers.conversion import convert

    done = convert(
        given.source,
        given.target,
        force=given.force,
        keep_personal_data=given.keep_personal_data,
        read=read_supervised,
    )
    for line in _lines(done):
        print(line)
    return EXIT_OK


def _lines(done: Conversion) -> list[str]:
    recording, size = done.recording, done.path.stat().st_size
    events = f", {len(recording.events)} events" if recording.events else ""
    lines = [
        f"{recording.source.path} ({recording.source.reader}): {len(recording.channels)} channels{events}",
        f"-> {done.path} ({done.writer.title}), {size / 1e6:.1f} MB",
    ]
    if not done.findings:
        return [*lines, "everything is in it as it was"]
    return [*lines, "not in it as it was:", *_finding_lines(done.findings)]


def _finding_lines(findings: tuple[Finding, ...]) -> list[str]:
    lines: list[str] = []
    for kind in dict.fromkeys(finding.kind for finding in findings):
        alike = [finding for finding in findings if finding.kind == kind]
        for finding in alike[:SHOWN]:
            where = f"'{finding.channel}': " if finding.channel else ""
            remedy = f" ({finding.remedy})" if finding.remedy else ""
            lines.append(f"  {finding.level}: {where}{finding.reason}{remedy}")
        if len(alike) > SHOWN:
            lines.append(f"  ... and {len(alike) - SHOWN} more channels like these")
    return lines
