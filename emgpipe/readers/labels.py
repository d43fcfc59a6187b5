"""Labels and units as files write them, turned into what a `Channel` needs; shared by all readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Finding, make_finding
from emgpipe.units import UNKNOWN, base_unit, conversion_factor, parse_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Channel


def unique_labels(written: Sequence[str], *, word: str = "channel") -> tuple[list[str], list[Finding]]:
    """Make every label usable as a name: empty ones get a number, repeated ones a count.

    Parameters
    ----------
    written : sequence of str
        As in the file.
    word : str
        What an empty label becomes: ``channel 3``.

    Returns
    -------
    labels : list of str
    findings : list of Finding
        A note where a label was changed.

    >>> unique_labels(["EMG", "", "EMG"])[0]
    ['EMG', 'channel 2', 'EMG (2)']
    """
    labels: list[str] = []
    repeated: list[str] = []
    taken: set[str] = set()
    for number, text in enumerate(written, start=1):
        name = " ".join(text.replace("\x00", " ").split()) or f"{word} {number}"
        label, count = name, 1
        while label in taken:
            count += 1
            label = f"{name} ({count})"
        if count > 1:
            repeated.append(label)
        taken.add(label)
        labels.append(label)
    return labels, _label_findings(repeated)


def _label_findings(repeated: list[str]) -> list[Finding]:
    if not repeated:
        return []
    reason = f"labels occur more than once; the later ones are called {listed(repeated)}"
    return [make_finding("duplicate_labels", "note", reason, "use these names in the study file")]


def scaling_to_base(written: str) -> tuple[str, float]:
    """Return the unit emgpipe keeps a quantity in, and the factor that gets there.

    >>> scaling_to_base("mV"), scaling_to_base("furlong")
    (('V', 0.001), ('unknown', 1.0))
    """
    unit = parse_unit(written)
    if unit == UNKNOWN:
        return UNKNOWN, 1.0
    base = base_unit(unit)
    return base, conversion_factor(unit, base)


def unknown_units(channels: Sequence[Channel], remedy: str) -> list[Finding]:
    """Return one note that lists the channels without a known unit."""
    labels = [channel.label for channel in channels if channel.unit == UNKNOWN]
    if not labels:
        return []
    reason = f"the file states no known unit for {listed(labels)}; their samples are as in the file"
    return [make_finding("unknown_unit", "note", reason, remedy)]


def listed(labels: Sequence[str], most: int = 12) -> str:
    """Return labels as words for a message, the first `most` of them.

    >>> listed(["a", "b", "c"], 2)
    "'a', 'b' and 1 more"
    """
    shown = ", ".join(f"'{label}'" for label in labels[:most])
    return shown if len(labels) <= most else f"{shown} and {len(labels) - most} more"
