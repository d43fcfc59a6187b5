"""The terminal the output goes to, as it is now."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emgpipe.inspection import Terminal


def terminal_here(*, everything: bool) -> Terminal:
    """Return the size, the letters and the colors that standard output has."""
    from emgpipe.inspection import Terminal

    size = shutil.get_terminal_size((80, 40))
    has_color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Terminal(max(size.columns, 60), max(size.lines, 20), sys.stdout.encoding or "ascii", has_color, everything)
