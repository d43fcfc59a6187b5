"""What the checks look for in this study, and what becomes of numbers that fail one."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from emgpipe.quality import AnyCheck, Check, OnFail, check_that_finds, with_changes
from emgpipe.settings import Settings, StudyPath


class Quality(Settings):
    """Checks, and their consequences."""

    on_fail: OnFail = "keep"
    """What becomes of a number whose signal or reference failed a check: keep (and mark it everywhere), exclude (from
    comparisons, with a line among the decisions), or stop (the run makes no comparison at all)."""
    checks: tuple[AnyCheck, ...] = ()
    """Checks that differ from the defaults: other thresholds, `use: false`, or an `on_fail` of their own. All others
    are made as they are."""
    decisions: StudyPath | None = Field(default=None)
    """A table (CSV) of decisions: who, when, what is left out or kept, and why; relative to this file."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [check.name for check in self.checks]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"checks: '{twice}' is stated twice; put all its settings into one entry")
        return self

    @property
    def all_checks(self) -> tuple[Check, ...]:
        """All checks of the catalogue, with the changes of this study."""
        return with_changes(self.checks)

    def on_fail_of(self, kind: str) -> OnFail:
        """Return what becomes of numbers with a failed finding of a kind."""
        name = check_that_finds(kind)
        own = next((check.on_fail for check in self.checks if check.name == name), None)
        return own or self.on_fail
