"""The methods in words, from what was run; what nobody stated reads NOT RECORDED."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.markup import bullets, details, escape, table
from emgpipe.report.paper import LIMITS, Paragraph, methods_paragraphs
from emgpipe.report.paper_results import results_paragraphs
from emgpipe.report.reporting_items import ABSENT, reporting_items
from emgpipe.report.words import lower_label

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import SessionResult, StudyResult, Trace, UsedChannel

_UNITS: Final = {"low": "Hz", "high": "Hz", "cutoff": "Hz", "window": "s", "duration": "s"}

_FROM_BOTH: Final = (
    "What is marked is said neither by the study file, under <code>reporting:</code>, nor by the recordings."
)
_FROM_FILE: Final = (
    "Only what the study file says: this page is made without the recordings. What they say themselves, and what is "
    "not recorded anywhere, stands in <code>report.html</code>."
)


@dataclass
class Applied:
    """What the sessions say was applied, gathered while they are drawn one by one."""

    histories: dict[tuple[str, ...], dict[tuple[str, str], None]] = field(default_factory=dict)
    """Steps -> the muscles they were applied to, each with the sampling rate as recorded."""
    placements: dict[str, None] = field(default_factory=dict)
    facts: dict[str, dict[str, None]] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    """Trial -> its role."""

    def recorded(self) -> dict[str, str]:
        """Return what the recordings say about how they were made, by reporting item."""
        facts = {item: "; ".join(texts) for item, texts in self.facts.items()}
        return facts | ({"electrode_location": "; ".join(self.placements)} if self.placements else {})

    def add(self, session: SessionResult) -> None:
        """Note the histories and electrode placements of one session."""
        for result in session.trials:
            self.roles[result.trial.id] = result.trial.role
            known: tuple[Trace | UsedChannel, ...] = (*result.traces, *result.channels)
            used = [one for one in known if one.kind == "emg"]
            emg = {one.label: lower_label(one.name) for one in used}
            for item, texts in result.recorded.items():
                self.facts.setdefault(item, {}).update(dict.fromkeys(texts.split("; ")))
            rate = result.recorded.get("sampling_rate", "")
            for label, steps in result.history.items():
                if steps and label in emg:
                    self.histories.setdefault(tuple(steps), {})[emg[label], rate] = None
            self.placements |= {f"{lower_label(one.name)}: {one.placement}": None for one in used if one.placement}


def methods_part(result: StudyResult, applied: Applied | None, rules: Sequence[str]) -> str:
    """Return words for the methods, results and limits of a paper, then the reporting items of ISEK and CEDE.

    Parameters
    ----------
    applied : Applied or None
        What the sessions say; without them only what the study file says is listed, and nothing is called missing.
    rules : sequence of str
        The rules of the references, in words.
    """
    said = methods_paragraphs(result, processing_words(result.settings, applied or Applied()), rules)
    methods = "".join(map(_paragraph, (one for one in said if one.text != LIMITS)))
    results = "".join(details(escape(one.heading), f"<p>{escape(one.text)}</p>") for one in results_paragraphs(result))
    software = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    return (
        "<p>Text to start from, made from what was run: it states what was computed and nothing else.</p>"
        f"<h3>Methods</h3>{methods}<p><strong>Software</strong>: {escape(software) or ABSENT}.</p>"
        f"<h3>Results</h3>{results or '<p>Nothing was compared.</p>'}<h3>Limits</h3><p>{escape(LIMITS)}</p>"
        f"<h3>Reporting items</h3>{_items_part(result.settings, applied)}"
    )


def _items_part(settings: Mapping[str, Any], applied: Applied | None) -> str:
    """Return the reporting items as a table, and where their words come from."""
    items = reporting_items(settings, applied.recorded() if applied else {})
    shown = [item for item in items if applied or item.text != ABSENT]
    rows = ([escape(item.name), escape(item.standard), _marked(item.text)] for item in shown)
    return (
        "<p>After the reporting standard of the International Society of Electrophysiology and Kinesiology (ISEK) and "
        f"the consensus on experimental design in electromyography (CEDE). {_FROM_BOTH if applied else _FROM_FILE}</p>"
        f"{table(['Item', 'Asked for by', 'Recorded'], rows)}"
    )


def _paragraph(paragraph: Paragraph) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in paragraph.text.splitlines())
    return f"<h4>{escape(paragraph.heading)}</h4>{lines}"


def settings_part(result: StudyResult) -> str:
    """Return the settings in full, the versions, and where the outputs are."""
    import yaml

    text = yaml.safe_dump(plain_data(result.settings), sort_keys=False, allow_unicode=True, width=100)
    versions = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in result.versions.items())
    files = bullets(
        f"{escape(name)}: <code>{escape(_beside(path, result.folder))}</code>"
        for name, path in sorted(result.sessions.items())
    )
    return (
        "<p>All outputs of this run lie beside this page: the tables of metrics, curves and findings, the comparisons, "
        "a record of the run with hashes of every input and output, and one HDF5 file per session.</p>"
        f"{details('Files of the sessions', files) if files else ''}"
        f"{details('Settings in full, every default filled in', f'<pre>{escape(text)}</pre>')}"
        f"{details('Versions', f'<dl>{versions}</dl>') if versions else ''}"
    )


def _beside(path: Path, folder: Path) -> str:
    """Return a path as it is from the page on: a page that names this machine's folders changes when it is moved."""
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def plain_data(value: Any) -> Any:
    """Return settings as mappings, lists, numbers and text only."""
    if isinstance(value, Mapping):
        return {str(key): plain_data(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain_data(inner) for inner in value]
    if value is None or type(value) in {bool, int, float, str}:
        return value
    return str(value)


def processing_words(settings: Mapping[str, Any], applied: Applied) -> str:
    """Return what the chain did: as the signals' own history says, else as the settings say."""
    if not applied.histories:
        return _described(settings.get("chain"))
    told = {", then ".join(steps): where for steps, where in applied.histories.items()}
    if len(told) == 1:
        return next(iter(told))
    return "\n".join(f"{_places(where)}: {steps}" for steps, where in told.items())


def _places(where: Mapping[tuple[str, str], None]) -> str:
    """Say to which muscles, recorded at which rates, something was applied."""
    muscles = ", ".join(dict.fromkeys(muscle for muscle, _ in where))
    rates = " and ".join(dict.fromkeys(rate for _, rate in where if rate))
    return f"{muscles} ({rates})" if rates else muscles


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
    if isinstance(value, bool):
        return lower_label(key) if value else f"no {lower_label(key)}"
    unit = f" {_UNITS[key]}" if key in _UNITS and not isinstance(value, str) else ""
    return f"{lower_label(key)} {_described(value)}{unit}"
