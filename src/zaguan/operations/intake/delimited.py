"""Text tables: CSV, TSV and their relatives, in whatever encoding and with whatever separator they come."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from zaguan.base.kit.files import CHUNK_BYTES
from zaguan.operations.intake.headers import MAX_HEADER_LINE, Header, find_header
from zaguan.operations.intake.model import FileTooLarge, NotATable

SEPARATORS: Final = (";", ",", "\t", "|")
MAX_TEXT_BYTES: Final = 512 << 20
MAX_ROWS: Final = 1_000_000
MAX_LINE_CHARS: Final = 1_000_000
MAX_LINES_PER_RECORD: Final = 100  # more line breaks than that inside quotes: a quote was never closed

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UNCLOSED: Final = "\0unclosed"  # stands for a record that opens a quote and never closes it


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A text file as rows of cells; can be read through any number of times."""

    path: Path
    encoding: str
    separator: str
    header: Header | None
    torn_letters: int = 0  # bytes that are no letters in the encoding

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield physical line and cells of every record that is not blank, the header among them.

        A record whose quote is never closed is yielded as its first line alone, followed by a cell `UNCLOSED`.
        More than `MAX_ROWS` records raise FileTooLarge.
        """
        return _records(self.path, self.encoding, self.separator)


def detect_encoding(path: Path) -> tuple[str, int]:
    """Return the encoding of a text file, and how many bytes are no letters in it.

    Byte order marks decide; zeros at every other byte mean UTF-16; text that is valid UTF-8, or nearly, is UTF-8;
    the rest is Windows-1252, which holds all of Latin-1's letters.
    """
    with path.open("rb") as file:
        head = file.read(4096)
        for mark, encoding in _BOMS:
            if head.startswith(mark):
                return encoding, 0
        if len(head) >= 4 and b"\0" in head:
            evens, odds = head[::2].count(0), head[1::2].count(0)
            if max(evens, odds) < len(head) / 8:
                raise NotATable(file=path.name)
            return ("utf-16-le" if odds > evens else "utf-16-be"), 0
        file.seek(0)
        good = torn = 0
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        while chunk := file.read(CHUNK_BYTES):
            if chunk.isascii():
                continue
            text = decoder.decode(chunk)
            lost = text.count("\ufffd")
            torn += lost
            good += sum(len(run) for run in re.findall(r"[^\x00-\x7f]+", text)) - lost
    return ("utf-8", torn) if torn <= good // 10 else ("cp1252", 0)


def open_text(path: Path) -> TextTable:
    """Find out encoding and separator of a text table, and its header.

    The separator is the one with which a header is recognised best. Refused: too many bytes, bytes of no text.
    """
    if (size := path.stat().st_size) > MAX_TEXT_BYTES:
        raise FileTooLarge(file=path.name, what=f"{size >> 20} MB", limit=f"{MAX_TEXT_BYTES >> 20} MB")
    encoding, torn = detect_encoding(path)
    best = TextTable(path=path, encoding=encoding, separator=_most_frequent(path, encoding), header=None)
    best_score = 0
    for separator in SEPARATORS:
        header = find_header(list(islice(_records(path, encoding, separator), MAX_HEADER_LINE)))
        if header is not None and len(header.fields) > best_score:
            best_score = len(header.fields)
            best = TextTable(path=path, encoding=encoding, separator=separator, header=header, torn_letters=torn)
    return best


def _most_frequent(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = file.read(4096)
    return max(SEPARATORS, key=head.count)


@cache
def _closed_record(separator: str, *, several_lines: bool) -> re.Pattern[str]:
    """Match a record whose quotes are all closed. A quote opens only at the start of a cell.

    On one line letters may follow the closing quote; where lines were joined they may not, for then that quote
    more likely opens the cell of another record.
    """
    s = re.escape(separator)
    after_quote = "[ ]*+" if several_lines else f"[^{s}]*+"
    cell = rf'(?:[ ]*+"(?:[^"]++|"")*+"{after_quote}|(?![ ]*+")[^{s}]*+)'
    return re.compile(rf"{cell}(?:{s}{cell})*+", re.DOTALL)


def _records(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    rows = 0
    for line, record, is_closed in _joined_lines(path, encoding, separator):
        blank = not record.strip()
        if blank or (line == 1 and len(record.strip()) == 5 and record.lower().startswith("sep=")):
            continue
        rows += 1
        if rows > MAX_ROWS:
            raise FileTooLarge(file=path.name, what=f"> {MAX_ROWS}", limit=str(MAX_ROWS))
        if is_closed and '"' not in record:
            yield line, record.split(separator)
            continue
        try:
            cells = next(csv.reader([record], delimiter=separator, skipinitialspace=True)) if is_closed else None
        except csv.Error:  # a cell longer than the reader takes
            cells = None
        yield line, [*record.split(separator), UNCLOSED] if cells is None else cells


def _joined_lines(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, str, bool]]:
    """Yield first physical line, text without its line end, and whether all quotes of the record are closed."""
    closed = _closed_record(separator, several_lines=False).fullmatch
    closed_together = _closed_record(separator, several_lines=True).fullmatch
    waiting: deque[str] = deque()  # lines looked at while a quote was open
    line = 0
    with path.open(encoding=encoding, errors="replace", newline="") as file:

        def next_line() -> str:
            text = waiting.popleft() if waiting else file.readline(MAX_LINE_CHARS)
            if len(text) >= MAX_LINE_CHARS:
                raise FileTooLarge(file=path.name, what=f"> {MAX_LINE_CHARS}", limit=str(MAX_LINE_CHARS))
            return text

        while text := next_line():
            line += 1
            record = text.rstrip("\r\n")
            if '"' not in record or closed(record):
                yield line, record, True
                continue
            ahead = [text]
            while len(ahead) < MAX_LINES_PER_RECORD and (more := next_line()):
                ahead.append(more)
                if '"' in more and closed_together(joined := "".join(ahead).rstrip("\r\n")):
                    yield line, joined, True
                    break
            else:
                waiting.extendleft(reversed(ahead[1:]))
                yield line, record, False
                continue
            line += len(ahead) - 1
