"""The command line: ``demo | run | vocabulary | schema``; a command imports what it needs, so that help is quick."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import StudyResult

EXIT_OK, EXIT_FAILED, EXIT_NOT_STARTED = 0, 1, 2
EXIT_CODES = "exit codes: 0 everything was processed, 1 a recording or trial failed, 2 could not start"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; errors made for the user are printed without a traceback."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command is None:  # no command was given
        parser.print_help()
        return EXIT_NOT_STARTED
    from emgpipe.errors import EmgpipeError

    try:
        return int(given.command(given))
    except EmgpipeError as error:
        print(f"emgpipe: {error}", file=sys.stderr)
        return EXIT_NOT_STARTED
    except KeyboardInterrupt:
        print("\nemgpipe: stopped; what was finished is kept", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="emgpipe",
        description="From raw EMG recordings to a ranking of exercises and head positions by mean and peak in %MVIC.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"emgpipe {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    demo = commands.add_parser("demo", help="write a simulated study with known truth, to try emgpipe on")
    demo.add_argument("folder", type=Path, help="folder to write to: raw recordings, trials table, study.yaml")
    demo.add_argument("--recordings-only", action="store_true", help="write the recordings straight into the folder")
    demo.set_defaults(command=_demo)
    run = commands.add_parser("run", help="run a study: filter, normalize, measure, rank, report", epilog=EXIT_CODES)
    run.add_argument("study", type=Path, help="the study file (YAML)")
    run.add_argument("--quiet", action="store_true", help="print no progress and no ranking")
    run.set_defaults(command=_run)
    words = commands.add_parser("vocabulary", help="print the known muscles, exercises and head positions")
    words.add_argument("word", nargs="?", default="", help="print only what contains this word, such as thrust")
    words.set_defaults(command=_vocabulary)
    schema = commands.add_parser("schema", help="print the JSON Schema of study files, for editors")
    schema.set_defaults(command=_schema)
    return parser


def _demo(given: argparse.Namespace) -> int:
    from emgpipe.simulate import write_recordings, write_study

    if given.recordings_only:
        write_recordings(given.folder)
        print(f"demo recordings written to {given.folder}")
        return EXIT_OK
    study = write_study(given.folder)
    print(f"demo study written to {given.folder}\nnow run: emgpipe run {study}")
    return EXIT_OK


def _run(given: argparse.Namespace) -> int:
    from emgpipe.progress import ProgressLine
    from emgpipe.run import run_study

    result = run_study(given.study, progress=None if given.quiet else ProgressLine())
    if not given.quiet:
        from emgpipe.report import ranking_text

        print(ranking_text(result.comparisons))
    _print_outcome(result)
    return EXIT_FAILED if result.failed or (result.findings["level"] == "fail").any() else EXIT_OK


def _print_outcome(result: StudyResult) -> None:
    from emgpipe.report import outcome_lines

    levels = result.findings["level"].value_counts()
    trials = [one for one in result.outcomes if one.what == "trial"]
    processed = sum(one.status == "processed" for one in trials)
    print(
        f"\n{processed} of {len(trials)} trials processed, {len(result.failed)} failed; findings: "
        + ", ".join(f"{levels.get(level, 0)} {level}" for level in ("fail", "warn", "note"))
    )
    for line in outcome_lines(result):
        print(line, file=sys.stderr)
    print(f"report: {result.folder / 'report.html'}")


def _vocabulary(given: argparse.Namespace) -> int:
    from emgpipe.vocabulary import load_vocabulary, vocabulary_text

    text = vocabulary_text(load_vocabulary(), given.word)
    print(text or f"nothing in the vocabulary contains '{given.word}'; add a new word under `vocabulary:`")
    return EXIT_OK


def _schema(_: argparse.Namespace) -> int:
    import json

    from emgpipe.config import study_schema

    print(json.dumps(study_schema(), indent=1))
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
