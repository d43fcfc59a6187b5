"""Write `docs/channel-names.md`: the channel names of real recordings, and what the vocabulary made of them.

    python benchmarks/channel_names.py [FOLDER]

`FOLDER` holds the recordings and their references.json (default: the folder the tests use). What each channel truly is
was written down here by hand, from the recordings' own documentation or from the full name; a guess that says something
else is wrong, and a guess about a channel that is not in the list is counted as not judged.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from emgpipe.errors import ReadError
from emgpipe.model import Channel
from emgpipe.readers import read

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "channel-names.md"
SHOWN = 24

LOWER_LIMB = {
    "REC": "rectus_femoris", "VAS": "vastus_lateralis", "TIB": "tibialis_anterior", "SOL": "soleus",
    "GAS": "gastrocnemius", "HAM": "hamstrings", "BIC": "biceps_femoris",
}  # fmt: skip
SHOULDER = {
    "Delt_ant": "deltoid_anterior", "Delt_med": "deltoid_middle", "Delt_post": "deltoid_posterior",
    "Infra": "infraspinatus", "Supra": "supraspinatus", "Subscap": "subscapularis", "Biceps": "biceps_brachii",
    "Triceps": "triceps_brachii", "Trap_sup": "trapezius_upper", "Trap_inf": "trapezius_lower",
    "Gd_dent": "serratus_anterior", "Gd_dors": "latissimus_dorsi", "Pec": "pectoralis_major",
}  # fmt: skip
GAIT_ANC = {
    "Rectus": "rectus_femoris", "Vaste Ext": "vastus_lateralis", "Biceps": "biceps_femoris",
    "Tibialis": "tibialis_anterior", "Sol": "soleus", "Jum Int": "gastrocnemius_medialis", "Ischio": "hamstrings",
}  # fmt: skip
GAIT_VICON = {
    "Rect": "rectus_femoris", "Hams": "hamstrings", "Gast": "gastrocnemius", "Tib Ant": "tibialis_anterior",
    "Tib Post": "tibialis_posterior",
}  # fmt: skip
WALKING = {
    "ME": "gluteus_medius", "MA": "gluteus_maximus", "FL": "tensor_fasciae_latae", "RF": "rectus_femoris",
    "VM": "vastus_medialis", "VL": "vastus_lateralis", "ST": "semitendinosus", "BF": "biceps_femoris",
    "TA": "tibialis_anterior", "PL": "peroneus_longus", "GM": "gastrocnemius_medialis",
    "GL": "gastrocnemius_lateralis", "SO": "soleus",
}  # fmt: skip
FULL_NAMES = (
    "soleus", "gastrocnemius", "tibialis_anterior", "medial_hamstrings", "biceps_femoris", "vastus_lateralis",
    "rectus_femoris", "gluteus_maximus", "gluteus_medius",
)  # fmt: skip
SIDES = {"L": "left", "R": "right"}
TRUE: dict[str, tuple[str, str]] = {
    **{f"{letter}{name}": (muscle, side) for letter, side in SIDES.items() for name, muscle in LOWER_LIMB.items()},
    **{f"{letter} {name}": (muscle, side) for letter, side in SIDES.items() for name, muscle in GAIT_ANC.items()},
    **{
        f"Voltage.{letter} {name}": (muscle, side)
        for letter, side in SIDES.items()
        for name, muscle in GAIT_VICON.items()
    },
    **{name: (muscle, "") for name, muscle in (SHOULDER | WALKING).items()},
    **{name: (name, "") for name in FULL_NAMES},
    "SOL": ("soleus", ""),
    "vastus_medius": ("vastus_medialis", ""),
    **{
        f"{side.title()} {name}": (muscle, side)
        for side in SIDES.values()
        for name, muscle in {
            "Rectus Femoris": "rectus_femoris",
            "Biceps Femoris Caput Longu": "biceps_femoris_long_head",
            "Biceps Femoris Caput Longus": "biceps_femoris_long_head",
            "Tibialis Anterior": "tibialis_anterior",
            "Gastrocnemius Lateralis": "gastrocnemius_lateralis",
        }.items()
    },
}


def main(folder: Path) -> None:
    counts = {"right": 0, "wrong": 0, "not judged": 0, "no guess": 0, "stated by the file": 0}
    sections: list[str] = []
    for path in _files(folder):
        try:
            channels = read(path).channels
        except ReadError:
            continue
        sections.append(_section(path.relative_to(folder).as_posix(), channels, counts))
    TARGET.write_text(_page(sections, counts), encoding="utf-8")
    print(f"{TARGET}: {len(sections)} files, " + ", ".join(f"{number} {word}" for word, number in counts.items()))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "LICENSES" not in path.parts and path.name not in {"README.md", "references.json"}:
            yield path


def _section(name: str, channels: tuple[Channel, ...], counts: dict[str, int]) -> str:
    rows: list[str] = []
    lists: dict[str, list[str]] = {"stated by the file": [], "no guess": []}
    for channel in channels:
        verdict = _verdict(channel)
        counts[verdict] += 1
        if verdict in lists:
            stated = " ".join(word for word in (channel.muscle, channel.side) if word)
            lists[verdict].append(f"`{channel.label}` {stated}".rstrip())
        else:
            muscle, side = channel.muscle or "-", channel.side or "-"
            rows.append(f"| `{channel.label}` | {channel.kind} | {muscle} | {side} | {verdict} |")
    lines = [f"## {name}", ""]
    if rows:
        lines += ["| channel | kind | muscle | side | guess is |", "| --- | --- | --- | --- | --- |", *rows, ""]
    for verdict, names in lists.items():
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        lines += [f"{verdict.capitalize()} ({len(names)}): {', '.join(names[:SHOWN])}{more}.", ""] if names else []
    return "\n".join(lines)


def _verdict(channel: Channel) -> str:
    if not channel.muscle and not channel.side:
        return "no guess"
    if not channel.guessed:
        return "stated by the file"
    for label in (channel.label, channel.label.split(".")[0]):
        if label in TRUE:
            return "right" if TRUE[label] == (channel.muscle, channel.side) else "wrong"
    return "not judged"


def _page(sections: list[str], counts: dict[str, int]) -> str:
    guesses = counts["right"] + counts["wrong"] + counts["not judged"]
    head = (
        "# Channel names of real recordings, and what the vocabulary made of them\n\n"
        "Written by `python benchmarks/channel_names.py`, which reads every recording in the folder of real data the\n"
        "tests use. What each channel truly is was written down by hand in that script.\n\n"
        f"**{len(sections)} files, {guesses} guesses: {counts['right']} right, {counts['wrong']} wrong, "
        f"{counts['not judged']} not judged.** No guess was made for {counts['no guess']} channels, which is allowed:\n"
        "forces, angles, numbered sensors, and names that mean one muscle in one laboratory and another in the next\n"
        "(`GM`, `LBIC`, `LREC`, `MA`). A study file settles such a name under `vocabulary:` or `channels:`.\n"
    )
    return head + "\n" + "\n".join(sections).rstrip() + "\n"


if __name__ == "__main__":
    standard = Path(os.environ.get("EMGPIPE_DATA", ROOT.parent / "shared" / "data"))
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else standard)
