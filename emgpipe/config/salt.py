"""The secret that hashes of names are made with: same salt, same hashes, in every study."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from emgpipe.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.config.privacy import Privacy

LEAST: Final = 16
"""Characters: whoever knows the hashes and guesses the names must not find the salt by trying."""
_MAKE: Final = 'make one with: python -c "import secrets; print(secrets.token_hex(32))"'


def read_salt(privacy: Privacy, results: Path) -> bytes:
    """Return the salt of a study.

    Parameters
    ----------
    results : Path
        The folder of the study's results, in which a salt must not lie.

    Raises
    ------
    ConfigError
        There is none where the study file says, it is too short, or it lies among the results.
    """
    if privacy.salt_file is not None:
        where, text = f"privacy: salt_file: {privacy.salt_file}", _text_of(privacy.salt_file, results)
    else:
        where, text = f"privacy: salt_variable: {privacy.salt_variable}", os.environ.get(str(privacy.salt_variable), "")
        if not text.strip():
            raise ConfigError(f"{where}: this environment variable is not set; set it to the salt, or {_MAKE}")
    salt = text.strip()
    if len(salt) < LEAST:
        raise ConfigError(f"{where}: the salt has {len(salt)} characters, {LEAST} or more are needed; {_MAKE}")
    return salt.encode()


def _text_of(path: Path, results: Path) -> str:
    if path.resolve().is_relative_to(results.resolve()):
        raise ConfigError(
            f"privacy: salt_file: {path} lies among the results, with which it would be given away; move it elsewhere"
        )
    try:
        return path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ConfigError(f"privacy: salt_file: {path} cannot be read ({why}); {_MAKE}") from None
