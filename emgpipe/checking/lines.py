"""One line about one recording or trial: ok, or the worst that was found and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.inspection.terminal import printable
from emgpipe.model import LEVEL_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emgpipe.model import Finding

_WORDS = {"fail": "FAIL", "warn": "WARN"}


def line_about(name: str, findings: Iterable[Finding]) -> str:
    """Return the line: word, name, the worst reason, how many more there are, what to do."""
    bad = sorted((one for one in findings if one.level != "note"), key=lambda one: LEVEL_ORDER.index(one.level))
    if not bad:
        return f"ok   {printable(name)}"
    first = bad[0]
    more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
    remedy = f" → {first.remedy}" if first.remedy else ""
    return printable(f"{_WORDS[first.level]} {name}: {first.reason}{more}{remedy}")
