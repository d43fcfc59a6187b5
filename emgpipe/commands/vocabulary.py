"""``emgpipe vocabulary [WORD ...]``: the names emgpipe knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    import argparse

    from emgpipe.commands.types import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    words = commands.add_parser("vocabulary", help="print the known muscles, exercises and head positions")
    words.add_argument(
        "word",
        nargs="*",
        help="print only names with this word or these words, such as hip thrust, and all about each",
    )
    words.set_defaults(command=_vocabulary)


def _vocabulary(given: argparse.Namespace) -> int:
    from emgpipe.vocabulary import load_vocabulary, vocabulary_text

    word = " ".join(given.word)
    text = vocabulary_text(load_vocabulary(), word)
    missing = f"nothing in the vocabulary contains '{word}'; a study file can add it under `vocabulary:`"
    print(text or missing)
    return EXIT_OK
