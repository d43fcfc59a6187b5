"""What a channel measures, guessed from its unit and its label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from emgpipe.units import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emgpipe.model import Kind

_Words = tuple[tuple["Kind", re.Pattern[str]], ...]


def _words(*table: tuple[Kind, str]) -> _Words:
    return tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in table)


_EMG: Final = re.compile(r"emg", re.IGNORECASE)
_NOT_EMG: Final = _words(
    ("ecg", r"\b(ecg|ekg|heart)|(ecg|ekg)\b"),
    ("trigger", r"trig(?!no)|sync|marker|\bstatus\b|\bevents?\b|switch|digital"),
    ("other", r"\b(eeg|eog|resp\w*|temp(?!oral)\w*|mic\w*|mag|magneto\w*|voltage\.[fm][xyz]\w*)\b"),
)
_SENSOR_STATE: Final = re.compile(r"(\b|_)status\d*(?![a-z])", re.IGNORECASE)
_BY_LABEL: Final = _words(
    ("angular_velocity", r"gyro|ang(ular)?[ _.]?vel"),
    ("acceleration", r"\bacc(el\w*)?\b|accel|\bacc[._ ]?[xyz]|_acc\b"),
    ("angle", r"angle|gonio|flexion|pitch|inclin|\bhip\b|\bknee\b|\bneck\b"),
    ("force", r"force|torque|moment|load[ _]?cell|\b[fm][xyz]\d*\b"),
)
_EMG_LABEL: Final = re.compile(
    r"emg|glut|g[ _]?max|g[ _]?med|bicep|hamst|rect(us)?[ _]?fem|vast(us)?|erect|semit|tibial|gastroc|soleus"
    r"|deltoid|trapez|\b[rl]?(bf|st|rf|vl|vm|ta|gm|gl|es)\b",
    re.IGNORECASE,
)
_MUSCLE: Final = re.compile(
    r"glut|g ?max|g ?med|bicep|tricep|quadri|hamst|rectus|vast(us|i)?\b|erector|semit|semim|tibial|gastroc|soleus"
    r"|deltoid|trapez|latiss|pectoral|abdom|obliq|multifid|longissim|iliocost|adduct|abduct|gracil|sartor|peron"
    r"|fibularis|psoas|tensor|masseter|temporalis|sternocl|spleni|spinatus|brachi|flexors?\b|extensors?\b"
    r"|orbicul|zygomat|frontalis|mentalis|hyoid|diaphragm|intercost|flexor|extensor",
    re.IGNORECASE,
)
"""Words of muscles that nothing else is called by; two letters are too few to contradict another word."""

# Of voltages: analog outputs of other devices. Underscores and points in the label stand for blanks here.
_AXIS: Final = _words(
    ("angular_velocity", r"\bgyro\w* ?[xyz]\b"),
    ("acceleration", r"\bacc\w* ?[xyz]\b"),
)
"""Even beside ``emg``: a sensor's other signals bear its name."""
_QUANTITY: Final = _words(
    ("angular_velocity", r"gyro|\bang(ular)? ?vel"),
    ("acceleration", r"\bacc\d*\b|accel|\bacc ?[xyz]"),
    ("angle", r"angle(?!s? of)|\bgoni|\binclin|\bflexion\b"),
    ("force", r"force|torque|\bload ?cell|dynamomet|\b[fm][xyz] ?\d*\b|\b[fm]\d+[xyz]\b|\bfsr"),
)
"""Even beside a muscle: the accelerometer on it, the force it makes."""
_OTHER_INPUT: Final = _words(
    ("trigger", r"\bttl|\bstim"),
    ("angle", r"\bknee\b|\bpitch\b|\broll\b"),
    ("force", r"\bmoment\b|\bweight\b|\bstrain gauge"),
    (
        "other",
        r"\bspeed|\bvelocit|\bveloc\b|\btacho|\bcadence|\brpm\b|\bposition|\blvdt|\bdisplac|\bdistance|\bencoder"
        r"|\bpotentio|\blaser|\bbiodex|\bcybex|\bisokin|\bgsr|\beda\d*\b|\bppg|\bspo2|\bpulse|\bpleth|\bhr\b|\bbvp"
        r"|\bbreath|\bspiro|\b(air)?flow|\bvolume|\bco2|\bpressure|\bbattery|\bheel\b|\bfoot ?contact|\baudio|\bsound"
        r"|\blight|\bphoto|\bpupil|\bgaze|\bthermo|\bhumid",
    ),
)
_BY_QUANTITY: Final[dict[str, Kind]] = {
    "angle": "angle",
    "acceleration": "acceleration",
    "angular velocity": "angular_velocity",
    "force": "force",
    "moment": "force",
}


def guess_kind(label: str, unit: str) -> Kind:
    """Say what a channel measures, from its unit first and its label second.

    A voltage is EMG unless the label says otherwise: analog inputs take anything that gives a voltage. Without a known
    unit only the label counts, and a label that says nothing gives ``other``.

    >>> guess_kind("GMAX RT", "V"), guess_kind("Trigger", "V"), guess_kind("hip flexion", "unknown")
    ('emg', 'trigger', 'angle')
    >>> guess_kind("Knee angle", "V"), guess_kind("EMG trigger finger", "V"), guess_kind("Analog 7", "V")
    ('angle', 'emg', 'emg')
    """
    if _SENSOR_STATE.search(label):  # ``Forearm_EMG_Status1`` tells about an EMG sensor and is no EMG
        return "trigger"
    known = BY_NAME.get(unit)
    quantity = known.quantity if known is not None else ""
    not_emg = None if _EMG.search(label) else _first(_NOT_EMG, label)
    if not_emg is not None and not (not_emg == "trigger" and quantity == "voltage" and _MUSCLE.search(label)):
        return not_emg
    if quantity == "voltage":
        return _of_voltage(re.sub(r"[_.]", " ", label))
    if quantity not in {"", "counts"}:
        return _BY_QUANTITY.get(quantity, "other")
    if _EMG.search(label):
        return "emg"
    return _first(_BY_LABEL, label) or ("emg" if _EMG_LABEL.search(label) else "other")


def rests_on_unit(label: str, unit: str) -> bool:
    """Say whether `guess_kind` calls a channel EMG for nothing but its unit.

    >>> rests_on_unit("Analog 7", "V"), rests_on_unit("GMAX RT", "V"), rests_on_unit("Sync", "V")
    (True, False, False)
    """
    known = BY_NAME.get(unit)
    if known is None or known.quantity != "voltage" or guess_kind(label, unit) != "emg":
        return False
    return not (_EMG_LABEL.search(label) or _MUSCLE.search(label))


def _of_voltage(label: str) -> Kind:
    if _EMG.search(label):
        return _first(_AXIS, label) or "emg"
    said = _first(_QUANTITY, label)
    if said is not None:
        return said
    return "emg" if _MUSCLE.search(label) else _first(_OTHER_INPUT, label) or "emg"


def _first(table: Iterable[tuple[Kind, re.Pattern[str]]], label: str) -> Kind | None:
    return next((kind for kind, words in table if words.search(label)), None)
