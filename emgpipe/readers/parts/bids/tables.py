"""Tables and JSON files of a BIDS dataset, as people really write them; every doubt is a finding."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.model import Finding, make_finding
from emgpipe.readers.parts.tables.encoding import detect_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

MOST_BYTES = 64 << 20
NOT_STATED = frozenset({"", "n/a", "na", "nan", "none", "null"})


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by column name; cells that state nothing (``n/a``) are empty."""

    rows: tuple[Mapping[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def read_table(path: Path, required: Sequence[str]) -> Table:
    """Read a tab-separated table; one that cannot be used is empty with a finding."""
    text, findings = _read_text(path)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return Table((), (*findings, *([] if findings else [_doubt(path, "is empty")])))
    separator = "\t"
    if "\t" not in lines[0] and "," in lines[0]:
        separator = ","
        findings.append(_doubt(path, "is separated by commas instead of tabs"))
    names = [name.strip() for name in lines[0].split(separator)]
    missing = [name for name in required if name not in names]
    if missing:
        return Table((), (*findings, _doubt(path, f"has no column {' or '.join(missing)}, so it is not used")))
    if len(set(names)) < len(names):
        findings.append(_doubt(path, "has columns of the same name; the first of them is used"))
    ragged = 0
    rows = []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split(separator)]
        ragged += len(cells) != len(names)
        rows.append(dict(reversed([(name, _stated(cell)) for name, cell in zip(names, cells, strict=False)])))
    if ragged:
        findings.append(_doubt(path, f"has {ragged} rows that are shorter or longer than its header"))
    return Table(tuple(rows), tuple(findings))


def read_json(paths: Sequence[Path]) -> tuple[dict[str, Any], list[Finding]]:
    """Merge JSON objects, later files over earlier ones."""
    merged: dict[str, Any] = {}
    findings: list[Finding] = []
    for path in paths:
        text, doubts = _read_text(path)
        findings += doubts
        if not text:
            findings += [] if doubts else [_doubt(path, "is empty")]
            continue
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            findings.append(_doubt(path, f"is not valid JSON ({str(error)[:80]}), so it is not used"))
            continue
        if isinstance(content, dict):
            merged |= content
        else:
            findings.append(_doubt(path, "holds no JSON object, so it is not used"))
    return merged, findings


def number(value: object) -> float | None:
    """Return a finite number from a cell or a JSON value, None for anything else.

    >>> number("2000"), number("n/a"), number(True)
    (2000.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def words(value: object) -> str:
    """Return a JSON value as words, empty where nothing is stated.

    >>> words({"Lowpass": {"Half amplitude cutoff (Hz)": 450}}), words("n/a")
    ('Lowpass: Half amplitude cutoff (Hz) 450', '')
    """
    if isinstance(value, dict):
        return "; ".join(f"{name}: {text}" for name, text in _pairs(value))
    if isinstance(value, list):
        return ", ".join(text for text in map(words, value[:20]) if text)
    return "" if value is None or isinstance(value, bool) else _stated(" ".join(str(value)[:1000].split()))


def _pairs(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, inner in list(value.items())[:20]:
        if isinstance(inner, dict):
            text = ", ".join(
                f"{key} {words(item)}" for key, item in list(inner.items())[:20] if not isinstance(item, dict)
            )
        else:
            text = words(inner)
        if text:
            yield name, text


def _stated(cell: str) -> str:
    return "" if cell.casefold() in NOT_STATED else cell


def _read_text(path: Path) -> tuple[str, list[Finding]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return "", [_doubt(path, f"is larger than {MOST_BYTES >> 20} MB, so it is not used")]
        content = path.read_bytes()
    except OSError as error:
        return "", [_doubt(path, f"cannot be read ({error.strerror})")]
    if not content.strip():
        return "", []
    encoding = detect_encoding(content)
    if encoding is None:
        return "", [_doubt(path, "is not text, so it is not used")]
    text = content.decode(encoding, "replace")
    if "\ufffd" in text:
        return text, [_doubt(path, "holds bytes that are no text; they are read as \ufffd")]
    return text, []


def _doubt(path: Path, what: str) -> Finding:
    return make_finding("sidecar_damaged", "warn", f"{path.name} {what}", "mend it; the BIDS validator names the place")
