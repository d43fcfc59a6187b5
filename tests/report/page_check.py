"""What a browser would trip over, found with the standard library's parser."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "img", "br", "wbr", "link", "hr", "input"}
_LOADING = {"src", "href", "xlink:href", "data", "action", "poster", "srcset"}


class PageCheck(HTMLParser):
    """Collects tags that do not balance, addresses, ids, link targets and the visible text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.scripts = 0
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        self.problems += [f"not closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.scripts += tag == "script"
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        self.addresses += [value for name, value in attrs if name in _LOADING]
        self.problems += [f"handler {name}" for name in values if name.startswith("on")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())
