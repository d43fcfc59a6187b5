"""Drawings are made small without changing what they show."""

from __future__ import annotations

import re
from io import StringIO
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from emgpipe.report.svg import compact, data_uri

NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


def drawing() -> str:
    figure = Figure(figsize=(4, 3))
    axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
    axes.plot(np.linspace(0, 1, 50), np.random.default_rng(1).random(50), "o-")
    axes.fill_between([0, 1], [0, 0], [1, 0.5], hatch="//", alpha=0.3)
    axes.set_title("100 % \"<&>\" #1 'x' -->")
    buffer = StringIO()
    with mpl.rc_context({"svg.hashsalt": "emgpipe", "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def shapes(svg: str) -> list[list[float]]:
    """Return the coordinates of every path, in order."""
    paths = (element.get("d") for element in ET.fromstring(svg).iter() if element.tag.endswith("path"))  # noqa: S314
    return [[float(number) for number in NUMBER.findall(path or "")] for path in paths]


def test_same_shapes_in_fewer_bytes():
    before = drawing()
    after = compact(before)
    assert len(after) < 0.75 * len(before)
    old, new = shapes(before), shapes(after)
    assert [len(path) for path in old] == [len(path) for path in new]
    for left, right in zip(old, new, strict=True):
        np.testing.assert_allclose(left, right, atol=0.0051)


def test_letters_stand_where_they_stood():
    before, after = drawing(), compact(drawing())
    moved = re.findall(r'<use xlink:href="#DejaVu[^"]*" transform="translate\(([-\d.]+)', before)
    placed = re.findall(r'<use href="#[^"]*" x="([-\d.]+)"/>', after)
    np.testing.assert_allclose(
        sorted(round(float(x), 2) for x in moved if float(x)), sorted(map(float, placed)), atol=0.011
    )
    assert len(placed) > 20


def test_every_reference_has_its_target():
    text = compact(drawing())
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)) <= {(one, "") for one in ids} | {
        ("", one) for one in ids
    }


def test_address_holds_the_drawing_and_breaks_no_attribute():
    address = data_uri(drawing())
    assert not re.search(r'["<>\n#]', address)
    assert ET.fromstring(unquote(address.partition(",")[2])).tag.endswith("svg")  # noqa: S314
