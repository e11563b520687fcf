"""Writes small order files for the tests, and reads them."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from zaguan.operations.intake.model import ImportReport
from zaguan.operations.intake.service import read_orders

HEADER = ("N° pedido", "Dirección", "Comuna", "Ventana horaria", "Peso (kg)")


def write_csv(path: Path, rows: Sequence[Sequence[object]], *, separator: str = ";", encoding: str = "utf-8") -> Path:
    """Write rows as text, without any quoting."""
    lines = [separator.join(str(cell) for cell in row) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write rows as the first sheet of a workbook."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(list(row))  # type: ignore[union-attr]
    workbook.save(path)
    return path


def read_rows(folder: Path, *rows: Sequence[object], header: Sequence[object] = HEADER) -> ImportReport:
    """Read rows under a header from a CSV file."""
    return read_orders(write_csv(folder / "orders.csv", [header, *rows]))


def codes_of(report: ImportReport) -> dict[int, list[str]]:
    """Return the codes of each rejected row, by line."""
    return {row.line: [problem.code for problem in row.problems] for row in report.rejected}


def notice_codes(report: ImportReport) -> set[str]:
    """Return the codes of all notices."""
    return {notice.code for notice in report.notices}
