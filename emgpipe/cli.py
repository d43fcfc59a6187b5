"""The command line: one file per command in `emgpipe.commands`; a command imports what it needs, so help is quick."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from emgpipe import __version__
from emgpipe.commands import (
    check,
    codes,
    compare,
    convert,
    decide,
    demo,
    formats,
    init,
    inspect,
    plan,
    repeat,
    run,
    schema,
    vocabulary,
    why,
)
from emgpipe.commands.exits import EXIT_CODES, EXIT_NOT_STARTED

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    demo, plan, inspect, check, init, convert, run, compare, decide,
    why, repeat, codes, formats, vocabulary, schema,
)  # fmt: skip
"""In the order of the help text."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; errors made for the user are printed without a traceback."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command is None:  # no command was given
        parser.print_help()
        return EXIT_NOT_STARTED
    from emgpipe.errors import EmgpipeError
    from emgpipe.progress import shown, wrapped

    try:
        code = int(given.command(given))
        sys.stdout.flush()
        return code
    except EmgpipeError as error:
        print(wrapped(f"emgpipe: {shown(str(error))}", sys.stderr), file=sys.stderr)
        return EXIT_NOT_STARTED
    except MemoryError:
        print(f"emgpipe: {_needs_memory(given)}", file=sys.stderr)
        return EXIT_NOT_STARTED
    except BrokenPipeError:  # whoever read the output has gone, as `| head` does
        sys.stdout = sys.stderr  # or Python would try again at its end, and complain
        return 141
    except KeyboardInterrupt:
        print("\nemgpipe: stopped; what was finished is kept", file=sys.stderr)
        return 130


def _needs_memory(given: argparse.Namespace) -> str:
    paths = [value for value in vars(given).values() if isinstance(value, Path)]
    paths += getattr(given, "paths", [])
    named = ", ".join(str(path) for path in dict.fromkeys(paths))
    return f"{named or given.command.__name__}: needs more memory than there is; cut the recording into shorter files"


class _Parser(argparse.ArgumentParser):
    """A parser that recognizes the name of a file among what it took for an option."""

    def error(self, message: str) -> NoReturn:
        given = next((one for one in sys.argv[1:] if one.startswith("-") and Path(one).exists()), "")
        hint = f"; the name of a file that begins with '-' is written ./{given}" if given else ""
        super().error(message + hint)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="emgpipe",
        description="From raw EMG recordings to a ranking of exercises and head positions by mean and peak in %MVIC.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"emgpipe {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
