"""What checking gives: for each session or recording the level of each channel, and the findings behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emgpipe.model import LEVEL_ORDER, worst_level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emgpipe.model import Finding, ReferenceKey


@dataclass(frozen=True, slots=True)
class CheckVerdict:
    """What the checks say about one session of a participant, or about one recording.

    Attributes
    ----------
    name : str
        Of the recording; empty for a session.
    seen : tuple of ReferenceKey
        Muscle, side and placement of every EMG signal that was looked at; without a muscle, the label.
    n_trials : int
    failed : mapping
        Trial (or recording) -> why it cannot be used.
    repetitions : mapping
        Task -> how many repetitions were found.
    """

    participant: str = ""
    session: str = ""
    name: str = ""
    seen: tuple[ReferenceKey, ...] = ()
    n_trials: int = 1
    failed: Mapping[str, str] = field(default_factory=dict)
    repetitions: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def cell(self, key: ReferenceKey) -> str:
        """Return the worst level of what was found about a channel; empty where there is no such signal."""
        found = worst_level(one.level for one in self.findings if _is_about(one, key))
        return found or ("ok" if key in self.seen else "")

    def rest(self, columns: Iterable[ReferenceKey]) -> str:
        """Return the worst level of what is about none of the channels: trials, files, angles."""
        columns = tuple(columns)
        return (
            worst_level(one.level for one in self.findings if not any(_is_about(one, key) for key in columns)) or "ok"
        )

    @property
    def is_bad(self) -> bool:
        """Whether a check failed or a trial cannot be used."""
        return bool(self.failed) or any(one.level == "fail" for one in self.findings)


def _is_about(finding: Finding, key: ReferenceKey) -> bool:
    muscle, side, placement = key
    return (
        (finding.muscle or finding.channel) == muscle
        and finding.side in ("", side)
        and finding.placement in ("", placement)
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that was checked.

    Attributes
    ----------
    title : str
        The study's name, or the path.
    columns : tuple of ReferenceKey
        The channels, in the order of the study file or of the recordings.
    verdicts : tuple of CheckVerdict
    missing : tuple of Finding
        What participants still lack of the protocol.
    about_all : tuple of Finding
        About no single session: rows of the trials table, files that cannot be read.
    has_protocol : bool
        False where there is no study, hence no plan.
    """

    title: str
    columns: tuple[ReferenceKey, ...]
    verdicts: tuple[CheckVerdict, ...]
    missing: tuple[Finding, ...] = ()
    about_all: tuple[Finding, ...] = ()
    has_protocol: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings but those of the protocol, the worst first, in the order of the sessions."""
        every = (*self.about_all, *(finding for one in self.verdicts for finding in one.findings))
        unique = {finding.id: finding for finding in every}
        return tuple(sorted(unique.values(), key=lambda one: LEVEL_ORDER.index(one.level)))

    def missing_of(self, verdict: CheckVerdict) -> tuple[Finding, ...]:
        """Return what a session lacks."""
        place = (verdict.participant, verdict.session)
        return tuple(one for one in self.missing if (one.participant, one.session) == place and one.level != "note")

    @property
    def is_bad(self) -> bool:
        """Whether a check failed, something cannot be used, or something is missing."""
        return self.is_bad_in_sessions or any(one.level == "fail" for one in self.about_all)

    @property
    def is_bad_in_sessions(self) -> bool:
        """The same, rows of the trials table and files outside the sessions left aside."""
        lacking = any(one.level != "note" for one in self.missing)
        return lacking or any(verdict.is_bad for verdict in self.verdicts)
