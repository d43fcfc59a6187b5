"""One page per session, for studies with so many that one page could not hold their traces.

A page shows nothing but its session, so it is drawn once, beside the session's file, wherever that was processed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from emgpipe.report.document import FOLDING, document
from emgpipe.report.markup import escape
from emgpipe.report.references import references_tables
from emgpipe.report.sessions import session_body, session_name

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.model import SessionResult

_MARK: Final = "<!-- drawn from "


def render_session(session: SessionResult, findings: pd.DataFrame, source: str) -> str:
    """Return the page of a session as the text of one HTML file.

    Parameters
    ----------
    session : SessionResult
        With its signals.
    findings : DataFrame
        What was found about it, as `emgpipe.session_tables.findings_table` gives it.
    source : str
        SHA-256 of the file it was read from; stands at the end of the page, see `is_drawn_from`.
    """
    name = session_name(session)
    references = references_tables(session.references, session.metrics, findings)
    body = (
        f'<header><h1>{escape(name)}</h1><p class="under"><a href="../report.html#sessions">All sessions</a> · '
        "decisions about numbers stand in the report of the study</p></header>\n"
        f'<nav aria-label="Contents"><ul><li><a href="#session">Trials</a></li><li><a href="#references">References</a>'
        f"</li></ul>{FOLDING}</nav>\n"
        f'<section aria-labelledby="session"><h2 id="session">Trials</h2>\n{session_body(session)}\n</section>\n'
        f'<section aria-labelledby="references"><h2 id="references">References</h2>\n{references}\n</section>'
    )
    page = document(name, body)
    return f"{page}{_MARK}{source}, {_digest(page)} -->\n"


def is_drawn_from(page: bytes, source: str) -> bool:
    """Tell whether a page is whole, unchanged, and drawn from the file of that SHA-256."""
    text, mark, said = page.rpartition(_MARK.encode())
    return bool(mark) and said == f"{source}, {hashlib.sha256(text).hexdigest()} -->\n".encode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
