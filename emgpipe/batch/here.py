"""One piece of work after the other, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.batch.engine import Done, Lost, never, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from emgpipe.batch.engine import Job, Result


class Here:
    """Works in this process: no start-up, no supervision."""

    def run(
        self, work: Callable[[Job], Result], jobs: Sequence[Job], stop: Callable[[], bool] = never
    ) -> Generator[Done[Job, Result] | Lost[Job], None, None]:
        """Yield what became of each job; see `Engine`."""
        for job in jobs:
            if stop():
                return
            try:
                result = work(job)
            except Exception as error:  # noqa: BLE001 - one session that meets an error of ours must not stop a study
                yield Lost(job, reason_of(error))
            else:
                yield Done(job, result)
