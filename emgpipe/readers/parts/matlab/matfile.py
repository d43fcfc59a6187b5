"""MATLAB's MAT-files as one tree of Python values, whichever version wrote them; shared by all readers of them.

Versions 4 to 7 are parsed by `scipy.io`, version 7.3 (which is HDF5) by `matfile_hdf5`. Both give the same tree:

====================  ==========================================================
MATLAB                here
====================  ==========================================================
numbers               numpy array with MATLAB's shape, always 2-D or more; logicals as uint8
text                  str; list of str where a char matrix has several rows
struct                dict; a struct array is a list of dict
cell array            list, in MATLAB's (column) order
empty                 array without elements, ``""``, ``[]``
anything else         None: function handles, objects of a class, sparse matrices
====================  ==========================================================

Layout: MathWorks, *MAT-File Format* (versions 4 and 5); version 7.3 as MATLAB writes it.
"""

from __future__ import annotations

import re
import struct
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.errors import DamagedFileError, EmgpipeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
HEADER_BYTES = 520
Version = Literal["4", "5", "7.3"]

_NAME = re.compile(rb"[A-Za-z]\w{0,62}\x00")


def mat_version(head: bytes, size: int) -> Version | None:
    """Return which kind of MAT-file this is, or None; an HDF5 file without MATLAB's header is none.

    Parameters
    ----------
    head : bytes
        The first 520 bytes or more.
    size : int
        Bytes of the whole file.
    """
    mark = head[124:128]
    if mark in {b"\x00\x01IM", b"\x01\x00MI"}:
        return "5"
    if mark in {b"\x00\x02IM", b"\x02\x00MI"} and head[512:520] == HDF5_SIGNATURE:
        return "7.3"
    return "4" if _is_version_4(head, size) else None


def mat_names(path: Path) -> tuple[str, ...]:
    """Return the names of the variables at the top, without reading them; empty where the file cannot be read."""
    try:
        version = _version_of(path)
        if version is None:
            return ()
        if version == "7.3":
            from emgpipe.readers.parts.matlab.version73 import names_in_hdf5

            return names_in_hdf5(path)
        from scipy.io import whosmat

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about content, which reading judges; only the names are asked here
            names = (name for name, *_ in whosmat(str(path), appendmat=False))
            return tuple(name for name in names if not name.startswith("__"))
    except Exception:  # noqa: BLE001 - a question about foreign bytes; reading them says what is wrong
        return ()


def load_mat(path: Path, reader: str, names: Sequence[str] | None = None) -> dict[str, object]:
    """Return the variables of a MAT-file, or those called `names`, as the tree described above.

    Parameters
    ----------
    path : Path
    reader : str
        Name of the reader that asks, for messages.
    names : sequence of str, optional
        Variables at the top to load; all by default. Names that are not there are left out.

    Raises
    ------
    DamagedFileError
        The file is no MAT-file, is cut off, declares more than it holds, or nests deeper than a recording does.
    """
    try:
        version = _version_of(path)
        if version is None:
            raise DamagedFileError("is no MAT-file; save it in MATLAB again", path=path, reader=reader)
        if version == "7.3":
            from emgpipe.readers.parts.matlab.version73 import load_hdf5_mat

            return load_hdf5_mat(path, reader, names)
        return _load_classic(path, reader, names, version)
    except (EmgpipeError, OSError):
        raise
    except Exception as error:  # scipy raises nearly anything on damaged files
        message = f"cannot be read as a MAT-file ({type(error).__name__}: {error}); save it in MATLAB again"
        raise DamagedFileError(message, path=path, reader=reader) from error


def _version_of(path: Path) -> Version | None:
    with path.open("rb") as handle:
        return mat_version(handle.read(HEADER_BYTES), path.stat().st_size)


def _is_version_4(head: bytes, size: int) -> bool:
    """Version 4 has no signature: its first matrix's header must make sense to the last bit."""
    if len(head) < 22:
        return False
    for order in "<>":
        kind, rows, columns, imaginary, length = struct.unpack(f"{order}5i", head[:20])
        machine, rest = divmod(kind, 1000)
        precision, matrix = divmod(rest, 10)
        if machine != (order == ">") or precision % 10 or not 0 <= precision <= 50 or matrix not in {0, 1, 2}:
            continue
        if min(rows, columns) < 0 or imaginary not in {0, 1} or not 2 <= length <= 64:
            continue
        width = (8, 4, 4, 2, 2, 1)[precision // 10]
        name = _NAME.fullmatch(head[20 : 20 + length])
        if name and 20 + length + rows * columns * width * (1 + imaginary) <= size:
            return True
    return False


def _load_classic(path: Path, reader: str, names: Sequence[str] | None, version: Version) -> dict[str, object]:
    from scipy.io import loadmat

    from emgpipe.readers.parts.matlab.check import check_version_4, check_version_5

    with path.open("rb") as handle:
        (check_version_4 if version == "4" else check_version_5)(handle, path, reader)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about names that occur twice and unreadable objects, which become None
        wanted = None if names is None else list(names)
        found = loadmat(str(path), appendmat=False, squeeze_me=False, variable_names=wanted)
    return {name: _plain(value) for name, value in found.items() if not name.startswith("__")}


def _plain(value: Any) -> object:
    """Turn what scipy returns into the tree."""
    from scipy.io.matlab import MatlabFunction, MatlabOpaque

    if isinstance(value, MatlabFunction | MatlabOpaque) or not isinstance(value, np.ndarray):
        return None  # function handles, objects, sparse matrices
    if value.dtype.names is not None:
        names = value.dtype.names
        fields: list[object] = [{name: _plain(one[name]) for name in names} for one in value.reshape(-1, order="F")]
        return fields[0] if len(fields) == 1 else fields
    if value.dtype.kind == "O":
        return [_plain(one) for one in value.reshape(-1, order="F")]
    if value.dtype.kind in "US":
        return _text(value)
    return value if value.dtype.kind in "biufc" else None


def _text(value: NDArray[Any]) -> object:
    rows = [str(row) for row in value.reshape(-1)]
    return rows[0] if len(rows) == 1 else rows or ""
