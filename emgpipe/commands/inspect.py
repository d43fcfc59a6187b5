"""``emgpipe inspect PATH...``: what is in a file or a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_CODES, EXIT_FAILED, EXIT_OK

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from emgpipe.commands.types import Commands
    from emgpipe.inspection import Look
    from emgpipe.inspection.summary import Summary

_PICTURES = (".png", ".svg", ".pdf")


def add(commands: Commands) -> None:
    """Declare the command."""
    inspect = commands.add_parser("inspect", help="say what is in a recording or a folder", epilog=EXIT_CODES)
    inspect.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="recording, or folder of recordings")
    inspect.add_argument("--all", action="store_true", help="every channel, event and finding, not one screen of them")
    inspect.add_argument("--json", action="store_true", help="for programs: print JSON")
    inspect.add_argument("--plot", type=Path, metavar="OUT.png", help="draw all channels of one recording")
    inspect.add_argument("--personal", action="store_true", help="show names, birth dates and the like in the file")
    inspect.set_defaults(command=_inspect)


def _inspect(given: argparse.Namespace) -> int:
    from emgpipe.inspection import Look
    from emgpipe.readers import READERS
    from emgpipe.reading import choose_supervised, read_supervised

    options = tuple(reader.Options(keep_personal_data=True) for reader in READERS) if given.personal else ()
    look = Look(read=read_supervised, choose=choose_supervised, options=options)
    if given.plot is not None:
        _plot(given.plot, given.paths, look)
    seen = []
    for path in given.paths:
        seen.append(look.at(path))
        if not given.json:
            _print(seen[-1], first=len(seen) == 1, everything=given.all)
    if given.json:
        _print_json(seen)
    return EXIT_FAILED if any(_is_bad(one) for one in seen) else EXIT_OK


def _is_bad(summary: Summary) -> bool:
    from emgpipe.inspection import FolderSummary, Unreadable
    from emgpipe.readers.folders import is_foreign

    if isinstance(summary, FolderSummary):
        return any(not is_foreign(one.reason) for one in summary.unreadable)
    return isinstance(summary, Unreadable)


def _print(summary: Summary, *, first: bool, everything: bool) -> None:
    from emgpipe.commands.terminals import terminal_here
    from emgpipe.inspection import FolderSummary, Unreadable, folder_screen, screen

    if isinstance(summary, Unreadable):
        print(f"emgpipe: {summary.path}: {summary.reason}", file=sys.stderr)
        return
    terminal = terminal_here(everything=everything)
    text = folder_screen(summary, terminal) if isinstance(summary, FolderSummary) else screen(summary, terminal)
    print(text if first else f"\n{text}", flush=True)


def _print_json(seen: Sequence[Summary]) -> None:
    import json

    from emgpipe import __version__
    from emgpipe.inspection import as_json

    print(json.dumps({"emgpipe": __version__, "paths": [as_json(one) for one in seen]}, indent=1, allow_nan=False))


def _plot(out: Path, paths: Sequence[Path], look: Look) -> None:
    from emgpipe.errors import EmgpipeError
    from emgpipe.report.recording_plot import recording_figure

    if out.suffix.lower() not in _PICTURES:
        raise EmgpipeError(f"--plot {out}: the picture's name must end in {', '.join(_PICTURES)}")
    if len(paths) != 1:
        raise EmgpipeError("--plot draws one recording; name one")
    recording = look.recording(paths[0])
    try:
        recording_figure(recording).savefig(out, dpi=100)
    except OSError as error:
        raise EmgpipeError(f"--plot {out}: cannot be written ({error.strerror}); check the folder") from error
    print(f"drawn: {out}", file=sys.stderr)
