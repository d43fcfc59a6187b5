"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): how they are told, and their sheets' rows, by `python-calamine`."""

from __future__ import annotations

import itertools
import struct
import zipfile
from typing import TYPE_CHECKING, Any

from emgpipe.errors import DamagedFileError, EmgpipeError, ReadError, suggest
from emgpipe.readers.parts.excel.extent import MOST_ROWS, sheet_extent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from emgpipe.readers.base import Head

MOST_CELLS = 1 << 26
"""64 columns down to the last row; formatting that reaches further is no recording."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_BOOKS = ("xl/workbook.xml", "xl/workbook.bin")


def describe_book(head: Head) -> str | None:
    """Say which kind of workbook this is, or None."""
    if head.data.startswith(_ZIP):
        if _ODS in head.data[:256]:
            return "an OpenDocument spreadsheet"
        return "an Excel workbook (.xlsx)" if _has_workbook(head) else None
    if head.data.startswith(_OLE) and _has_stream(head):
        return "an Excel workbook (.xls)"
    return None


def _has_workbook(head: Head) -> bool:
    try:
        with zipfile.ZipFile(head.path) as archive:
            return any(name in _BOOKS for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return b"xl/work" in head.data  # cut off: reading it says so


def _has_stream(head: Head) -> bool:
    """Look for the stream ``Workbook`` (``Book`` before 1997) in the first sector of the compound file's directory."""
    if len(head.data) < 512:
        return False
    shift, first = struct.unpack_from("<H", head.data, 30)[0], struct.unpack_from("<I", head.data, 48)[0]
    if shift not in {9, 12}:
        return False
    with head.path.open("rb") as handle:
        handle.seek((first + 1) << shift)
        names = handle.read(1 << shift)
    return any(name.encode("utf-16-le") in names for name in ("Workbook", "Book\0"))


class Book:
    """An open workbook."""

    def __init__(self, path: Path, reader: str) -> None:
        self.path, self.reader = path, reader
        self._book = self._guarded(self._open)
        self.names: list[str] = list(self._book.sheet_names)
        """All sheets, in order."""

    @property
    def shown(self) -> list[str]:
        """Names of the sheets that hold cells and are not hidden."""
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        return [
            sheet.name
            for sheet in self._book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]

    def rows(self, name: str) -> Iterator[list[Any]]:
        """Yield the rows of a sheet from its row 1 and column A on, all as wide.

        Raises
        ------
        ReadError
            There is no such sheet, or it cannot be read.
        """
        if name not in self.names:
            near = suggest(name, self.names) or f"; it has: {', '.join(self.names)}"
            raise ReadError(f"there is no sheet '{name}' in the workbook{near}", path=self.path, reader=self.reader)
        extent = sheet_extent(self.path, name)
        if extent is not None:
            if extent.is_endless_text:
                raise self._damaged(f"a cell of sheet '{name}' holds endless text")
            self._check_extent(name, extent.rows, extent.columns)
        sheet = self._guarded(lambda: self._book.get_sheet_by_name(name))
        if sheet.start is None or sheet.end is None:
            return
        n_rows, n_columns = sheet.end[0] + 1, sheet.end[1] + 1
        self._check_extent(name, n_rows, n_columns)
        yield from self._from_first_cell(sheet)

    def _check_extent(self, name: str, n_rows: int, n_columns: int) -> None:
        if n_rows * n_columns > MOST_CELLS or n_rows > MOST_ROWS:
            message = f"sheet '{name}' reaches to row {n_rows}, column {max(n_columns, 1)}; delete what is "
            raise ReadError(f"{message}beyond the table, or export it as CSV", path=self.path, reader=self.reader)

    def _from_first_cell(self, sheet: Any) -> Iterator[list[Any]]:
        """Yield rows with the empty rows and columns before the first cell, which the library may leave out."""
        top, left = sheet.start
        rows = self._guarded(sheet.iter_rows)
        row: list[Any] | None = self._guarded(lambda: next(rows, None))
        if row is None:
            return
        before = [""] * (left if len(row) <= sheet.end[1] else 0)
        if any(cell != "" for cell in row):  # the first row with a cell: those above it are left out
            yield from itertools.repeat([*before, *[""] * len(row)], top)
        while row is not None:
            yield before + row
            row = self._guarded(lambda: next(rows, None))

    def _open(self) -> Any:
        import python_calamine

        return python_calamine.CalamineWorkbook.from_path(self.path)

    def _guarded(self, work: Callable[[], Any]) -> Any:
        """Do something in the library; whatever it raises becomes one `DamagedFileError`."""
        import python_calamine

        try:
            return work()
        except python_calamine.PasswordError as error:
            message = "the workbook is protected by a password; save it without one"
            raise ReadError(message, path=self.path, reader=self.reader) from error
        except (EmgpipeError, MemoryError):
            raise
        except Exception as error:  # the library names few of its errors; all are about this file
            raise self._damaged(error) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # how the library's language ends what cannot go on
                raise
            raise self._damaged(error) from error

    def _damaged(self, error: BaseException | str) -> DamagedFileError:
        message = f"the workbook cannot be read ({error}); open it in a spreadsheet program and save it again"
        return DamagedFileError(message, path=self.path, reader=self.reader)
