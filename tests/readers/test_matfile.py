"""The tree of a MAT-file against scipy, files MATLAB wrote itself, and the published layouts."""

from __future__ import annotations

import struct
import time
import warnings
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.readers.parts.matlab.hdf5file import Hdf5Loader, hdf5_contents
from emgpipe.readers.parts.matlab.matfile import load_mat, mat_names
from tests.readers.mat73 import write_mat73

BY_MATLAB = Path(scipy.io.__file__).parent / "matlab" / "tests" / "data"
DATA = np.arange(6.0).reshape(2, 3)


def write_classic(path: Path, *, compressed: bool) -> Path:
    signals = np.empty((1, 2), dtype=[("data", "O"), ("name", "O")])
    signals[0, 0] = (np.arange(4.0), "GMAX RT")
    signals[0, 1] = (np.arange(3.0), "GMED RT")
    variables = {
        "x": DATA,
        "fs": 2000.0,
        "label": "Gluteus maximus µV",
        "labels": np.array(["GMAX RT", "GMED RT"], dtype=object),
        "info": {"device": {"name": "X"}, "gain": 1000.0},
        "signals": signals,
        "counts": np.array([[1], [-2]], dtype=np.int16),
        "yes": np.array([True, False]),
        "nothing": np.empty((0, 0)),
    }
    scipy.io.savemat(path, variables, do_compression=compressed)
    return path


def write_hdf5(path: Path) -> Path:
    return write_mat73(
        path,
        {
            "x": DATA,
            "fs": 2000.0,
            "label": "Gluteus maximus µV",
            "labels": ["GMAX RT", "GMED RT"],
            "info": {"device": {"name": "X"}, "gain": 1000.0},
            "signals": [{"data": np.arange(4.0), "name": "GMAX RT"}, {"data": np.arange(3.0), "name": "GMED RT"}],
            "counts": np.array([[1], [-2]], dtype=np.int16),
            "yes": np.array([[True, False]]),
            "nothing": np.empty((0, 0)),
        },
    )


@pytest.fixture(params=["v5", "v5 compressed", "v7.3"])
def mat_file(request, tmp_path) -> Path:
    path = tmp_path / "recording.mat"
    return write_hdf5(path) if request.param == "v7.3" else write_classic(path, compressed="comp" in request.param)


def test_all_versions_give_the_same_tree(mat_file):
    assert set(mat_names(mat_file)) == {
        "x", "fs", "label", "labels", "info", "signals", "counts", "yes", "nothing",
    }  # fmt: skip
    tree = load_mat(mat_file, "mat")
    assert set(tree) == set(mat_names(mat_file))
    np.testing.assert_array_equal(tree["x"], DATA)
    np.testing.assert_array_equal(tree["fs"], [[2000.0]])
    assert tree["label"] == "Gluteus maximus µV"
    assert tree["labels"] == ["GMAX RT", "GMED RT"]
    assert tree["info"]["device"]["name"] == "X"
    assert [one["name"] for one in tree["signals"]] == ["GMAX RT", "GMED RT"]
    np.testing.assert_array_equal(tree["signals"][0]["data"], [[0.0, 1.0, 2.0, 3.0]])
    np.testing.assert_array_equal(tree["counts"], [[1], [-2]])
    assert tree["counts"].dtype == np.int16
    assert tree["yes"].dtype == np.uint8
    np.testing.assert_array_equal(tree["yes"], [[1, 0]])
    assert tree["nothing"].size == 0


def test_only_some_variables(mat_file):
    assert set(load_mat(mat_file, "mat", ["x", "fs", "absent"])) == {"x", "fs"}


def test_version_4(tmp_path):
    path = tmp_path / "old.mat"
    scipy.io.savemat(path, {"emg": DATA, "text": "abc"}, format="4")
    assert mat_names(path) == ("emg", "text")
    tree = load_mat(path, "mat")
    np.testing.assert_array_equal(tree["emg"], DATA)
    assert tree["text"] == "abc"


def by_matlab() -> list[Path]:
    return sorted(path for path in BY_MATLAB.glob("test*.mat") if "hdf5" not in path.name)


