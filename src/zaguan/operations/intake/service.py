"""Read a file of orders: `read_orders`. Whatever the rows hold, good ones come in and bad ones say why."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zaguan.base.kit.progress import Progress, SilentProgress
from zaguan.base.kit.words import say
from zaguan.operations.intake.assembling import Assembly
from zaguan.operations.intake.book import is_book, read_book
from zaguan.operations.intake.cells import text_of
from zaguan.operations.intake.delimited import UNCLOSED
from zaguan.operations.intake.headers import IGNORED
from zaguan.operations.intake.model import (
    BadCell,
    ImportReport,
    Notice,
    Problem,
    ReadColumn,
    RejectedRow,
    shown,
)
from zaguan.operations.intake.moments import day_order_of, moment_of
from zaguan.operations.intake.notices import Notices
from zaguan.operations.intake.reading import Habits, ReadRow, Refs, read_row
from zaguan.operations.intake.row import RowSplitter, second_columns
from zaguan.operations.intake.table import Table, open_table

DATE_FIELDS: Final = frozenset({"service_on", "opens", "closes", "opens_2", "closes_2", "window"})
_ROWS_PER_REMARK: Final = 1_000
_GUESSED_LOADS: Final = {"load_1": "kg", "load_2": "m³"}
# where moments with an offset are turned into local time and no region says otherwise: the zone of most people
_ZONE_OF: Final = {
    "AR": "America/Argentina/Buenos_Aires", "BO": "America/La_Paz", "BR": "America/Sao_Paulo",
    "CL": "America/Santiago",
    "CO": "America/Bogota", "CR": "America/Costa_Rica", "DO": "America/Santo_Domingo", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "GB": "Europe/London", "GT": "America/Guatemala", "MX": "America/Mexico_City",
    "PA": "America/Panama", "PE": "America/Lima", "PT": "Europe/Lisbon", "PY": "America/Asuncion",
    "UY": "America/Montevideo", "VE": "America/Caracas",
}  # fmt: skip


def read_orders(
    path: Path,
    *,
    service_on: date | None = None,
    country: str = "CL",
    time_zone: str = "",
    sheet: str = "",
    progress: Progress | None = None,
) -> ImportReport:
    """Read orders from a CSV, TSV, XLSX, XLS or ODS file, or from an order book, with no mapping needed.

    `service_on` is the day of orders that name none; `country` (ISO 3166) tells how local phones are dialled and
    money is counted; `time_zone` (IANA) places moments that carry an offset. A bad row is in the report, never an
    exception. Refused as a whole: a file that is missing, empty, torn, locked, too large or no table of orders.
    """
    if is_book(path):
        return ImportReport(
            source=path.name, orders=(orders := read_book(path)), rows=len(orders), accepted_rows=len(orders)
        )
    table = open_table(path, sheet=sheet)
    notices = Notices()
    habits = Habits(
        source=path.name,
        country=country.upper(),
        service_on=service_on,
        zone=_zone(time_zone, country.upper()),
        day_first=_day_orders(table, notices),
    )
    assembly = Assembly(notices)
    with _no_collector(), (progress or SilentProgress()).step(say("intake.step_reading", file=path.name)) as step:
        for count, read in enumerate(_read_rows(table, habits, notices), start=1):
            assembly.add(read)
            if count % _ROWS_PER_REMARK == 0:
                step.note(say("intake.rows_so_far", count=count))
    assembled, refused = assembly.finish(path.name)
    cells = _given_cells(table, {line for line, _, _ in refused}, habits)
    return ImportReport(
        source=path.name,
        sheet=table.sheet,
        header=tuple(column.header for column in table.header.columns),
        columns=tuple(ReadColumn(header=column.header, field=column.field) for column in table.header.columns),
        orders=tuple(assembled),
        rejected=tuple(
            RejectedRow(line=line, ref=ref, problems=problems, cells=cells.get(line, ()))
            for line, ref, problems in refused
        ),
        notices=(*table.notices, *_about_columns(table), *notices.all()),
        rows=assembly.rows,
        accepted_rows=assembly.rows - len(refused),
    )


@contextmanager
def _no_collector() -> Iterator[None]:
    """Let the garbage collector rest: all that is made here stays, and to search it for circles costs a fifth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _zone(name: str, country: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name or _ZONE_OF.get(country, "")) if name or country in _ZONE_OF else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _read_rows(table: Table, habits: Habits, notices: Notices) -> Iterator[ReadRow]:
    splitter = RowSplitter(table.header, notices)
    refs = Refs()
    header = [column.header for column in table.header.columns]
    for line, cells in table.rows():
        texts_match = cells[0] == header[0] if header and cells else False
        if texts_match and [text_of(cell) for cell in cells[: len(header)]] == header:
            notices.add("intake.header_again", line)  # files pasted one under the other
            continue
        if cells[-1] == UNCLOSED:
            problem = Problem(code="intake.row_unclosed_quote")
            yield ReadRow(line=line, ref=refs.derived(f"torn {line}"), order=None, problems=(problem,))
            continue
        yield read_row(splitter.split(line, cells), habits, refs)


