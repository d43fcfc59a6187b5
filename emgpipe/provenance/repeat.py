"""Run a study again from what its results hold, and say of every output whether it came out the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.made_of import code_digest, versions
from emgpipe.provenance.results import Results
from emgpipe.provenance.staging import Staged, stage
from emgpipe.run import run_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emgpipe.run import How
    from emgpipe.run.how import Tell


@dataclass(frozen=True, slots=True)
class Repeated:
    """What came of a repetition.

    Attributes
    ----------
    folder : Path
        The new results.
    identical, differing, missing, added : tuple of str
        Outputs that are the same to the last byte, that are not, that were not made, and that were not there before.
    """

    folder: Path
    identical: tuple[str, ...]
    differing: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many outputs the first run left."""
        return len(self.identical) + len(self.differing) + len(self.missing)

    @property
    def is_same(self) -> bool:
        """Whether all of them came out the same."""
        return len(self.identical) == self.total


def changed_versions(results: Results) -> Iterator[str]:
    """Yield in words which packages, or whose source, differ from those of a run."""
    then, now = results.run["versions"], versions()
    for name in dict.fromkeys([*then, *now]):
        if then.get(name) != now.get(name):
            yield f"{name} {then.get(name, 'not there')} then, {now.get(name, 'not there')} now"
    if results.run["code"] != code_digest():
        yield "the source of emgpipe is not the same, whatever its version says"


def default_folder(results: Results) -> Path:
    """Return where a repetition goes if nobody says: beside the results."""
    return results.folder.resolve().parent / f"{results.study}.repeat"


def lay_out(results: Results, into: Path | None, raw: Path | None) -> Staged:
    """Lay the study out again; see `emgpipe.provenance.staging.stage`."""
    return stage(results, into or default_folder(results), raw)


def run_again(results: Results, staged: Staged, how: How, tell: Tell | None = None) -> Repeated:
    """Run a study that was laid out again, and compare every output with the one of the first run.

    Raises
    ------
    EmgpipeError
        The study cannot be run, such as where all recordings are gone.
    """
    folder = run_study(staged.study, how=how, tell=tell).folder
    before, now = results.run["outputs"], Results.of(folder).run["outputs"]
    return Repeated(
        folder,
        identical=tuple(name for name in before if now.get(name) == before[name]),
        differing=tuple(name for name in before if name in now and now[name] != before[name]),
        missing=tuple(name for name in before if name not in now),
        added=tuple(name for name in now if name not in before),
    )