@pytest.mark.skipif(not by_matlab(), reason="this scipy comes without the files MATLAB wrote")
@pytest.mark.parametrize("path", by_matlab(), ids=lambda path: path.stem)
def test_files_written_by_matlab(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = {name: value for name, value in scipy.io.loadmat(path).items() if not name.startswith("__")}
    tree = load_mat(path, "mat")
    assert set(tree) == set(wanted)
    assert set(mat_names(path)) == set(wanted)
    for name, value in wanted.items():
        if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
            np.testing.assert_array_equal(tree[name], value)
        elif isinstance(value, np.ndarray) and value.dtype.kind == "U" and value.size == 1:
            assert tree[name] == str(value.reshape(-1)[0])


def test_version_73_written_by_matlab():
    path = BY_MATLAB / "testhdf5_7.4_GLNX86.mat"
    if not path.is_file():
        pytest.skip("this scipy comes without the files MATLAB wrote")
    np.testing.assert_allclose(load_mat(path, "mat")["testdouble"], [np.arange(9) * np.pi / 4], rtol=1e-15)


def test_functions_and_objects_are_none():
    path = BY_MATLAB / "testfunc_7.4_GLNX86.mat"
    if not path.is_file():
        pytest.skip("this scipy comes without the files MATLAB wrote")
    assert load_mat(path, "mat") == {"testfunc": None}


def element(kind: int, content: bytes) -> bytes:
    return struct.pack("<2I", kind, len(content)) + content + bytes(-len(content) % 8)


def matrix(kind: int, shape: tuple[int, int], *members: bytes, name: bytes = b"x") -> bytes:
    """One matrix by the published layout of version 5."""
    body = element(6, struct.pack("<2I", kind, 0)) + element(5, struct.pack("<2i", *shape)) + element(1, name)
    return element(14, body + b"".join(members))


def version_5(*elements: bytes) -> bytes:
    return b"MATLAB 5.0 MAT-file".ljust(124, b" ") + b"\x00\x01IM" + b"".join(elements)


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "bad.mat"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError) as caught:
        load_mat(path, "mat")
    assert str(path) in str(caught.value)
    assert "[mat]" in str(caught.value)
    return str(caught.value)


def test_hand_made_version_5(tmp_path):
    path = tmp_path / "hand.mat"
    path.write_bytes(version_5(matrix(6, (2, 3), element(9, struct.pack("<6d", *DATA.T.reshape(-1))))))
    np.testing.assert_array_equal(load_mat(path, "mat")["x"], DATA)


@pytest.mark.parametrize("shape", [(2**31 - 1, 2**31 - 1), (-1, 3), (10**6, 10**6), (0x7FFFFFFF, 1)])
@pytest.mark.parametrize("kind", [1, 2, 4, 6])
@pytest.mark.parametrize("packed", [False, True])
def test_absurd_sizes_are_refused_before_memory_is_taken(tmp_path, shape, kind, packed):
    fields = element(5, struct.pack("<i", 8)) + element(1, b"abc".ljust(8, b"\0")) if kind == 2 else b""
    member = matrix(6, (1, 1), element(9, struct.pack("<d", 1.0)), name=b"")
    inner = matrix(kind, shape, fields, element(9, struct.pack("<d", 1.0)) if kind > 2 else member)
    content = struct.pack("<2I", 15, len(zlib.compress(inner))) + zlib.compress(inner) if packed else inner
    begun = time.perf_counter()
    refused(tmp_path, version_5(content))
    assert time.perf_counter() - begun < 2


def test_declared_bytes_beyond_the_file(tmp_path):
    whole = version_5(matrix(6, (2, 3), element(9, bytes(48))))
    assert "more than the file has" in refused(tmp_path, whole[:-8])


def test_deep_nesting_is_refused(tmp_path):
    inner = matrix(6, (1, 1), element(9, bytes(8)), name=b"")
    for _ in range(40):
        inner = matrix(1, (1, 1), inner, name=b"")
    assert "deeper" in refused(tmp_path, version_5(inner))


