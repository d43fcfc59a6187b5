"""MyLogger text files: one line ``MYLOGGER rate=1000 unit=uV``, then one number a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Recording, Source, channel_from_array
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.units import conversion_factor

if TYPE_CHECKING:
    from pathlib import Path


class MyLoggerOptions(ReaderOptions):
    """Nothing needs to be stated about these files."""

    kind: Literal["mylogger"] = "mylogger"


class MyLoggerReader(Reader):
    """The format of an imaginary data logger."""

    name: ClassVar[str] = "mylogger"
    title: ClassVar[str] = "MyLogger text"
    extensions: ClassVar[tuple[str, ...]] = (".txt",)
    Options: ClassVar[type[ReaderOptions]] = MyLoggerOptions

    def recognize(self, head: Head) -> str | None:
        """Look at the first word."""
        return "begins with MYLOGGER" if head.data.startswith(b"MYLOGGER ") else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:  # noqa: ARG002
        """Read the header line and the numbers."""
        try:
            header, *lines = path.read_text("ascii").splitlines()
            stated = dict(word.split("=") for word in header.split()[1:])
            if not lines:
                raise ValueError("no numbers")
            samples = np.array([float(line) for line in lines]) * conversion_factor(stated["unit"], "V")
            channel = channel_from_array("EMG", samples, float(stated["rate"]))
        except (ValueError, KeyError) as error:
            raise DamagedFileError(f"not a whole MyLogger file ({error}); export it again", path=path) from None
        return Recording((channel,), Source(path, self.name, "begins with MYLOGGER"))

    def example(self) -> dict[str, bytes]:
        """Return a second of a ramp."""
        return {"ramp.txt": b"MYLOGGER rate=100 unit=uV\n" + b"\n".join(b"%d" % value for value in range(100)) + b"\n"}