def _day_orders(table: Table, notices: Notices) -> dict[str, bool]:
    """Tell for each column with written dates whether the day comes first, by what its own cells prove.

    Where none proves anything the region's habit holds, day before month, and a notice says so.
    """
    columns = [column for column in table.header.columns if column.field in DATE_FIELDS]
    seen: dict[int, dict[str, int]] = {column.index: {} for column in columns}
    if not columns:
        return {}
    for line, cells in table.rows():
        for column in columns:
            cell = cells[column.index] if column.index < len(cells) else ""
            if isinstance(cell, str) and cell and (proof := day_order_of(text_of(cell))):
                seen[column.index].setdefault(proof, line)
    orders: dict[str, bool] = {}
    for column in columns:
        proofs = seen[column.index]
        orders[column.header] = not ("month" in proofs and "day" not in proofs)
        if "month" in proofs and "day" in proofs:
            notices.add("intake.dates_mixed", proofs["month"], column=column.header)
        elif "month" in proofs:
            notices.add("intake.dates_month_first", proofs["month"], column=column.header)
        elif "either" in proofs and "day" not in proofs:
            notices.add("intake.dates_day_first", proofs["either"], column=column.header)
    return orders


def _given_cells(table: Table, lines: set[int], habits: Habits) -> dict[int, tuple[str, ...]]:
    """Return the refused rows as given, read once more: to keep all rows until the end would fill the memory.

    Dates whose order the column proved are written year first: alone in a fix-me file they could prove nothing.
    """
    if not lines:
        return {}
    month_first = {
        column.index
        for column in table.header.columns
        if column.field in DATE_FIELDS and not habits.day_first.get(column.header, True)
    }
    width = len(table.header.columns)
    given: dict[int, tuple[str, ...]] = {}
    for line, cells in table.rows():
        if line in lines:
            texts = ["" if cell == UNCLOSED else text_of(cell) for cell in cells]
            texts = [_year_first(text) if index in month_first else text for index, text in enumerate(texts)]
            given[line] = tuple(texts + [""] * (width - len(texts)))
    return given


def _year_first(text: str) -> str:
    if not day_order_of(text):
        return text
    try:
        moment = moment_of(text, day_first=False)
    except BadCell:
        return text
    at = "" if moment.time_s is None else f" {moment.time_s // 3600:02d}:{moment.time_s // 60 % 60:02d}"
    return text if moment.day is None else f"{moment.day.isoformat()}{at}"


def _about_columns(table: Table) -> list[Notice]:
    """Say which columns were left aside, guessed, or taken in a sense that the file does not state."""
    columns = [column for column in table.header.columns if column.header]
    notices = []
    if ignored := [shown(column.header) for column in columns if not column.field]:
        names = ", ".join(ignored[:30])
        notices.append(Notice(code="intake.columns_ignored", facts={"columns": names}, count=len(ignored)))
    notices += [
        Notice(
            code="intake.column_guessed",
            facts={"column": shown(column.header), "field": f"field:{column.field}"},
        )
        for column in columns
        if column.guessed and column.field != IGNORED
    ]
    notices += [
        Notice(
            code="intake.load_taken_as",
            facts={"column": shown(column.header), "unit": _GUESSED_LOADS[column.field]},
        )
        for column in columns
        if column.field in _GUESSED_LOADS
    ]
    notices += [
        Notice(code="intake.columns_ignored", facts={"columns": shown(column.header)})
        for column in columns
        if column.field == "load_4"
    ]
    notices += [
        Notice(code="intake.load_taken_as_pieces", facts={"column": shown(column.header)})
        for column in columns
        if column.field == "load_3"
    ]
    notices += [
        Notice(code="intake.column_second", facts={"column": shown(second.header), "first": shown(first.header)})
        for first, second in second_columns(table.header)
    ]
    if pickup := [shown(column.header) for column in columns if column.field == "pickup_side"]:
        notices.append(Notice(code="intake.pickup_side", facts={"columns": ", ".join(pickup)}, count=len(pickup)))
    return notices
