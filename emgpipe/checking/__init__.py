"""Can these recordings be trusted, and is anything still missing? For the hour in which it can still be mended.

`check_study` and `check_recordings` look, `screen` is for eyes, `as_json` for programs, `watching` waits for new files.
"""
