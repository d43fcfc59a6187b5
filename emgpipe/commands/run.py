"""``emgpipe run STUDY ...``: the whole way from recordings to report."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.commands.exits import EXIT_FAILED, EXIT_NOT_STARTED, EXIT_OK

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from emgpipe.batch import Engine
    from emgpipe.commands.types import Commands
    from emgpipe.run.account import StudyAccount
    from emgpipe.run.events import Happening, Listener
    from emgpipe.run.how import How
    from emgpipe.run.log import Log
    from emgpipe.run.several import Chosen
    from emgpipe.run.work import SessionJob

EXIT_STOPPED: Final = 130
JOBS: Final = "EMGPIPE_JOBS"
_EPILOG: Final = (
    "What is up to date is not processed again. Exit codes: 0 everything was processed, 1 a recording, a trial or a "
    "check failed, 2 a study could not be run, 130 stopped by Ctrl-C; of several studies the worst."
)


def add(commands: Commands) -> None:
    """Declare the command."""
    run = commands.add_parser("run", help="run a study: filter, normalize, measure, rank, report", epilog=_EPILOG)
    run.add_argument("study", nargs="+", help="study files (YAML); several are run one after the other")
    run.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="participant=P03",
        help="process these sessions only; several: participant=P03,P05; also session=2",
    )
    run.add_argument("--dry-run", action="store_true", help="say what would be done, why, and how long it may take")
    run.add_argument(
        "--jobs",
        metavar="N",
        help="how many sessions at once, each in a process of its own; 0: one after the other in this process; if not "
        f"given, as the variable {JOBS} says, or as many as processors and memory allow",
    )
    run.add_argument("--cluster", metavar="ADDRESS", help="process sessions on the Dask cluster of this scheduler")
    run.add_argument(
        "--cluster-wait", type=float, default=60.0, metavar="SECONDS", help="how long to wait for it and its workers"
    )
    run.add_argument("--stop-on-error", action="store_true", help="begin nothing more once something has failed")
    run.add_argument("--verify", action="store_true", help="read every file to tell whether it changed, not its time")
    run.add_argument("--log-file", type=Path, metavar="FILE", help="add all that happens, with times, to this file")
    run.add_argument("--json", action="store_true", help="for programs: print one JSON object per line")
    run.add_argument("--quiet", action="store_true", help="print no progress and no ranking")
    run.set_defaults(command=_run)


def _run(given: argparse.Namespace) -> int:
    from emgpipe.commands.stopping import stopped_like_ctrl_c
    from emgpipe.run.log import Log
    from emgpipe.run.only import parse_only
    from emgpipe.run.several import choose, study_files

    if given.cluster:  # its workers start in other folders
        given.study = [str(Path(name).absolute()) for name in given.study]
    how = _how(given)
    chosen = choose(study_files(given.study), parse_only(given.only))
    if given.dry_run:
        return _dry(given, chosen, how)
    log = Log(given.log_file) if given.log_file else None
    try:
        with stopped_like_ctrl_c():
            return _all(given, chosen, how, log)
    finally:
        if log is not None:
            log.close()


def _all(given: argparse.Namespace, chosen: Sequence[Chosen], how: How, log: Log | None) -> int:
    from emgpipe.run.events import AllEnd
    from emgpipe.run.in_turn import run_chosen

    started = time.monotonic()
    if log is not None:
        log.begin(_command(given))
    tell = _listeners(given, log)
    try:
        accounts = run_chosen(chosen, how, tell)
    except KeyboardInterrupt:
        return EXIT_STOPPED
    except Exception as error:
        if log is not None:
            log.write("error", f"{type(error).__name__}: {error}")
        raise
    code = max(code_of(one) for one in accounts)
    tell(AllEnd(accounts, code, time.monotonic() - started))
    return code


def _command(given: argparse.Namespace) -> str:
    """Return the command as it could be typed again."""
    words = ["emgpipe", "run", *given.study]
    unsaid = {"study", "command"} if given.cluster else {"study", "command", "cluster_wait"}
    for name, value in vars(given).items():
        if name in unsaid or value in (None, False, []):
            continue
        for one in value if isinstance(value, list) else [value]:
            words += [f"--{name.replace('_', '-')}", *([] if one is True else [str(one)])]
    return shlex.join(words)


def _listeners(given: argparse.Namespace, log: Log | None) -> Listener:
    from emgpipe.commands.run_terminal import Terminal
    from emgpipe.run.as_json import JsonLines

    listeners: list[Listener] = [*([log] if log else []), JsonLines() if given.json else Terminal(given.quiet)]

    def tell(event: Happening) -> None:
        for listener in listeners:
            listener(event)

    return tell


def code_of(account: StudyAccount) -> int:
    """Return the exit code of one study."""
    if account.state == "not run":
        return EXIT_NOT_STARTED
    return EXIT_FAILED if account.has_failed or account.findings.get("fail") else EXIT_OK


def _how(given: argparse.Namespace) -> How:
    from emgpipe.run.how import How

    return How(choose=engine_of(given), verify=given.verify, stop_on_error=given.stop_on_error)


def _cluster(given: argparse.Namespace, due: Sequence[SessionJob]) -> Engine:
    from emgpipe.batch import Here
    from emgpipe.batch.cluster import Cluster
    from emgpipe.run.probe import Probe

    return Cluster(given.cluster, given.cluster_wait, Probe.of(due)) if due else Here()


def engine_of(given: argparse.Namespace) -> Callable[[Sequence[SessionJob]], Engine]:
    """Return what gives the engine that was asked for, once it is known which sessions are due.

    Raises
    ------
    ConfigError
        What was asked for is not a number of processes.
    """
    from emgpipe.batch import Here, Local, default_jobs, memory_needed

    if given.cluster:
        return lambda due: _cluster(given, due)
    jobs = _jobs(given.jobs, "--jobs") if given.jobs is not None else _jobs(os.environ.get(JOBS, ""), JOBS)
    if jobs == 0:
        return lambda _: Here()
    if jobs:
        return lambda _: Local(jobs)

    def as_many_as_fit(due: Sequence[SessionJob]) -> Engine:
        files = ([file.path for trial in one.trials for file in trial.files] for one in due)
        return Local(default_jobs([memory_needed(dict.fromkeys(paths)) for paths in files]))

    return as_many_as_fit


def _jobs(text: str, name: str) -> int | None:
    """Return a number of processes; None where none is given."""
    from emgpipe.errors import ConfigError

    if not text.strip():
        return None
    if text.strip().casefold() == "here":
        return 0
    if not text.strip().isdecimal():
        raise ConfigError(f"{name} {text}: give a number of processes, such as 2, or 0 for none besides this one")
    return int(text)


def _dry(given: argparse.Namespace, chosen: Sequence[Chosen], how: How) -> int:
    """Say of each study what would be done; one that cannot be run does not keep the others from being told."""
    from dataclasses import replace

    from emgpipe.errors import EmgpipeError
    from emgpipe.progress import wrapped
    from emgpipe.run.as_json import print_json
    from emgpipe.run.dry import as_json, dry_lines, dry_run

    code, told = EXIT_OK, []
    for one in chosen:
        try:
            if one.error:
                raise EmgpipeError(one.error)
            if one.only is None:
                told.append({"file": str(one.file), "state": "nothing asked for"})
                lines = [f"{one.file}: it has no session of those asked for (--only)"]
            else:
                dry = dry_run(one.file, replace(how, only=one.only))
                told.append(as_json(dry))
                lines = list(dry_lines(dry))
        except EmgpipeError as error:
            code = EXIT_NOT_STARTED
            told.append({"file": str(one.file), "state": "not run", "error": str(error)})
            print(wrapped(f"emgpipe: {error}", sys.stderr), file=sys.stderr)
            continue
        if not given.json:
            print(wrapped("\n".join(lines), sys.stdout))
    if given.json:
        print_json({"event": "dry_run", "studies": told})
    return code
