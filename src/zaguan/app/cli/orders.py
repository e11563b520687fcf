"""`zaguan import`: a file of orders into the order book."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from zaguan.app.cli.terminal import EXIT_STATUS, TerminalProgress, out
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.errors import Kind
from zaguan.base.kit.progress import SilentProgress
from zaguan.base.kit.words import say
from zaguan.operations.intake.book import BOOK_NAME, BookChange, store_orders, undo_last_import
from zaguan.operations.intake.explaining import message_of, messages_of, notice_text, remedy_of
from zaguan.operations.intake.fix_me import write_fix_me
from zaguan.operations.intake.model import ImportReport
from zaguan.operations.intake.service import read_orders

MAX_ROWS_SHOWN: Final = 12
MAX_NOTICES_SHOWN: Final = 12


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("import", help=say("intake.help"))
    def import_orders(
        file: Annotated[Path | None, typer.Argument(help=say("intake.help_file"))] = None,
        book: Annotated[Path, typer.Option("--book", help=say("intake.help_book"))] = Path(BOOK_NAME),
        day: Annotated[str, typer.Option("--date", help=say("intake.help_date"))] = "",
        country: Annotated[str, typer.Option("--country", help=say("intake.help_country"))] = "CL",
        sheet: Annotated[str, typer.Option("--sheet", help=say("intake.help_sheet"))] = "",
        fix_me: Annotated[Path | None, typer.Option("--fix-me", help=say("intake.help_fix_me"))] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help=say("intake.help_dry_run"))] = False,
        undo: Annotated[bool, typer.Option("--undo", help=say("intake.help_undo"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=say("intake.help_json"))] = False,
    ) -> None:
        if undo:
            _undo(book, as_json=as_json)
            return
        if file is None:
            raise typer.BadParameter(say("intake.file_needed"))
        if len(country) != 2 or not country.isalpha():
            raise typer.BadParameter(say("intake.bad_country_option", value=country))
        if fix_me is not None and fix_me.suffix.lower() not in {".xlsx", ".csv"}:
            raise typer.BadParameter(say("intake.bad_fix_me_option"))
        progress = SilentProgress() if as_json else TerminalProgress()
        report = read_orders(file, service_on=day_of(day), country=country.upper(), sheet=sheet, progress=progress)
        with progress.step(say("intake.step_storing")):
            at = SystemClock().now()
            change = store_orders(book, report.orders, source=report.source, at=at, dry_run=dry_run)
        written = _write_fix_me(report, file, fix_me, dry_run=dry_run)
        if as_json:
            _print_json(report, change, book=book, fix_me=written, dry_run=dry_run)
        else:
            _print(report, change, book=book, fix_me=written, dry_run=dry_run)
        if report.rows and not report.orders:
            raise typer.Exit(EXIT_STATUS[Kind.INVALID])


def day_of(text: str) -> date | None:
    """Read a date option; nothing is None, anything but YYYY-MM-DD is refused."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(say("intake.bad_date_option", value=text)) from error


def _undo(book: Path, *, as_json: bool) -> None:
    change = undo_last_import(book)
    if as_json:
        _write_json({"removed": change.removed, "updated": change.updated, "total": change.total, "book": str(book)})
        return
    facts: dict[str, Any] = {"removed": change.removed, "updated": change.updated, "total": change.total}
    out.print(say("intake.summary_undone", **facts), highlight=False)


def _write_fix_me(report: ImportReport, file: Path, wanted: Path | None, *, dry_run: bool) -> Path | None:
    """Write the rejected rows where asked, else beside the book in the working folder; a dry run only where asked."""
    if not report.rejected or (dry_run and wanted is None):
        return None
    name = f"{file.stem}.{say('intake.fix_me_name')}.xlsx"
    # a fix-me file that is itself imported is not written over: it may still be open
    stem = file.stem.removesuffix(f".{say('intake.fix_me_name')}")
    name = name if stem == file.stem else f"{stem}.{say('intake.fix_me_name')}-2.xlsx"
    path = wanted or Path(name)
    write_fix_me(report, path)
    return path


def _print(report: ImportReport, change: BookChange, *, book: Path, fix_me: Path | None, dry_run: bool) -> None:
    rejected = len(report.rejected)
    colour = "green" if not rejected else "yellow" if report.orders else "red"
    facts: dict[str, Any] = {"rows": report.rows, "accepted": report.accepted_rows, "rejected": rejected}
    out.print(f"[bold {colour}]{escape(say('intake.summary_rows', **facts))}[/]", highlight=False)
    out.print(
        say(
            "intake.summary_orders",
            orders=len(report.orders),
            created=change.created,
            updated=change.updated,
            unchanged=change.unchanged,
        ),
        highlight=False,
    )
    where = say("intake.summary_dry") if dry_run else say("intake.summary_book", book=book, total=change.total)
    out.print(escape(where), highlight=False, soft_wrap=True)
    for notice in report.notices[:MAX_NOTICES_SHOWN]:
        out.print(f"[dim]·[/] {escape(notice_text(notice))}", highlight=False, soft_wrap=True)
    if rejected:
        _print_rejected(report)
    if fix_me is not None:
        out.print(f"[bold]→ {escape(say('intake.summary_fix_me', file=fix_me))}[/]", highlight=False, soft_wrap=True)


def _print_rejected(report: ImportReport) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(say("intake.column_line"), justify="right")
    table.add_column(say("intake.column_problem"), ratio=3)
    table.add_column(say("intake.column_remedy"), ratio=3, style="dim")
    for row in report.rejected[:MAX_ROWS_SHOWN]:
        message, remedy = messages_of(row)
        table.add_row(str(row.line), escape(message), escape(remedy))
    out.print(table)
    if (more := len(report.rejected) - MAX_ROWS_SHOWN) > 0:
        out.print(say("intake.summary_more", count=more), highlight=False)


def _print_json(report: ImportReport, change: BookChange, *, book: Path, fix_me: Path | None, dry_run: bool) -> None:
    rejected = [
        {
            "line": row.line,
            "ref": row.ref,
            "problems": [
                {
                    "column": problem.column,
                    "code": problem.code,
                    "message": message_of(problem),
                    "remedy": remedy_of(problem),
                }
                for problem in row.problems
            ],
        }
        for row in report.rejected
    ]
    notices = [
        {"code": notice.code, "count": notice.count, "lines": notice.lines, "text": notice_text(notice)}
        for notice in report.notices
    ]
    _write_json(
        {
            "source": report.source,
            "sheet": report.sheet,
            "rows": report.rows,
            "accepted_rows": report.accepted_rows,
            "orders": len(report.orders),
            "created": change.created,
            "updated": change.updated,
            "unchanged": change.unchanged,
            "dry_run": dry_run,
            "book": str(book),
            "fix_me": None if fix_me is None else str(fix_me),
            "columns": [{"header": column.header, "field": column.field} for column in report.columns],
            "rejected": rejected,
            "notices": notices,
        }
    )


def _write_json(values: dict[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(values, option=orjson.OPT_INDENT_2).decode() + "\n")
