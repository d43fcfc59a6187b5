"""Small pieces of plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.vocabulary import Vocabulary


COMPARED_MUSCLE: Final = "compared_muscle"
"""The column muscles stand in while they are the levels of a comparison."""
COMPARED_SESSION: Final = "compared_session"
"""The column sessions stand in while they are the levels of a comparison."""
CROSSED: Final = " x "
"""Joins the names of two crossed factors, and their levels, where every combination is a level of its own."""
RESERVATION: Final = "a higher EMG amplitude; it does not by itself show a larger force or a training effect"
MEASURED_POSITION: Final = "head_position_measured"
"""The factor that holds each trial's head position as measured, while ``head_position`` holds the instructed one."""


def listed(parts: Iterable[str], last: str = "and") -> str:
    """Join words: ``a``, ``a and b``, ``a, b and c``."""
    words = list(parts)
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def people(n: int) -> str:
    """Return ``1 participant`` or ``n participants``."""
    return f"{n} participant{'' if n == 1 else 's'}"


def percent(share: float) -> str:
    """Return a share as whole percent: ``79 %``."""
    return f"{100 * share:.0f} %"


def factor_words(factor: str, *, several: bool = False) -> str:
    """Return a factor's name in words, in the plural where several levels are meant."""
    words = "measured head position" if factor == MEASURED_POSITION else _plain(factor)
    return words if not several else f"levels of {words}" if factor.endswith("s") else f"{words}s"


def level_words(vocabulary: Vocabulary, factor: str, level: str) -> str:
    """Return a level as it reads in a sentence about its factor; a bare number gets the factor's name."""
    if not level:
        return f"no stated {factor_words(factor)}"
    if CROSSED in factor:
        pairs = zip(factor.split(CROSSED), level.split(CROSSED, 1), strict=False)
        return " with ".join(level_words(vocabulary, name, part) for name, part in pairs)
    if factor == COMPARED_SESSION:
        return f"session {level}"
    if factor == COMPARED_MUSCLE:
        muscle, _, side = level.partition(" ")
        return " ".join((vocabulary.words("muscle", muscle), side)).strip()
    if factor == MEASURED_POSITION:
        return vocabulary.words("head_position", level)
    words = vocabulary.words(factor, level)
    return words if factor in {"exercise", "head_position"} else f"{factor_words(factor)} {words}"


def _plain(factor: str) -> str:
    return factor.removeprefix("compared_").replace("_", " ")


def place_words(vocabulary: Vocabulary, factor: str, level: str) -> str:
    """Return a level as it reads where another factor is the subject: ``head position neutral``."""
    words = level_words(vocabulary, factor, level)
    ambiguous = factor in {"head_position", MEASURED_POSITION}
    return f"{factor_words(factor)} {words}" if ambiguous and level else words


def panel_words(vocabulary: Vocabulary, panel: tuple[str, str, str, str], kind: str = "emg") -> str:
    """Return muscle, side, placement and metric as the beginning of a sentence.

    `kind` is the kind of the outcome: ``emg``, ``ratio`` (of two muscles, joined by a slash) or that of a channel.
    """
    muscle, side, placement, metric = panel
    what = {"emg": " EMG amplitude", "ratio": " EMG amplitude ratio"}.get(kind, "")
    names = " to ".join(vocabulary.words("muscle", part) if what else part for part in muscle.split("/"))
    parts = [names.replace("_", " "), side, placement, f"{metric.replace('_', ' ')}{what}"]
    text = ", ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def once(
    texts: Iterable[tuple[str, OutcomeCells]], outcomes: Sequence[OutcomeCells], vocabulary: Vocabulary
) -> list[str]:
    """Return sentences that hold for several outcomes once, naming the outcomes where they are not all."""
    where: dict[str, list[str]] = {}
    for text, outcome in texts:
        said = where.setdefault(text, [])
        if (words := outcome.words(vocabulary)) not in said:
            said.append(words)
    return [
        f"{text}." if len(named) == len(outcomes) else f"{text} ({'; '.join(named)})." for text, named in where.items()
    ]
