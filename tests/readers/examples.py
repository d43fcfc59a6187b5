"""The example recordings of all readers, written to a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.readers import READERS, Reader

if TYPE_CHECKING:
    from pathlib import Path

BY_NAME = {reader.name: reader for reader in READERS}
ALONE = [name for name, reader in BY_NAME.items() if len(reader.example()) == 1 and not reader.is_folder]
"""Readers of one file; damage to the parts of the others is a test of its own."""
PARTS = [(name, part) for name, reader in BY_NAME.items() for part in reader.example()]
"""Every file of every example."""


def write_example(reader: Reader, folder: Path) -> Path:
    """Write the files of a reader's example; return what to open."""
    into = folder / "example" if reader.is_folder else folder
    for name, content in reader.example().items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return into if reader.is_folder else into / next(iter(reader.example()))
