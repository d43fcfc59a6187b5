"""Words for a paper, from what was actually run: methods, results, limits. Nothing is claimed that was not computed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.report.same_words import joined_methods
from emgpipe.report.words import count, label, lower_label, metric_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from emgpipe.model import Comparison, Family, StudyResult

LIMITS: Final = (
    "EMG amplitude is not force and not muscle growth: a higher amplitude does not by itself show a larger force, a "
    "better exercise or a training effect (Vigotsky et al. 2018, Front Physiol 8:985; 2022, Sports Med 52:193). "
    "Amplitudes of exercises that differ in joint angle, muscle length, speed or type of contraction differ for those "
    "reasons as well. Peaks depend on the envelope's window, the signal's bandwidth and the length of the repetition; "
    "values above 100 % of the reference are usual for them. Normalized levels rest on their references; ratios "
    "between conditions of one muscle and session do not."
)
_MEASURES: Final = {
    "mean": "the mean of the envelope over the repetition",
    "peak": "the highest value of the envelope in the repetition",
    "p95": "the 95th percentile of the envelope in the repetition",
    "sustained_peak": "the highest mean of the envelope over a window as long as that of the reference",
    "lockout": "the mean at lock-out",
    "median_frequency": "the median frequency of the filtered signal",
}
_KINDS: Final = {
    "paired": "paired comparisons",
    "omnibus": "analysis of variance",
    "measured_position": "measured head position",
    "dose": "outcomes by measured angle",
    "between": "groups of participants",
    "individual": "individual responses",
    "repetition_trend": "trend over repetitions",
}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading and the text under it, of one line or several."""

    heading: str
    text: str


def methods_paragraphs(result: StudyResult, processing: str, rules: Sequence[str]) -> tuple[Paragraph, ...]:
    """Return the methods as paragraphs.

    Parameters
    ----------
    processing : str
        What the chain did, in words, as the recordings' own history has it; a line per muscle where they differ.
    rules : sequence of str
        The rules of the references, in words.
    """
    version = result.versions.get("emgpipe", "")
    between = "\n" if "\n" in processing else " "
    signals = (
        f"EMG was processed with emgpipe {version}".rstrip() + f":{between}{processing}.{between}The same steps were "
        "applied to task, MVIC and rest recordings of a channel, to the whole recording before it was cut."
    )
    found = (
        Paragraph("Signals", signals),
        Paragraph("Normalization", _normalization(result, rules)),
        Paragraph("Angles", _angles(result.settings.get("zeroing"))),
        Paragraph("Outcomes", _outcomes(result.comparisons)),
        Paragraph("Statistics", _statistics(result)),
        Paragraph("Limits", LIMITS),
    )
    return tuple(paragraph for paragraph in found if paragraph.text)


