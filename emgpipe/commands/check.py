"""``emgpipe check PATH...``: say whether recordings can be trusted, and what is still missing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.commands.exits import EXIT_FAILED, EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.checking.verdict import Checked
    from emgpipe.commands.types import Commands

_STUDY: Final = (".yaml", ".yml")
_EPILOG: Final = (
    "exit codes: 0 nothing failed and nothing is missing, 1 a check failed or something is missing, 2 could not start"
)


def add(commands: Commands) -> None:
    """Declare the command."""
    check = commands.add_parser(
        "check", help="say whether recordings can be trusted, and what is still missing", epilog=_EPILOG
    )
    check.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="study file, recording, or folder of them")
    check.add_argument(
        "--participant", action="append", default=[], metavar="P03", help="of a study: only this one; several: P03,P04"
    )
    check.add_argument("--watch", action="store_true", help="check each new recording as it appears, until Ctrl-C")
    check.add_argument("--all", action="store_true", help="every row, finding and note, not one screen of them")
    check.add_argument("--json", action="store_true", help="for programs: print JSON")
    check.set_defaults(command=_check)


def _check(given: argparse.Namespace) -> int:
    people = [name for names in given.participant for name in names.split(",") if name]
    if given.watch:
        return _watch(given, people)
    checked = [_checked(path, people, quietly=given.json) for path in given.paths]
    if given.json:
        _print_json(checked)
    else:
        _print(checked, everything=given.all)
    return EXIT_FAILED if any(one.is_bad for one in checked) else EXIT_OK


def _checked(path: Path, people: list[str], *, quietly: bool) -> Checked:
    from emgpipe.progress import ProgressLine

    progress = None if quietly or not sys.stderr.isatty() else ProgressLine()
    if _is_study(path):
        from emgpipe.checking.study import check_study

        return check_study(path, people, progress)
    from emgpipe.checking.recordings import check_recordings

    _refuse_people(path, people)
    return check_recordings(path, progress)


def _refuse_people(path: Path, people: list[str]) -> None:
    from emgpipe.errors import EmgpipeError

    if people:
        raise EmgpipeError(
            f"--participant {','.join(people)}: {path} is no study file, and without one nobody knows whose recording "
            "is whose; name the study file (.yaml)"
        )


def _print(checked: list[Checked], *, everything: bool) -> None:
    from emgpipe.checking.screen import screen
    from emgpipe.commands.terminals import terminal_here

    terminal = terminal_here(everything=everything)
    print("\n\n".join(screen(one, terminal) for one in checked))


def _print_json(checked: list[Checked]) -> None:
    import json

    from emgpipe import __version__
    from emgpipe.checking.as_json import as_json

    print(json.dumps({"emgpipe": __version__, "checked": [as_json(one) for one in checked]}, indent=1, allow_nan=False))


def _watch(given: argparse.Namespace, people: list[str]) -> int:
    from emgpipe.checking.watching import watch_folder, watch_study
    from emgpipe.commands.terminals import terminal_here
    from emgpipe.errors import EmgpipeError
    from emgpipe.inspection.terminal import wrapped

    if len(given.paths) != 1 or given.json:
        raise EmgpipeError(
            "--watch watches one folder or one study, and prints lines for eyes; name one PATH, no --json"
        )
    (path,) = given.paths
    terminal = terminal_here(everything=given.all)

    def say(line: str) -> None:
        lines = wrapped(line, terminal.width, later=" " * 5) if sys.stdout.isatty() else [line]
        print(terminal.finish(lines), flush=True)

    if _is_study(path):
        return EXIT_FAILED if watch_study(path, people, say) else EXIT_OK
    _refuse_people(path, people)
    return EXIT_FAILED if watch_folder(path, say) else EXIT_OK


def _is_study(path: Path) -> bool:
    return path.suffix.lower() in _STUDY and not path.is_dir()
