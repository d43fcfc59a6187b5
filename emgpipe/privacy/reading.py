"""Read a recording for a study, whose results keep numbers of it and no free text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.privacy.free_text import error_for_results, for_results
from emgpipe.reading import read_supervised

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.config import Study
    from emgpipe.model import Recording


def read_for_study(path: Path, study: Study) -> Recording:
    """Read a recording as `emgpipe.reading.read_supervised` does; findings and errors quote nothing personal.

    Raises
    ------
    ReadError
        As there.
    """
    overridden = (setting for override in study.overrides for setting in override.channels)
    stated = {label for setting in (*study.channels, *overridden) for label in setting.label}
    try:
        return for_results(read_supervised(path, study.recordings.reading), stated)
    except ReadError as error:
        raise error_for_results(error, stated) from None
