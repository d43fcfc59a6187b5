"""Texts that a spreadsheet program would run as formulas: in CSV files they begin with an apostrophe.

A label or a comment such as ``=HYPERLINK(...)`` comes out of somebody's file; opened in a spreadsheet, it would act.
The apostrophe makes it text there, as typing it would, and is taken off where emgpipe reads its tables. Signed texts
are left as they are unless they call something: ``+10 kg`` and ``-5`` are levels of factors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_ACTS: Final = re.compile(r"[\s\0]*(?:[=@]|[+-].*[(|!])", re.DOTALL)


def as_text(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula.

    >>> as_text("=1+1"), as_text("+10 kg"), as_text("-2+cmd|' /C calc'!A0"), as_text("'=x")
    ("'=1+1", '+10 kg', "'-2+cmd|' /C calc'!A0", "''=x")
    """
    return f"'{text}" if _ACTS.match(text.lstrip("'")) else text


def as_it_was(text: str) -> str:
    """Return a text that `as_text` gave as it was before.

    >>> [as_it_was(as_text(text)) for text in ("=1", "'=1", "'quoted'", "+5")]
    ['=1', "'=1", "'quoted'", '+5']
    """
    return text[1:] if text.startswith("'") and _ACTS.match(text.lstrip("'")) else text


def changed_texts(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """Return a table with its texts, and the names of its columns, changed; the same table where none is."""
    columns = {name: new for name in table.columns if isinstance(name, str) and (new := change(name)) != name}
    changed = {}
    for name in table.columns[[not _is_number(kind) for kind in table.dtypes]]:
        texts = [one for one in table[name].unique() if isinstance(one, str)]
        other = {one: new for one in texts if (new := change(one)) != one}
        if other:
            changed[name] = [other.get(one, one) if isinstance(one, str) else one for one in table[name]]
    table = table.assign(**changed) if changed else table
    return table.rename(columns=columns) if columns else table


def _is_number(kind: object) -> bool:
    return getattr(kind, "kind", "O") in "biufcmM"
