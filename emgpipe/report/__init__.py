"""Results -> one self-contained HTML page, figures for notebooks, text for the terminal."""

from emgpipe.report.comparisons import comparison_part
from emgpipe.report.figures import participants_figure, ranking_figure, trial_figure
from emgpipe.report.outcome import outcome_lines
from emgpipe.report.page import render_comparisons, render_report
from emgpipe.report.session_page import is_drawn_from, render_session
from emgpipe.report.text import ranking_text

__all__ = [
    "comparison_part",
    "is_drawn_from",
    "outcome_lines",
    "participants_figure",
    "ranking_figure",
    "ranking_text",
    "render_comparisons",
    "render_report",
    "render_session",
    "trial_figure",
]
