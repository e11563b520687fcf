"""What leaves a plan: table, map data, route sheets, and the folder that holds them."""

import csv
import io
import itertools
import os
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from pypdf import PdfReader

from tests.base_map import draw_base_map
from tests.builders import a_plan
from tests.operations.planning.builders import a_fleet, an_order, at, crew, hours, planned
from zaguan.base.geo import polyline
from zaguan.base.kit.folders import replacing_folder
from zaguan.engines.roads.tiles import BaseMap, decode_tile, mercator
from zaguan.operations.planning.export.folder import (
    FolderNotOurs,
    FolderNotWritable,
    require_free,
    require_writable,
    sheet_name,
)
from zaguan.operations.planning.export.plan_json import dump_plan
from zaguan.operations.planning.export.route_sheet import paged, route_sheet
from zaguan.operations.planning.export.routes_geojson import routes_geojson
from zaguan.operations.planning.export.sheet_blocks import Block, barcode
from zaguan.operations.planning.export.sheet_frame import frame_for
from zaguan.operations.planning.export.sheet_map import apart
from zaguan.operations.planning.export.sheet_type import BOLD, load_fonts, printable, width_of, wrapped
from zaguan.operations.planning.export.stops_csv import HEADERS, neutral, stops_csv
from zaguan.operations.planning.model import Plan, Route
from zaguan.records.orders.model import Order, Proof, Recipient


@pytest.fixture(scope="session")
def base_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the drawn town's map."""
    return draw_base_map(tmp_path_factory.mktemp("map"))


def text_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def rows_of(plan: Plan) -> list[dict[str, str]]:
    """Return the rows of stops.csv."""
    return list(csv.DictReader(io.StringIO(stops_csv(plan))))


def test_the_table_has_a_row_for_every_order() -> None:
    """Served orders come in the order of the stops, those left out at the end without a route."""
    orders = [an_order(str(n), n, 0, windows=(hours(9, 17),)) for n in range(5)] + [an_order("big", 1, 1, kg=9000)]
    rows = rows_of(plan := planned(orders))
    assert len(rows) == 6
    assert [row["stop"] for row in rows] == ["1", "2", "3", "4", "5", ""]
    assert rows[-1]["order"] == "big"
    assert rows[-1]["route"] == ""
    first = plan.routes[0].stops[0]
    assert rows[0]["arrives_at"] == f"{first.arrives_at:%Y-%m-%d %H:%M}"
    assert rows[0]["window_opens_at"].endswith("09:00")
    assert set(rows[0]) == set(HEADERS)


@pytest.mark.parametrize("evil", ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\r=1"])
def test_no_cell_of_the_table_is_a_formula(evil: str) -> None:
    """Texts that a spreadsheet would run get an apostrophe; numbers with a sign stay numbers."""
    order = replace(an_order("1", 1, 0, notes=evil), recipient=Recipient(name=evil))
    (row,) = rows_of(planned([order]))
    assert row["notes"][0] == row["recipient"][0] == "'"
    assert neutral("-51.2") == "-51.2"
    assert neutral(-3) == -3


def test_the_map_data_tells_what_each_feature_is() -> None:
    """Routes are lines along their legs, stops and depots points with longitude first (RFC 7946)."""
    plan = planned([an_order("a", 2, 1), an_order("b", 3, 1), an_order("big", 1, 1, kg=9000)])
    collection = orjson.loads(routes_geojson(plan))
    by_role: dict[str, list[dict[str, object]]] = {}
    for feature in collection["features"]:
        by_role.setdefault(feature["properties"]["role"], []).append(feature)
    assert {role: len(features) for role, features in by_role.items()} == {
        "route": 1,
        "stop": 2,
        "depot": 1,
        "unassigned": 1,
    }
    (line,) = by_role["route"]
    drawn = line["geometry"]["coordinates"]  # type: ignore[index]
    assert len(drawn) == 3
    assert drawn[0][0] == [0, 0]
    stop = plan.routes[0].stops[0].point
    assert by_role["stop"][0]["geometry"]["coordinates"] == [round(stop.lon, 6), round(stop.lat, 6)]  # type: ignore[index]


def test_a_sheet_says_all_that_the_driver_needs(base_map: Path) -> None:
    """Every stop with its address, ETA, recipient, phone, window, proofs and cash; pages are numbered (C21, C24)."""
    order = an_order(
        "ORD-77",
        1,
        0,
        windows=(hours(9, 13),),
        proofs=frozenset({Proof.SIGNATURE}),
        cash_minor=12_500,
        notes="Dejar con el conserje",
    )
    order = replace(order, recipient=Recipient(name="Ñandú Pérez-Żółć", phone="+56 9 1234 5678"))
    order = replace(order, place=replace(order.place, address="Av. Ñuñoa 12", access_notes="Portón azul"))
    fleet = a_fleet(crew("van", name="Ana Rojas", locale="es", breaks=[(10, 12, 0.5)]))
    others = [an_order(f"o{n}", 2 + n % 7, n / 9, service_s=900) for n in range(24)]
    plan = planned([order, *others], fleet)
    with BaseMap(base_map) as tiles:
        pages = text_of(route_sheet(plan, plan.routes[0], tiles))
    text = "\n".join(pages)
    for wanted in (
        *("Ana Rojas", "martes 10-03-2026", "Av. Ñuñoa 12", "Ñandú Pérez-Żółć", "+56 9 1234 5678", "09:00–13:00"),
        *("firma", "COBRAR 12.500 CLP", "Dejar con el conserje", "Acceso: Portón azul", "ORD-77", "Pausa"),
    ):
        assert wanted in text
    for stop in plan.routes[0].stops:
        assert f"{stop.arrives_at:%H:%M}" in text
        assert all(served.ref in text for served in stop.orders)
    assert [f"Página {n} de {len(pages)}" in page for n, page in enumerate(pages, start=1)] == [True] * len(pages)
    assert len(pages) >= 3


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("es", ("Salida", "a cualquier hora", "Página 1 de 1")),
        ("en", ("Leave", "any time", "Page 1 of 1")),
        ("pt", ("Saída", "a qualquer hora", "Página 1 de 1")),
    ],
)
def test_a_sheet_speaks_the_drivers_language(base_map: Path, locale: str, words: tuple[str, ...]) -> None:
    """The words are those of the driver, whatever the dispatcher speaks."""
    plan = planned([an_order("1", 1, 0)], a_fleet(crew("van", locale=locale)))
    with BaseMap(base_map) as tiles:
        text = "\n".join(text_of(route_sheet(plan, plan.routes[0], tiles)))
    assert all(word in text for word in words)


