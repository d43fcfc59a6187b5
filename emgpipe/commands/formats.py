"""``emgpipe formats``: what can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    formats = commands.add_parser("formats", help="print the file formats that can be read, and how each is recognized")
    formats.set_defaults(command=_formats)


def _formats(_: argparse.Namespace) -> int:
    import inspect

    from emgpipe.readers import READERS

    print("A file is recognized by its content; the ending of its name decides nothing.\n")
    for reader in READERS:
        what = "folder" if reader.is_folder else ", ".join(reader.extensions)
        first = (inspect.getdoc(type(reader)) or "").partition("\n")[0]
        print(f"{reader.name:<18}{reader.title} ({what})\n{'':<18}{first}")
    return EXIT_OK
