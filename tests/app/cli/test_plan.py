"""`zaguan plan`, `zaguan sample fleet` and `zaguan demo`, as they are typed."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from tests.app.cli.interrupting import interrupted
from zaguan.app.cli.demo_run import DemoSize, next_working_day, run_demo
from zaguan.app.cli.main import make_app
from zaguan.app.cli.terminal import EXIT_STATUS
from zaguan.base.geo.point import distance_m
from zaguan.base.kit.errors import Kind
from zaguan.engines.roads.geocoder.geocoder import Geocoder
from zaguan.engines.roads.region import open_region
from zaguan.operations.planning.export.plan_json import load_plan
from zaguan.operations.planning.export.plan_page import TEMPLATE

pytestmark = pytest.mark.skipif(
    not TEMPLATE.is_file(), reason="the plan's page is not built yet: python tools/web.py (make test does it)"
)

DAY = "2026-03-10"
HEADER = "pedido;direccion;comuna;lat;lon;peso kg;bultos;fecha;desde;hasta;prioridad\n"


def run(*words: object) -> Result:
    return CliRunner().invoke(make_app(), ["--lang", "en", *map(str, words)])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small invented town, built by the real programs."""
    folder = tmp_path_factory.mktemp("town")
    result = run("region", "town", "--seed", 3, "--addresses", 1000, "--profiles", "van", "--out", folder / "region")
    assert result.exit_code == 0, result.stderr
    result = run(
        *("sample", "orders", "--region", folder / "region", "--count", 40, "--flawed", 2),
        *("--date", DAY, "--seed", 5, "--out", folder / "orders.xlsx"),
    )
    assert result.exit_code == 0, result.stderr
    result = run(
        "sample", "fleet", "--region", folder / "region", "--vehicles", 4, "--vans", "--out", folder / "f.yaml"
    )
    assert result.exit_code == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def planned(town: Path) -> tuple[Path, Result]:
    """A day planned once."""
    out = town / "plan"
    result = run(
        *("plan", town / "orders.xlsx", "--region", town / "region", "--fleet", town / "f.yaml"),
        *("--seconds", 1, "--threads", 1, "--out", out),
    )
    return out, result


def test_a_file_becomes_a_plan_with_one_command(planned: tuple[Path, Result]) -> None:
    """C27: page, data, tables and a sheet for each driver; the summary says what a dispatcher asks first."""
    out, result = planned
    assert result.exit_code == 0, result.stderr
    plan = load_plan((out / "plan.json").read_bytes())
    assert plan.service_on.isoformat() == DAY
    assert plan.totals.violations == 0
    assert plan.totals.served + plan.totals.unassigned == 40
    assert plan.totals.served >= 35
    names = {path.name for path in out.iterdir()}
    assert {"plan.json", "plan.html", "stops.csv", "routes.geojson", "sheets", "fix-me.xlsx"} <= names
    assert len(list((out / "sheets").iterdir())) == plan.totals.routes
    assert f"{plan.totals.served} of 40 orders" in result.stdout
    for word in ("On time", "Balance", "CO₂e", "Idle time", "Empty km", "nearest neighbour", "violations", "plan.html"):
        assert word in result.stdout


def test_the_parts_of_a_plan_agree(planned: tuple[Path, Result]) -> None:
    """Table, map data, page and sheets tell the same orders as plan.json."""
    out, _ = planned
    plan = load_plan((out / "plan.json").read_bytes())
    refs = sorted(order.ref for route in plan.routes for stop in route.stops for order in stop.orders)
    rows = list(csv.DictReader((out / "stops.csv").read_text("utf-8-sig").splitlines()))
    assert sorted(row["order"] for row in rows if row["route"]) == refs
    features = json.loads((out / "routes.geojson").read_text())["features"]
    on_map = [ref for each in features if each["properties"]["role"] == "stop" for ref in each["properties"]["orders"]]
    assert sorted(on_map) == refs
    page = (out / "plan.html").read_text()
    assert all(ref in page for ref in refs)
    for route, path in zip(plan.routes, sorted((out / "sheets").iterdir()), strict=True):
        text = "\n".join(each.extract_text() for each in PdfReader(path).pages)
        assert all(order.ref in text for stop in route.stops for order in stop.orders)


