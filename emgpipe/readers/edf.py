"""EDF, EDF+, BDF and BDF+: the exchange formats of physiology.

The header is fixed-width text and short, so it is parsed here (`parts.edf.header`): libraries also validate fields that
emgpipe never uses (dates, patient codes) and refuse real files for them. `pyedflib` and `edfio` are the oracles in
the tests. Names, birth date and sex stand in fields that go nowhere unless `keep_personal_data` is set.

Kemp et al. 1992, https://doi.org/10.1016/0013-4694(92)90009-7; Kemp and Olivan 2003 (EDF+); https://www.biosemi.com
(BDF).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.edf.example import edf_example
from emgpipe.readers.parts.edf.signals import edf_signature, read_edf

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Recording


class EdfOptions(ReaderOptions):
    """What can be stated about EDF and BDF files: nothing of their own, they describe themselves."""

    kind: Literal["edf"] = "edf"


class EdfReader(Reader):
    """EDF, EDF+C, EDF+D, BDF, BDF+: a rate per signal, annotations as events, gaps kept."""

    name = "edf"
    title = "EDF/BDF"
    extensions = (".edf", ".bdf", ".rec")
    Options = EdfOptions

    def recognize(self, head: Head) -> str | None:
        """Accept the version field and a header size that is a number."""
        return edf_signature(head)

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the ordinary signals as channels; times count from the first data record."""
        return read_edf(path, keep_personal_data=options.keep_personal_data)

    def example(self) -> dict[str, bytes]:
        """Return a small EDF+C file: two EMG signals of different rates and one annotation."""
        return {"example.edf": edf_example()}
