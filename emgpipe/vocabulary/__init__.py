"""Muscles, exercises and head positions: names, synonyms, order and source.

The data lie in three YAML files beside this one; `load_vocabulary` reads them when first asked.
"""

from emgpipe.vocabulary.entries import (
    Entry,
    Exercise,
    HeadPosition,
    Muscle,
    StartPhase,
    VocabularyAdditions,
)
from emgpipe.vocabulary.found_words import FoundWord, guess_words
from emgpipe.vocabulary.guess import Guess, guess_channel, guess_channels, is_spelled_out
from emgpipe.vocabulary.listing import vocabulary_text
from emgpipe.vocabulary.load import load_vocabulary
from emgpipe.vocabulary.lookup import Vocabulary, normalize

__all__ = [
    "Entry",
    "Exercise",
    "FoundWord",
    "Guess",
    "HeadPosition",
    "Muscle",
    "StartPhase",
    "Vocabulary",
    "VocabularyAdditions",
    "guess_channel",
    "guess_channels",
    "guess_words",
    "is_spelled_out",
    "load_vocabulary",
    "normalize",
    "vocabulary_text",
]
