"""Files: encodings, separators, quotes, workbooks, and files that are none."""

import zipfile
from datetime import date, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.operations.intake.tables import HEADER, codes_of, notice_codes, read_rows, write_csv, write_xlsx
from zaguan.base.kit.errors import ZaguanError
from zaguan.operations.intake.bounds import look_through
from zaguan.operations.intake.model import (
    BrokenWorkbook,
    FileEmpty,
    FileMissing,
    FileTooLarge,
    NoHeader,
    NoSuchSheet,
    NotATable,
)
from zaguan.operations.intake.service import read_orders

ROW = ("0001", "Av. Ñuñoa 12", "Ñuñoa", "9-12", "1,5")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    """C01: text comes in with any encoding and separator, accents and leading zeros kept."""
    path = write_csv(tmp_path / "p.txt", [HEADER, ROW], separator=separator, encoding=encoding)
    (order,) = read_orders(path).orders
    assert (order.ref, order.place.address, order.weight_g) == ("0001", "Av. Ñuñoa 12", 1500)


def test_commas_and_quotes(tmp_path: Path) -> None:
    """Quoted cells hold separators, quotes and line breaks, and lines are counted as an editor counts them."""
    path = tmp_path / "p.csv"
    path.write_text(
        'Pedido,Dirección,Notas,Peso\n1,"Calle 1, depto 2","dos\nlíneas ""raras""",1\n\n2,Calle 2,,x\n3,Calle 3,,1\n',
        "utf-8",
    )
    report = read_orders(path)
    assert [order.place.address for order in report.orders] == ["Calle 1, depto 2", "Calle 3"]
    assert report.orders[0].notes == 'dos líneas "raras"'
    assert codes_of(report) == {5: ["intake.row_bad_number"]}


def test_an_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    """A quote that is never closed rejects its own row, not the rest of the file."""
    path = tmp_path / "p.csv"
    rows = "".join(f'{n};Calle {n};"nota {n}"\n' for n in range(3, 200))
    path.write_text(f'Pedido;Dirección;Notas\n1;Calle 1;"abierta\n2;Calle 2;\n{rows}', "utf-8")
    report = read_orders(path)
    assert codes_of(report) == {2: ["intake.row_unclosed_quote"]}
    assert len(report.orders) == 198


def test_a_separator_inside_a_text_is_noticed(tmp_path: Path) -> None:
    """A row with more cells than the header is rejected, for its columns have slipped."""
    report = read_rows(tmp_path, ("1", "Calle 1", "Maipú; centro", "9-12", "1"), ROW)
    assert codes_of(report) == {2: ["intake.row_extra_cells"]}


def test_title_rows_and_blank_rows(tmp_path: Path) -> None:
    """Titles above the header and blank rows are no orders, and do not shift line numbers."""
    path = write_csv(tmp_path / "p.csv", [["Pedidos del lunes"], [], HEADER, ["", "", "", "", ""], ROW, ROW[:1]])
    report = read_orders(path)
    assert report.rows == 2
    assert report.orders[0].source == "p.csv:5-6"


def test_a_workbook_with_its_own_types(tmp_path: Path) -> None:
    """Numbers, dates and times of a sheet are read as what they show: 1234.0 is "1234"."""
    header = ("Pedido", "Dirección", "Fecha", "Desde", "Hasta", "Teléfono", "Código postal", "Peso")
    row = (1234, "Calle 1", date(2026, 1, 5), time(9), time(12, 30), 56900123456, "0831000", 2.5)
    (order,) = read_orders(write_xlsx(tmp_path / "p.xlsx", [header, row])).orders
    assert (order.ref, order.service_on, order.recipient.phone) == ("1234", date(2026, 1, 5), "+56900123456")
    assert (order.windows[0].opens_s, order.windows[0].closes_s) == (9 * 3600, 45_000)
    assert (order.place.postcode, order.weight_g) == ("0831000", 2500)


def test_the_first_sheet_with_a_header_is_read(tmp_path: Path) -> None:
    """Of several sheets the first visible one with a header is read, and a notice says which."""
    workbook = Workbook()
    workbook.active.append(["Resumen de la semana"])  # type: ignore[union-attr]
    hidden = workbook.create_sheet("vieja")
    hidden.append(HEADER)
    hidden.append(("9999", *ROW[1:]))
    hidden.sheet_state = "hidden"
    sheet = workbook.create_sheet("Pedidos")
    sheet.append(HEADER)
    sheet.append(ROW)
    workbook.save(tmp_path / "p.xlsx")
    report = read_orders(tmp_path / "p.xlsx")
    assert (report.sheet, [order.ref for order in report.orders]) == ("Pedidos", ["0001"])
    assert "intake.sheet_read" in notice_codes(report)
    assert [order.ref for order in read_orders(tmp_path / "p.xlsx", sheet="vieja").orders] == ["9999"]
    with pytest.raises(NoSuchSheet):
        read_orders(tmp_path / "p.xlsx", sheet="otra")


