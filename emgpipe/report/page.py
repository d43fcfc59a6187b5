"""The whole page: one self-contained HTML file that opens offline.

Where a study has many sessions, each has a page of its own (`emgpipe.report.session_page`), and this one links them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from emgpipe.report.above_mvic import above_mvic_part
from emgpipe.report.cleaning import cleaning_part
from emgpipe.report.comparisons import comparison_anchor, comparison_part
from emgpipe.report.comparisons.brief import is_primary
from emgpipe.report.decisions import decisions_part
from emgpipe.report.document import FOLDING, document
from emgpipe.report.findings import findings_part
from emgpipe.report.markup import bullets, escape
from emgpipe.report.methods import Applied, methods_part, settings_part
from emgpipe.report.overview import families_part, first_places, outcome, primary_part, summary
from emgpipe.report.references import references_part
from emgpipe.report.sessions import session_anchor, session_name, session_part, sessions_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from emgpipe.model import Comparison, SessionResult, StudyResult

_Part = TypeVar("_Part")


def render_report(
    result: StudyResult,
    sessions: Iterable[SessionResult] | Iterable[Callable[[], SessionResult]],
    drawn: Sequence[str] | None = None,
    pages: Mapping[str, str] | None = None,
) -> str:
    """Return the report of a study as the text of one HTML file.

    Parameters
    ----------
    result : StudyResult
        What the run found.
    sessions : iterable of SessionResult, or of functions that return one
        Drawn one after the other; functions keep only one session in memory.
    drawn : sequence of str, optional
        The comparisons as `comparison_part` draws them, where they were drawn already.
    pages : mapping of str to str, optional
        Session (participant and session with a slash between) -> its own page, relative to the report; the report
        then lists the sessions and draws none.

    Returns
    -------
    str
        The same input gives the same text.
    """
    applied, names, shown = _sessions(sessions, pages)
    drawn = list(map(comparison_part, result.comparisons)) if drawn is None else drawn
    comparisons = "\n".join(_primary_first(result.comparisons, drawn)) or _why_none(result.findings)
    cleaning = result.cleaning
    cleaned = () if cleaning is None or cleaning.empty else (("cleaning", "Cleaning", cleaning_part(cleaning)),)
    sections = (
        ("comparisons", "Comparisons", comparisons),
        ("references", "References", references_part(result)),
        *cleaned,
        *_above(result),
        ("findings", "Findings", findings_part(result.findings)),
        ("decisions", "Decisions", decisions_part(result.decisions)),
        ("sessions", "Sessions", shown or "<p>No session was processed.</p>"),
        ("methods", "Words for a paper", methods_part(result, applied, _rules(result))),
        ("settings", "Settings and outputs", settings_part(result)),
    )
    body = "\n".join(
        f'<section aria-labelledby="{name}"><h2 id="{name}">{title}</h2>\n{content}\n</section>'
        for name, title, content in sections
    )
    return document(
        result.title or result.name,
        _header(result, applied.roles) + _first_screen(result) + _contents(result, sections, names) + body,
    )


def _sessions(
    sessions: Iterable[SessionResult] | Iterable[Callable[[], SessionResult]], pages: Mapping[str, str] | None
) -> tuple[Applied, list[tuple[str, str]], str]:
    """Return what was applied, what the contents list, and the sessions, drawn or listed; one in memory at a time."""
    applied, names, parts = Applied(), [], []
    seen = []
    for item in sessions:
        session = item() if callable(item) else item
        applied.add(session)
        if pages is None:
            names.append((session_anchor(session), session_name(session)))
            parts.append(session_part(session))
        else:
            seen.append(session)
    return applied, names, "\n".join(parts) if pages is None else sessions_table(seen, pages)


def _above(result: StudyResult) -> tuple[tuple[str, str, str], ...]:
    part = above_mvic_part(result)
    return (("above-mvic", "Above 100 %MVIC", part),) if part else ()


def render_comparisons(
    result: StudyResult,
    drawn: Sequence[str],
    rules: Sequence[str] = (),
    problems: Sequence[str] = (),
    selection: str = "",
) -> str:
    """Return the comparisons of a study alone, with words for a paper, as the text of one HTML file.

    Parameters
    ----------
    result : StudyResult
        What is known without the recordings; sessions, outcomes and findings are not shown.
    drawn : sequence of str
        The comparisons as `comparison_part` draws them.
    rules : sequence of str
        The rules of the references, in words.
    problems : sequence of str
        The comparisons that could not be made, with the reason.
    selection : str
        Which other numbers they rest on than those that count, in words; stands under the title.

    Returns
    -------
    str
        The same input gives the same text.
    """
    comparisons, title = result.comparisons, result.title or result.name
    under = f"Study {result.name} · emgpipe {result.versions.get('emgpipe', '')}".rstrip()
    links = "".join(
        f'<li><a href="#{comparison_anchor(one)}">{escape(one.title)}</a></li>'
        for one in _primary_first(comparisons, comparisons)
    )
    links += '<li><a href="#methods">Words for a paper</a></li>'
    head = (
        f'<header><h1>{escape(title)}</h1><p class="under">{escape(under)} · comparisons made from the stored tables'
        f"</p>{_selected(selection)}</header>\n"
    )
    failed = f'<h2 id="not-made">Not made</h2>{bullets(map(escape, problems))}' if problems else ""
    parts = "\n".join(_primary_first(comparisons, drawn)) or "<p>No comparison was made.</p>"
    words = methods_part(result, None, rules)
    body = (
        f'<section aria-labelledby="comparisons"><h2 id="comparisons">Comparisons</h2>\n{parts}\n</section>\n{failed}'
        f'<section aria-labelledby="methods"><h2 id="methods">Words for a paper</h2>\n{words}\n</section>'
    )
    return document(title, f'{head}<nav aria-label="Contents"><ul>{links}</ul>{FOLDING}</nav>\n{body}')


def _selected(words: str) -> str:
    """Return a warning that these are not the comparisons of the study, where they are not."""
    if not words:
        return ""
    mark = '<span class="level warn">▲</span>'
    return f'<p class="outcome warn"><strong>{mark} Another selection:</strong> {escape(words)}.</p>'


def _why_none(findings: pd.DataFrame) -> str:
    """Return why there is no comparison, as far as that is known."""
    known = "kind" in findings.columns
    reasons = findings.loc[findings["kind"] == "comparison_not_made", "reason"].tolist() if known else []
    return f"<p>No comparison could be made.</p>{bullets(map(escape, reasons))}"


def _rules(result: StudyResult) -> list[str]:
    return sorted({reference.rule for reference in result.references})


def _primary_first(comparisons: Sequence[Comparison], parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts, those of comparisons about the primary outcome first."""
    pairs = sorted(zip(comparisons, parts, strict=True), key=lambda pair: not is_primary(pair[0]))
    return [part for _, part in pairs]


