"""Error rates by simulation: how often each statistical method errs, for small studies of EMG amplitudes.

    python -m benchmarks.error_rates [--studies SHARE] [--only [NAME ...]]

`data` draws studies whose truth is known; `pairs`, `several`, `best`, `curves`, `people`, `groups`, `repeats` and
`mixed` are the experiments, `catalogue` lists them; `measure` counts and judges; `table` keeps the counts in
docs/error-rates.csv; `page` and `picture` make the tables and the figure of docs/error-rates.md from them.
"""
