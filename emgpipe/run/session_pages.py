"""The pages of single sessions: drawn where a session is processed, and again only where that did not happen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emgpipe.session_tables import findings_table
from emgpipe.store import file_hash, read_session, read_session_trials, write_text
from emgpipe.store.small_files import read_file

if TYPE_CHECKING:
    from pathlib import Path

SEPARATE: Final = 25
"""Sessions above which each has a page of its own instead of a part of the report."""


def page_path(path: Path) -> Path:
    """Return where the page of a session lies whose file is at `path`."""
    return path.with_suffix(".html")


def draw_session(path: Path) -> None:
    """Draw the page of a session from its file, unless the page that is there was drawn from the same.

    Raises
    ------
    StoreError
        The file cannot be read, or the page cannot be written.
    """
    from emgpipe.report import is_drawn_from, render_session

    page, source = page_path(path), file_hash(path)
    if is_drawn_from(read_file(page), source):
        return
    session = replace(read_session(path).result, trials=read_session_trials(path))
    write_text(page, render_session(session, findings_table(session.findings), source))
