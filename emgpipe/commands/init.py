"""``emgpipe init FOLDER``: draft a study file and a trials table from a folder of recordings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_CODES, EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands

_DEFAULT = Path("study.yaml")


def add(commands: Commands) -> None:
    """Declare the command."""
    init = commands.add_parser(
        "init", help="draft a study file and a trials table from a folder of recordings", epilog=EXIT_CODES
    )
    init.add_argument("folder", type=Path, help="folder of the recordings; nothing is written to it")
    init.add_argument("--out", type=Path, metavar="STUDY.yaml", help="the study file; study.yaml here if left out")
    init.add_argument("--force", action="store_true", help="replace a study file and trials table that are there")
    init.set_defaults(command=_init)


def _init(given: argparse.Namespace) -> int:
    from emgpipe.drafting import check_free, draft_study, summary_lines, write_draft
    from emgpipe.reading import choose_supervised, read_supervised

    study: Path = given.out or _DEFAULT
    check_free(study, given.folder, force=given.force, is_asked=given.out is not None)
    progress = _progress if sys.stderr.isatty() else None
    draft = draft_study(given.folder, read=read_supervised, choose=choose_supervised, progress=progress)
    written = write_draft(draft, study, force=given.force)
    for line in summary_lines(draft, written):
        encoding = sys.stdout.encoding or "ascii"
        print(line.encode(encoding, "replace").decode(encoding))
    return EXIT_OK


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rlooking into recording {done} of {total}", end=end, file=sys.stderr, flush=True)
