"""What a recording says in words stays in the recording: messages that reach results quote none of its free text.

Messages put what they quote from a file between quotation marks. Of these, results keep what a study states itself or
needs to be understood: labels of channels, names of files, units. Everything else, such as a cell with a name in it, is
left out; `emgpipe inspect`, which writes nothing, shows it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emgpipe.errors import ReadError
from emgpipe.model import Finding, Recording
from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

WITHHELD: Final = "'...'"
_QUOTED: Final = re.compile(r"""(?<!\w)[bru]?(['"])(.*?)\1(?!\w)""", re.DOTALL)
_MARK: Final = re.compile(r"""(?<!\w)[bru]?['"]|['"](?!\w)""")
_DRAFT: Final = re.compile(r"reading: \[\{.*?(?:path|_from|time):.*\}\]")
"""Lines for a study file that name what lies in the file."""
_SEE: Final = "emgpipe inspect shows what stands there"


def withheld(text: str, known: Collection[str]) -> str:
    """Return a message without what it quotes from a file, known words and units aside.

    Parameters
    ----------
    text : str
        A message about a recording; of several lines, the first says what is wrong and is kept.
    known : collection of str
        What may be quoted.

    Examples
    --------
    >>> withheld("'GMAX RT' holds text such as 'Jo Smith' (in 'uV')", {"GMAX RT"})
    "'GMAX RT' holds text such as '...' (in 'uV')"
    """
    first, _, rest = text.partition("\n")
    first, drafts = _DRAFT.subn("reading: [{...}]", first)
    if _is_odd(first):  # a quotation mark inside what is quoted: nobody can tell where it ends
        start, stop = _ends(first)
        shown = f"{first[:start]}{WITHHELD}{first[stop:]}"
    else:
        shown = _QUOTED.sub(lambda match: match[0] if _is_known(match[2], known) else WITHHELD, first)
    return f"{shown} ({_SEE})" if rest or drafts else shown


def for_results(recording: Recording, stated: Iterable[str]) -> Recording:
    """Return a recording as a study may use it: without what it says about the person, findings without free text.

    Parameters
    ----------
    stated : iterable of str
        What the study file itself says, such as labels of channels.
    """
    known = {*recording.labels, *stated, *_names_of(recording.source.path)}
    return replace(recording, findings=tuple(_plain(one, known) for one in recording.findings), personal=())


def error_for_results(error: ReadError, stated: Iterable[str]) -> ReadError:
    """Return an error about a recording without free text of the file."""
    names = _names_of(error.path) if error.path is not None else ()
    return type(error)(withheld(error.message, {*stated, *names}), path=error.path, reader=error.reader)


def _plain(finding: Finding, known: Collection[str]) -> Finding:
    return replace(finding, reason=withheld(finding.reason, known), remedy=withheld(finding.remedy, known))


def _is_known(quoted: str, known: Collection[str]) -> bool:
    return not quoted.strip() or quoted in known or parse_unit(quoted) != UNKNOWN


def _is_odd(text: str) -> bool:
    return _MARK.search(_QUOTED.sub("", text)) is not None


def _ends(text: str) -> tuple[int, int]:
    """Return where the first quotation mark of a text begins and the last one ends."""
    marks = list(_MARK.finditer(text))
    return marks[0].start(), marks[-1].end()


def _names_of(path: Path) -> tuple[str, ...]:
    """Return the names by which messages call a file."""
    return str(path), path.as_posix(), path.name, path.stem