def by_subject(sentences: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Put sentences about the same outcome together.

    Returns
    -------
    tuple of (subject, clauses)
        What stands before the first colon, once, with what each sentence says of it; a sentence that shares its
        subject with no other comes whole, without clauses.
    """
    parts = [sentence.partition(": ") for sentence in sentences]
    shared = Counter(subject for subject, _, _ in parts)
    groups: dict[str, list[str]] = {}
    for subject, colon, clause in parts:
        if shared[subject] > 1 and clause:
            groups.setdefault(subject, []).append(clause)
        else:
            groups.setdefault(subject + colon + clause, [])
    return tuple((subject, tuple(clauses)) for subject, clauses in groups.items())


def families_sentence(families: Sequence[Family]) -> str:
    """Say how many families of tests there are, how each is corrected, and that they are not controlled jointly."""
    if not families:
        return ""
    by_correction: Counter[str] = Counter(family.correction for family in families)
    tests = sum(family.tests for family in families)
    parts = "; ".join(
        f"{number} {'corrected by ' + name if name != 'none' else 'not corrected'}"
        for name, number in by_correction.items()
    )
    return (
        f"The comparisons form {count(len(families), 'family', 'families')} of tests ({parts}; {tests} tests in all). "
        "Error rates are controlled inside each family; the families are not controlled jointly."
    )


def families_in_short(families: Sequence[Family]) -> str:
    """Say how many families of tests there are and that they are not held jointly, without the corrections."""
    held = sum(family.correction != "none" or family.tests == 1 for family in families)
    if not families:
        return ""
    each = (
        "each held to 5 % by itself"
        if held == len(families)
        else f"{held} of them held to 5 %, each by itself, the others not"
    )
    return (
        f"{count(len(families), 'group of tests (family)', 'groups of tests (families)')}, {each}; they are not held "
        "jointly. How each is corrected: under “What this rests on” of each comparison."
    )


def primary_sentence(settings: Mapping[str, Any]) -> str:
    """Name the primary outcome, or say that none was named."""
    primary = settings.get("primary_outcome")
    if not primary:
        return "No primary outcome was named, so that all results are exploratory."
    name = " ".join(part for part in (lower_label(primary.get("outcome")), primary.get("side", "")) if part)
    where = f', in the comparison "{primary["comparison"]}"' if primary.get("comparison") else ""
    return (
        f"The primary outcome is {name} by {metric_label(primary.get('metric', ''))}{where}; all others are secondary."
    )


def paragraphs_text(paragraphs: Iterable[Paragraph]) -> str:
    """Return paragraphs as plain text."""
    return "\n\n".join(f"{paragraph.heading}\n{paragraph.text}" for paragraph in paragraphs) + "\n"


def _normalization(result: StudyResult, rules: Sequence[str]) -> str:
    kind = str((result.settings.get("normalization") or {}).get("kind", ""))
    if kind == "none":
        return "Amplitudes were not normalized; conditions were compared inside each participant and session only."
    if not rules:
        return ""
    return (
        f"Amplitudes were normalized: {'; '.join(rules)}. There was one reference per participant, session, muscle and "
        f"placement, the same for all conditions.{_decided(result)}"
    )


def _decided(result: StudyResult) -> str:
    """Say where the reference was set by hand, by whom and why."""
    decided = [one for one in result.references if one.decision is not None]
    if not decided:
        return ""
    said = "; ".join(
        f"{one.participant}, {lower_label(one.muscle)}{f' {one.side}' if one.side else ''}: {one.decision.reason} "
        f"({one.decision.who or 'NOT RECORDED'}, {one.decision.when or 'NOT RECORDED'})"
        for one in decided
        if one.decision is not None
    )
    share = f"{len(decided)} of {len(result.references)} references were" if len(decided) > 1 else "One reference was"
    return f" {share} set by decision and not by this rule: {said}."


def _angles(zeroing: Mapping[str, Any] | None) -> str:
    if not zeroing:
        return ""
    names = ", ".join(map(lower_label, zeroing["channels"]))
    pose = f" in position {lower_label(zeroing['position'])}" if zeroing.get("position") else ""
    return (
        f"{names[:1].upper()}{names[1:]}: counted from the participant's own neutral, the median over the stillest "
        f"{zeroing['window']:g} s of each calibration trial{pose}, averaged over the calibration trials of the session."
    )


def _outcomes(comparisons: Iterable[Comparison]) -> str:
    used: dict[str, None] = {}
    for comparison in comparisons:
        if "metric" in comparison.table.columns:
            used |= dict.fromkeys(map(str, comparison.table["metric"]))
    parts = [f"{metric_label(name).capitalize()}: {_MEASURES[name]}" for name in used if name in _MEASURES]
    if not parts:
        return ""
    return (
        f"{'. '.join(parts)}. Numbers were taken per repetition and averaged in the trial, then in the participant, "
        "who is the unit of analysis."
    )


def _statistics(result: StudyResult) -> str:
    methods: dict[str, dict[str, None]] = {}
    for comparison in result.comparisons:
        if method := comparison.basis.get("method", ""):
            methods.setdefault(comparison.kind, {})[method.rstrip(".")] = None
    if not methods:
        return ""
    said = [f"{label(_KINDS.get(kind, kind))}: {joined_methods(texts)}" for kind, texts in methods.items()]
    families = [family for comparison in result.comparisons for family in comparison.families]
    last = " ".join(filter(None, [families_sentence(families), primary_sentence(result.settings)]))
    return "\n".join([*said, last])
