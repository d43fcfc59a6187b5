"""``emgpipe decide STUDY exclude|keep|reference ... --reason TEXT``: one more row in the decisions table."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    from emgpipe.commands.types import Commands

_ACTIONS: Final = ("exclude", "keep", "reference")
_PLACES: Final = {
    "participant": "whom it is about",
    "session": "which session",
    "trial": "which trial, by its id in the report and the tables",
    "muscle": "which muscle, by any of its names",
    "side": "left or right",
    "placement": "which electrode pair of the muscle, where there are several",
    "onset": "which repetition: the time in seconds at which it begins (column onset of metrics.csv)",
    "finding": "which finding it is about: kind or id (findings.csv)",
}


def add(commands: Commands) -> None:
    """Declare the command."""
    decide = commands.add_parser(
        "decide",
        help="write down a decision about numbers or a reference: who, when, what and why",
        description="Adds one row to the decisions table of a study. What is left out means all: without --muscle all "
        "muscles, without --trial all trials.",
        epilog="exit codes: 0 written, 2 not written: the decision or the study file cannot be used",
    )
    decide.add_argument("study", type=Path, help="the study file (YAML)")
    decide.add_argument(
        "action",
        choices=_ACTIONS,
        help="exclude: leave the numbers out of comparisons, or an MVIC trial out of the reference; keep: they stay in "
        "though a check failed; reference: this MVIC trial, or --value, is 100 %%",
    )
    for name, words in _PLACES.items():
        decide.add_argument(f"--{name}", default="", help=words)
    decide.add_argument("--value", default="", help="reference only: the reference in volts, such as 0.00042")
    decide.add_argument("--reason", required=True, help="why; printed beside the numbers")
    decide.add_argument("--who", default="", help="who decides; your login name if not given")
    decide.set_defaults(command=_decide)


def _decide(given: argparse.Namespace) -> int:
    from emgpipe.deciding import add_decision

    cells = {name: str(getattr(given, name)) for name in (*_PLACES, "value", "action", "reason")}
    done = add_decision(given.study, {**cells, "who": given.who or _login()})
    print(f"written to {done.path}: {done.decision.action} {done.place}")
    for line in done.consequences:
        print(f"  {line}")
    for line in done.warnings:
        print(f"  WARN {line}", file=sys.stderr)
    return EXIT_OK


def _login() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # nobody is known by that number, as in containers
        return ""
