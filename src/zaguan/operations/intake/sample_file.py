"""Writes a sample of invented orders as a workbook or a CSV, marked as invented."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Final

from zaguan.base.kit.files import write_whole
from zaguan.base.kit.words import Locale, say
from zaguan.operations.intake.sample import Sample
from zaguan.operations.intake.sheets import Sheet, write_workbook

_MAX_WIDTH: Final = 42
_ROWS_MEASURED: Final = 200
_NOTE_WIDTH: Final = 100


def write_sample(sample: Sample, path: Path, *, locale: Locale, region_name: str) -> None:
    """Write .csv with semicolons (Portuguese and Spanish spreadsheets expect them) or .xlsx with a sheet that warns."""
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(sample.header)
        writer.writerows([_as_text(value) for value in row] for row in sample.rows)
        write_whole(path, text.getvalue().encode("utf-8-sig"))
        return
    widths = [
        min(_MAX_WIDTH, 2 + max(len(name), *(len(_as_text(row[index])) for row in sample.rows[:_ROWS_MEASURED]), 0))
        for index, name in enumerate(sample.header)
    ]
    note = [(line,) for line in say("sample.note", locale, region=region_name).split("\n")]
    write_workbook(
        path,
        [
            Sheet(name=say("sample.sheet", locale), header=sample.header, rows=sample.rows, widths=widths),
            Sheet(name=say("sample.note_sheet", locale), rows=note, widths=(_NOTE_WIDTH,)),
        ],
    )


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