def test_the_same_plan_prints_the_same_bytes(base_map: Path) -> None:
    """Nothing in a sheet depends on when or where it is printed."""
    plan = a_plan()
    with BaseMap(base_map) as tiles:
        assert route_sheet(plan, plan.routes[0], tiles) == route_sheet(plan, plan.routes[0], tiles)


def test_a_stop_without_an_address_shows_its_point(base_map: Path) -> None:
    """An order known only by its coordinates still tells the driver where to go (C21)."""
    order = an_order("1", 1, 0)
    order = replace(order, place=replace(order.place, address=" ", commune=""))
    plan = planned([order], a_fleet(crew("van")))
    point = plan.routes[0].stops[0].point
    with BaseMap(base_map) as tiles:
        text = "\n".join(text_of(route_sheet(plan, plan.routes[0], tiles)))
    assert f"{point.lat:.5f}, {point.lon:.5f}" in text


def test_a_sheet_takes_any_text(base_map: Path) -> None:
    """Endless words, control characters, pictures and right-to-left letters neither raise nor leave the page."""
    nasty = ["x" * 3000, "a\x00b\x1f\n\nc", "😀🎉", "שלום", "漢字", "<b>&amp;", "  "]
    orders: list[Order] = []
    for number, text in enumerate(nasty):
        order = an_order(text[:60] or str(number), 1, number / 10, notes=text)
        place = replace(order.place, address=text, access_notes=text, commune=text)
        orders.append(replace(order, place=place, recipient=Recipient(name=text, phone=text)))
    plan = planned(orders, a_fleet(crew("van", name=nasty[0])))
    with BaseMap(base_map) as tiles:
        assert len(text_of(route_sheet(plan, plan.routes[0], tiles))) >= 1


def test_letters_are_kept_or_replaced() -> None:
    """Letters of Latin, Greek and Cyrillic stay; others become their nearest kin, a square, or nothing."""
    assert printable("Ñuñoa São Łódź Ελλάδα Київ €") == "Ñuñoa São Łódź Ελλάδα Київ €"
    assert printable("ﬁn\tde\x07 línea 🙂") == "fin de línea"
    assert printable("漢") == "□"


def test_lines_stay_within_their_room() -> None:
    """Text is broken at spaces, long words anywhere, and the rest is cut with an ellipsis."""
    load_fonts()
    for text in ("uno dos tres cuatro cinco seis siete", "y" * 200, "a " * 90):
        lines = wrapped(text, BOLD, 9, 80, most=3)
        assert 1 < len(lines) <= 3
        assert all(width_of(line, BOLD, 9) <= 80 for line in lines)
    assert wrapped("", BOLD, 9, 80) == []


def test_only_scannable_refs_get_bars() -> None:
    """Refs with odd letters, or too long for bars of a readable width, are printed as text only."""
    assert barcode("INV-000123") is not None
    assert barcode("PEDIDO-2026-000000000123-CHILE-REGION-METROPOLITANA") is None
    assert barcode("ñandú") is None
    assert barcode("") is None


def test_the_bars_are_on_the_sheet(base_map: Path) -> None:
    """A ref that can be scanned is drawn as bars on its row: far more bars than a sheet whose refs are text only."""
    bars = []
    for ref in ("INV-000123", "ñandú"):
        plan = planned([an_order(ref, 1, 0)])
        with BaseMap(base_map) as tiles:
            pages = PdfReader(io.BytesIO(route_sheet(plan, plan.routes[0], tiles))).pages
        contents = (page.get_contents() for page in pages)
        bars.append(sum(content.get_data().count(b" re") for content in contents if content is not None))
    assert bars[0] > bars[1] + 30


