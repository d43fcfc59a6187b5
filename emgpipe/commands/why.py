"""``emgpipe why PARTICIPANT TRIAL MUSCLE METRIC``: where a number comes from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    why = commands.add_parser(
        "why",
        help="where a number comes from: files, trial, channel, filters, reference, findings, decisions, versions",
        description="Prints the path of a number of the results back to the recordings. Reads stored results only.",
        epilog="exit codes: 0 found, 2 nothing is called that, or the results are not those of one run",
    )
    why.add_argument("participant", help="whose number it is")
    why.add_argument(
        "trial", help="the trial: its id, the end of it, the name of a file of it, or a part that only it has"
    )
    why.add_argument(
        "muscle", help="the muscle by any of its names, the label of a channel, or the name of an angle; - for times"
    )
    why.add_argument("metric", help="mean, peak, duration, ...: column metric of metrics.csv")
    why.add_argument("--study", type=Path, help="the study file, or the folder of its results; near by if not given")
    why.add_argument("--side", choices=("left", "right"), help="where a muscle was measured on both sides")
    why.add_argument("--placement", help="where a muscle has several pairs of electrodes")
    why.add_argument(
        "--phase", help="of one phase only: repetition (the whole of it), concentric, hold, eccentric, ..."
    )
    why.add_argument("--repetition", type=int, metavar="N", help="of one repetition only, as counted in metrics.csv")
    why.add_argument("--variant", default="main", help="of a variant of the settings; the main analysis if not given")
    why.add_argument("--json", action="store_true", help="as one JSON object")
    why.set_defaults(command=_why)


def _why(given: argparse.Namespace) -> int:
    from emgpipe.commands.terminals import terminal_here
    from emgpipe.provenance import Asked, find_results, path_text, trace

    asked = Asked(
        participant=given.participant,
        trial=given.trial,
        muscle=given.muscle,
        metric=given.metric,
        side=given.side,
        placement=given.placement,
        phase=given.phase,
        repetition=given.repetition,
        variant=given.variant,
    )
    path = trace(find_results(given.study, given.participant), asked)
    if given.json:
        print(json.dumps(asdict(path), ensure_ascii=False, indent=1))
    else:
        print(path_text(path, terminal_here(everything=True)))
    return EXIT_OK
