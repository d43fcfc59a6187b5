"""Run the studies that were chosen, and tell what happens."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from emgpipe.errors import EmgpipeError, StoppedError
from emgpipe.run.account import StudyAccount, account_of
from emgpipe.run.events import Interrupted, StudyEnds, StudyStarts
from emgpipe.run.how import Begun, Event, Progress
from emgpipe.run.study import bring_up_to_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import StudyResult
    from emgpipe.run.account import State
    from emgpipe.run.events import Listener
    from emgpipe.run.how import How
    from emgpipe.run.several import Chosen


_MEMORY: Final = "it needs more memory than there is; close other programs, or run it with --jobs 1"


def run_chosen(chosen: Sequence[Chosen], how: How, tell: Listener) -> tuple[StudyAccount, ...]:
    """Run studies one after the other; one that cannot be run does not stop the others.

    Parameters
    ----------
    how : How
        For all of them; what is asked for of each is in `chosen`.

    Raises
    ------
    KeyboardInterrupt
        Ctrl-C; how far the run was has been told.
    """
    accounts: list[StudyAccount] = []
    for number, one in enumerate(chosen, start=1):
        if len(chosen) > 1:
            tell(StudyStarts(one.file, number, len(chosen)))
        started = time.monotonic()
        account, result = _run(one, how, tell, go_on=len(chosen) > 1)
        tell(StudyEnds(account, result, time.monotonic() - started))
        accounts.append(account)
        if how.stop_on_error and (account.has_failed or account.error):
            break
    return tuple(accounts)


@dataclass(slots=True)
class _Heard:
    """Passes on what happens in a study, and remembers how far it is."""

    tell: Listener
    begun: Begun | None = None
    processed: int = 0
    lost: int = 0

    @property
    def finished(self) -> int:
        """Sessions that need not be done again."""
        return self.processed + (self.begun.up_to_date if self.begun else 0)

    def __call__(self, event: Event) -> None:
        if isinstance(event, Begun):
            self.begun = event
        elif isinstance(event, Progress):
            self.processed += event.trials > 0
            self.lost += event.trials == 0
        self.tell(event)


def _run(one: Chosen, how: How, tell: Listener, *, go_on: bool) -> tuple[StudyAccount, StudyResult | None]:
    if one.error or one.only is None:
        return StudyAccount(one.file, "not run" if one.error else "nothing asked for", error=one.error), None
    heard = _Heard(tell)
    try:
        ran = bring_up_to_date(one.file, how=replace(how, only=one.only), tell=heard)
        return account_of(one.file, ran, heard.begun.due if heard.begun else 0), ran.result
    except StoppedError as error:
        return _broken_off(one, heard, "stopped", str(error)), None
    except EmgpipeError as error:
        return _broken_off(one, heard, "not run", str(error)), None
    except MemoryError:
        return _broken_off(one, heard, "not run", _MEMORY), None
    except KeyboardInterrupt:
        tell(Interrupted(one.file, heard.finished, heard.begun.sessions if heard.begun else 0))
        raise
    except Exception:
        if not go_on:
            raise
        # an error of ours in one study must not cost the night of the others
        words = f"an error inside emgpipe stopped it; please report it:\n{traceback.format_exc()}"
        return _broken_off(one, heard, "not run", words), None


def _broken_off(one: Chosen, heard: _Heard, state: State, error: str) -> StudyAccount:
    begun = heard.begun
    if begun is None:
        return StudyAccount(one.file, state, error=error)
    return StudyAccount(
        one.file,
        state,
        name=begun.study,
        sessions=begun.sessions,
        processed=heard.processed,
        up_to_date=begun.up_to_date,
        left_out=begun.left_out,
        lost=heard.lost,
        error=error,
    )
