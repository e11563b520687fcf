"""The fix-me file: the refused rows as they were given, and why; corrected, it is imported as it is."""

import csv
import io
from pathlib import Path
from typing import Final

from zaguan.base.kit.files import write_whole
from zaguan.base.kit.words import LOCALES, Locale, say
from zaguan.operations.intake.explaining import messages_of
from zaguan.operations.intake.model import ImportReport
from zaguan.operations.intake.sheets import Sheet, write_workbook

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t")
_OUR_WIDTH: Final = 60
_OUR_COLUMNS: Final = ("intake.fix_me_error", "intake.fix_me_remedy")


def write_fix_me(report: ImportReport, path: Path, *, locale: Locale | None = None) -> None:
    """Write the refused rows to .csv or .xlsx, with the columns "error" and "what to do" behind their own.

    A file without order numbers gets a column with ours, so that a corrected row stays the same order.
    """
    header, rows = _table_of(report, locale)
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow([_neutral(name) for name in header])
        writer.writerows([_neutral(cell) for cell in row] for row in rows)
        write_whole(path, text.getvalue().encode("utf-8-sig"))  # the mark, without which Excel takes it for Latin-1
        return
    ours = frozenset({len(header) - 2, len(header) - 1})
    widths = [_OUR_WIDTH if index in ours else max(12, len(name) + 2) for index, name in enumerate(header)]
    name = say("intake.fix_me_sheet", locale)
    write_workbook(path, [Sheet(name=name, header=header, rows=rows, widths=widths, marked=ours)])


def _table_of(report: ImportReport, locale: Locale | None) -> tuple[list[str], list[list[str]]]:
    ours = {say(key, other) for key in _OUR_COLUMNS for other in LOCALES}
    kept = [index for index, name in enumerate(report.header) if name not in ours]
    has_refs = any(column.field == "ref" for column in report.columns)
    header = [report.header[index] for index in kept]
    header += [] if has_refs else [say("intake.fix_me_ref", locale)]
    beyond_at = len(report.header)
    has_beyond = any(any(rejected.cells[beyond_at:]) for rejected in report.rejected)
    header += [say("intake.fix_me_beyond", locale)] if has_beyond else []
    header += [say("intake.fix_me_error", locale), say("intake.fix_me_remedy", locale)]
    rows = []
    for rejected in report.rejected:
        cells = [rejected.cells[index] if index < len(rejected.cells) else "" for index in kept]
        # cells beyond the header are what is wrong with some rows: they stay visible in a column of their own
        beyond = [" | ".join(cell for cell in rejected.cells[beyond_at:] if cell)] if has_beyond else []
        rows.append([*cells, *([] if has_refs else [rejected.ref]), *beyond, *messages_of(rejected, locale)])
    return header, rows


def _neutral(text: str) -> str:
    """Put a quote before what a spreadsheet would run as a formula; reading takes it away again."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
