"""``emgpipe repeat RESULTS``: run a study again from what its results hold, and compare every output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.commands.exits import EXIT_FAILED, EXIT_OK

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from emgpipe.commands.types import Commands
    from emgpipe.provenance.repeat import Repeated
    from emgpipe.provenance.results import Results
    from emgpipe.provenance.staging import Staged
    from emgpipe.run.how import Tell

_SHOWN: Final = 10


def add(commands: Commands) -> None:
    """Declare the command."""
    repeat = commands.add_parser(
        "repeat",
        help="run a study again from its results alone, and say of every output whether it came out the same",
        description="Takes settings and tables from the results, not from the study file, which may have changed or be "
        "gone, and looks that recordings and packages are those of the run. Nothing of the first run is touched.",
        epilog="exit codes: 0 every output is identical, 1 some are not, 2 could not start",
    )
    repeat.add_argument("results", type=Path, help="the folder of the results, which holds run.json")
    repeat.add_argument("--into", type=Path, help="a new folder; <results>/../<study>.repeat if not given")
    repeat.add_argument("--raw", type=Path, help="where the recordings are now, if not where they were")
    repeat.add_argument("--jobs", metavar="N", help="how many sessions at once, as for run")
    repeat.add_argument("--quiet", action="store_true", help="print no progress")
    repeat.set_defaults(command=_repeat, cluster=None)  # on this machine


def _repeat(given: argparse.Namespace) -> int:
    from emgpipe.commands.run import engine_of
    from emgpipe.provenance.repeat import lay_out, run_again
    from emgpipe.provenance.results import Results
    from emgpipe.run.how import How

    results = Results.of(given.results.parent if given.results.name == "run.json" else given.results)
    _print(_before(results))
    staged = lay_out(results, given.into, given.raw)
    _print(_recordings(staged))
    done = run_again(results, staged, How(choose=engine_of(given)), None if given.quiet else _progress())
    _print(_outcome(done))
    return EXIT_OK if done.is_same else EXIT_FAILED


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line, flush=True)


def _progress() -> Tell:
    from emgpipe.progress import ProgressLine
    from emgpipe.run.how import Event, Progress

    line = ProgressLine(sys.stderr)

    def tell(event: Event) -> None:
        if isinstance(event, Progress):
            line(event.done, event.total, f"{event.name}: {event.words}", event.failed)

    return tell


def _before(results: Results) -> Iterator[str]:
    from datetime import UTC, datetime

    from emgpipe.provenance.repeat import changed_versions

    timing = results.run["timing"]
    at = datetime.fromtimestamp(float(timing["started"]), tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    yield f"study '{results.study}', run {at} on machine '{timing['machine']}'"
    changed = list(changed_versions(results))
    yield f"packages: {'those of the run' if not changed else 'NOT those of the run'}"
    yield from (f"  {words}" for words in changed)
    if "compared" in timing:
        yield "its comparisons were made again since (emgpipe compare): report.html and findings.csv show older ones"


def _recordings(staged: Staged) -> Iterator[str]:
    total = staged.recordings + len(staged.missing)
    same = staged.recordings - len(staged.changed)
    yield f"tables and recordings: {same} of {total} are those of the run, by their SHA-256"
    yield from _named("CHANGED since", staged.changed)
    yield from _named("NOT THERE", staged.missing)
    if staged.missing:
        yield "  if they are somewhere else now, name that folder with --raw"


def _outcome(done: Repeated) -> Iterator[str]:
    yield from _named("DIFFERS", done.differing)
    yield from _named("NOT MADE this time", done.missing)
    yield from _named("made this time only", done.added)
    yield f"{len(done.identical)} of {done.total} outputs identical; the new ones are in {_short(done.folder)}"


def _short(path: Path) -> Path:
    """Return a path as somebody in this folder would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _named(what: str, names: Sequence[str]) -> Iterator[str]:
    yield from (f"  {what}: {name}" for name in names[:_SHOWN])
    if len(names) > _SHOWN:
        yield f"  {what}: and {len(names) - _SHOWN} more"
