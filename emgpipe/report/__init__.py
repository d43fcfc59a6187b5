"""Results -> one self-contained HTML page, figures for notebooks, text for the terminal."""

from emgpipe.report.figures import participants_figure, ranking_figure, trial_figure
from emgpipe.report.page import render_report
from emgpipe.report.text import ranking_text

__all__ = ["participants_figure", "ranking_figure", "ranking_text", "render_report", "trial_figure"]
