"""The names of the files of Noraxon's separate CSV export: muscle and side stand in no other place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.readers.parts.noraxon.header import NoraxonHeader


def common_prefix(stems: Sequence[str]) -> str:
    """Return what all file names begin with, up to the last hyphen in it, so that no muscle is cut in two.

    >>> common_prefix(["Curves-Walk-BICEPS_FEM._RT", "Curves-Walk-BICEPS_FEM._LT"])
    'Curves-Walk-'
    """
    shared = min(stems, default="")
    for stem in stems:
        length = next((i for i, (a, b) in enumerate(zip(shared, stem, strict=False)) if a != b), None)
        shared = shared[: length if length is not None else min(len(shared), len(stem))]
    if shared in stems:  # one file, or a name that another one continues
        shared = shared[:-1]
    return shared[: shared.rfind("-") + 1]


def signal_label(header: NoraxonHeader, path: Path, prefix: str) -> str:
    """Return the name of a signal: as the header has it, else from the file name without the common beginning."""
    stem = path.stem
    rest = stem[len(prefix) :] if prefix and stem.startswith(prefix) else stem.rsplit("-", 1)[-1]
    return header.text("name") or " ".join(rest.replace("_", " ").split()) or stem
