"""Looks through a workbook before it is opened, so that none can fill the memory.

The reader lays a sheet out as a full rectangle: one cell in the last corner of a sheet would take hundreds of
gigabytes, and abort the process. So every part of the zip is inflated once, within a bound, and its cells counted.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from zaguan.base.kit.files import CHUNK_BYTES
from zaguan.operations.intake.model import BrokenWorkbook, FileTooLarge, NotATable

MAX_WORKBOOK_BYTES: Final = 256 << 20
MAX_INFLATED_BYTES: Final = 1 << 30  # of all parts of the zip together
MAX_PARTS: Final = 10_000
MAX_SHEET_ROWS: Final = 1_000_001  # a million rows and their header
MAX_SHEET_CELLS: Final = 30_000_000  # of the rectangle around all cells

# a cell with something in it; empty cells that only carry a format are written "<c .../>" and do not count
_CELL: Final = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,9})[\"'][^>]*+(?<!/)>")
_FORMULA_WITHOUT_VALUE: Final = re.compile(rb"(?:</f>|<f/>)\s*(?:<v\s?/>|<v></v>)?\s*</c>")
_ODS_CELLS: Final = re.compile(rb"<table:table-cell\s[^>]*?number-columns-repeated=\"(\d{1,9})\"[^>]*+(?<!/)>")
_ODS_ROWS: Final = re.compile(
    rb"<table:table-row\s[^>]*?number-rows-repeated=\"(\d{1,9})\"[^>]*+>\s*"
    rb"(?:<table:table-cell[^>]*+(?<=/)>\s*)*<table:table-cell[^>]*+(?<!/)>"
)
_OVERLAP_BYTES: Final = 600  # longer than any tag that matters
_LOCAL_HEADER: Final = struct.Struct("<26xHH")
_STORED, _DEFLATED = 0, 8


@dataclass(slots=True)
class _Extent:
    """What one part of the zip claims to hold."""

    columns: set[bytes] = field(default_factory=set)
    rows: int = 0
    repeated_columns: int = 1
    repeated_rows: int = 0
    formulas_without_value: int = 0

    def add(self, text: bytes) -> None:
        if cells := _CELL.findall(text):
            columns, rows = zip(*cells, strict=True)
            self.columns.update(columns)
            self.rows = max(self.rows, *map(int, set(rows)))
        if b"number-" in text:
            self.repeated_columns = max([self.repeated_columns, *map(int, _ODS_CELLS.findall(text))])
            self.repeated_rows += sum(map(int, _ODS_ROWS.findall(text)))
        self.formulas_without_value += len(_FORMULA_WITHOUT_VALUE.findall(text))

    @property
    def cells(self) -> int:
        widest = max(map(_column_number, self.columns), default=0)
        return max(widest * self.rows, self.repeated_columns * self.repeated_rows)


def look_through(path: Path, *, max_inflated_bytes: int = MAX_INFLATED_BYTES) -> int:
    """Refuse a workbook that would not fit into memory; return how many of its formulas have no stored value."""
    if (size := path.stat().st_size) > MAX_WORKBOOK_BYTES:
        raise _too_large(path, f"{size >> 20} MB", f"{MAX_WORKBOOK_BYTES >> 20} MB")
    if not zipfile.is_zipfile(path):
        return 0  # XLS: 65,536 rows and 256 columns at most
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
        if "xl/workbook.bin" in {part.filename for part in parts}:
            raise NotATable(file=path.name)
        if len(parts) > MAX_PARTS:
            raise _too_large(path, f"{len(parts)} zip", str(MAX_PARTS))
        limit = f"{max_inflated_bytes >> 20} MB"
        if (declared := sum(part.file_size for part in parts)) > max_inflated_bytes:
            raise _too_large(path, f"{declared >> 20} MB", limit)
        inflated = formulas = 0
        for part in parts:
            extent, part_bytes = _extent_of(path, part, max_inflated_bytes - inflated)
            inflated += part_bytes
            formulas += extent.formulas_without_value
        return formulas
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError) as error:
        raise BrokenWorkbook(file=path.name) from error


def _extent_of(path: Path, part: zipfile.ZipInfo, budget: int) -> tuple[_Extent, int]:
    extent = _Extent()
    read = 0
    tail = b""
    for chunk in _inflated(path, part):
        read += len(chunk)
        if read > budget:
            raise BrokenWorkbook(file=path.name)  # more than its directory declared, else it were refused before
        if not part.filename.endswith((".xml", ".XML")):
            continue
        text = tail + chunk
        # the part behind the last tag is looked at together with the next chunk, so no cell counts twice
        cut = text.rfind(b"<", max(0, len(text) - _OVERLAP_BYTES))
        extent.add(text[:cut] if cut > 0 else text)
        tail = text[cut:] if cut > 0 else b""
    extent.add(tail)
    if extent.rows > MAX_SHEET_ROWS + 1_000:
        raise _too_large(path, str(extent.rows), str(MAX_SHEET_ROWS - 1))
    if extent.cells > MAX_SHEET_CELLS:
        raise _too_large(path, str(extent.cells), str(MAX_SHEET_CELLS))
    return extent, read


def _inflated(path: Path, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the true content of a part: the sizes that a zip declares may lie."""
    if part.compress_type not in {_STORED, _DEFLATED} or part.flag_bits & 1:
        raise BrokenWorkbook(file=path.name)
    with path.open("rb") as file:
        file.seek(part.header_offset)
        name_bytes, extra_bytes = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        file.seek(name_bytes + extra_bytes, 1)
        left = part.compress_size
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        while left > 0 and (raw := file.read(min(left, CHUNK_BYTES))):
            left -= len(raw)
            if part.compress_type == _STORED:
                yield raw
                continue
            while raw:
                yield inflater.decompress(raw, CHUNK_BYTES)
                raw = inflater.unconsumed_tail
        if part.compress_type == _DEFLATED:
            yield inflater.flush()


def _column_number(letters: bytes) -> int:
    """Return 1 for A, 26 for Z, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large(path: Path, what: str, limit: str) -> FileTooLarge:
    return FileTooLarge(file=path.name, what=what, limit=limit)
