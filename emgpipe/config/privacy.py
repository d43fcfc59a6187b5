"""What of a study's names may stand in its results."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from emgpipe.settings import Settings, StudyPath


class Privacy(Settings):
    """Which names results may hold; names, birth dates and free text of recordings never reach them."""

    participants: Literal["codes", "hashed"] = "codes"
    """codes: participants as the study calls them. hashed: a salted hash in the place of each, in all results."""
    paths: Literal["plain", "hashed"] = "plain"
    """plain: results name the files that were read. hashed: a salted hash in the place of each name of a file."""
    comments: Literal["kept", "dropped"] = "kept"
    """Whether what the column `comment` of the trials table says may stand in results."""
    salt_file: StudyPath | None = None
    """A text file that holds the salt, 16 characters or more, outside of the results; relative to this file."""
    salt_variable: str | None = Field(default=None, min_length=1)
    """An environment variable that holds the salt, in the place of `salt_file`."""

    @model_validator(mode="after")
    def _one_salt(self) -> Self:
        """Hashes need a salt, from one place."""
        if self.salt_file is not None and self.salt_variable is not None:
            raise ValueError("both `salt_file` and `salt_variable` are given; keep the one that holds the salt")
        if self.is_hashed and self.salt_file is None and self.salt_variable is None:
            raise ValueError(
                "hashed names need a salt, or everybody could find them by trying; write a long random text into a "
                "file outside of the results and name it as `salt_file`, or name an environment variable as "
                "`salt_variable`"
            )
        return self

    @property
    def is_hashed(self) -> bool:
        """Whether anything is replaced by a hash."""
        return "hashed" in (self.participants, self.paths)

    @property
    def is_limited(self) -> bool:
        """Whether results hold less than the tables they were made from."""
        return self.is_hashed or self.comments == "dropped"
