"""The tables of docs/checks.md, from the checks themselves.

python -m benchmarks.checks_page          # write them again after a check or a threshold was changed
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emgpipe.quality import CHECKS, ChannelCheck, TrialCheck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emgpipe.quality import Check

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "checks.md"
OF_ALL: Final = ("kind", "use", "on_fail")
"""Fields every check has."""
STAGES: Final = {"": "-", "raw": "raw", "filtered": "filtered", "envelope": "envelope"}
LEVELS_AND_REMEDY: Final = {
    "sampling_rate": ("warn; note with one line", "look at the device's settings, compare the length with a clock"),
    "clipping": ("warn, fail", "lower the gain; leave the stretch or channel out"),
    "flat": ("note, warn, fail", "look at cable and connection; leave the stretch out, record again"),
    "gaps": ("warn, fail", "look at the sensor's connection; record again if it lies where you measure"),
    "packets": ("note, warn, fail", "bring the receiver nearer, look at the battery"),
    "mains": (
        "note, warn, fail",
        "clean the skin, fix the reference electrode; `mains_notch` or `mains_interpolation`",
    ),
    "unit": ("note, warn", "state the unit in the study file, or export in volts"),
    "activity": ("warn, fail", "check electrode, cable and sensor; let the participant contract"),
    "rest_noise": ("note, warn", "let the muscle relax, clean the skin; record the rest again"),
    "processed": ("note, warn", "export the raw signal; switch off filters and smoothing of the software"),
    "artifact": ("warn; note where there are many", "leave the repetition out, or blank it (`artifact_blanking`)"),
    "motion": ("note, warn", "tape cables and sensors down; high-pass of 20 Hz or more"),
    "ecg": ("note, warn", "`highpass` at 30 Hz, `ecg_template` or `ecg_gating` for rest, MVIC and tasks alike"),
    "spectrum": ("note, warn", "look at the signal; check electrodes, cables and what the device filters"),
    "identical": ("fail", "find out which muscle it is, and take the other channel out"),
    "crosstalk": ("note, warn", "move the electrodes apart; check the reference electrode"),
    "mvic_window": ("warn", "decide for another MVIC trial, or record it again"),
    "mvic_trials": ("note, warn", "record three trials in two positions"),
    "mvic_exceeded": ("note", "none for ratios inside a participant; for levels look at the MVIC's plateau"),
    "repetition_outliers": ("note, warn", "look at the trace; correct the repetitions or leave one out by a decision"),
    "fatigue_drift": ("note, warn", "compare late conditions with care; rest longer, change the order"),
    "signal_to_noise": ("note, warn, fail", "check electrode, rest and effort; record rest and MVIC again"),
    "swapped_channels": ("note, warn, fail", "compare with photographs; state the channels the other way round"),
    "working_side": ("note, warn", "correct the channels or `working_side`"),
    "electrode_shift": ("note, warn", "check the electrode; state another placement, with an MVIC of its own"),
    "consistent_filtering": ("warn, fail", "export this trial as raw as the others"),
    "consistent_scale": ("note, warn, fail", "state the unit or the rate for the files that differ"),
    "same_samples": ("fail", "correct `file` in the trials table"),
    "above_mvic": ("note, warn", "as its words say: unit, MVIC, artifact, or nothing"),
}
"""What levels a check gives, and in short what its findings say to do."""


def main() -> None:
    """Write the tables between their marks."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def written(text: str) -> str:
    """Return the page with its tables as the code has them."""
    for name, lines in (("catalogue", _catalogue()), ("thresholds", _thresholds())):
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, rest = text.split(begin)
        _, after = rest.split(end)
        text = "\n".join([before + begin, *lines, end + after])
    return text


def _catalogue() -> Iterator[str]:
    yield "| check | looks for | in | reads | levels | what to do |"
    yield "|---|---|---|---|---|---|"
    for check in CHECKS:
        name = _name(check)
        levels, remedy = LEVELS_AND_REMEDY[name]
        cells = (f"[`{name}`](#{name})", _first(check), _scope(check), STAGES[check.stage], levels, remedy)
        yield f"| {' | '.join(cells)} |"


def _thresholds() -> Iterator[str]:
    for check in CHECKS:
        yield f"\n### {_name(check)}"
        yield f"{_sentence(check().describe())}"
        yield f"Findings: {', '.join(f'`{kind}`' for kind in check.finds)}.\n"
        yield "| threshold | default | |"
        yield "|---|---|---|"
        for name, field in check.model_fields.items():
            if name not in OF_ALL:
                yield f"| `{name}` | {_shown(field.default)} | {' '.join((field.description or '').split())} |"


def _name(check: type[Check]) -> str:
    return check().name


def _first(check: type[Check]) -> str:
    """Return the first line of what the class says of itself, without its full stop."""
    return " ".join((check.__doc__ or "").split("\n\n")[0].split()).rstrip(".")


def _scope(check: type[Check]) -> str:
    return "channel" if issubclass(check, ChannelCheck) else "trial" if issubclass(check, TrialCheck) else "session"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _shown(default: Any) -> str:
    return "none" if default is None else f"{default:g}"


if __name__ == "__main__":
    main()
