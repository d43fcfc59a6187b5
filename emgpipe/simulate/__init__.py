"""EMG with known truth: the demo study, the tests, the benchmarks.

Read `emg` (noise with the spectrum of EMG), `movement` (repetitions and angles), `tables` (the numbers), `people` (what
each participant does), `devices` and `files` (how it is recorded), `demo` (the study), `truth` (what a perfect analysis
finds).
"""

from emgpipe.simulate.demo import write_recordings, write_study
from emgpipe.simulate.emg import Spectrum, simulate_emg
from emgpipe.simulate.truth import load_truth

__all__ = ["Spectrum", "load_truth", "simulate_emg", "write_recordings", "write_study"]
