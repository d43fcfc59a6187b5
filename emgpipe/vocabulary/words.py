"""Words around names: sides, roles, what devices and software write into labels; and how a text is cut into words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emgpipe.model import Side


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LEFT: Final = _set(
    "left lft links linke linker linkes gauche izquierdo izquierda izq izqdo izqda izdo izda esquerdo esquerda"
    " sinistro sinistra"
)
_RIGHT: Final = _set(
    "right rgt rechts rechte rechter rechtes droite derecho derecha dcho dcha direito direita destro destra"
)
SIDE_WORDS: Final[Mapping[str, Side]] = {**dict.fromkeys(_LEFT, "left"), **dict.fromkeys(_RIGHT, "right")}
"""Words that mean a side wherever they stand. French ``droit`` is not among them: it is also a straight muscle."""

SIDE_LETTERS: Final[Mapping[str, Side]] = {
    "l": "left", "lt": "left", "li": "left", "sx": "left",
    "r": "right", "rt": "right", "re": "right", "der": "right", "dx": "right",
}  # fmt: skip
"""Abbreviations that mean a side only beside a muscle."""

PROCESSING_WORDS: Final = _set(
    "filtered filt filter bandpass bandpassed highpass highpassed lowpass lowpassed notched rectified rms envelope env"
    " smoothed smooth smoothing activated activation processed proc normalized normalised norm averaged demeaned"
    " detrended cleaned integrated iemg arv mav"
)
"""What software adds to the label of a signal it has worked on."""

UNIT_WORDS: Final = _set("v mv uv μv nv")
RAW_WORDS: Final = frozenset(("raw", "unfiltered", "unprocessed"))

DEVICE_WORDS: Final = (
    _set(
        "emg semg surface analog analogue voltage volt volts sensor sensors channel channels chan ch chn kanal canal"
        " signal sig input port im imu mini avanti duo quattro maize trigno delsys ultium noraxon"
        " telemyo freeemg bts bipolar muscle musculus musc linear moving"
    )
    | UNIT_WORDS
)
"""Words of a label that say nothing about the muscle."""

ROLE_WORDS: Final[Mapping[str, str]] = {
    "mvic": "mvic", "mvc": "mvic", "maximumvoluntarycontraction": "mvic", "maximalvoluntarycontraction": "mvic",
    "maximumvoluntaryisometriccontraction": "mvic", "maximalvoluntaryisometriccontraction": "mvic",
    "rest": "rest", "resting": "rest", "ruhe": "rest", "reposo": "rest", "repo": "rest",
    "calibration": "calibration", "calib": "calibration", "kalibrierung": "calibration",
    "calibracion": "calibration",
}  # fmt: skip
"""Normalized words for what a trial is for. ``static`` and ``baseline`` are used for too many things."""

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_RUN: Final = re.compile(r"[^\W_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PIECE: Final = re.compile(r"\d+|\D+")
_CODE: Final = re.compile(r"[a-z]\d+")


def without_accents(text: str) -> str:
    """Return a text without accents; German umlauts become two letters, as they are written without the key.

    >>> without_accents("Gesäß"), without_accents("Droit fémoral")
    ('Gesaeß', 'Droit femoral')
    """
    if text.isascii():
        return text
    german = unicodedata.normalize("NFC", text).translate(_UMLAUTS)
    return "".join(letter for letter in unicodedata.normalize("NFKD", german) if not unicodedata.combining(letter))


def split_words(text: str, *, camel: bool = False) -> tuple[str, ...]:
    """Return the words of a text in lower case, without accents; numbers are words of their own.

    A single letter with a number (``P01``, ``L3``, ``F7``) stays together: it is a code, not a letter.

    Parameters
    ----------
    text : str
    camel : bool
        Also cut where small letters meet capital ones.

    >>> split_words("Delt_ant.EMG1"), split_words("gmaxL", camel=True), split_words("ES L3")
    (('delt', 'ant', 'emg', '1'), ('gmax', 'l'), ('es', 'l3'))
    """
    words: list[str] = []
    for run in _RUN.findall(without_accents(text)):
        for part in _CAMEL.split(run) if camel and run.casefold() not in UNIT_WORDS else (run,):
            folded = part.casefold()
            words += (folded,) if _CODE.fullmatch(folded) else _PIECE.findall(folded)
    return tuple(words)


def is_number_or_code(word: str) -> bool:
    """Say whether a word is a number or a letter with a number."""
    return word[-1:].isdigit()
