"""Names as results have them: the study's own, or salted hashes in the place of participants and files."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from emgpipe.config import plain_settings
from emgpipe.config.salt import read_salt
from emgpipe.config.spelling import key_of
from emgpipe.privacy.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from emgpipe.config import Study
    from emgpipe.model import Decision, Trial

_DIGITS: Final = 12
"""Hexadecimal digits: among ten thousand names the odds that two share a hash are below one in a million."""
_CODE: Final = re.compile(rf"p[0-9a-f]{{{_DIGITS}}}")
_GUESSED: Final = ("trial", "override", "decision")
"""Sections whose digests are made of names: without the salt, names could be found by trying."""
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Names:
    """How the names of a study are written into results.

    Attributes
    ----------
    salt : bytes
        Empty where nothing is hashed; in no output, and in no text made of this.
    participants, paths : bool
        Whether participants, and names of files, are replaced by hashes.
    """

    salt: bytes = b""
    participants: bool = False
    paths: bool = False

    def __repr__(self) -> str:
        """Return what is hashed, not with what."""
        return f"Names(participants={self.participants}, paths={self.paths})"

    @classmethod
    def of(cls, study: Study) -> Names:
        """Return the names of a study as its section ``privacy`` has them; `ConfigError` if there is no usable salt."""
        privacy = study.privacy
        salt = read_salt(privacy, study.results_folder) if privacy.is_hashed else b""
        hashed = privacy.participants == "hashed", privacy.paths == "hashed"
        return cls(salt, *hashed)

    def participant(self, name: str) -> str:
        """Return a participant's name as results have it; what is a hash already stays one."""
        if not self.participants or not name or _CODE.fullmatch(name):
            return name
        return f"p{self._hash('participant', key_of(name))}"

    def trial(self, name: str) -> str:
        """Return the id of a trial, which begins with the participant; other texts stay."""
        person, slash, rest = name.partition("/")
        return f"{self.participant(person)}/{rest}" if slash else name

    def file(self, name: str) -> str:
        """Return the name of a file as results have it; its ending tells the format and stays."""
        if not self.paths or not name:
            return name
        ending = PurePosixPath(name).suffix
        return f"f{self._hash('file', name)}{ending if _ENDING.fullmatch(ending) else ''}"

    def renamed(self, trial: Trial) -> Trial:
        """Return a trial under the names of results; its files can still be opened."""
        if not self.participants:
            return trial
        person = self.participant(trial.participant)
        return replace(trial, id=self.trial(trial.id), participant=person, own_code=trial.participant)

    def decisions(self, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
        """Return decisions about the names of results; their reasons name participants as results do."""
        stated = tuple(decisions)
        text = Text.of(self, (one.participant for one in stated), ())
        return tuple(
            replace(
                one,
                participant=self.participant(one.participant),
                trial=self.trial(one.trial),
                reason=text.hidden(one.reason),
            )
            for one in stated
        )

    def study(self, study: Study) -> Study:
        """Return a study file whose overrides are about the names of results; it still finds the same trials."""
        text = Text.of(self, (one.participant for one in study.overrides), ())
        overrides = tuple(
            one.model_copy(
                update={
                    "participant": self.participant(one.participant),
                    "trials": one.trials and tuple(map(self.trial, one.trials)),
                    "reason": text.hidden(one.reason),
                }
            )
            for one in study.overrides
        )
        return study.model_copy(update={"overrides": overrides})

    def settings(self, study: Study, folder: Path) -> dict[str, Any]:
        """Return the settings of a study (`plain_settings`) with the names of results, without the salt's place."""
        plain = plain_settings(study, folder, self.file)
        if self.salt:
            places = {"salt_file": None, "salt_variable": None, "salt_check": self._hash("check", "")[:8]}
            plain["privacy"] = {**plain["privacy"], **places}
            plain["extends"] = plain["extends"] and self.file(plain["extends"])
            for one in plain["overrides"]:
                one["trials"] = one["trials"] and [name if "/" in name else self.file(name) for name in one["trials"]]
        return plain

    def parts(self, parts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
        """Return what a session is made of (`emgpipe.made_of`) with the names of its files as results have them."""
        if not self.salt:
            return {section: dict(values) for section, values in parts.items()}
        hidden = {section: dict(values) for section, values in parts.items()}
        for section in ("file", "reader", "table"):
            hidden[section] = {self.file(name): value for name, value in hidden.get(section, {}).items()}
        for section in _GUESSED:
            hidden[section] = {name: self._hash("part", value) for name, value in hidden.get(section, {}).items()}
        return hidden

    def shown(self, known: Iterable[str]) -> dict[str, str]:
        """Return name in results -> own name, for names of files that are known."""
        return {self.file(name): name for name in known}

    def _hash(self, what: str, name: str) -> str:
        digest = hmac.new(self.salt, f"{what}:{name}".encode(), hashlib.sha256)
        return digest.hexdigest()[:_DIGITS]
