"""What every page has around its content: style, the short script, and the policy that forbids everything else.

A page loads nothing: its style is inside, its pictures are inside, and a content security policy forbids the browser
to fetch anything or to run any script but the short one below, which the page can do without.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from emgpipe.report.markup import escape

_SCRIPT: Final = """
const all = open => document.querySelectorAll('details').forEach(part => { part.open = open; });
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  for (let part = target; part; part = part.parentElement) if (part.tagName === 'DETAILS') part.open = true;
  if (target) target.scrollIntoView();
};
let folded = [];
addEventListener('beforeprint', () => {
  folded = [...document.querySelectorAll('details:not([open])')];
  all(true);
});
addEventListener('afterprint', () => folded.forEach(part => { part.open = false; }));
addEventListener('hashchange', reveal);
const bar = document.getElementById('folding');
bar.hidden = false;
bar.children[0].addEventListener('click', () => all(true));
bar.children[1].addEventListener('click', () => all(false));
reveal();
"""

FOLDING: Final = (
    '<p id="folding" hidden><button type="button">Open all</button> <button type="button">Close all</button></p>'
)
"""Buttons for the script; every page has them."""


def document(title: str, body: str) -> str:
    """Return a whole page around its content, which is HTML."""
    digest = b64encode(sha256(_SCRIPT.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        f"<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")
