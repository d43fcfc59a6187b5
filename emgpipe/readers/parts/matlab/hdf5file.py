"""HDF5 files of any layout: what is in them, and samples behind a loader; shared by all readers of HDF5.

What leads out of the file (external links, external storage, virtual datasets) is refused, and so is what would have
to be unpickled or is declared larger than the file can hold.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.errors import DamagedFileError, EmgpipeError, ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

EXPANSION = 1100
"""No filter that comes with HDF5 packs more tightly than this; zlib's limit is 1032."""
MOST_DEPTH = 32
MOST_ITEMS = 20_000
MOST_LINKS = 256
"""Steps on the way to an object: soft links may lead in circles."""
MOST_VALUES = 4096
"""Elements of an attribute."""
NUMBERS = "biuf"
Attribute = str | float | tuple[str, ...] | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset of a file.

    Attributes
    ----------
    path : str
        From the root, parts joined by ``/``, without a leading one.
    shape : tuple of int
    dtype : numpy.dtype
    attributes : dict
        Plain ones only: text, numbers, and short lists of either as tuples.
    """

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    attributes: dict[str, Attribute]


@contextmanager
def open_hdf5(path: Path, reader: str) -> Iterator[Any]:
    """Open a file for reading; whatever the library raises while it is open becomes one `DamagedFileError`."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            yield file
    except EmgpipeError:
        raise
    except FileNotFoundError as error:
        raise ReadError("is not there any more", path=path, reader=reader) from error
    except Exception as error:  # h5py raises KeyError, OSError, RuntimeError, ValueError and TypeError alike
        message = f"the HDF5 content cannot be read ({error}); the file is damaged: copy or export it again"
        raise DamagedFileError(message, path=path, reader=reader) from error


@dataclass(frozen=True, slots=True)
class Contents:
    """All datasets of a file, and the attributes of its groups by path; the file's own stand at the path ``""``."""

    datasets: list[Dataset]
    groups: dict[str, dict[str, Attribute]]


def hdf5_contents(path: Path, reader: str) -> Contents:
    """Return all datasets that can be read, in the order of the file, and the groups' attributes.

    Each hard-linked object is listed once.

    Raises
    ------
    DamagedFileError
        The file cannot be opened or walked, nests too deeply or holds more objects than any recording.
    """
    with open_hdf5(path, reader) as file:
        found = Contents([], {"": _attributes(file)})
        _walk(file, "", found, {file.id}, (path, reader))
        return found


def check_dataset(dataset: Any, path: Path, reader: str, *, references: bool = False) -> None:
    """Refuse a dataset that leads out of the file, holds Python objects, or is declared larger than can be.

    Raises
    ------
    DamagedFileError, ReadError
    """
    where = dataset.name or "a dataset"
    if leads_out(dataset):
        message = f"'{where}' keeps its numbers in other files; copy them into this file on export"
        raise ReadError(message, path=path, reader=reader)
    if dataset.dtype.hasobject and not references:  # as text of any length is
        raise ReadError(f"'{where}' holds text or objects, not numbers", path=path, reader=reader)
    declared, size = math.prod(dataset.shape) * dataset.dtype.itemsize, path.stat().st_size
    most = size * (EXPANSION if dataset.chunks else 1)
    if declared > most:
        message = f"'{where}' is declared as {dataset.shape}, more than a file of {size} bytes can hold; it is damaged"
        raise DamagedFileError(message, path=path, reader=reader)


def hdf5_text(dataset: Any, path: Path, reader: str, most: int = 10_000) -> str | list[str]:
    """Return a dataset of text: str for a single one, else a list; raises as `check_dataset`."""
    if leads_out(dataset) or math.prod(dataset.shape) > most:
        raise ReadError(f"'{dataset.name}' holds more text than labels need", path=path, reader=reader)
    texts = [
        one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one)
        for one in np.asarray(dataset[()]).reshape(-1)
    ]
    return texts[0] if dataset.shape == () else texts


