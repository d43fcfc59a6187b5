"""Drawings made small: a matplotlib SVG with the same picture in about half the bytes.

Most of such a file is text: every letter is one element with a long reference and a translation of six decimals.
Hundreds of panels in one page make that megabytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_HEAD: Final = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
_IDS: Final = re.compile(r'\bid="([^"]+)"')
_REFERENCES: Final = re.compile(r'(?:xlink:)?href="#([^"]+)"|url\(#([^)]+)\)')
_GLYPH: Final = re.compile(r'(<use href="[^"]+") transform="translate\(([-\d.]+)(?: ([-\d.]+))?\)"/>')
_PLAIN_GROUP: Final = re.compile(r"<g>(<use [^>]*/>)</g>")
_LONG: Final = re.compile(r"(-?\d+\.\d\d)\d+")
_PATH: Final = re.compile(r'\bd="([^"]+)"')
_AROUND: Final = re.compile(r" ?([A-Za-z]) ?")
_STYLE: Final = re.compile(r'\bstyle="([^"]+)"')
_SPACE: Final = re.compile(r"\s+")
_CODES: Final = str.maketrans({"%": "%25", "#": "%23", '"': "'", "<": "%3C", ">": "%3E", "&": "%26"})


def data_uri(svg: str) -> str:
    """Return a drawing, made small, as an address that stands inside an attribute in double quotes."""
    return f"data:image/svg+xml,{compact(svg).translate(_CODES)}"


def compact(svg: str) -> str:
    """Return the drawing without what no browser needs, coordinates to a hundredth of a point.

    Parameters
    ----------
    svg : str
        As matplotlib writes it, text as paths.
    """
    text = _SPACE.sub(" ", _HEAD.sub("", svg)).replace("> <", "><").strip()
    text = text.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = _renamed(text)
    text = _outside_scales(text, lambda part: _LONG.sub(_rounded, part))
    text = _PATH.sub(lambda found: 'd="{}"'.format(_AROUND.sub(r"\1", found[1]).strip()), text)
    text = _STYLE.sub(lambda found: found[0].replace(": ", ":").replace("; ", ";"), text)
    text = _GLYPH.sub(_placed, text)
    return _PLAIN_GROUP.sub(r"\1", text)


def _renamed(text: str) -> str:
    """Drop ids nothing refers to; the others become numbers in the order of first use."""
    names: dict[str, str] = {}
    for found in _REFERENCES.finditer(text):
        names.setdefault(found[1] or found[2], f"a{len(names)}")
    text = _IDS.sub(lambda found: f'id="{names[found[1]]}"' if found[1] in names else "", text)
    text = _REFERENCES.sub(lambda found: f'href="#{names[found[1]]}"' if found[1] else f"url(#{names[found[2]]})", text)
    return text.replace(" >", ">").replace(" />", "/>").replace("<g  ", "<g ")


def _outside_scales(text: str, change: Callable[[str], str]) -> str:
    """Change everything but factors of enlargement, where the later digits matter."""
    return "".join(part if part.startswith("scale(") else change(part) for part in re.split(r"(scale\([^)]*\))", text))


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").removesuffix(".")


def _placed(found: re.Match[str]) -> str:
    """Write a letter's translation as its place, which is the same and shorter."""
    low = f' y="{found[3]}"' if found[3] and float(found[3]) else ""
    right = f' x="{found[2]}"' if float(found[2]) else ""
    return f"{found[1]}{right}{low}/>"
