"""Workbooks: XLSX, XLS and ODS."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, load_workbook

from zaguan.operations.intake.bounds import MAX_SHEET_ROWS, look_through
from zaguan.operations.intake.headers import MAX_HEADER_LINE, Header, find_header
from zaguan.operations.intake.model import (
    BrokenWorkbook,
    Cell,
    FileEmpty,
    FileTooLarge,
    LockedWorkbook,
    NoSuchSheet,
)

Merged = tuple[int, int, int, int]  # first row, first column, last row, last column, counted from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTable:
    """A sheet as rows of cells; can be read through any number of times."""

    name: str
    sheet: CalamineSheet
    header: Header | None
    other_sheets: tuple[str, ...] = ()
    formulas_without_value: int = 0

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield row number and cells of every row that is not blank, the header among them."""
        for number, cells in enumerate(self.sheet.iter_rows(), start=1):
            if any(cell != "" for cell in cells):
                yield number, cells

    def merged_down(self) -> list[Merged]:
        """Return the merged ranges that span several rows, columns counted as the cells of `rows` are."""
        first_column = (self.sheet.start or (0, 0))[1]
        return [
            (top, left - first_column, bottom, right - first_column)
            for (top, left), (bottom, right) in self.sheet.merged_cell_ranges or ()
            if bottom > top
        ]


def open_workbook(path: Path, *, sheet: str = "") -> SheetTable:
    """Open the named sheet, else the first visible one with a recognised header, else the first one with cells.

    Refused: too many bytes, parts, rows or cells, zip bombs, torn files, passwords, a sheet that is not there.
    """
    formulas = look_through(path)
    try:
        return _open(path, sheet=sheet, formulas=formulas)
    except PasswordError as error:
        raise LockedWorkbook(file=path.name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise BrokenWorkbook(file=path.name) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of the reader, which is no Exception
            raise BrokenWorkbook(file=path.name) from error
        raise


def _open(path: Path, *, sheet: str, formulas: int) -> SheetTable:
    workbook = load_workbook(path)
    names = [meta.name for meta in workbook.sheets_metadata if str(meta.typ).endswith(".WorkSheet")]
    hidden = {meta.name for meta in workbook.sheets_metadata if not str(meta.visible).endswith(".Visible")}
    if sheet and sheet not in names:
        raise NoSuchSheet(file=path.name, sheet=sheet, known=", ".join(names))
    fallback: SheetTable | None = None
    for name in [sheet] if sheet else sorted(names, key=lambda name: name in hidden):
        table = _sheet_table(path, workbook, name)
        table = replace(
            table, other_sheets=tuple(other for other in names if other != name), formulas_without_value=formulas
        )
        if table.header is not None:
            return table
        if table.sheet.height and fallback is None:
            fallback = table
    if fallback is None:
        raise FileEmpty(file=path.name)
    return fallback


def _sheet_table(path: Path, workbook: CalamineWorkbook, name: str) -> SheetTable:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height > MAX_SHEET_ROWS:
        raise FileTooLarge(file=path.name, what=str(sheet.total_height - 1), limit=str(MAX_SHEET_ROWS - 1))
    table = SheetTable(name=name, sheet=sheet, header=None)
    return replace(table, header=find_header(list(islice(table.rows(), MAX_HEADER_LINE))))
