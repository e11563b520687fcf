"""The order book: one file that remembers the accepted orders, by their number.

JSON lines: a head that says what the file is, one line for each order, and a last line with the number of orders
and what the last import did, so that it can be undone. The file is written whole beside and put in place, under a
lock: whatever happens to the process, a reader finds the old book or the new one.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from zaguan.base.kit.clock import elapsed_s
from zaguan.base.kit.files import replacing
from zaguan.operations.intake.model import BrokenBook, BusyBook, NothingToUndo
from zaguan.operations.intake.order_json import order_as_dict, order_from_dict
from zaguan.records.orders.model import Order

BOOK_NAME: Final = "orders.book.jsonl"
BOOK_VERSION: Final = 1
LOCK_WAIT_S: Final = 30.0
_LOCK_LOOK_S: Final = 0.05
_HEAD: Final = b'{"kind":"zaguan.order_book"'
_TAIL: Final = b'{"last_import":'


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChange:
    """What an import did to the book, or would do."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0  # by undoing
    total: int = 0  # orders in the book afterwards


class _KeepOld(Exception):
    """Leaves the book as it is."""


def is_book(path: Path) -> bool:
    """Tell whether a file is an order book."""
    try:
        with path.open("rb") as file:
            return file.read(len(_HEAD)) == _HEAD
    except OSError:
        return False


def read_book(path: Path) -> tuple[Order, ...]:
    """Return all orders of a book; one that is torn or of another version is refused. No file: no orders."""
    orders: list[Order] = []
    for number, line in _order_lines(path):
        try:
            orders.append(order_from_dict(orjson.loads(line)))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise BrokenBook(file=path.name, line=number) from error
    return tuple(orders)


def store_orders(
    path: Path, orders: tuple[Order, ...], *, source: str, at: datetime, dry_run: bool = False
) -> BookChange:
    """Put orders into the book: new numbers are created, known ones with other content are updated.

    The same orders again change nothing, and are no import that could be undone. A dry run writes nothing.
    """
    if dry_run and not path.exists():
        return BookChange(created=len(orders), total=len(orders))
    arriving = {order.ref: order for order in orders}
    before: list[dict[str, Any]] = []
    unchanged = kept = 0
    with _writing(path) as body:
        for _number, line in _order_lines(path):
            known = _loaded(line, path)
            order = arriving.pop(known["ref"], None)
            if order is None:
                kept += 1
            elif _content(new := order_as_dict(order)) == _content(known):
                unchanged += 1
            else:
                before.append(known)
                line = orjson.dumps(new)
            body.add(line)
        for order in arriving.values():
            body.add(orjson.dumps(order_as_dict(order)))
        if dry_run or not (arriving or before):
            body.is_dropped = True
        body.last_import = {"source": source, "at": at.isoformat(), "created": list(arriving), "before": before}
    total = kept + unchanged + len(before) + len(arriving)
    return BookChange(created=len(arriving), updated=len(before), unchanged=unchanged, total=total)


def undo_last_import(path: Path) -> BookChange:
    """Take the last import back: what it created goes, what it updated is as it was before. Once."""
    removed = updated = 0
    if not path.exists():
        raise NothingToUndo(file=path.name)
    with _writing(path) as body:
        if not (last := _last_import(path)):
            raise NothingToUndo(file=path.name)
        created = set(last["created"])
        before = {known["ref"]: known for known in last["before"]}
        for _number, line in _order_lines(path):
            ref = _loaded(line, path)["ref"]
            if ref in created:
                removed += 1
                continue
            updated += ref in before
            body.add(orjson.dumps(before[ref]) if ref in before else line)
    return BookChange(removed=removed, updated=updated, total=body.orders)


def _content(values: dict[str, Any]) -> dict[str, Any]:
    """Return what makes two states of an order differ: not the file that it came from."""
    return {name: value for name, value in values.items() if name != "source"}


def _loaded(line: bytes, path: Path) -> dict[str, Any]:
    values = orjson.loads(line)
    if not isinstance(values, dict) or "ref" not in values:
        raise BrokenBook(file=path.name, line=0)
    return values


def _order_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield number and text of each order's line; a book without its head, its end or some lines is refused."""
    if not path.exists():
        return
    count = 0
    end: dict[str, Any] | None = None
    with path.open("rb") as file:
        try:
            head = orjson.loads(file.readline())
            is_ours = head.get("kind") == "zaguan.order_book" and head.get("schema_version") == BOOK_VERSION
        except (orjson.JSONDecodeError, AttributeError):
            is_ours = False
        if not is_ours:
            raise BrokenBook(file=path.name, line=1)
        for number, line in enumerate(file, start=2):
            if line.startswith(_TAIL):
                end = orjson.loads(line)
                break
            count += 1
            yield number, line.rstrip(b"\n")
    if end is None or end["orders"] != count:
        raise BrokenBook(file=path.name, line=count + 2)


def _last_import(path: Path) -> dict[str, Any] | None:
    with path.open("rb") as file:
        for line in file:
            if line.startswith(_TAIL):
                found: dict[str, Any] | None = orjson.loads(line)["last_import"]
                return found
    raise BrokenBook(file=path.name, line=0)


class _Body:
    """The lines of the new book, while they are written."""

    def __init__(self, beside: Path) -> None:
        self._file = beside.open("wb")
        self.orders = 0
        self.last_import: dict[str, Any] | None = None
        self.is_dropped = False
        self._file.write(orjson.dumps({"kind": "zaguan.order_book", "schema_version": BOOK_VERSION}) + b"\n")

    def add(self, line: bytes) -> None:
        self.orders += 1
        self._file.write(line + b"\n")

    def finish(self) -> None:
        self._file.write(orjson.dumps({"last_import": self.last_import, "orders": self.orders}) + b"\n")

    def close(self) -> None:
        self._file.close()


@contextmanager
def _writing(path: Path) -> Iterator[_Body]:
    """Lock the book, and put what is written in its place when the block ends well and did not drop it."""
    with _locked(path):
        try:
            with replacing(path) as beside:
                body = _Body(beside)
                try:
                    yield body
                    body.finish()
                finally:
                    body.close()
                if body.is_dropped:
                    raise _KeepOld
        except _KeepOld:
            return
        except orjson.JSONDecodeError as error:
            raise BrokenBook(file=path.name, line=0) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the book's lock, which the system frees when its process dies; wait for another a while, then refuse."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("ab") as lock:
        until_s = elapsed_s() + LOCK_WAIT_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if elapsed_s() > until_s:
                    raise BusyBook(file=path.name) from error
                threading.Event().wait(_LOCK_LOOK_S)
        yield
