"""Names in a study file -> ids of the vocabulary; what is not known becomes a fault at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from emgpipe.config.problems import Fault
from emgpipe.config.protocol import resolved_protocol
from emgpipe.config.variants import replaced
from emgpipe.errors import VocabularyError, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emgpipe.chain import Step
    from emgpipe.config.channels import ChannelSetting
    from emgpipe.config.nodes import Loc
    from emgpipe.config.study import RepetitionRule, Study
    from emgpipe.config.variants import Variant
    from emgpipe.normalization import Normalization
    from emgpipe.settings import Settings
    from emgpipe.vocabulary import Vocabulary

Member = TypeVar("Member", bound="Settings")


class Resolver:
    """Looks names up in the vocabulary and collects what is not found."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.faults: list[Fault] = []

    def id(self, what: str, text: str, loc: Loc) -> str:
        """Return the id of a ``muscle``, ``exercise`` or ``head_position``, or the text itself with a fault."""
        try:
            return str(getattr(self._vocabulary, what)(text).id)
        except VocabularyError as error:
            self.faults.append(Fault(loc, str(error)))
            return text

    def measured(self, muscles: Sequence[str], measured: Iterable[str], loc: Loc) -> tuple[str, ...]:
        """Return the measured muscles that are meant; a muscle stands for its parts. None of them is a fault."""
        there = tuple(dict.fromkeys(measured))
        found: list[str] = []
        for index, text in enumerate(muscles):
            place = (*loc, index)
            muscle = self.id("muscle", text, place)
            if any(fault.loc == place for fault in self.faults):
                continue
            meant = [name for name in self._vocabulary.parts(muscle) if name in there]
            if not meant:
                listing = f" Channels measure: {', '.join(there)}"
                self.faults.append(
                    Fault(place, f"no channel measures '{muscle}'{suggest(muscle, there) or '.'}{listing}")
                )
            found.extend(meant)
        return tuple(dict.fromkeys(found)) or tuple(muscles)


def resolve_study(study: Study, vocabulary: Vocabulary) -> tuple[Study, list[Fault]]:
    """Return the study with every muscle, exercise and head position by its id, and what is not known.

    Parameters
    ----------
    study : Study
    vocabulary : Vocabulary
        With the study's additions.
    """
    resolver = Resolver(vocabulary)
    channels = _channels(study.channels, ("channels",), resolver)
    overrides = tuple(
        override.model_copy(
            update={"channels": _channels(override.channels, ("overrides", index, "channels"), resolver)}
        )
        for index, override in enumerate(study.overrides)
    )
    everywhere = [*channels, *(channel for override in overrides for channel in override.channels)]
    muscles = [channel.muscle for channel in everywhere if channel.muscle is not None and channel.use]
    chain = _limited(study.chain, ("chain",), muscles, resolver)
    update = {
        "channels": channels,
        "overrides": overrides,
        "chain": chain,
        "normalization": _normalization(study.normalization, ("normalization",), muscles, resolver),
        "variants": _variants(study.variants, chain, muscles, resolver),
        "repetitions": _repetitions(study.repetitions, muscles, resolver),
        "protocol": resolved_protocol(study.protocol, resolver),
        "comparisons": _comparisons(_limited(study.comparisons, ("comparisons",), muscles, resolver), resolver),
    }
    return study.model_copy(update=update), resolver.faults


def _channels(channels: Sequence[ChannelSetting], loc: Loc, resolver: Resolver) -> tuple[ChannelSetting, ...]:
    return tuple(
        channel
        if channel.muscle is None
        else channel.model_copy(update={"muscle": resolver.id("muscle", channel.muscle, (*loc, index, "muscle"))})
        for index, channel in enumerate(channels)
    )


def _limited(members: Sequence[Member], loc: Loc, muscles: Sequence[str], resolver: Resolver) -> tuple[Member, ...]:
    """Resolve the ``muscles`` to which steps and comparisons can be limited."""
    resolved = []
    for index, member in enumerate(members):
        limit = getattr(member, "muscles", None)
        if limit:
            meant = resolver.measured(limit, muscles, (*loc, index, "muscles"))
            resolved.append(member.model_copy(update={"muscles": meant}))
        else:
            resolved.append(member)
    return tuple(resolved)


def _variants(
    variants: Sequence[Variant], chain: Sequence[Step], muscles: Sequence[str], resolver: Resolver
) -> tuple[Variant, ...]:
    """Resolve muscles, and turn the steps to replace into the whole chain that a variant has."""
    resolved = []
    for index, given in enumerate(variants):
        loc: Loc = ("variants", index)
        variant = given
        if given.normalization is not None:
            normalization = _normalization(given.normalization, (*loc, "normalization"), muscles, resolver)
            variant = given.model_copy(update={"normalization": normalization})
        if variant.chain is not None:
            own = _limited(variant.chain, (*loc, "chain"), muscles, resolver)
            resolved.append(variant.model_copy(update={"chain": own}))
        elif variant.replace:
            changes = _limited(variant.replace, (*loc, "replace"), muscles, resolver)
            own, problems = replaced(chain, changes)
            resolver.faults.extend(Fault((*loc, "replace", place), reason) for place, reason in problems)
            resolved.append(variant.model_copy(update={"chain": own, "replace": ()}))
        else:
            resolved.append(variant)
    return tuple(resolved)


def _normalization(given: Normalization, loc: Loc, muscles: Sequence[str], resolver: Resolver) -> Normalization:
    """Resolve the muscles whose baseline noise is subtracted."""
    if given.noise is None or not given.noise.muscles:
        return given
    meant = resolver.measured(given.noise.muscles, muscles, (*loc, "noise", "muscles"))
    return given.model_copy(update={"noise": given.noise.model_copy(update={"muscles": meant})})


def _repetitions(
    rules: Sequence[RepetitionRule], muscles: Sequence[str], resolver: Resolver
) -> tuple[RepetitionRule, ...]:
    resolved = []
    for index, rule in enumerate(rules):
        loc: Loc = ("repetitions", index)
        update: dict[str, Any] = {"detector": _detector(rule.detector, (*loc, "detector"), muscles, resolver)}
        if rule.exercises is not None:
            names = enumerate(rule.exercises)
            update["exercises"] = tuple(
                resolver.id("exercise", name, (*loc, "exercises", place)) for place, name in names
            )
        resolved.append(rule.model_copy(update=update))
    return tuple(resolved)


def _detector(detector: Member, loc: Loc, muscles: Sequence[str], resolver: Resolver) -> Member:
    """Resolve the muscle, or muscles, a detector looks at."""
    given = getattr(detector, "muscle", None)
    if not given:
        return detector
    meant = resolver.measured([given] if isinstance(given, str) else given, muscles, (*loc, "muscle"))
    return detector.model_copy(update={"muscle": meant[0] if len(meant) == 1 else meant})


def _comparisons(comparisons: Sequence[Member], resolver: Resolver) -> tuple[Member, ...]:
    """Resolve the levels a comparison is held at."""
    resolved = []
    for index, comparison in enumerate(comparisons):
        at = getattr(comparison, "at", None) or {}
        levels = {
            factor: resolver.id(factor, level, ("comparisons", index, "at", factor))
            for factor, level in at.items()
            if factor in ("exercise", "head_position")
        }
        resolved.append(comparison.model_copy(update={"at": {**at, **levels}}) if levels else comparison)
    return tuple(resolved)
