"""From rows to orders: parcels, contradictions, names, rejected rows and the fix-me file."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.operations.intake.tables import HEADER, codes_of, notice_codes, read_rows, write_csv, write_xlsx
from zaguan.base.kit.words import LOCALES, Locale
from zaguan.operations.intake.explaining import messages_of, notice_text
from zaguan.operations.intake.fix_me import write_fix_me
from zaguan.operations.intake.headers import HEADERS_FILE
from zaguan.operations.intake.service import read_orders
from zaguan.records.orders.model import Proof


def test_rows_of_one_order_are_its_parcels(tmp_path: Path) -> None:
    """Several rows with one number are one order; the address of the first holds for all."""
    rows = [("A", "Calle 1", "Maipú", "9-12", "1"), ("B", "Calle 2", "", "", "1"), ("A", "", "", "", "2,5")]
    report = read_rows(tmp_path, *rows)
    assert [(order.ref, order.weight_g, len(order.parcels)) for order in report.orders] == [
        ("A", 3500, 2),
        ("B", 1000, 1),
    ]
    assert report.accepted_rows == 3


def test_contradictory_rows_are_rejected_together(tmp_path: Path) -> None:
    """Two addresses under one number are rejected, both rows, for neither can be said to be right."""
    report = read_rows(
        tmp_path, ("A", "Calle 1", "", "", "1"), ("A", "Calle 2", "", "", "1"), ("B", "Calle 3", "", "", "1")
    )
    assert [order.ref for order in report.orders] == ["B"]
    assert codes_of(report) == {2: ["intake.row_of_refused_order"], 3: ["intake.row_contradiction"]}
    assert "la dirección" in messages_of(report.rejected[1], "es")[0]


def test_an_order_comes_in_whole_or_not_at_all(tmp_path: Path) -> None:
    """One bad parcel keeps its whole order out, so that the corrected file brings all of it."""
    report = read_rows(tmp_path, ("A", "Calle 1", "", "", "1"), ("A", "Calle 1", "", "", "x"))
    assert report.orders == ()
    assert set(codes_of(report)) == {2, 3}


def test_orders_without_a_number_have_a_stable_name(tmp_path: Path) -> None:
    """Without numbers, the same file gives the same names; a corrected weight does not change them."""
    header = ("Dirección", "Nombre", "Peso")
    rows = [("Calle 1", "Ana", "1"), ("Calle 2", "Ana", "1"), ("Calle 1", "Ana", "1")]
    first = [order.ref for order in read_rows(tmp_path, *rows, header=header).orders]
    again = [order.ref for order in read_rows(tmp_path, *[(a, n, "2") for a, n, _ in rows], header=header).orders]
    assert first == again
    assert len(set(first)) == 3


def test_day_and_month_by_the_columns_own_cells(tmp_path: Path) -> None:
    """ "02/03" is read as the rest of its column proves; where nothing proves it, day first, and it is told."""
    header = ("Pedido", "Dirección", "Fecha")
    us = read_rows(tmp_path, ("1", "Calle 1", "02/03/2026"), ("2", "Calle 2", "02/13/2026"), header=header)
    assert us.orders[0].service_on == date(2026, 2, 3)
    assert "intake.dates_month_first" in notice_codes(us)
    unsure = read_rows(tmp_path, ("1", "Calle 1", "02/03/2026"), header=header)
    assert unsure.orders[0].service_on == date(2026, 3, 2)
    assert "intake.dates_day_first" in notice_codes(unsure)


def test_all_that_an_order_can_ask_for(tmp_path: Path) -> None:
    """C24: proofs, skills, cash, vehicles, depot, driver and weekdays reach the order."""
    header = ("Pedido", "Dirección", "Firma", "Pruebas", "Requisitos", "Contra entrega", "Tipo de vehículo", "Bodega",
              "Conductor", "Días de visita", "Etiquetas", "Minutos de servicio")  # fmt: skip
    row = ("1", "Calle 1", "sí", "foto", "frío", "$12.990", "moto", "Norte", "ana", "lunes y jueves", "vip, nuevo", "7")
    (order,) = read_rows(tmp_path, row, header=header).orders
    assert order.proofs == {Proof.SIGNATURE, Proof.PHOTO}
    assert (order.skills, order.cash_minor, order.currency) == ({"cold"}, 12_990, "CLP")
    assert (order.vehicle_kinds, order.depot_ref, order.driver_ref) == ({"motorcycle"}, "Norte", "ana")
    assert (order.recurs, order.tags, order.service_s) == ("mon,thu", ("vip", "nuevo"), 420)


def test_each_bad_row_says_what_where_and_what_to_do(tmp_path: Path) -> None:
    """C01: a bad row comes with line, column, code, message and remedy, in three languages; good rows go on."""
    bad = [
        ("1", "", "", "", ""),
        ("2", "Calle 2", "", "18-09:00", ""),
        ("3", "Calle 3", "", "", "NaN"),
        ("4", "Calle 4", "", "", "-1"),
    ]
    report = read_rows(tmp_path, *bad, ("5", "Calle 5", "", "", "1"))
    assert codes_of(report) == {
        2: ["intake.row_no_address"],
        3: ["intake.row_window_reversed"],
        4: ["intake.row_bad_number"],
        5: ["intake.row_negative"],
    }
    assert report.rejected[1].problems[0].column == "Ventana horaria"
    assert [order.ref for order in report.orders] == ["5"]
    for locale in LOCALES:
        assert all(all(messages_of(row, locale)) for row in report.rejected)


def test_coordinates_at_zero_or_not_a_number(tmp_path: Path) -> None:
    """0, 0 is no place: the address counts; NaN is one rejected row."""
    header = ("Pedido", "Dirección", "Latitud", "Longitud")
    report = read_rows(
        tmp_path, ("1", "Calle 1", "0", "0"), ("2", "", "0", "0"), ("3", "C 3", "nan", "1"), header=header
    )
    assert report.orders[0].place.point is None
    assert codes_of(report) == {3: ["intake.row_bad_coordinates"], 4: ["intake.row_bad_coordinates"]}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_fix_me_file_is_corrected_and_imported(tmp_path: Path, suffix: str, locale: Locale) -> None:
    """C01: the fix-me file holds whole orders as given; corrected, it is imported as it is."""
    rows = [("007", "=Calle 1", "Maipú", "9-12", "x"), ("007", "", "", "", "1"), ("8", "Calle 2", "", "", "1")]
    report = read_rows(tmp_path, *rows)
    path = tmp_path / f"fix{suffix}"
    write_fix_me(report, path, locale=locale)
    again = read_orders(path)
    assert (again.rows, again.orders, notice_codes(again)) == (2, (), set())
    if suffix == ".csv":
        path.write_bytes(path.read_bytes().replace(b";x;", b";2;"))
    else:
        workbook = openpyxl.load_workbook(path)
        workbook.active["E2"] = 2  # type: ignore[index]
        workbook.save(path)
    (order,) = read_orders(path).orders
    assert (order.ref, order.place.address, order.weight_g) == ("007", "=Calle 1", 3000)


def test_fix_me_keeps_names_and_dates(tmp_path: Path) -> None:
    """Orders without a number keep ours in the fix-me file, and month-first dates cannot turn around in it."""
    header = ("Dirección", "Fecha", "Peso")
    rows = [("Calle 1", "02/03/2026", "x"), ("Calle 2", "02/13/2026", "1")]
    report = read_rows(tmp_path, *rows, header=header)
    path = tmp_path / "fix.csv"
    write_fix_me(report, path, locale="en")
    path.write_bytes(path.read_bytes().replace(b";x;", b";1;"))
    (order,) = read_orders(path).orders
    assert (order.ref, order.service_on) == (report.rejected[0].ref, date(2026, 2, 3))


def test_slipped_cells_stay_visible_in_the_fix_me_file(tmp_path: Path) -> None:
    """Cells beyond the header are kept in a column of their own, and reject the row until it is emptied."""
    report = read_rows(tmp_path, ("1", "Calle 1", "a", "9-12", "1", "sobra"))
    path = tmp_path / "fix.csv"
    write_fix_me(report, path, locale="es")
    assert codes_of(read_orders(path)) == {2: ["intake.row_extra_cells"]}
    path.write_bytes(path.read_bytes().replace(b";sobra;", b";;"))
    assert len(read_orders(path).orders) == 1


def test_notices_speak_three_languages(tmp_path: Path) -> None:
    """Every notice of a rich file has a text in each language."""
    header = ("Dirección", "load", "load3", "Prioridad", "Hora", "Teléfono", "pickup.address", "Foo", "Fecha")
    report = read_rows(tmp_path, ("C 1", "1", "2", "1", "10:00", "12", "x", "y", "02/03/2026"), header=header)
    assert len(report.notices) >= 7
    assert all(notice_text(notice, locale) for notice in report.notices for locale in LOCALES)


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "1",
            "x",
            "A",
            "Calle 1",
            "9-12",
            "31/02/2026",
            "05/01/2026",
            "NaN",
            "-1",
            '"',
            "sí",
            "1e400",
            "=1+1",
            "Maipú",
        ]
    ),
    st.text(max_size=12),
)
FIELD_NAMES = [name for names in json.loads(HEADERS_FILE.read_text("utf-8")).values() for name in names[:2]]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(FIELD_NAMES), min_size=1, max_size=8),
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=12),
)
def test_no_table_breaks_the_reader(tmp_path: Path, names: list[str], rows: list[list[str]]) -> None:
    """Whatever the cells hold, accepted and rejected rows add up to the rows read, and nothing raises."""
    flat = [[cell.replace("\n", " ").replace("\r", " ") for cell in row] for row in rows]
    path = write_csv(tmp_path / "p.csv", [["Dirección", *names], *flat], encoding="utf-16")
    report = read_orders(path)
    assert report.accepted_rows + len(report.rejected) == report.rows
    assert all(row.problems and all(messages_of(row, "es")) for row in report.rejected)
    assert len({order.ref for order in report.orders}) == len(report.orders)
    write_fix_me(report, tmp_path / "fix.csv", locale="pt")
    if report.rejected:
        again = read_orders(tmp_path / "fix.csv")
        assert again.accepted_rows + len(again.rejected) == again.rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.one_of(
                st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.dates(),
                st.sampled_from(["x", "Calle 1", "9-12"]),
            ),
            min_size=5,
            max_size=5,
        ),
        max_size=10,
    )
)  # fmt: skip
def test_no_sheet_breaks_the_reader(tmp_path: Path, rows: list[list[object]]) -> None:
    """Whatever types a sheet's cells have, rows are accepted or rejected, and add up."""
    header = ("N° pedido", "Dirección", "Fecha", "Ventana horaria", "Peso")
    report = read_orders(write_xlsx(tmp_path / "p.xlsx", [header, *rows]))
    assert report.accepted_rows + len(report.rejected) == report.rows


def test_the_header_alone_is_no_error(tmp_path: Path) -> None:
    """A file with a header and no rows gives no orders and no problems."""
    report = read_orders(write_csv(tmp_path / "p.csv", [HEADER]))
    assert (report.rows, report.orders, report.rejected) == (0, (), ())
