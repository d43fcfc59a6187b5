"""A comparison in few words: how much was shown, what is said of the primary outcome, the rest folded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.leaders import leader_sentences
from emgpipe.report.markup import bullets, details, escape
from emgpipe.report.panels import ranking_panels
from emgpipe.report.paper import by_subject
from emgpipe.report.words import count, finite, metric_label, muscle_label, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from emgpipe.model import Comparison

_MANY: Final = 4
"""More sentences than these are folded."""
_LEVEL: Final = 0.05
_VERDICTS: Final = ("different", "different but negligible", "equivalent", "undecided")
_OUTCOME: Final = ["scope", "muscle", "side", "placement", "metric"]


def is_primary(comparison: Comparison) -> bool:
    """Return whether the comparison is about the primary outcome."""
    return "primary" in comparison.table.columns and bool(comparison.table["primary"].any())


def brief_part(comparison: Comparison) -> str:
    """Return the result in plain words: all of it where it is short, else the gist with the rest folded."""
    said = comparison.sentences
    if len(said) <= _MANY:
        return bullets(map(escape, said))
    gist = gist_sentence(comparison) or leaders_words(comparison)
    primary = primary_sentences(comparison)
    apart = [sentence for sentence in notes(comparison) if sentence not in primary]
    above = f"<p>{escape(gist)}</p>" if gist else ""
    first = sentence_list([*primary, *apart])
    return above + first + details(f"All {len(said)} sentences", sentence_list(said))


def leaders_words(comparison: Comparison) -> str:
    """Say who ranks first; the title, which stands right above, is left out."""
    said = (sentence.partition(": ")[2] for sentence in leader_sentences(comparison))
    return " ".join(sentence[:1].upper() + sentence[1:] for sentence in said)


def gist_sentence(comparison: Comparison) -> str:
    """Say in one sentence how much was shown; empty where the table holds no decision."""
    rows = comparison.table
    make = _GISTS.get(comparison.kind)
    return make(rows) if make is not None and len(rows) and not ranking_panels(comparison) else ""


def primary_sentences(comparison: Comparison) -> list[str]:
    """Return the sentences about the rows marked as primary."""
    rows = comparison.table
    if not is_primary(comparison):
        return []
    marked = rows[rows["primary"].astype(bool)].drop_duplicates(["muscle", "side", "placement", "metric"])
    found: dict[str, None] = {}
    for row in marked.to_dict("records"):
        name = _outcome_name(row)
        words = metric_label(plain(row["metric"]))
        mine = [one for one in comparison.sentences if one.startswith((f"{name},", f"{name}:"))]
        exact = [one for one in mine if f", {words}" in one.partition(":")[0]]
        found |= dict.fromkeys(exact or mine)
    return list(found)


def _outcome_name(row: Mapping[Any, Any]) -> str:
    """Return the words the sentences about an outcome begin with."""
    return muscle_label(plain(row["muscle"]).replace("/", " to "), row["side"], row["placement"])


def notes(comparison: Comparison) -> list[str]:
    """Return the sentences about no single outcome: who is missing, what is doubtful."""
    rows = comparison.table
    if not {"muscle", "side", "placement"} <= set(rows.columns):
        return []
    sites = rows[["muscle", "side", "placement"]].drop_duplicates().to_dict("records")
    names = tuple({_outcome_name(site) for site in sites})
    return [sentence for sentence in comparison.sentences if not sentence.startswith(names)]


def sentence_list(sentences: Sequence[str]) -> str:
    """Return sentences as a list, those about the same outcome under its name."""
    return bullets(
        f"<strong>{escape(subject)}</strong>{bullets(map(escape, clauses))}" if clauses else escape(subject)
        for subject, clauses in by_subject(sentences)
    )


def _shown(column: str, things: str, what: str) -> Callable[[pd.DataFrame], str]:
    def say(rows: pd.DataFrame) -> str:
        p = [finite(value) for value in rows[column]]
        shown = sum(value is not None and value <= _LEVEL for value in p)
        return f"{what} shown in {shown} of {count(len(p), *_nouns(things))}."

    return say


def _nouns(things: str) -> tuple[str, str]:
    return things, f"{things[:-1]}ies" if things.endswith("y") else f"{things}s"


def _pairs(rows: pd.DataFrame) -> str:
    return f"A difference is shown in {int(rows['shown'].astype(bool).sum())} of {count(len(rows), 'pair')}."


def _verdicts(rows: pd.DataFrame) -> str:
    found = Counter(rows["verdict"].map(plain))
    parts = [f"{found[name]} {name}" for name in _VERDICTS if found[name]]
    return f"{count(len(rows), 'pair')}: {', '.join(parts)}." if parts else ""


def _stretches(rows: pd.DataFrame) -> str:
    asked = [*_OUTCOME, "level", "other"]
    pairs = rows[asked].drop_duplicates()
    found = rows[rows["from_percent"].notna()][asked].drop_duplicates()
    return f"Curves are shown to differ somewhere in {len(found)} of {count(len(pairs), 'pair')}."


def _responses(rows: pd.DataFrame) -> str:
    spread = rows["sd_response_low"].map(finite)
    more = sum(value is not None and value > 0 for value in spread)
    return f"Responses spread more than repetition error explains in {more} of {count(len(rows), 'pair')}."


def _agreement(rows: pd.DataFrame) -> str:
    known = [value for value in rows["icc_2_1"].map(finite) if value is not None]
    if not known:
        return ""
    return f"ICC(2,1) from {min(known):.2f} to {max(known):.2f} in {count(len(known), 'outcome')}."


_GISTS: Final[dict[str, Callable[[pd.DataFrame], str]]] = {
    "paired": _pairs,
    "equivalence": _verdicts,
    "omnibus": _shown("p_gg", "test", "A difference between levels is"),
    "repetition_trend": _shown("p_adjusted", "course", "A trend is"),
    "between": _shown("p_adjusted", "question", "A difference or trend is"),
    "mixed_model": _shown("p", "term", "An effect is"),
    "curves": _stretches,
    "individual": _responses,
    "reliability": _agreement,
}
