"""Statistics over arrays: no tables, no files, no words. Every function names its source."""