def _first_screen(result: StudyResult) -> str:
    return "\n".join((first_places(result), families_part(result)))


def _header(result: StudyResult, roles: Mapping[str, str]) -> str:
    version = result.versions.get("emgpipe", "")
    under = f"Study {result.name} · emgpipe {version}".rstrip()
    return (
        f'<header><h1>{escape(result.title or result.name)}</h1><p class="under">{escape(under)}</p>\n'
        f"{primary_part(result)}\n{summary(result)}\n{outcome(result, roles)}\n</header>\n"
    )


def _contents(result: StudyResult, sections: tuple[tuple[str, str, str], ...], sessions: list[tuple[str, str]]) -> str:
    inner = {
        "comparisons": [
            (comparison_anchor(comparison), comparison.title)
            for comparison in _primary_first(result.comparisons, result.comparisons)
        ],
        "sessions": sessions,
    }
    lines = []
    for name, title, _ in sections:
        links = "".join(f'<li><a href="#{to}">{escape(text)}</a></li>' for to, text in inner.get(name, []))
        below = f"<ul>{links}</ul>" if links else ""
        lines.append(f'<li><a href="#{name}">{title}</a>{below}</li>')
    return f'<nav aria-label="Contents"><ul>{"".join(lines)}</ul>{FOLDING}</nav>\n'
