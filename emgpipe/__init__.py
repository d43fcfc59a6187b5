"""emgpipe: from raw EMG recordings to a ranking of exercises and head positions in %MVIC.

In a notebook::

    import emgpipe

    recording = emgpipe.read("P01_back_squat_neutral_1.csv")
    signals = emgpipe.apply_chain(recording)
    result = emgpipe.run_study("study.yaml")

Names are imported when first used, so that ``import emgpipe`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emgpipe.api import How, Local, apply_chain, read, run_study
    from emgpipe.config import load_study

__version__ = "0.1.0"
__all__ = ["How", "Local", "__version__", "apply_chain", "load_study", "read", "run_study"]

_HOMES = {
    "How": "emgpipe.api",
    "Local": "emgpipe.api",
    "apply_chain": "emgpipe.api",
    "read": "emgpipe.api",
    "run_study": "emgpipe.api",
    "load_study": "emgpipe.config",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'emgpipe' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
