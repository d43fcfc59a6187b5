"""How well the checks find what they look for: detection against dose, and false alarms on clean signals.

    python -m benchmarks.detection [--signals SHARE] [--only CHECK ...] [--write]

`signals` draws clean channels, trials and sessions whose truth is known; `faults` lists what is put into them, at which
doses; `measure` counts; `page` and `picture` write docs/detection.md and its figure.
"""
