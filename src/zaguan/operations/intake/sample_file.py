"""Writes a sample of invented orders as a workbook or a CSV, marked as invented."""

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from zaguan.base.kit.files import replacing, write_whole
from zaguan.base.kit.words import Locale, say
from zaguan.operations.intake.sample import Sample

_BOLD: Final = Font(bold=True)
_MAX_WIDTH: Final = 42


def write_sample(sample: Sample, path: Path, *, locale: Locale, region_name: str) -> None:
    """Write .csv with semicolons (Portuguese and Spanish spreadsheets expect them) or .xlsx with a sheet that warns."""
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(sample.header)
        writer.writerows([_as_text(value) for value in row] for row in sample.rows)
        write_whole(path, text.getvalue().encode("utf-8-sig"))
        return
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(say("sample.sheet", locale))
    for index, name in enumerate(sample.header):
        longest = max((len(_as_text(row[index])) for row in sample.rows[:200]), default=0)
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(_MAX_WIDTH, max(len(name), longest) + 2)
    sheet.freeze_panes = "B2"
    header = []
    for name in sample.header:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font = _BOLD
        header.append(cell)
    sheet.append(header)
    for row in sample.rows:
        sheet.append([_dated(sheet, value) if isinstance(value, date) else value or None for value in row])
    note = workbook.create_sheet(say("sample.note_sheet", locale))
    note.column_dimensions["A"].width = 100
    for line in say("sample.note", locale, region=region_name).split("\n"):
        note.append([line])
    with replacing(path) as beside:
        workbook.save(beside)


def _dated(sheet: Any, day: date) -> Any:
    cell = WriteOnlyCell(sheet, value=datetime(day.year, day.month, day.day))  # noqa: DTZ001 (a day, no moment)
    cell.number_format = "yyyy-mm-dd"
    return cell


def _as_text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)
