"""Writing tables that no spreadsheet takes for a program.

What people type comes from strangers: `=HYPERLINK(…)` as a name would run on the organiser's computer. In CSV
a cell that begins like a formula gets an apostrophe in front (OWASP, “CSV Injection”); in XLSX every cell has
the type text, and such a cell also the mark that Excel itself keeps for an apostrophe.
"""

import csv
import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from undersign.delivery.models import Format

# The last five are full-width forms and a line feed, which some spreadsheets read like the first.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ROWS_OF_SHEET = 1_048_576  # of Excel, with the row of headings
LONGEST_CELL = 32_767  # characters, of Excel


class TableWriter(Protocol):
    """Takes rows of a table that is being written."""

    def add(self, row: Sequence[str]) -> None:
        """Write one row."""


class CsvWriter:
    """Comma-separated values (RFC 4180), every cell quoted."""

    def __init__(self, text: io.TextIOBase, headings: Sequence[str]) -> None:
        self._rows = csv.writer(text, quoting=csv.QUOTE_ALL)
        self._rows.writerow(headings)

    def add(self, row: Sequence[str]) -> None:
        """Write one row."""
        self._rows.writerow(f"'{cell}" if cell.startswith(BEGINS_FORMULA) else cell for cell in row)


class XlsxWriter:
    """An Excel workbook; what does not fit on one sheet goes on to the next."""

    def __init__(self, workbook: Any, headings: Sequence[str]) -> None:
        self._workbook, self._headings = workbook, headings
        self._bold = workbook.add_format({"bold": True})
        self._quoted = workbook.add_format({"quote_prefix": True})
        self._sheet, self._line = self._next_sheet()

    def add(self, row: Sequence[str]) -> None:
        """Write one row."""
        if self._line == ROWS_OF_SHEET:
            self._sheet, self._line = self._next_sheet()
        for place, cell in enumerate(row):
            style = self._quoted if cell.startswith(BEGINS_FORMULA) else None
            self._sheet.write_string(self._line, place, cell[:LONGEST_CELL], style)
        self._line += 1

    def _next_sheet(self) -> tuple[Worksheet, int]:
        sheet: Worksheet = self._workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate(self._headings):
            sheet.write_string(0, place, heading, self._bold)
        return sheet, 1


def table_writer(
    format_: str, sink: BinaryIO, headings: Sequence[str], *, scratch: Path
) -> AbstractContextManager[TableWriter]:
    """Write a table of one of `Format` to `sink`; whole when the context ends without an error.

    For XLSX a directory `scratch` is made, closed to others: rows wait there in clear until they are packed,
    and are deleted with it.
    """
    return {Format.CSV: _csv, Format.XLSX: _xlsx}[Format(format_)](sink, headings, scratch)


@contextmanager
def _csv(sink: BinaryIO, headings: Sequence[str], _scratch: Path) -> Iterator[TableWriter]:
    # With the mark of byte order: without it Excel takes UTF-8 for the system's old code page (0061).
    text = io.TextIOWrapper(sink, encoding="utf-8-sig", newline="", write_through=False)
    yield CsvWriter(text, headings)
    text.flush()
    text.detach()


@contextmanager
def _xlsx(sink: BinaryIO, headings: Sequence[str], scratch: Path) -> Iterator[TableWriter]:
    scratch.mkdir(mode=0o700)
    try:
        workbook = Workbook(sink, {"constant_memory": True, "tmpdir": str(scratch), "use_zip64": True})
        try:
            yield XlsxWriter(workbook, headings)
        except BaseException:
            for sheet in workbook.worksheets():
                sheet._opt_close()  # noqa: SLF001 -- nothing public ends a workbook without packing it
            raise
        workbook.close()
    finally:
        shutil.rmtree(scratch)
