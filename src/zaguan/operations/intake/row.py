"""One row of the file, while it is read: its cells by field, and the problems found so far."""

from collections.abc import Callable, Sequence
from typing import Final

from zaguan.operations.intake.cells import text_of
from zaguan.operations.intake.headers import IGNORED, Column, Header, rank_of
from zaguan.operations.intake.model import BadCell, Cell, Problem, shown
from zaguan.operations.intake.notices import Notices

_OF_SEVERAL: Final = frozenset({"tag_column", "complement", "access_notes", "notes"})
MAX_TEXT_CHARS: Final = 2_000  # of one cell


class Row:
    """Cells under the fields that they fill; of several columns of one field the first that is not empty counts."""

    __slots__ = ("cells", "line", "more", "notices", "problems")

    def __init__(self, line: int, cells: dict[str, tuple[Cell, Column]], notices: Notices) -> None:
        self.line = line
        self.cells = cells
        self.more: dict[str, list[tuple[Cell, Column]]] = {}  # of fields that several columns may fill
        self.problems: list[Problem] = []
        self.notices = notices

    def has(self, field: str) -> bool:
        """Tell whether a cell of the field has anything in it."""
        return field in self.cells

    def text(self, field: str) -> str:
        """Return the cell as text, empty where there is none; one that is far too long is a problem."""
        if (found := self.cells.get(field)) is None:
            return ""
        cell = found[0]
        text = cell if isinstance(cell, str) else text_of(cell)  # the splitter has cleaned it
        if len(text) > MAX_TEXT_CHARS:
            self.refuse(field, "intake.row_too_long", value=shown(text), limit=MAX_TEXT_CHARS)
            return ""
        return text

    def read[T](self, field: str, reader: Callable[[Cell], T], otherwise: T) -> T:
        """Read the cell of a field; a bad one is a problem of the row."""
        if (found := self.cells.get(field)) is None:
            return otherwise
        try:
            return reader(found[0])
        except BadCell as bad:
            self.refuse(field, bad.code, **bad.facts)
            return otherwise

    def unit(self, field: str) -> str:
        """Return the unit that the field's header names."""
        found = self.cells.get(field)
        return found[1].unit if found else ""

    def header(self, field: str) -> str:
        """Return the header of a field as it stands in the file."""
        found = self.cells.get(field)
        return found[1].header if found else ""

    def refuse(self, field: str, code: str, **facts: str | int) -> None:
        """Note a problem with the field's cell."""
        self.problems.append(Problem(code=code, column=self.header(field), facts=facts))

    def notice(self, code: str, **facts: str | int) -> None:
        """Note something that was decided about this row."""
        self.notices.add(code, self.line, **facts)


class RowSplitter:
    """Puts the cells of a row under their fields."""

    def __init__(self, header: Header, notices: Notices) -> None:
        self._notices = notices
        self._width = len(header.columns)
        self._columns = _by_rank(header)

    def split(self, line: int, cells: Sequence[Cell]) -> Row:
        """Return the row's cells by field; notes and tags of several columns are all kept."""
        found: dict[str, tuple[Cell, Column]] = {}
        row = Row(line, found, self._notices)
        count = len(cells)
        for column in self._columns:
            if column.index >= count:
                continue
            cell = cells[column.index]
            if cell == "" or (isinstance(cell, str) and not (cell := text_of(cell))):
                continue
            field = column.field
            if field not in found:
                found[field] = (cell, column)
            elif field in _OF_SEVERAL:
                row.more.setdefault(field, []).append((cell, column))
        if count > self._width and any(text_of(cell) for cell in cells[self._width :]):
            extra = next(text for cell in cells[self._width :] if (text := text_of(cell)))
            row.problems.append(Problem(code="intake.row_extra_cells", facts={"value": shown(extra)}))
        if row.has("beyond"):  # the column of our own fix-me file, not emptied
            row.refuse("beyond", "intake.row_extra_cells", value=shown(row.text("beyond")))
        return row


def _by_rank(header: Header) -> list[Column]:
    """Return the columns that fill a field, those first whose name says it most plainly."""
    known = [column for column in header.columns if column.field not in {"", IGNORED}]
    return sorted(known, key=lambda column: (rank_of(column.header), column.index))


def second_columns(header: Header) -> list[tuple[Column, Column]]:
    """Return pairs of columns for one field, of which the second is only read where the first is empty."""
    firsts: dict[str, Column] = {}
    pairs = []
    for column in _by_rank(header):
        first = firsts.setdefault(column.field, column)
        if first is not column and column.field not in _OF_SEVERAL | {"pickup_side"}:
            pairs.append((first, column))
    return pairs


def all_of(row: Row, field: str) -> list[tuple[str, str]]:
    """Return header and text of every column of a field that several columns may fill."""
    if field not in row.cells:
        return []
    cells = [row.cells[field], *row.more.get(field, ())]
    return [(column.header, text_of(cell)[:MAX_TEXT_CHARS]) for cell, column in cells]
