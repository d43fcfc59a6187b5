"""Read a recording for a study, whose results keep numbers of it and no free text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.privacy.free_text import error_for_results, for_results
from emgpipe.reading import read_supervised, refuse_links_out

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.config import Study
    from emgpipe.model import Recording


def read_for_study(path: Path, study: Study) -> Recording:
    """Read a recording as `emgpipe.reading.read_supervised` does; findings and errors quote nothing personal.

    Raises
    ------
    ReadError
        As there; also where a part of the recording is a link that leads out of the folder of the recordings.
    """
    overridden = (setting for override in study.overrides for setting in override.channels)
    stated = {label for setting in (*study.channels, *overridden) for label in setting.label}
    try:
        recording = read_supervised(path, study.recordings.reading)
        if not study.recordings.allow_outside:
            refuse_links_out(path, recording.source.reader, study.recordings.folder)
        return for_results(recording, stated)
    except ReadError as error:
        raise error_for_results(error, stated) from None
