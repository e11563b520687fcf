"""Column names: other programs' templates with no mapping, and names written in any way."""

import json
import random
import unicodedata
from pathlib import Path

import pytest

from tests.operations.intake.tables import notice_codes, read_rows, write_csv
from zaguan.operations.intake.headers import recognise
from zaguan.operations.intake.order_json import order_as_dict
from zaguan.operations.intake.service import read_orders

TEMPLATES = sorted(path for path in (Path(__file__).parent / "templates").iterdir() if path.suffix in {".csv", ".tsv"})


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_templates_of_other_programs(path: Path) -> None:
    """C01: a file of each of ten programs comes in with no mapping, its specialities read rightly."""
    report = read_orders(path)
    assert report.rejected == ()
    assert [order_as_dict(order) for order in report.orders] == json.loads(path.with_suffix(".json").read_text("utf-8"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("seed", range(8))
def test_headers_written_in_any_way(tmp_path: Path, encoding: str, seed: int) -> None:
    """C01: accents, case, blanks, stars, BOM, separators and encodings do not hide a column."""
    dice = random.Random(seed)
    names = dice.choice(
        [
            ["N° pedido", "Dirección de entrega", "Comuna", "Teléfono", "Peso", "Ventana horaria", "Observaciones"],
            ["Order number", "Delivery address", "District", "Phone number", "Weight", "Time window", "Comments"],
            ["Nº do pedido", "Endereço de entrega", "Bairro", "Telefone", "Peso", "Janela de entrega", "Observações"],
        ]
    )
    values = ["0012", "Calle 5 123", "Centro", "+56900123456", "2", "9-12", "ok"]
    order = list(range(len(names)))
    dice.shuffle(order)
    header = [_disturbed(names[index], dice) for index in order]
    path = write_csv(
        tmp_path / "p.csv",
        [header, [values[index] for index in order]],
        separator=dice.choice([";", "\t", "|"]),
        encoding=encoding,
    )
    (read,) = read_orders(path).orders
    assert (read.ref, read.place.address, read.place.commune) == ("0012", "Calle 5 123", "Centro")
    assert (read.recipient.phone, read.weight_g, read.notes) == ("+56900123456", 2000, "ok")
    assert len(read.windows) == 1


def _disturbed(name: str, dice: random.Random) -> str:
    if dice.random() < 0.4:
        plain = unicodedata.normalize("NFKD", name.replace("°", "o").replace("º", "o"))
        name = "".join(letter for letter in plain if not unicodedata.combining(letter))
    name = dice.choice([name, name.upper(), name.lower(), name.title(), name.replace(" ", "_")])
    return dice.choice(["", " ", "  "]) + name + dice.choice(["", "*", " *", ":", " "])


def test_units_stand_in_headers(tmp_path: Path) -> None:
    """ "Peso (g)" is read in grams, "Volumen litros" in litres, "Largo" and its sisters make a volume."""
    header = ("Pedido", "Dirección", "Peso (g)", "Volumen litros")
    assert read_rows(tmp_path, ("1", "Calle 1", "250", "3"), header=header).orders[0].weight_g == 250
    assert read_rows(tmp_path, ("1", "Calle 1", "250", "3"), header=header).orders[0].volume_ml == 3000
    sides = ("Pedido", "Dirección", "Largo", "Ancho", "Alto", "Cantidad")
    assert read_rows(tmp_path, ("1", "Calle 1", "30", "20", "10", "2"), header=sides).orders[0].volume_ml == 12_000


def test_a_typing_error_is_forgiven_and_told(tmp_path: Path) -> None:
    """ "Direcion de entrega" is recognised, and a notice says so; "Foo" is listed as not used."""
    report = read_rows(tmp_path, ("1", "Calle 1", "x"), header=("Pedido", "Direcion de entrega", "Foo"))
    assert report.orders[0].place.address == "Calle 1"
    assert {"intake.column_guessed", "intake.columns_ignored"} <= notice_codes(report)
    assert recognise("Address line 3")[0] == ""


def test_the_plainest_column_wins(tmp_path: Path) -> None:
    """Of two columns for one field the plainer name counts, the other fills its gaps."""
    header = ("Factura", "N° pedido", "Dirección")
    report = read_rows(tmp_path, ("F1", "P1", "Calle 1"), ("F2", "", "Calle 2"), header=header)
    assert [order.ref for order in report.orders] == ["P1", "F2"]
    assert "intake.column_second" in notice_codes(report)


def test_addresses_in_parts(tmp_path: Path) -> None:
    """Street, number and flat in columns of their own become address and access notes."""
    header = ("Calle", "Número", "Depto", "Comuna")
    (order,) = read_rows(tmp_path, ("Los Olivos", "12", "Depto 3", "Maipú"), header=header).orders
    assert (order.place.address, order.place.access_notes) == ("Los Olivos 12", "Depto 3")
