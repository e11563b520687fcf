"""Writes workbooks: texts that stay texts, days that stay days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from zaguan.base.kit.files import replacing

MARK_COLOUR: Final = "FFF3CD"
Value = str | int | float | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: a bold header that stays in view, rows, and columns that are marked with a colour."""

    name: str
    rows: Iterable[Sequence[Value]]
    header: Sequence[str] = ()
    widths: Sequence[int] = ()
    marked: frozenset[int] = frozenset()


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write an .xlsx file, whole. A text is never taken for a formula, whatever it begins with."""
    # here and not above: reading needs none of it, and it weighs 30 MB and a quarter of a second
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    workbook = Workbook(write_only=True)
    for sheet in sheets:
        page = workbook.create_sheet(sheet.name)
        for index, width in enumerate(sheet.widths, start=1):
            page.column_dimensions[get_column_letter(index)].width = width
        if sheet.header:
            page.freeze_panes = "B2"
            page.append([_cell(page, name, bold=True) for name in sheet.header])
        for row in sheet.rows:
            page.append([_cell(page, value, marked=index in sheet.marked) for index, value in enumerate(row)])
    with replacing(path) as beside:
        workbook.save(beside)


def _cell(page: Any, value: Value, *, bold: bool = False, marked: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    if value is None or value == "":
        return None
    if isinstance(value, date):
        cell = WriteOnlyCell(page, value=datetime(value.year, value.month, value.day))  # noqa: DTZ001 (a day)
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, str):
        cell = WriteOnlyCell(page, value="".join(letter for letter in value if letter >= " " or letter in "\n\t"))
        cell.data_type = "s"  # never a formula
    else:
        return value
    if bold:
        cell.font = Font(bold=True)
    if marked:
        cell.fill = PatternFill("solid", fgColor=MARK_COLOUR)
    return cell
