"""What stands beside one channel's samples in its struct: its name, its unit, its rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.readers.parts.mapping.names import LABEL_NAME, RATE_NAME, SAMPLES_NAME, TIME_NAME, UNITS_NAME
from emgpipe.readers.parts.mapping.options import MappedChannel

if TYPE_CHECKING:
    from emgpipe.readers.parts.mapping.tree import Entry, Tree


def beside_each(tree: Tree) -> dict[str, list[Entry]]:
    """Return the entries of each struct by the struct's path; attributes are left out."""
    found: dict[str, list[Entry]] = {}
    for entry in tree.entries.values():
        if "@" not in entry.path:
            found.setdefault(entry.path.rpartition("/")[0], []).append(entry)
    return found


def siblings_of(tree: Tree, entry: Entry, structs: dict[str, list[Entry]]) -> MappedChannel:
    """Return a vector's place with the label, unit and rate of the same element of a struct array.

    Elsewhere a name may be that of a person or of the whole recording, so nothing is added.
    """
    plain = MappedChannel(path=entry.path)
    element, _, name = entry.path.rpartition("/")
    if entry.vector_axis is None or not element.rpartition("/")[2].isdigit():
        return plain
    beside = [one for one in structs.get(element, ()) if one.path != entry.path]
    units = [one.path for one in beside if one.what == "text" and one.size == 1 and UNITS_NAME.fullmatch(one.name)]
    rates = [
        one.path
        for one in beside
        if one.what == "numbers" and one.size == 1 and RATE_NAME.fullmatch(one.name)
        and 1.0 < tree.scalar(one.path, "sampling_rate_from") <= 1e6
    ]  # fmt: skip
    times = [
        one.path for one in beside if one.what == "numbers" and one.size == entry.size and TIME_NAME.fullmatch(one.name)
    ]
    label = None
    if SAMPLES_NAME.fullmatch(name) and (units or rates or times):  # a channel's, not a person's
        named = [one for one in beside if one.what == "text" and one.size == 1 and LABEL_NAME.fullmatch(one.name)]
        label = tree.texts(named[0].path)[0].strip() if len(named) == 1 else None
    return MappedChannel(
        path=entry.path,
        label=label or None,
        unit_from=units[0] if len(units) == 1 else None,
        sampling_rate_from=rates[0] if len(rates) == 1 else None,
        time=times[0] if len(times) == 1 and not rates else None,
    )
