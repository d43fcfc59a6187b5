"""The methods in words, from what was run; what nobody stated reads NOT RECORDED."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.markup import bullets, details, escape
from emgpipe.report.words import lower_label

if TYPE_CHECKING:
    from emgpipe.model import SessionResult, StudyResult

ABSENT: Final = "NOT RECORDED"
_UNITS: Final = {"low": "Hz", "high": "Hz", "cutoff": "Hz", "window": "s", "duration": "s"}
_NOT_KNOWN: Final = (
    "electrode material, shape and size", "inter-electrode distance", "skin preparation",
    "electrode orientation to the fibers", "amplifier: input impedance, CMRR, gain, hardware filters, resolution",
    "crosstalk check",
)  # fmt: skip


@dataclass
class Applied:
    """What the sessions say was applied, gathered while they are drawn one by one."""

    histories: dict[tuple[str, ...], None] = field(default_factory=dict)
    placements: dict[str, None] = field(default_factory=dict)

    def add(self, session: SessionResult) -> None:
        """Note the histories and electrode placements of one session."""
        for result in session.trials:
            self.histories |= {tuple(history): None for history in result.history.values() if history}
            self.placements |= {
                f"{lower_label(t.name)}: {t.placement}": None for t in result.traces if t.kind == "emg" and t.placement
            }


def methods_part(result: StudyResult, applied: Applied) -> str:
    """Return the methods after the ISEK reporting standard (Merletti 1999, J Electromyogr Kinesiol 9: III-IV)."""
    settings = result.settings
    normalization = _described(settings.get("normalization"))
    references = sorted({reference.rule for reference in result.references})
    lines = (
        ("Electrode placement", "; ".join(applied.placements) or ABSENT),
        ("Processing", _processing(settings, applied)),
        ("Normalization", normalization + (f"; {'; '.join(references)}" if references else "")),
        ("Repetitions", _described(settings.get("repetitions"))),
        ("Metrics", _described(settings.get("metrics"))),
        ("Comparison", _comparison(result)),
        ("Software", ", ".join(f"{name} {version}" for name, version in result.versions.items()) or ABSENT),
    )
    items = "".join(f"<dt>{name}</dt><dd>{_marked(text)}</dd>" for name, text in lines)
    absent = "; ".join(_NOT_KNOWN)
    return (
        "<p>For the methods section of a paper, after the reporting standard of the International Society of "
        f"Electrophysiology and Kinesiology. Fill in what is marked.</p><dl>{items}"
        f'<dt>To be added</dt><dd>{escape(absent)}: <span class="absent">{ABSENT}</span></dd></dl>'
    )


def settings_part(result: StudyResult) -> str:
    """Return the settings in full, the versions, and where the outputs are."""
    import yaml

    text = yaml.safe_dump(plain_data(result.settings), sort_keys=False, allow_unicode=True, width=100)
    versions = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in result.versions.items())
    files = bullets(
        f"{escape(name)}: <code>{escape(str(path))}</code>" for name, path in sorted(result.sessions.items())
    )
    return (
        f"<p>All outputs of this run are in <code>{escape(str(result.folder))}</code>: the tables of metrics, curves "
        "and findings, the ranking, a record of the run with hashes of every input and output, and one HDF5 file per "
        f"session.</p>{details('Files of the sessions', files) if files else ''}"
        f"{details('Settings in full, every default filled in', f'<pre>{escape(text)}</pre>')}"
        f"{details('Versions', f'<dl>{versions}</dl>') if versions else ''}"
    )


def plain_data(value: Any) -> Any:
    """Return settings as mappings, lists, numbers and text only."""
    if isinstance(value, Mapping):
        return {str(key): plain_data(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain_data(inner) for inner in value]
    if value is None or type(value) in {bool, int, float, str}:
        return value
    return str(value)


def _processing(settings: Mapping[str, Any], applied: Applied) -> str:
    if not applied.histories:
        return _described(settings.get("chain"))
    return "; or, where stated per muscle or sampling rate: ".join(", then ".join(steps) for steps in applied.histories)


def _comparison(result: StudyResult) -> str:
    methods = {comparison.basis.get("method", "") for comparison in result.comparisons} - {""}
    return "; ".join(sorted(methods)) or _described(result.settings.get("comparisons"))


def _marked(text: str) -> str:
    return escape(text).replace(ABSENT, f'<span class="absent">{ABSENT}</span>')


def _described(value: Any) -> str:
    """Say a part of the settings in words: its kind, then its parameters with units."""
    if value is None or value in ("", [], {}):
        return ABSENT
    if isinstance(value, Mapping):
        kind = lower_label(value.get("kind", ""))
        inner = [_parameter(key, item) for key, item in value.items() if key != "kind" and item is not None]
        return " ".join(part for part in (kind, f"({', '.join(inner)})" if inner else "") if part)
    if isinstance(value, Sequence) and not isinstance(value, str):
        steps = any(isinstance(item, Mapping) for item in value)
        return (", then " if steps else ", ").join(map(_described, value))
    return lower_label(value)


def _parameter(key: str, value: Any) -> str:
    unit = f" {_UNITS[key]}" if key in _UNITS and not isinstance(value, str) else ""
    return f"{lower_label(key)} {_described(value)}{unit}"