def member(group: Any, path: str) -> Any:
    """Return what lies at a path below a group, in this file; None where nothing does or a link leads elsewhere.

    Soft links are followed step by step, because the library follows one that ends at an external link without asking.
    """
    import h5py

    place, steps = group, [step for step in path.split("/") if step]
    for _ in range(MOST_LINKS):
        if not steps:
            return place
        if not isinstance(place, h5py.Group):
            return None
        name, *steps = steps
        link = place.get(name, getlink=True, default=None)
        if isinstance(link, h5py.SoftLink):
            place = place.file["/"] if link.path.startswith("/") else place
            steps = [step for step in link.path.split("/") if step not in {"", "."}] + steps
        elif isinstance(link, h5py.HardLink):
            place = place[name]
        else:
            return None
    return None


def required(file: Any, path: str, where: Path, reader: str) -> Any:
    """Return what lies at a path in this file; `DamagedFileError` where nothing does."""
    found = member(file, path)
    if found is None:
        message = f"the HDF5 content lacks '{path}' (a link may lead to another file, which is not followed)"
        raise DamagedFileError(f"{message}; export it again", path=where, reader=reader)
    return found


def leads_out(dataset: Any) -> bool:
    """Say whether the numbers of a dataset lie in other files."""
    return bool(dataset.is_virtual or dataset.external)


@dataclass(frozen=True, slots=True)
class Hdf5Loader:
    """Load one channel of a dataset; opens the file for each request and reads only the samples asked for.

    Attributes
    ----------
    path : Path
    reader : str
    dataset : str
        Path inside the file.
    axis : {0, 1}
        Along which the samples run.
    place : int or None
        Which column (`axis` 0) or row (`axis` 1); None for a dataset with one axis.
    scale, shift : float
        Samples are ``stored * scale + shift``; infinite ones become NaN.
    field : str
        Which field of a dataset of records; empty for a dataset of numbers.
    """

    path: Path
    reader: str
    dataset: str
    axis: Literal[0, 1] = 0
    place: int | None = None
    scale: float = 1.0
    shift: float = 0.0
    field: str = ""

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop.

        Raises
        ------
        ReadError
            The file has vanished or changed since it was opened.
        """
        with open_hdf5(self.path, self.reader) as file:
            dataset = required(file, self.dataset, self.path, self.reader)
            check_dataset(dataset, self.path, self.reader)
            span = slice(start, max(start, stop))
            stored = self._stored(dataset, span)
        with np.errstate(invalid="ignore", over="ignore"):
            samples = np.array(stored, dtype=np.float64)
            if self.scale != 1.0:
                samples *= self.scale
            if self.shift:
                samples += self.shift
        samples[np.isinf(samples)] = np.nan
        return samples

    def _stored(self, dataset: Any, span: slice) -> Any:
        if self.field:
            return dataset.fields(self.field)[span]
        if self.place is None:
            return dataset[span]
        return dataset[span, self.place] if self.axis == 0 else dataset[self.place, span]


def _walk(group: Any, prefix: str, found: Contents, seen: set[object], where: tuple[Path, str]) -> None:
    import h5py

    path, reader = where
    if prefix.count("/") > MOST_DEPTH or len(seen) > MOST_ITEMS:
        message = f"nests deeper than {MOST_DEPTH} or holds more than {MOST_ITEMS} objects; it is no recording"
        raise DamagedFileError(message, path=path, reader=reader)
    for name in group:
        item = member(group, name)
        if item is None or item.id in seen:
            continue
        seen.add(item.id)
        if isinstance(item, h5py.Group):
            found.groups[f"{prefix}{name}"] = _attributes(item)
            _walk(item, f"{prefix}{name}/", found, seen, where)
        elif isinstance(item, h5py.Dataset) and item.shape is not None and not leads_out(item):
            found.datasets.append(Dataset(f"{prefix}{name}", item.shape, item.dtype, _attributes(item)))


def _attributes(item: Any) -> dict[str, Attribute]:
    plain: dict[str, Attribute] = {}
    for name in item.attrs:
        try:
            value = _attribute(item.attrs[name])
        except (OSError, TypeError, ValueError):  # an attribute of a kind the library does not know
            continue
        if value is not None:
            plain[name] = value
    return plain


def _attribute(value: Any) -> Attribute | None:
    values = np.asarray(value).reshape(-1)
    if not 0 < values.size <= MOST_VALUES:
        return None
    if values.dtype.kind in NUMBERS:
        numbers = tuple(float(one) for one in values)
        return numbers[0] if len(numbers) == 1 else numbers
    if all(isinstance(one, str | bytes) for one in values):
        texts = tuple(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in values)
        return texts[0] if np.ndim(value) == 0 else texts
    return None
