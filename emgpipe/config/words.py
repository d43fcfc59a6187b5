"""Which texts the vocabulary knows, asked often: while file names are taken apart, and for every row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from emgpipe.errors import VocabularyError, suggest
from emgpipe.model.trial import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emgpipe.vocabulary import Vocabulary

ROLES: tuple[str, ...] = get_args(Role)
_SEVERAL = re.compile(r"\s*[+,;&]\s*")


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary with the answers it gave so far."""

    vocabulary: Vocabulary
    _answers: dict[tuple[str, str], tuple[str, ...] | str] = field(default_factory=dict)

    def ids(self, name: str, text: str) -> tuple[str, ...]:
        """Return the ids a text stands for; a target may name several muscles, joined by + or a comma.

        Parameters
        ----------
        name : {"exercise", "head_position", "target", "role"}
        text : str

        Raises
        ------
        VocabularyError
            With suggestions.
        """
        if (name, text) not in self._answers:
            self._answers[name, text] = self._ask(name, text)
        answer = self._answers[name, text]
        if isinstance(answer, str):
            raise VocabularyError(answer)
        return answer

    def _ask(self, name: str, text: str) -> tuple[str, ...] | str:
        if name == "role":
            role = text.casefold()
            return (
                (role,) if role in ROLES else f"role '{text}' is not known{suggest(text, ROLES)} ({', '.join(ROLES)})"
            )
        look_up = getattr(self.vocabulary, "muscle" if name == "target" else name)
        parts = _SEVERAL.split(text) if name == "target" else [text]
        try:
            return tuple(str(look_up(part).id) for part in parts)
        except VocabularyError as error:
            return str(error)

    def knows(self, name: str, text: str) -> bool:
        """Tell whether a text can be the value of a vocabulary field."""
        try:
            self.ids(name, text)
        except VocabularyError:
            return False
        return True

    def unknown(self, fields: Mapping[str, str]) -> tuple[str, ...]:
        """Return what is not known in a file name, in words."""
        reasons = []
        for name, text in fields.items():
            if name in ("exercise", "head_position", "target", "role"):
                try:
                    self.ids(name, text)
                except VocabularyError as error:
                    reasons.append(str(error))
        return tuple(reasons)