def test_no_mat_file(tmp_path):
    path = tmp_path / "text.mat"
    path.write_text("no MATLAB here")
    assert mat_names(path) == ()
    assert mat_names(tmp_path / "absent.mat") == ()
    with pytest.raises(DamagedFileError, match="no MAT-file"):
        load_mat(path, "mat")


def test_references_in_circles(tmp_path):
    path = write_mat73(tmp_path / "circle.mat", {"x": [1.0, 2.0]})
    with h5py.File(path, "r+") as file:
        file["x"][0, 0] = file["x"].ref
        file["x"][1, 0] = file["x"].ref
        file["y"] = DATA
        group = file.create_group("group")
        group.attrs["MATLAB_class"] = np.bytes_("struct")
        group["itself"], group["inner"] = group, DATA
    found = load_mat(path, "mat")
    assert found["x"] == [None, None]
    assert found["group"]["itself"] is None
    np.testing.assert_array_equal(found["y"], DATA.T)
    np.testing.assert_array_equal(found["group"]["inner"], DATA.T)


def test_links_that_lead_out_are_not_followed(tmp_path):
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["secret"] = DATA
    path = write_mat73(tmp_path / "links.mat", {"x": DATA})
    with h5py.File(path, "r+") as file:
        file["out"] = h5py.ExternalLink(str(other), "secret")
        file["whole"] = h5py.ExternalLink(str(other), "/")
        file["hop"] = h5py.SoftLink("/out")
        file["through"] = h5py.SoftLink("/whole/secret")
        file["nowhere"] = h5py.SoftLink("/absent")
        file["round"] = h5py.SoftLink("/round")
        file.create_group("group")["near"] = h5py.SoftLink("../x")
        file["inside"] = h5py.SoftLink("/x")
    found = load_mat(path, "mat")
    assert [found.get(name) for name in ("out", "hop", "through", "nowhere", "round", "whole")] == [None] * 6
    assert [dataset.path for dataset in hdf5_contents(path, "hdf5").datasets] == ["inside"]
    np.testing.assert_array_equal(found["inside"], found["x"])
    for name in ("out", "hop", "through", "nowhere", "round"):
        with pytest.raises(ReadError, match="which is not followed"):
            Hdf5Loader(path, "hdf5", name)(0, 1)


def test_hdf5_tree_and_loader(tmp_path):
    path = tmp_path / "any.h5"
    with h5py.File(path, "w") as file:
        made = file.create_dataset("a/emg", data=DATA, chunks=(1, 2), compression="gzip")
        made.attrs["unit"], made.attrs["gains"] = "mV", [1.0, 2.0]
        file["a/again"] = made  # a second name for the same numbers
    (found,) = hdf5_contents(path, "hdf5").datasets
    assert (found.shape, found.attributes) == ((2, 3), {"unit": "mV", "gains": (1.0, 2.0)})
    np.testing.assert_array_equal(Hdf5Loader(path, "hdf5", found.path, 0, 1, scale=2.0)(0, 2), 2 * DATA[:, 1])
    np.testing.assert_array_equal(Hdf5Loader(path, "hdf5", found.path, 1, 1)(1, 3), DATA[1, 1:3])


def test_absurd_or_foreign_datasets_are_refused(tmp_path):
    path = tmp_path / "absurd.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("huge", shape=(10**9, 1000), dtype="f8", chunks=(1000, 10))
        file.create_dataset("elsewhere", shape=(4,), dtype="f8", external=[(str(tmp_path / "raw.bin"), 0, 32)])
        layout = h5py.VirtualLayout(shape=(4,), dtype="f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", shape=(4,))
        file.create_virtual_dataset("virtual", layout)
    assert [dataset.path for dataset in hdf5_contents(path, "hdf5").datasets] == ["huge"]
    for name, word in [("huge", "can hold"), ("elsewhere", "other files"), ("virtual", "other files")]:
        with pytest.raises(ReadError, match=word):
            Hdf5Loader(path, "hdf5", name, 0, None)(0, 4)


def test_loader_after_the_file_has_gone(tmp_path):
    path = tmp_path / "gone.h5"
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(4.0)
    loader = Hdf5Loader(path, "hdf5", "x")
    path.unlink()
    with pytest.raises(ReadError, match=r"gone\.h5"):
        loader(0, 4)
