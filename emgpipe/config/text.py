"""Bytes of a text file -> text, in the encodings editors and spreadsheet programs write."""

from __future__ import annotations

import codecs
from pathlib import Path

from emgpipe.errors import ConfigError, suggest

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_bytes(path: Path, *, what: str) -> bytes:
    """Return the content of a file, or say in words why there is none.

    Parameters
    ----------
    path : Path
    what : str
        What the file is to the user, such as ``study file``.

    Raises
    ------
    ConfigError
        The file is missing, a folder, or cannot be opened.
    """
    try:
        if path.is_dir():
            raise ConfigError(f"this is a folder, not a {what}; give the file inside it", path=path)
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{what} not found{_nearby(path)} check the name and the folder", path=path) from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{what} cannot be opened: {error}", path=path) from None


def _nearby(path: Path) -> str:
    """Name the files it is easily confused with, or those of the same kind: the usual cause is a misspelled name."""
    try:
        there = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    except OSError:
        return f" (there is no folder {path.parent});"
    near = suggest(path.name, there)
    names = [name for name in there if Path(name).suffix == path.suffix][:5]
    return near or (f" (in that folder: {', '.join(names)});" if names else ";")


def decode(data: bytes, path: Path, *, fallback: str | None = None) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32, or in the `fallback` encoding.

    Parameters
    ----------
    data : bytes
    path : Path
        For the message.
    fallback : str, optional
        Encoding of files that are not Unicode; spreadsheet programs on Windows write ``cp1252``.

    Raises
    ------
    ConfigError
        With line and column of the first byte that cannot be read.
    """
    encoding = _encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if fallback is not None and encoding == "utf-8":
            return data.decode(fallback, errors="replace")
        before = data[: error.start].decode(encoding, errors="replace")
        raise ConfigError(
            "the text is not in UTF-8; save the file again with the encoding UTF-8 (in the editor: Save as, encoding)",
            path=path,
            line=before.count("\n") + 1,
            column=len(before) - (before.rfind("\n") + 1) + 1,
        ) from None


def _encoding(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data[1:4:2]:
        return "utf-16-le"
    return "utf-16-be" if data[:1] == b"\0" else "utf-8"