def test_merged_cells_hold_for_all_their_rows(tmp_path: Path) -> None:
    """An order number merged over three rows is the number of each; a merged weight is not counted thrice."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["", "Lista de despacho"])
    sheet.append(["", *HEADER])
    for weight in (6, "", ""):
        sheet.append(["", "A1", "Calle 1", "Maipú", "9-12", weight])
    for column in "BCDF":
        sheet.merge_cells(f"{column}3:{column}5")
    workbook.save(tmp_path / "p.xlsx")
    (order,) = read_orders(tmp_path / "p.xlsx").orders
    assert (order.ref, order.weight_g, order.source) == ("A1", 6000, "p.xlsx:3-5")


def test_formulas_without_a_stored_value_are_told(tmp_path: Path) -> None:
    """A formula is read by its stored value; where none is stored a notice says so."""
    path = write_xlsx(tmp_path / "p.xlsx", [HEADER, (*ROW[:4], "=1+1")])
    report = read_orders(path)
    assert "intake.formulas_empty" in notice_codes(report)
    assert report.orders[0].weight_g == 0


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    """Missing, empty, foreign and torn files are refused in words that help."""
    empty, html, picture, torn = (tmp_path / name for name in ("a.csv", "b.xls", "c.csv", "d.xlsx"))
    empty.write_bytes(b"\xef\xbb\xbf \r\n")
    html.write_text("<html><table><tr><td>Pedido</td></tr></table>", "utf-8")
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    torn.write_bytes(write_xlsx(tmp_path / "ok.xlsx", [HEADER, ROW]).read_bytes()[:-200])
    for path, refusal in (
        (tmp_path / "none.csv", FileMissing),
        (empty, FileEmpty),
        (html, NotATable),
        (picture, NotATable),
        (torn, BrokenWorkbook),
        (write_csv(tmp_path / "e.csv", [["uno", "dos"], ["a", "b"]]), NoHeader),
    ):
        with pytest.raises(refusal) as refused:
            read_orders(path)
        assert refused.value.hint("es")


def _repacked(path: Path, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(path.with_suffix(".bad.xlsx"), "w") as target:
        for part in source.infolist():
            content = source.read(part)
            target.writestr(part.filename, content.replace(old, new), zipfile.ZIP_DEFLATED)
    return path.with_suffix(".bad.xlsx")


def test_a_cell_in_the_last_corner_does_not_fill_the_memory(tmp_path: Path) -> None:
    """A sheet whose rectangle would take hundreds of gigabytes is refused before it is opened."""
    path = write_xlsx(tmp_path / "p.xlsx", [HEADER, ROW])
    bad = _repacked(_repacked(path, b'r="E2"', b'r="XFD1048576"'), b'<row r="2"', b'<row r="1048576"')
    with pytest.raises(FileTooLarge):
        read_orders(bad)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """A small file that inflates without end is refused, also where its directory declares less."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/big.xml", bytes(8 << 20))
    with pytest.raises(FileTooLarge):
        look_through(path, max_inflated_bytes=4 << 20)
    size = (8 << 20).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (1 << 10).to_bytes(4, "little")))
    with pytest.raises(BrokenWorkbook):
        look_through(path, max_inflated_bytes=4 << 20)


def test_a_fuzzed_workbook_is_read_or_refused(tmp_path: Path) -> None:
    """A workbook with any byte turned over is read or refused, and never ends the program."""
    whole = write_xlsx(tmp_path / "p.xlsx", [HEADER, ROW, ROW]).read_bytes()
    path = tmp_path / "q.xlsx"
    outcomes = set()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            outcomes.add(len(read_orders(path).orders))
        except ZaguanError as refused:
            outcomes.add(type(refused).__name__)
    assert "BrokenWorkbook" in outcomes


def test_repeated_headers_are_skipped(tmp_path: Path) -> None:
    """Files pasted one under the other repeat their header, which is no order."""
    report = read_rows(tmp_path, ROW, HEADER, ("2", *ROW[1:]))
    assert (report.rows, len(report.orders)) == (2, 2)
    assert "intake.header_again" in notice_codes(report)


def test_a_workbook_is_what_its_bytes_say(tmp_path: Path) -> None:
    """A workbook named .csv is read as a workbook."""
    path = write_xlsx(tmp_path / "p.xlsx", [HEADER, ROW]).rename(tmp_path / "p.csv")
    assert len(read_orders(path).orders) == 1


ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
    '<office:spreadsheet><table:table table:name="Hoja1">{rows}</table:table></office:spreadsheet>'
    "</office:body></office:document-content>"
)


def _write_ods(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(rows=rows))
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path


def _ods_row(*texts: str, attributes: str = "", cell: str = "") -> str:
    cells = "".join(
        f'<table:table-cell {cell} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def test_an_open_document_is_read(tmp_path: Path) -> None:
    """An ODS comes in like a workbook; one that repeats a cell a thousand million times is refused."""
    header, row = _ods_row("Pedido", "Dirección"), _ods_row("007", "Calle 1")
    (order,) = read_orders(_write_ods(tmp_path / "p.ods", header + row)).orders
    assert (order.ref, order.place.address) == ("007", "Calle 1")
    bomb = _ods_row(
        "x",
        attributes='table:number-rows-repeated="1000000"',
        cell='table:number-columns-repeated="1000"',
    )
    with pytest.raises(FileTooLarge):
        read_orders(_write_ods(tmp_path / "b.ods", header + row + bomb))
