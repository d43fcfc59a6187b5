"""What has to fit together between the sections of a study file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.chain import order_problems
from emgpipe.config.fieldnames import is_factor, misspelled
from emgpipe.config.patterns import parse_pattern
from emgpipe.config.problems import Fault
from emgpipe.errors import suggest
from emgpipe.metrics import METRIC_NAMES
from emgpipe.model.tables import STANDARD_FACTORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.chain import Step
    from emgpipe.config.channels import ChannelSetting
    from emgpipe.config.nodes import Loc
    from emgpipe.config.study import Study
    from emgpipe.config.variants import Variant


def check_study(study: Study) -> list[Fault]:
    """Return what does not fit together; the study's names are ids already."""
    return [
        *_channel_faults(study.channels, ("channels",)),
        *(
            fault
            for index, override in enumerate(study.overrides)
            for fault in _channel_faults(override.channels, ("overrides", index, "channels"))
        ),
        *_derived_faults(study),
        *_zeroing_faults(study),
        *_chain_faults(study.chain, study, ("chain",)),
        *_variant_faults(study),
        *_repetition_faults(study),
        *_metric_faults(study),
        *_comparison_faults(study),
    ]


def _channel_faults(channels: Sequence[ChannelSetting], loc: Loc) -> Iterator[Fault]:
    """Labels, muscles and names stand for one channel each."""
    labels: dict[str, int] = {}
    names: dict[tuple[str, str, str], int] = {}
    for index, channel in enumerate(channels):
        for label in channel.label:
            if label in labels:
                message = (
                    f"the label '{label}' is already used in entry {labels[label] + 1}; a channel stands there once"
                )
                yield Fault((*loc, index, "label"), message)
            labels.setdefault(label, index)
        if not channel.use:
            continue
        name = (channel.signal_name, channel.side, channel.placement)
        if name in names:
            first = f"'{' '.join(filter(None, name))}' is already measured by entry {names[name] + 1}"
            remedy = "give the other labels of one channel as a list, or tell two channels apart by side or placement"
            yield Fault((*loc, index), f"{first}; {remedy}")
        names.setdefault(name, index)


def _auxiliary(study: Study) -> list[str]:
    """Return the names of the channels that are not EMG."""
    changed = [channel for override in study.overrides for channel in override.channels]
    return [channel.signal_name for channel in (*study.channels, *changed) if channel.kind != "emg" and channel.use]


def _derived_faults(study: Study) -> Iterator[Fault]:
    there = list(dict.fromkeys(_auxiliary(study)))
    for index, derived in enumerate(study.derived):
        for place, name in enumerate(derived.channels):
            if name not in there:
                yield Fault(("derived", index, "channels", place), _no_channel(name, there))
        if derived.name in there:
            message = f"the name '{derived.name}' is already used by another channel; choose another one"
            yield Fault(("derived", index, "name"), message)
        there.append(derived.name)


def _zeroing_faults(study: Study) -> Iterator[Fault]:
    there = [*dict.fromkeys(_auxiliary(study)), *(derived.name for derived in study.derived)]
    for place, name in enumerate(study.zeroing.channels if study.zeroing else ()):
        if name not in there:
            yield Fault(("zeroing", "channels", place), _no_channel(name, there))


def _no_channel(name: str, there: Sequence[str]) -> str:
    listing = f"Channels other than EMG: {', '.join(there)}" if there else "There are no channels other than EMG"
    return f"there is no channel named '{name}'{suggest(name, there) or '.'} {listing}"


def _chain_faults(chain: Sequence[Step], study: Study, loc: Loc) -> Iterator[Fault]:
    muscles = {channel.muscle for channel in study.channels if channel.muscle is not None}
    reasons: dict[int, str] = {}
    for index, reason in order_problems(chain, muscles):
        reasons.setdefault(index, reason)  # the same step is usually wrong for every muscle
    for index, reason in reasons.items():
        yield Fault((*loc, index), reason)


