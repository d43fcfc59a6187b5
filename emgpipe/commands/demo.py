"""``emgpipe demo FOLDER``: write the simulated study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    demo = commands.add_parser("demo", help="write a simulated study with known truth, to try emgpipe on")
    demo.add_argument("folder", type=Path, help="folder to write to: raw recordings, trials table, study.yaml")
    demo.add_argument("--recordings-only", action="store_true", help="write the recordings straight into the folder")
    demo.set_defaults(command=_demo)


def _demo(given: argparse.Namespace) -> int:
    from emgpipe.simulate import write_recordings, write_study

    if given.recordings_only:
        write_recordings(given.folder)
        print(f"demo recordings written to {given.folder}")
        return EXIT_OK
    study = write_study(given.folder)
    print(f"demo study written to {given.folder}\nnow run: emgpipe run {study}")
    return EXIT_OK
