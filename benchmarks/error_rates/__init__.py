"""Error rates by simulation: how often each statistical method errs, for small studies of EMG amplitudes.

    python -m benchmarks.error_rates [--studies SHARE] [--only NAME ...]

`data` draws studies whose truth is known; `pairs`, `several`, `best`, `curves`, `people`, `groups`, `repeats` and
`mixed` are the experiments; `measure` counts; `page` writes docs/error-rates.md and its figure.
"""
