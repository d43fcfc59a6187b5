"""HDF5 files of emgpipe whose parts were replaced by links."""

from __future__ import annotations

import h5py
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import read
from emgpipe.readers.emgpipe_hdf5 import EmgpipeHdf5Reader


@pytest.mark.parametrize("part", ["events", "findings", "channels"])
@pytest.mark.parametrize("is_hidden", [True, False])
def test_links_out_of_the_file_are_not_followed(tmp_path, part, is_hidden):
    ((name, content),) = EmgpipeHdf5Reader().example().items()
    other, path = tmp_path / "other.h5", tmp_path / name
    other.write_bytes(content)
    path.write_bytes(content)
    assert len(read(path).events) == 2
    with h5py.File(path, "r+") as file:
        del file[part]
        file["hop"] = h5py.ExternalLink(str(other), part)
        file[part] = h5py.SoftLink("/hop") if is_hidden else h5py.ExternalLink(str(other), part)
    try:
        recording = read(path)
    except ReadError:
        return
    assert part == "channels"
    assert not recording.channels