def test_rows_are_never_cut_by_a_page() -> None:
    """Each row stands whole on one page; the first page may be without rows if the first does not fit."""
    rows = [Block(height=h, draw=lambda *_: None) for h in (30, 30, 50, 90, 10)]
    assert [[row.height for row in page] for page in paged(rows, 70, 100)] == [[30, 30], [50], [90, 10]]
    assert [[row.height for row in page] for page in paged(rows[3:], 70, 100)] == [[], [90, 10]]


def route_to(*spots: tuple[float, float]) -> Route:
    """Return a route of the plain."""
    return planned([an_order(str(n), *spot) for n, spot in enumerate(spots)], iterations=20).routes[0]


def test_the_map_shows_the_stops_large() -> None:
    """All stops lie inside the frame; a depot far away does not shrink them."""
    near, far = route_to((1, 1), (3, 2)), route_to((40, 40), (42, 41))
    for route in (near, far):
        frame = frame_for(route, x=10, y=20, width=500, height=280)
        assert all(frame.holds(*frame.spot(stop.point)) for stop in route.stops)
    close = frame_for(near, x=0, y=0, width=500, height=280)
    away = frame_for(far, x=0, y=0, width=500, height=280)
    assert close.holds(*close.spot(near.depot_point))
    assert not away.holds(*away.spot(far.depot_point))


def test_numbers_on_the_map_do_not_cover_each_other() -> None:
    """Stops of one house and of neighbours are moved apart, and stay on the map."""
    frame = frame_for(route_to((1, 1), (3, 2)), x=0, y=0, width=500, height=280)
    spots = [(250.0, 140.0)] * 6 + [(251.0, 141.0), (1.0, 1.0), (1.0, 2.0)]
    moved = apart(spots, frame, 6)
    for number, (x, y) in enumerate(moved):
        assert frame.holds(x, y)
        assert all((x - ox) ** 2 + (y - oy) ** 2 >= 11.5**2 for ox, oy in moved[:number])


def test_the_base_map_is_read(base_map: Path) -> None:
    """The town's layers come with their properties, at places that agree with their degrees."""
    plan = a_plan()
    frame = frame_for(plan.routes[0], x=0, y=0, width=500, height=280)
    with BaseMap(base_map) as tiles:
        features = list(tiles.features(frame.box))
    assert {"roads", "buildings"} <= {feature.layer for feature in features}
    assert any(feature.properties.get("class") == "primary" for feature in features)
    west, north = mercator(at(0, 0))
    assert (west, north) == (0.5, 0.5)
    with pytest.raises(ValueError):
        list(decode_tile(b"\x1a\xff", zoom=0, x=0, y=0))


def test_sheets_have_names_that_every_system_takes() -> None:
    """Accents, slashes and other alphabets do not reach the file's name."""
    route = planned([an_order("1", 1, 0)], a_fleet(crew("van", name="João / Ñandú ../etc"))).routes[0]
    assert sheet_name(route) == "R01-Joao-Nandu-etc"
    assert sheet_name(replace(route, driver_name="漢字")) == "R01"


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    """Only nothing, an empty folder, or an older plan with nothing else in it may be replaced."""
    out = tmp_path / "plan"
    require_free(out)
    out.mkdir()
    require_free(out)
    (out / "plan.json").write_bytes(dump_plan(a_plan()))
    require_free(out)
    (out / "thesis.docx").write_text("years of work")
    with pytest.raises(FolderNotOurs):
        require_free(out)
    (out / "thesis.docx").unlink()
    (out / "plan.json").write_text("{}")
    with pytest.raises(FolderNotOurs):
        require_free(out)
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderNotOurs):
        require_free(tmp_path / "file")


def test_a_place_that_cannot_be_written_is_told_before_the_search(tmp_path: Path) -> None:
    """Folders that can be made pass and leave nothing behind; what lies below a file does not."""
    require_writable(tmp_path / "month" / "day" / "plan")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderNotWritable):
        require_writable(tmp_path / "file" / "plan")


def test_a_folder_is_old_or_new_but_never_half(tmp_path: Path) -> None:
    """A failure in the middle leaves the old folder; success replaces it whole and leaves nothing behind."""
    out = tmp_path / "plan"
    with replacing_folder(out) as folder:
        (folder / "a").write_text("old")
    with pytest.raises(KeyError), replacing_folder(out) as folder:
        (folder / "a").write_text(str({}["half"]))
    assert (out / "a").read_text() == "old"
    with replacing_folder(out) as folder:
        (folder / "b").write_text("new")
    assert os.listdir(out) == ["b"]  # noqa: PTH208
    assert os.listdir(tmp_path) == ["plan"]  # noqa: PTH208


def test_geometry_is_drawn_leg_by_leg() -> None:
    """Each leg of a route begins where the one before ends."""
    route = route_to((1, 1), (3, 2), (4, 0))
    legs = [polyline.decode(leg) for leg in route.geometry]
    assert all(before[-1] == after[0] for before, after in itertools.pairwise(legs))
