"""Readers: file or folder -> `Recording`. The list, and the one verb `read`."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from emgpipe.errors import DamagedFileError, EmgpipeError, ReadError, UnknownFormatError, suggest_file
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.bids import BidsReader
from emgpipe.readers.c3d import C3dReader
from emgpipe.readers.delimited import DelimitedReader
from emgpipe.readers.delsys_emgworks import DelsysEmgworksReader
from emgpipe.readers.delsys_mat import DelsysMatReader
from emgpipe.readers.delsys_trigno import DelsysTrignoReader
from emgpipe.readers.edf import EdfReader
from emgpipe.readers.emgpipe_csv import EmgpipeCsvReader
from emgpipe.readers.emgpipe_hdf5 import EmgpipeHdf5Reader
from emgpipe.readers.emgpipe_mat import EmgpipeMatReader
from emgpipe.readers.excel import ExcelReader
from emgpipe.readers.guesses import with_guesses
from emgpipe.readers.hdf5 import Hdf5Reader
from emgpipe.readers.labchart import LabChartReader
from emgpipe.readers.mat import MatReader
from emgpipe.readers.noraxon_csv import NoraxonCsvReader
from emgpipe.readers.noraxon_folder import NoraxonFolderReader
from emgpipe.readers.noraxon_mat import NoraxonMatReader
from emgpipe.readers.noraxon_slk import SlkReader
from emgpipe.readers.opensignals_h5 import OpenSignalsH5Reader
from emgpipe.readers.opensignals_txt import OpenSignalsTxtReader
from emgpipe.readers.signatures import describe_content
from emgpipe.readers.vicon_csv import ViconCsvReader
from emgpipe.readers.wfdb import WfdbReader
from emgpipe.settings import one_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.model import Recording

READERS: tuple[Reader, ...] = (
    C3dReader(),
    BidsReader(),
    EdfReader(),
    EmgpipeCsvReader(),
    EmgpipeHdf5Reader(),
    EmgpipeMatReader(),
    WfdbReader(),
    OpenSignalsH5Reader(),
    NoraxonCsvReader(),
    NoraxonFolderReader(),
    NoraxonMatReader(),
    SlkReader(),
    DelsysMatReader(),
    MatReader(),
    Hdf5Reader(),
    ExcelReader(),
    OpenSignalsTxtReader(),
    LabChartReader(),
    DelsysTrignoReader(),
    DelsysEmgworksReader(),
    ViconCsvReader(),
    DelimitedReader(),
)
"""Asked in this order; formats with an unmistakable signature come first."""

AnyReaderOptions: Any = one_of(tuple(reader.Options for reader in READERS))
"""The options of one reader, told apart by ``kind``: the type of a field in the study file."""

__all__ = ["READERS", "AnyReaderOptions", "Head", "Reader", "ReaderOptions", "choose", "options_for", "read"]


def read(path: Path, options: Sequence[ReaderOptions] = ()) -> Recording:
    """Read a recording, choosing the reader by the file's content.

    Parameters
    ----------
    path : Path
        The file, or the folder where the recording is a folder.
    options : sequence of ReaderOptions
        What is known about files of each format; the one for the chosen reader is used.

    Raises
    ------
    ReadError
        The file is missing, empty, of no known format (`UnknownFormatError`) or damaged (`DamagedFileError`).
    """
    reader, _ = choose(path)
    return _read(reader, path, options_for(reader, options))


def choose(path: Path) -> tuple[Reader, str]:
    """Return the reader for a file or folder and why it was chosen; raises as `read` does."""
    head = _head(path)
    for reader in READERS:
        why = reader.recognize(head) if reader.is_folder == path.is_dir() else None
        if why is not None:
            return reader, why
    if path.is_dir():
        raise ReadError("this is a folder, not a recording; name one file in it", path=path)
    raise UnknownFormatError(_no_reader(head), path=path)


def options_for(reader: Reader, options: Sequence[ReaderOptions]) -> ReaderOptions:
    """Return what was stated about files of this format, or its defaults."""
    return next((given for given in options if isinstance(given, reader.Options)), reader.Options())


def _read(reader: Reader, path: Path, options: ReaderOptions) -> Recording:
    try:
        return with_guesses(reader.read(path, options))
    except (EmgpipeError, MemoryError):
        raise
    except OSError as error:
        raise _unreadable(path, error) from error
    except Exception as error:  # libraries raise anything on damaged files; the user gets one message
        raise DamagedFileError(
            f"the content looks like {reader.title} but cannot be understood ({type(error).__name__}: {error}); "
            "the file is probably damaged: copy or export it again",
            path=path,
            reader=reader.name,
        ) from error


def _head(path: Path) -> Head:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ReadError("this is not an ordinary file (a device or a pipe); name a recording", path=path)
        head = Head.of(path)
    except (OSError, RuntimeError, ValueError) as error:
        raise _unreadable(path, error) from error
    if head.size == 0 and not path.is_dir():
        raise ReadError("the file is empty (0 bytes); export or copy it again", path=path)
    return head


def _unreadable(path: Path, error: Exception) -> ReadError:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.ENOENT:
        near = _similar(path)
        reason = f"there is no such file{near}" if near else "there is no such file; check the name and the folder"
        if path.is_symlink():
            reason = "this link points to a file that does not exist; copy the recording itself here"
    elif code in {errno.EACCES, errno.EPERM}:
        reason = "no permission to read the file; ask its owner for read access or copy it to a folder of yours"
    elif code == errno.ELOOP or isinstance(error, RuntimeError):
        reason = "this link leads back to itself; replace it by the recording"
    elif code == errno.ENAMETOOLONG:
        reason = "the file name is too long for this system; shorten it"
    else:
        detail = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        reason = f"the file cannot be opened ({detail}); check the disk or the network drive"
    return ReadError(reason, path=path)


def _similar(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return ""
    return suggest_file(path.name, names)


def _no_reader(head: Head) -> str:
    found = describe_content(head.data)
    expected = [reader.title for reader in READERS if head.path.suffix.lower() in reader.extensions]
    known = f" ({expected[0]})" if len(expected) == 1 else ""
    named = f"the name ends in {head.path.suffix}{known} but " if expected else ""
    remedy = "Export the recording in another format; `emgpipe formats` prints those that can be read"
    return f"{named}the content is {found}, which no reader can read. {remedy}"
