"""Results -> one self-contained HTML page, figures for notebooks, text for the terminal."""

from emgpipe.report.comparisons import comparison_part
from emgpipe.report.figures import participants_figure, ranking_figure, trial_figure
from emgpipe.report.outcome import outcome_lines
from emgpipe.report.page import render_comparisons, render_report
from emgpipe.report.text import ranking_text

__all__ = [
    "comparison_part",
    "outcome_lines",
    "participants_figure",
    "ranking_figure",
    "ranking_text",
    "render_comparisons",
    "render_report",
    "trial_figure",
]
