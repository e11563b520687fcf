"""Any file of orders as one table: rows of cells under a recognised header."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from zaguan.operations.intake.cells import text_of, words
from zaguan.operations.intake.delimited import TextTable, open_text
from zaguan.operations.intake.headers import Header
from zaguan.operations.intake.model import Cell, FileEmpty, FileMissing, NoHeader, NotATable, Notice, shown
from zaguan.operations.intake.workbook import Merged, SheetTable, open_workbook

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FOREIGN: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
# a merged cell of these tells a sum, not something that holds for each of its rows
_NOT_FILLED_DOWN: Final = words(
    "weight,unit_weight,volume,length,width,height,dimensions,pieces,pallets,cash,load_1,load_2,load_3,load_4,"
    "packages,items,barcode,description"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows below a recognised header."""

    path: Path
    sheet: str
    header: Header
    content: TextTable | SheetTable
    merged: tuple[Merged, ...] = ()
    notices: list[Notice] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield physical line and cells of every row below the header that is not blank; can be called again."""
        filled: dict[tuple[int, int], Cell] = {}
        row: list[Cell]
        for line, cells in self.content.rows():
            if line <= self.header.line:
                continue
            row = list(cells)
            for top, left, bottom, right in self.merged:
                if top < line <= bottom + 1:
                    self._fill_down(row, filled, (top, left, right), is_first=line == top + 1)
            if any(not isinstance(cell, str) or (cell and not cell.isspace()) for cell in row):
                yield line, row

    def _fill_down(
        self, row: list[Cell], filled: dict[tuple[int, int], Cell], corner: tuple[int, int, int], *, is_first: bool
    ) -> None:
        top, left, right = corner
        for index in range(max(0, left), min(right + 1, len(row))):
            if is_first:
                filled[top, index] = row[left]
            elif index < len(self.header.columns) and self.header.columns[index].field not in _NOT_FILLED_DOWN:
                row[index] = row[index] if row[index] != "" else filled.get((top, index), "")


def open_table(path: Path, *, sheet: str = "") -> Table:
    """Open a CSV, TSV, XLSX, XLS or ODS file and find its header.

    What a file is, its first bytes tell, not its name. Refused: no such file, an empty one, one that is no table,
    one with no recognised column names.
    """
    if not path.is_file():
        raise FileMissing(file=str(path))
    with path.open("rb") as file:
        head = file.read(512)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FileEmpty(file=path.name)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_FOREIGN) or start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise NotATable(file=path.name)
    content = open_workbook(path, sheet=sheet) if head.startswith((_ZIP, _OLE)) else open_text(path)
    if content.header is None:
        raise _no_header(path, content)
    if isinstance(content, SheetTable):
        merged = tuple(content.merged_down())
        table = Table(path=path, sheet=content.name, header=content.header, content=content, merged=merged)
        if content.other_sheets:
            others = ", ".join(shown(name) for name in content.other_sheets[:8])
            table.notices.append(Notice(code="intake.sheet_read", facts={"sheet": content.name, "others": others}))
        if content.formulas_without_value:
            count = content.formulas_without_value
            table.notices.append(Notice(code="intake.formulas_empty", count=count))
        return table
    table = Table(path=path, sheet="", header=content.header, content=content)
    if content.torn_letters:
        table.notices.append(Notice(code="intake.torn_letters", count=content.torn_letters))
    return table


def _no_header(path: Path, content: TextTable | SheetTable) -> NoHeader | FileEmpty:
    rows: Iterator[tuple[int, Sequence[Cell]]] = content.rows()
    for _line, cells in islice(rows, 5):
        if names := [shown(text_of(cell)) for cell in cells if text_of(cell)]:
            return NoHeader(file=path.name, found=" · ".join(names[:8]))
    return FileEmpty(file=path.name)
