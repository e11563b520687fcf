"""What comes out of reading an order file: orders, rejected rows, notices; and the refusals of a whole file."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.records.orders.model import Order

Cell = str | int | float | bool | datetime | date | time | timedelta
Facts = dict[str, str | int]

MAX_SHOWN_CHARS: Final = 40  # of an offending value, in a message
MAX_LINES_PER_NOTICE: Final = 10


class BadCell(Exception):
    """A cell that cannot be read. `code` is a key of the words; the facts fill its text."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Facts = facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one cell, or with the row where `column` is empty."""

    code: str  # a key of the words: "intake.row_bad_date", ...; the same key with ".hint" says what to do
    column: str = ""  # the header as it stands in the file
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row that made no order, as it was given."""

    line: int  # physical: line of the text file, row of the sheet
    ref: str
    problems: tuple[Problem, ...]
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the reader decided or left aside, and that a person may want to know."""

    code: str
    facts: Facts = field(default_factory=dict)
    count: int = 1
    lines: tuple[int, ...] = ()  # the first few that it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadColumn:
    """How one column of the file was understood; `field` is empty for one that was ignored."""

    header: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The whole outcome of reading a file. `accepted_rows + len(rejected) == rows`, always."""

    source: str
    sheet: str = ""  # empty for text files
    header: tuple[str, ...] = ()
    columns: tuple[ReadColumn, ...] = ()
    orders: tuple[Order, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    notices: tuple[Notice, ...] = ()
    rows: int = 0  # with anything in them, the header and title lines not counted
    accepted_rows: int = 0


class FileMissing(ZaguanError):
    """There is no such file."""

    kind = Kind.NOT_FOUND
    code = "intake.file_missing"


class FileEmpty(ZaguanError):
    """The file has no bytes, or no cell with anything in it."""

    code = "intake.file_empty"


class FileTooLarge(ZaguanError):
    """The file is beyond a bound: bytes, rows, columns or cells."""

    code = "intake.file_too_large"


class NotATable(ZaguanError):
    """The bytes are not those of a table that we read."""

    code = "intake.not_a_table"


class BrokenWorkbook(ZaguanError):
    """A workbook that is torn, or hides more than it should."""

    code = "intake.broken_workbook"


class LockedWorkbook(ZaguanError):
    """A workbook with a password."""

    code = "intake.locked_workbook"


class NoHeader(ZaguanError):
    """No row of column names was recognised."""

    code = "intake.no_header"


class NoSuchSheet(ZaguanError):
    """The workbook has no sheet of that name."""

    kind = Kind.NOT_FOUND
    code = "intake.no_such_sheet"


class BrokenBook(ZaguanError):
    """The order book cannot be read."""

    code = "intake.broken_book"


class BusyBook(ZaguanError):
    """Another process is writing the order book."""

    kind = Kind.CONFLICT
    code = "intake.busy_book"


class NothingToUndo(ZaguanError):
    """The order book remembers no import."""

    kind = Kind.CONFLICT
    code = "intake.nothing_to_undo"


class NoAddresses(ZaguanError):
    """The region has no addresses to draw from."""

    code = "sample.no_addresses"


def shown(value: object) -> str:
    """Return an offending value, short enough for a message."""
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 1] + "…"
