"""What lies in a file, as text, with a mapping to begin with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emgpipe.readers.parts.mapping.tree import LISTED

if TYPE_CHECKING:
    from emgpipe.readers.parts.mapping.options import MappingOptions
    from emgpipe.readers.parts.mapping.tree import Entry, Tree

SHOWN_TEXT = 60
SHOWN_CHANNELS = 8
_HARMLESS = re.compile(r"label|channel|muscle|electrode|sensor|unit", re.IGNORECASE)
"""Other texts may be names of persons and are not shown."""


def one_line(options: MappingOptions) -> str:
    """Return a mapping as one line of YAML."""
    import yaml

    text: str = yaml.safe_dump(
        _plain(options), default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True
    )
    return text.strip()


def refusal(tree: Tree, draft: MappingOptions, doubt: str) -> str:
    """Return the message for a file that can be meant in several ways.

    Parameters
    ----------
    tree : Tree
    draft : MappingOptions
        What is likely; placeholders stand for what is missing.
    doubt : str
        What is not clear.
    """
    entries = list(tree.entries.values())
    lines = [f"  {entry.path}: {_describe(tree, entry)}" for entry in entries[:LISTED]]
    if len(entries) > LISTED:
        lines.append(f"  and {len(entries) - LISTED} more")
    return "\n".join(
        [
            f"the file needs a mapping, because {doubt}. It holds:",
            *(lines or ["  nothing that can be read"]),
            *(f"  {one}, which cannot be read as samples" for one in tree.unread[:LISTED]),
            "Put this into the study file and correct it, the unit above all (docs/mapping.md explains it):",
            *snippet(draft),
        ]
    )


def snippet(draft: MappingOptions) -> list[str]:
    """Return the lines of a mapping for a study file, with placeholders for what is missing."""
    import yaml

    stated = _plain(draft)
    if not draft.says_anything:
        stated = {"kind": stated.pop("kind"), "sampling_rate": 2000, **stated}
    if not draft.is_mapped:
        stated["channels"] = [{"label": "GMAX RT", "path": "path/of/the/samples", "unit": "uV"}]
    for one in (*stated.get("matrices", ()), *stated.get("channels", ())):
        if not {"unit", "unit_from"} & set(one) and draft.unit is None:
            one["unit"] = "uV"
    lines = ["recordings:", "  reading:"]
    for number, (name, value) in enumerate(stated.items()):
        start = "    - " if not number else "      "
        if isinstance(value, list):
            lines.append(f"{start}{name}:")
            lines += [f"        - {_flow(yaml, one)}" for one in value[:SHOWN_CHANNELS]]
        else:
            lines.append(f"{start}{name}: {_flow(yaml, value)}")
    return lines


def _flow(yaml: Any, value: object) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**6, allow_unicode=True)
    return text.removesuffix("...\n").strip()


def _plain(options: MappingOptions) -> dict[str, Any]:
    stated = options.model_dump(mode="json", exclude_defaults=True)
    stated.pop("kind", None)
    return {"kind": getattr(options, "kind", ""), **stated}


def _describe(tree: Tree, entry: Entry) -> str:
    if entry.what == "text":
        if not _HARMLESS.search(entry.name):
            return "text" if entry.size == 1 else f"{entry.size} texts"
        texts = ", ".join(f"'{text.strip()}'" for text in tree.texts(entry.path)[:8])
        cut = texts if len(texts) <= SHOWN_TEXT else f"{texts[:SHOWN_TEXT]}..."
        return f"text: {cut}" if entry.size == 1 else f"{entry.size} texts: {cut}"
    if entry.size == 1:
        return f"{float(tree.numbers(entry.path).reshape(-1)[0]):g}"
    return f"{' x '.join(str(length) for length in entry.shape)} numbers"