def _variant_faults(study: Study) -> Iterator[Fault]:
    """Names tell variants apart in the tables, in any spelling; a chain of a variant is a chain like any other."""
    seen: dict[str, int] = {}
    for index, variant in enumerate(study.variants):
        if variant.name.casefold() in seen:
            message = f"the name '{variant.name}' is already used by entry {seen[variant.name.casefold()] + 1}"
            yield Fault(("variants", index, "name"), f"{message}; choose another one")
        seen.setdefault(variant.name.casefold(), index)
        if variant.name in METRIC_NAMES:
            message = f"the name '{variant.name}' is that of a metric, and both stand in one table; choose another one"
            yield Fault(("variants", index, "name"), message)
        if not _differs(variant, study):
            message = f"variant '{variant.name}' says what the study says anyway; change a parameter, or delete it"
            yield Fault(("variants", index), message)
        if variant.chain is not None:
            yield from _chain_faults(variant.chain, study, ("variants", index, "chain"))


def _differs(variant: Variant, study: Study) -> bool:
    """Tell whether a variant differs from the study in anything."""
    chain, normalization = variant.chain or study.chain, variant.normalization or study.normalization
    return (chain, normalization) != (study.chain, study.normalization) or variant.drop_repetitions is not None


def _repetition_faults(study: Study) -> Iterator[Fault]:
    there = [*dict.fromkeys(_auxiliary(study)), *(derived.name for derived in study.derived)]
    last = len(study.repetitions) - 1
    seen: set[str] = set()
    for index, rule in enumerate(study.repetitions):
        channel = getattr(rule.detector, "channel", None)
        if isinstance(channel, str) and channel not in there:
            yield Fault(("repetitions", index, "detector", "channel"), _no_channel(channel, there))
        if (rule.exercises is None) != (index == last):
            yield Fault(
                ("repetitions", index),
                "the last entry, and only the last one, is for all other exercises and has no `exercises`",
            )
        for place, exercise in enumerate(rule.exercises or ()):
            if exercise in seen:
                message = f"'{exercise}' stands in an earlier entry already; keep it in one of them"
                yield Fault(("repetitions", index, "exercises", place), message)
            seen.add(exercise)


def _metric_faults(study: Study) -> Iterator[Fault]:
    """Refuse a metric stated twice: the tables have it by its name, and two with other parameters would be averaged."""
    seen: set[str] = set()
    for index, metric in enumerate(study.metrics):
        if metric.name in seen:
            message = f"the metric '{metric.name}' is already measured by another entry; keep one of them"
            yield Fault(("metrics", index), message)
        seen.add(metric.name)


def _comparison_faults(study: Study) -> Iterator[Fault]:
    measured = [str(getattr(metric, "kind", "")) for metric in study.metrics]
    for index, comparison in enumerate(study.comparisons):
        loc: Loc = ("comparisons", index)
        factors = {(*loc, key): getattr(comparison, key, None) for key in ("factor", "within")}
        factors |= {(*loc, "at", name): name for name in getattr(comparison, "at", None) or {}}
        seen: set[str] = set()
        for place, name in factors.items():
            if not isinstance(name, str):
                continue
            yield from _factor_faults(study, name, place)
            if name in seen:
                yield Fault(place, f"'{name}' is named twice; factor, at and within need different factors")
            seen.add(name)
        for number, name in enumerate(getattr(comparison, "metrics", ())):
            if name not in measured:
                message = f"the metric '{name}' is not measured{suggest(name, measured) or '.'}"
                yield Fault((*loc, "metrics", number), f"{message} Measured: {', '.join(measured)}")


def _factor_faults(study: Study, name: str, loc: Loc) -> Iterator[Fault]:
    """Check one factor: a standard one or a further field; the further columns of a table are not known here."""
    if study.recordings.trials is not None:
        meant = misspelled(name, STANDARD_FACTORS)
        if meant:
            yield Fault(loc, f"'{name}' is not a factor; did you mean '{meant}'?")
        return
    fields = {
        field
        for pattern in study.recordings.files
        for field in (*pattern.factors, *(part.text for part in parse_pattern(pattern.pattern) if part.kind == "field"))
    }
    known = list(dict.fromkeys([*STANDARD_FACTORS, "muscle", *sorted(filter(is_factor, fields))]))
    if name not in known:
        yield Fault(loc, f"'{name}' is not a factor{suggest(name, known) or '.'} Factors: {', '.join(known)}")
