"""``emgpipe plan``: what a study can find, and a counterbalanced order sheet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands
    from emgpipe.planning import Plan


def add(commands: Commands) -> None:
    """Declare the command."""
    plan = commands.add_parser(
        "plan",
        help="before a study: effects that can be found with n participants, and a counterbalanced order sheet",
        description="Without arguments: the five head positions, all pairs.",
    )
    plan.add_argument("--factor", default="head_position", help="what is compared (default: head_position)")
    plan.add_argument("--levels", nargs="+", default=[], metavar="LEVEL", help="its levels (default: head positions)")
    plan.add_argument("--against", default="", metavar="LEVEL", help="compare each level with this one, not all pairs")
    plan.add_argument("--participants", type=int, default=0, metavar="N", help="how many are planned")
    plan.add_argument(
        "--spread", type=float, default=0.0, metavar="SD", help="SD of the log ratios; 0.2 is about 20 %%"
    )
    plan.add_argument("--alpha", type=float, default=0.05, help="level of the tests (default: 0.05)")
    plan.add_argument("--power", type=float, default=0.8, help="wanted power (default: 0.8)")
    plan.add_argument("--order-sheet", type=Path, metavar="CSV", help="write who does what in which order to this file")
    plan.add_argument("--seed", type=int, default=0, help="of the order sheet; the same seed gives the same sheet")
    plan.set_defaults(command=_plan)


def _plan(given: argparse.Namespace) -> int:
    from emgpipe.planning import Plan, plan_study, plan_text
    from emgpipe.vocabulary import load_vocabulary

    wanted = Plan(
        given.factor, tuple(given.levels), given.against, given.participants, given.spread, given.alpha, given.power
    )
    plan = plan_study(wanted, load_vocabulary())
    if given.order_sheet is not None:
        _check_orders(plan, given.order_sheet, given.seed)
    print(plan_text(plan))
    if given.order_sheet is not None:
        _write_orders(plan, given.order_sheet, given.seed)
    return EXIT_OK


def _check_orders(plan: Plan, path: Path, seed: int) -> None:
    from emgpipe.errors import ConfigError

    if plan.participants < 1:
        raise ConfigError("plan: --order-sheet needs --participants, the number of rows to draw")
    if path.is_dir():
        raise ConfigError(f"plan: --order-sheet {path} is a folder; name a file in it, such as {path / 'orders.csv'}")
    if path.exists():
        raise ConfigError(f"plan: {path} exists; an order sheet in use is not overwritten, choose another name")
    if seed < 0:
        raise ConfigError(f"plan: --seed {seed} must not be below 0")


def _write_orders(plan: Plan, path: Path, seed: int) -> None:
    from emgpipe.atomic import write_text
    from emgpipe.planning import balance_text, order_sheet

    digits = max(2, len(str(plan.participants)))
    names = [f"P{number:0{digits}d}" for number in range(1, plan.participants + 1)]
    write_text(path, order_sheet(plan, names, seed))
    print(f"\norder sheet: {path} ({balance_text(plan, plan.participants, seed)})", file=sys.stdout)
