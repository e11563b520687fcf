"""The order book: importing twice, changing, undoing, and being killed."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.operations.intake.tables import read_rows
from zaguan.base.geo.place import Place
from zaguan.operations.intake.book import BookChange, is_book, read_book, store_orders, undo_last_import
from zaguan.operations.intake.model import BrokenBook, NothingToUndo
from zaguan.operations.intake.order_json import order_as_dict, order_from_dict
from zaguan.operations.intake.service import read_orders
from zaguan.records.orders.model import Order, Parcel, Priority, TimeWindow

AT = datetime(2026, 1, 5, 8, tzinfo=UTC)


def an_order(ref: str, *, weight_g: int = 1000) -> Order:
    """Return a small order."""
    return Order(ref=ref, place=Place(address=f"Calle {ref}"), parcels=(Parcel(weight_g=weight_g),))


def store(path: Path, *orders: Order, dry_run: bool = False) -> BookChange:
    """Store orders as one import."""
    return store_orders(path, orders, source="p.csv", at=AT, dry_run=dry_run)


def test_importing_twice_makes_no_second_order(tmp_path: Path) -> None:
    """C01: the same orders again create nothing and change nothing, not even the file."""
    book = tmp_path / "b.jsonl"
    assert store(book, an_order("1"), an_order("2")) == BookChange(created=2, total=2)
    before = book.read_bytes()
    again = replace(an_order("1"), source="other.xlsx:7")
    assert store(book, again, an_order("2")) == BookChange(unchanged=2, total=2)
    assert book.read_bytes() == before


def test_changed_orders_are_updated_in_place(tmp_path: Path) -> None:
    """A known number with other content is updated; the others stay as they are."""
    book = tmp_path / "b.jsonl"
    store(book, an_order("1"), an_order("2"))
    change = store(book, an_order("2", weight_g=5), an_order("3"))
    assert change == BookChange(created=1, updated=1, total=3)
    assert [(order.ref, order.weight_g) for order in read_book(book)] == [("1", 1000), ("2", 5), ("3", 1000)]


def test_undo_takes_the_last_import_back(tmp_path: Path) -> None:
    """Undoing removes what was created and restores what was updated, once."""
    book = tmp_path / "b.jsonl"
    store(book, an_order("1"), an_order("2"))
    store(book, an_order("2", weight_g=5), an_order("3"))
    assert undo_last_import(book) == BookChange(removed=1, updated=1, total=2)
    assert read_book(book) == (an_order("1"), an_order("2"))
    with pytest.raises(NothingToUndo):
        undo_last_import(book)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """A dry run tells what would happen and leaves the folder as it is."""
    book = tmp_path / "b.jsonl"
    assert store(book, an_order("1"), dry_run=True) == BookChange(created=1, total=1)
    assert list(tmp_path.iterdir()) == []
    store(book, an_order("1"))
    before = book.read_bytes()
    assert store(book, an_order("1", weight_g=2), an_order("2"), dry_run=True).updated == 1
    assert book.read_bytes() == before


def test_every_field_survives_the_book(tmp_path: Path) -> None:
    """What a file says of an order is the same after it was in the book."""
    header = ("Pedido", "Dirección", "Depto", "Latitud", "Longitud", "Ventana", "Fecha", "Tipo", "Nombre", "Teléfono",
              "Correo", "Peso", "Volumen", "Código de barras", "Producto", "Prioridad", "Requisitos", "Pruebas",
              "Contra entrega", "Vehículos permitidos", "Bodega", "Conductor", "Notas", "Tags", "Recurrencia",
              "Duración")  # fmt: skip
    row = ("1", "Calle 1", "Depto 2", "-33,4", "-70,6", "9-12 y 15-18", "05/01/2026", "retiro", "Ana", "+56900123456",
           "a@example.org", "2", "0,1", "B1", "Silla", "alta", "frío", "foto", "1.000", "moto", "Norte", "ana", "ojo",
           "vip", "lun", "7")  # fmt: skip
    (order,) = read_rows(tmp_path, row, header=header).orders
    assert order_from_dict(order_as_dict(order)) == order
    plain = replace(an_order("2"), windows=(TimeWindow(opens_s=0, closes_s=1, hard=False),), priority=Priority.LOW)
    assert order_from_dict(order_as_dict(plain)) == plain


def test_a_book_is_read_like_any_file(tmp_path: Path) -> None:
    """`read_orders` takes an order book as well."""
    book = tmp_path / "b.jsonl"
    store(book, an_order("1"), an_order("2"))
    report = read_orders(book)
    assert is_book(book)
    assert (report.rows, [order.ref for order in report.orders]) == (2, ["1", "2"])


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_torn_book_is_refused(tmp_path: Path, keep: float) -> None:
    """A book that lost its end is refused, never half read and never written over."""
    book = tmp_path / "b.jsonl"
    store(book, *[an_order(str(number)) for number in range(20)])
    whole = book.read_bytes()
    torn = whole[: int(len(whole) * keep)]
    book.write_bytes(torn)
    for act in (lambda: read_book(book), lambda: store(book, an_order("x")), lambda: undo_last_import(book)):
        with pytest.raises(BrokenBook):
            act()
    assert book.read_bytes() == torn


LOOP = """
import sys
from pathlib import Path
from tests.operations.intake.test_book import an_order, store
book = Path(sys.argv[1])
print("ready", flush=True)
weight_g = 1
while True:
    weight_g += 1
    store(book, *[an_order(str(number), weight_g=weight_g) for number in range(300)])
"""


def test_killed_at_any_moment_the_book_is_whole(tmp_path: Path) -> None:
    """A writer that is killed leaves the old book or the new one, and no lock behind."""
    book = tmp_path / "b.jsonl"
    root = Path(__file__).parents[3]
    store(book, *[an_order(str(number)) for number in range(300)])
    for attempt in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", LOOP, str(book)], cwd=root, stdout=subprocess.PIPE, env={**os.environ}
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(0.03 + attempt * 0.021)
            writer.send_signal(signal.SIGKILL)
        orders = read_book(book)
        assert len(orders) == 300
        assert len({order.weight_g for order in orders}) == 1
    assert store(book, an_order("new")).created == 1


def test_two_writers_take_turns(tmp_path: Path) -> None:
    """Two imports at once lose nothing: the second waits for the first."""
    book = tmp_path / "b.jsonl"
    root = Path(__file__).parents[3]
    act = (
        "import sys; from pathlib import Path; from tests.operations.intake.test_book import an_order, store\n"
        "for n in range(15): store(Path(sys.argv[1]), an_order(f'{sys.argv[2]}-{n}'))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", act, str(book), name], cwd=root) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert len(read_book(book)) == 30