def test_refused_rows_can_be_mended(planned: tuple[Path, Result]) -> None:
    """The rows that were no orders stand in fix-me.xlsx, and the summary says so; the exit status stays 0."""
    out, result = planned
    assert "Rows of the file that were refused: 2;" in result.stdout
    sheet = load_workbook(out / "fix-me.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 3


def test_one_bad_order_is_explained_and_the_rest_goes(town: Path) -> None:
    """499 served, 1 explained: too heavy, nowhere, off the map, before the shift (C04, C12, C20, C27)."""
    rows = list(csv.DictReader((town / "plan" / "stops.csv").read_text("utf-8-sig").splitlines()))
    spot = next(row for row in rows if row["route"])
    lat, lon = spot["lat"], spot["lon"]
    lines = [f"ok{n};Somewhere {n};;{lat};{lon};5;1;{DAY};;;" for n in range(6)]
    lines += [
        f"heavy;Somewhere;;{lat};{lon};5000;1;{DAY};;;",
        f"lost;Xyzzy Qwrtp 99999;;;;5;1;{DAY};;;",
        f"far;Paris;;48.85;2.35;5;1;{DAY};;;",
        f"dawn;Somewhere;;{lat};{lon};5;1;{DAY};03:00;04:00;",
        f"other;Somewhere;;{lat};{lon};5;1;2026-03-11;;;",
    ]
    (town / "bad.csv").write_text(HEADER + "\n".join(lines), "utf-8")
    result = run(
        *("plan", town / "bad.csv", "--region", town / "region", "--fleet", town / "f.yaml", "--date", DAY),
        *("--seconds", 0.5, "--json", "--out", town / "bad"),
    )
    assert result.exit_code == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["totals"]["served"] == 6
    reasons = {each["ref"]: each for each in summary["unassigned"]}
    assert {ref: each["reason"] for ref, each in reasons.items()} == {
        "heavy": "planning.reason.capacity_weight",
        "lost": "intake.review_not_found",
        "far": "intake.review_off_map",
        "dawn": "planning.reason.window",
    }
    assert all(each["remedies"] for each in reasons.values())
    assert any(each["code"] == "planning.notice.other_day" for each in summary["notices"])
    review = (town / "bad" / "review.csv").read_text("utf-8-sig")
    assert "lost" in review
    assert "far" in review


def test_a_pin_taught_once_is_used_by_every_later_plan(town: Path) -> None:
    """C07: an address in the review queue is taught its point by one command; the next plan serves it there."""
    with Geocoder(open_region(town / "region").streets) as geocoder:
        door = geocoder.sample(1, seed=4)[0].point
    rows = f"known;Somewhere;;{door.lat};{door.lon};5;1;{DAY};;;\npinned;Fundo El Peral, casa 3;;;;5;1;{DAY};;;"
    (town / "pin.csv").write_text(HEADER + rows, "utf-8")
    words = ("plan", town / "pin.csv", "--region", town / "region", "--seconds", 0.2, "--out", town / "pinned")
    first = run(*words, "--dry-run", "--json")
    assert json.loads(first.stdout)["review"] == ["pinned"], first.stderr
    at = f"{door.lat:.6f},{door.lon:.6f}"
    taught = run("region", "pin", "fundo el peral casa 3", "--region", town / "region", "--at", at)
    assert taught.exit_code == 0, taught.stderr
    assert run(*words).exit_code == 0
    (stop,) = load_plan((town / "pinned" / "plan.json").read_bytes()).routes[0].stops
    assert sorted(order.ref for order in stop.orders) == ["known", "pinned"]
    assert distance_m(stop.point, door) < 1


def test_the_same_way_takes_longer_in_the_rush(town: Path) -> None:
    """C13: the same order for eight and for eleven o'clock is driven the same way at different paces."""
    with Geocoder(open_region(town / "region").streets) as geocoder:
        doors = [house.point for house in geocoder.sample(60, seed=9)]
    depot = doors[0]
    door = max(doors, key=lambda point: distance_m(point, depot))
    fleet = town / "rush.yaml"
    fleet.write_text(f"depots: [{{point: {{lat: {depot.lat}, lon: {depot.lon}}}}}]\nvehicles: [{{kind: van}}]\n")
    legs = {}
    for hour in (8, 11):
        row = f"{hour};Somewhere;;{door.lat};{door.lon};5;1;{DAY};{hour:02d}:20;{hour:02d}:40;"
        (town / f"{hour}.csv").write_text(HEADER + row, "utf-8")
        result = run(
            *("plan", town / f"{hour}.csv", "--region", town / "region", "--fleet", fleet),
            *("--seconds", 0.2, "--out", town / f"at {hour}"),
        )
        assert result.exit_code == 0, result.stderr
        (stop,) = load_plan((town / f"at {hour}" / "plan.json").read_bytes()).routes[0].stops
        assert stop.starts_at.hour == hour
        legs[hour] = stop
    assert legs[8].leg_duration_s > 1.1 * legs[11].leg_duration_s
    assert legs[8].leg_distance_m == pytest.approx(legs[11].leg_distance_m, rel=0.2)


def test_without_a_fleet_vans_are_taken(town: Path) -> None:
    """No fleet file: vans sized from the orders, and a notice that says so; a dry run writes nothing."""
    result = run(
        *("plan", town / "orders.xlsx", "--region", town / "region", "--seconds", 0.5),
        *("--dry-run", "--json", "--out", town / "never"),
    )
    assert result.exit_code == 0, result.stderr
    summary = json.loads(result.stdout)
    assert summary["totals"]["served"] >= 35
    assert {"planning.notice.default_fleet", "planning.notice.stand_in_prices"} <= {
        each["code"] for each in summary["notices"]
    }
    assert not (town / "never").exists()


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        (["none.xlsx"], Kind.NOT_FOUND, "none.xlsx"),
        (["orders.xlsx", "--fleet", "none.yaml"], Kind.NOT_FOUND, "fleet file"),
        (["orders.xlsx", "--fleet", "orders.xlsx"], Kind.INVALID, "UTF-8"),
        (["orders.xlsx", "--date", "2031-01-01"], Kind.INVALID, "--date"),
        (["orders.xlsx", "--out", "region"], Kind.CONFLICT, "--out"),
        (["orders.xlsx", "--fleet", "bikes.yaml"], Kind.INVALID, "--profiles"),
        (["orders.xlsx", "--fleet", "afar.yaml"], Kind.INVALID, "outside of the region"),
        (["orders.xlsx", "--out", "f.yaml/plan"], Kind.CONFLICT, "permissions"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_a_hint(town: Path, words: list[str], kind: Kind, told: str) -> None:
    """Missing files, wrong days, folders of others: message, hint, exit status, no traceback."""
    depot = "depots: [{point: {lat: 0, lon: 0}}]\n"
    (town / "bikes.yaml").write_text(depot + "vehicles: [{kind: bicycle}]\n")
    (town / "afar.yaml").write_text(depot + "vehicles: [{kind: van}]\n")
    paths = [word if word.startswith(("--", "2031")) else str(town / word) for word in words]
    # options may stand in any place: a later --out wins
    result = run("plan", "--region", town / "region", "--seconds", 0.2, "--out", town / "refused", *paths)
    assert result.exit_code == EXIT_STATUS[kind], result.stderr
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert not (town / "refused").exists()


def test_wrong_options_are_refused(town: Path) -> None:
    """A date that is none, an order file that is not named, a language that nobody speaks."""
    for words in (["x.csv", "--date", "soon"], [], ["x.csv", "--lang", "de"], ["x.csv", "--seconds", "-1"]):
        assert run("plan", "--region", town / "region", *words).exit_code == 2


def test_a_sample_fleet_is_not_written_over(town: Path) -> None:
    """A fleet file that the user may have edited stays."""
    before = (town / "f.yaml").read_text()
    result = run("sample", "fleet", "--region", town / "region", "--out", town / "f.yaml")
    assert result.exit_code == EXIT_STATUS[Kind.CONFLICT]
    assert (town / "f.yaml").read_text() == before
    written = run("plan", "--region", town / "region", "--write-fleet", town / "g.yaml")
    assert written.exit_code == 0, written.stderr
    assert "cargo_bike" in (town / "g.yaml").read_text()


def test_ctrl_c_ends_the_search_and_keeps_the_plan(town: Path) -> None:
    """The best plan so far is checked and written, long before the time is up."""
    files = ("--region", town / "region", "--fleet", town / "f.yaml", "--out", town / "early")
    ended = interrupted("plan", town / "orders.xlsx", *files, "--seconds", 600, once="… Searching")
    assert ended.status == 0, ended.err
    assert "best plan so far" in ended.err
    assert "0 violations" in ended.out
    assert (town / "early" / "plan.html").is_file()


def test_the_demo_uses_again_what_is_there(tmp_path: Path) -> None:
    """C119: one call makes town, orders, fleet and plan; the next one keeps all but the plan, an edited fleet too."""
    size = DemoSize(seed=2, addresses=1000, orders=20, vehicles=3)
    page = run_demo(tmp_path / "demo", size=size, seconds=0.5)
    assert page.is_file()
    stamps = {name: (tmp_path / "demo" / name).stat().st_mtime_ns for name in ("town/region.json", "fleet.yaml")}
    orders = next((tmp_path / "demo").glob("orders-*.xlsx"))
    stamps[orders.name] = orders.stat().st_mtime_ns
    assert run_demo(tmp_path / "demo", size=size, seconds=0.5) == page
    assert {name: (tmp_path / "demo" / name).stat().st_mtime_ns for name in stamps} == stamps


def test_the_demo_plans_a_working_day() -> None:
    """Tomorrow, or Monday where tomorrow is a Sunday."""
    assert next_working_day(date(2026, 3, 6)) == date(2026, 3, 7)
    assert next_working_day(date(2026, 3, 7)) == date(2026, 3, 9)
