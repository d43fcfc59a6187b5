"""HTML by small functions. Every text that comes from a file passes `escape` here or at its caller."""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from html import escape as _escape
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.svg import data_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matplotlib.figure import Figure

_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def escape(text: Any) -> str:
    """Return text that is safe inside HTML and attributes; control characters become a visible mark."""
    return _escape(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(text)), quote=True)


def code(name: str) -> str:
    """Return an id or a path as code that may break after its separators."""
    return f"<code>{breakable(name)}</code>"


def breakable(text: str) -> str:
    """Return text, escaped, that may break after the separators of ids and paths."""
    return re.sub(r"([/\\._])", r"\1<wbr>", escape(text))


def anchor(prefix: str, *parts: str) -> str:
    """Return an id that is safe in a link and different for different parts."""
    joined = "/".join(parts)
    readable = re.sub(r"[^A-Za-z0-9]+", "-", joined).strip("-").lower()[:40]
    return f"{prefix}-{readable}-{hashlib.sha256(joined.encode('utf-8', 'replace')).hexdigest()[:6]}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, kind: str = "", caption: str = "") -> str:
    """Return a table whose cells are HTML already; the first cell of a row is its header.

    A cell that begins with ``<th`` or ``<td`` is taken as it is.
    """
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    heads = "".join(cell if cell.startswith("<th") else f'<th scope="col">{cell}</th>' for cell in head)
    body = "\n".join(table_row(row) for row in rows)
    name = f' class="{kind}"' if kind else ""
    return (
        f'<div class="wide" tabindex="0"><table{name}>{above}<thead><tr>{heads}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def table_row(cells: Sequence[str]) -> str:
    """Return one row; the first cell is its header."""
    first, *rest = (cell if cell.startswith(("<th", "<td")) else None for cell in cells)
    opening = first or f'<th scope="row">{cells[0]}</th>'
    others = (given or f"<td>{cell}</td>" for given, cell in zip(rest, cells[1:], strict=True))
    return f"<tr>{opening}{''.join(others)}</tr>"


def numeric(text: str) -> str:
    """Return a cell with a number, aligned to the right."""
    return f'<td class="n">{escape(text)}</td>'


def details(summary: str, body: str, *, name: str = "", kind: str = "", opened: bool = False) -> str:
    """Return a part that can be folded; `summary` and `body` are HTML."""
    attributes = "".join((f' id="{name}"' if name else "", f' class="{kind}"' if kind else "", " open" * opened))
    return f"<details{attributes}><summary>{summary}</summary>\n{body}\n</details>"


def bullets(items: Iterable[str]) -> str:
    """Return a list of HTML items, or nothing if there are none."""
    inside = "\n".join(f"<li>{item}</li>" for item in items)
    return f"<ul>\n{inside}\n</ul>" if inside else ""


@contextmanager
def own_style() -> Iterator[None]:
    """Draw as matplotlib does by default: a style file of the user, or in the working folder, must change no result."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def image(figure: Figure, description: str) -> str:
    """Return a matplotlib figure as an image inside the page; the same figure gives the same bytes."""
    import matplotlib as mpl

    buffer = StringIO()
    with mpl.rc_context({"svg.hashsalt": "emgpipe", "svg.fonttype": "path", "path.simplify": True}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    width = round(figure.get_figwidth() * 96)
    return f'<img class="plot" width="{width}" src="{data_uri(buffer.getvalue())}" alt="{escape(description)}">'
