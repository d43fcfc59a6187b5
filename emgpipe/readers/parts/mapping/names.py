"""Names under which programs and people keep rates, times, labels and units."""

from __future__ import annotations

import re

RATE_NAME = re.compile(
    r"(emg_?)?(fs|sf|sr|srate|f_?samp(le)?|samp(l(e|es|ing))?_?(rate|freq(uency)?)(_?hz)?)(_?(emg|hz))?"
    r"|emg_?(frequency|freq|rate)(_?hz)?",
    re.IGNORECASE,
)
WEAK_RATE_NAME = re.compile(r"(frequency|freq|rate)(_?(emg|hz))?", re.IGNORECASE)
"""Used where nothing else states a rate or times."""
LEAST_RATE = 100.0
"""Hz; EMG is not sampled more slowly."""
TIME_NAME = re.compile(r"t|time|times|tim|time_?stamps?|time_?vec(tor)?|tvec|time_?(s|sec)|t_?sec", re.IGNORECASE)
COUNTER_NAME = re.compile(r"n?seq|index|idx|counter|samples?(_?(index|number|nr))?|frames?", re.IGNORECASE)
LABELS_NAME = re.compile(
    r"((emg|semg)_?)?((ch|chan|channel|muscle|electrode|sensor|signal|col|column|variable|var|data)s?_?)?"
    r"(labels?|names?|titles?|headers?)"
    r"|((emg|semg)_?)?(channels?|chans?|muscles?|electrodes?|sensors?|columns?)",
    re.IGNORECASE,
)
"""Names of trials, subjects, files and events are none of channels."""
LABEL_NAME = re.compile(
    r"(ch|chan|channel|muscle|electrode|sensor|signal)?_?(label|name|title)|muscle|channel", re.IGNORECASE
)
"""Of one channel, beside its samples."""
UNITS_NAME = re.compile(r"(emg_?)?units?(_?emg)?", re.IGNORECASE)
SAMPLES_NAME = re.compile(r"data|signals?|values?|samples?|raw|emg|x|y", re.IGNORECASE)
"""What samples are called that have their own name beside them."""
