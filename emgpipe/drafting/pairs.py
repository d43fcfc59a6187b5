"""Which recording is the second file of another one: angles beside the EMG, under a similar name."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from emgpipe.drafting.words import SAYS_NOTHING
from emgpipe.vocabulary.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emgpipe.drafting.survey import Seen

MOST_FILES = 9
"""The trials table has columns up to file_9."""


def second_files(recordings: Sequence[Seen]) -> dict[str, list[str]]:
    """Return, for every recording with EMG, the recordings without EMG that belong to the same trial.

    A file belongs to another where both names are equal but for words such as ``emg`` and ``angles``, or where its
    name continues the other's: ``P03_squat_1_angles.csv`` belongs to ``P03_squat_1.c3d``.
    """
    first = [PurePosixPath(seen.name) for seen in recordings if seen.has_emg]
    by_key: dict[tuple[str, ...], list[PurePosixPath]] = defaultdict(list)
    for path in first:
        by_key[_key(path)].append(path)
    belonging: dict[str, list[str]] = defaultdict(list)
    for seen in recordings:
        if seen.has_emg or seen.problem or not seen.channels:
            continue
        path = PurePosixPath(seen.name)
        partner = _alike(path, by_key[_key(path)]) if by_key[_key(path)] else _begun(path, first)
        if partner is not None and len(belonging[partner.as_posix()]) < MOST_FILES - 1:
            belonging[partner.as_posix()].append(seen.name)
    return {name: seconds for name, seconds in belonging.items() if seconds}


def _alike(second: PurePosixPath, alike: Sequence[PurePosixPath]) -> PurePosixPath | None:
    """Return the one of the same folder, else the only one; None where several would do."""
    found = [path for path in alike if path.parent == second.parent] or alike
    return found[0] if len(found) == 1 else None


def _begun(second: PurePosixPath, first: Iterable[PurePosixPath]) -> PurePosixPath | None:
    """Return the recording in the same folder whose whole name the second one continues."""
    begun = [path for path in first if path.parent == second.parent and _continues(second.stem, path.stem)]
    return max(begun, key=lambda path: len(path.stem), default=None)


def _key(path: PurePosixPath) -> tuple[str, ...]:
    return tuple(word for word in split_words(path.stem) if word not in SAYS_NOTHING)


def _continues(name: str, beginning: str) -> bool:
    rest = name.casefold().removeprefix(beginning.casefold())
    return rest != name.casefold() and not rest[:1].isalnum()
