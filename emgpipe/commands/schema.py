"""``emgpipe schema``: the JSON Schema of study files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    schema = commands.add_parser("schema", help="print the JSON Schema of study files, for editors")
    schema.set_defaults(command=_schema)


def _schema(_: argparse.Namespace) -> int:
    import json

    from emgpipe.config import study_schema

    print(json.dumps(study_schema(), indent=1))
    return EXIT_OK
