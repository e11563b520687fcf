"""`zaguan import` and `zaguan sample orders`, as they are typed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests.operations.intake.tables import HEADER, write_csv, write_xlsx
from zaguan.app.cli.main import make_app
from zaguan.app.cli.terminal import EXIT_STATUS
from zaguan.base.geo.point import BoundingBox, Point
from zaguan.base.kit.errors import Kind
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.geocoder.index import build_index
from zaguan.engines.roads.geocoder.sources import AddressRow
from zaguan.engines.roads.region import STREETS_FILE, Region, RegionCounts
from zaguan.operations.intake.book import read_book


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a file of two good orders and a bad one."""
    rows = [("1", "Calle 1", "Maipú", "9-12", 1), ("2", "Calle 2", "", "18-9:00", 1), ("3", "Calle 3", "", "", 2)]
    write_xlsx(tmp_path / "pedidos.xlsx", [HEADER, *rows])
    return tmp_path


def run(desk: Path, *words: str | Path, lang: str = "en") -> Result:
    """Type a command with the book and the fix-me file in the desk's folder."""
    return CliRunner().invoke(
        make_app(), ["--lang", lang, "import", *map(str, words), "--book", str(desk / "book.jsonl")]
    )


def test_a_file_goes_into_the_book(desk: Path) -> None:
    """C01: one command stores the good rows, says which row is bad, and writes the fix-me file."""
    result = run(desk, desk / "pedidos.xlsx", "--fix-me", desk / "fix.xlsx")
    assert result.exit_code == 0
    assert "3 rows: 2 accepted, 1 rejected" in result.stdout
    assert "2 created, 0 updated, 0 unchanged" in result.stdout
    assert [order.ref for order in read_book(desk / "book.jsonl")] == ["1", "3"]
    assert openpyxl.load_workbook(desk / "fix.xlsx").active["A2"].value == "2"  # type: ignore[index,union-attr]


def test_the_corrected_file_completes_the_book(desk: Path) -> None:
    """C01: the fix-me file is corrected and imported; importing the first file again creates nothing."""
    run(desk, desk / "pedidos.xlsx", "--fix-me", desk / "fix.csv")
    fixed = (desk / "fix.csv").read_bytes().replace(b"18-9:00", b"18-21:00", 1)
    (desk / "fix.csv").write_bytes(fixed)
    assert "1 created" in run(desk, desk / "fix.csv").stdout
    assert "0 created, 0 updated, 2 unchanged" in run(desk, desk / "pedidos.xlsx", "--fix-me", desk / "f.csv").stdout
    assert len(read_book(desk / "book.jsonl")) == 3


def test_json_tells_everything(desk: Path) -> None:
    """--json gives the whole report to programs: line, column, code, message and remedy of every bad row."""
    result = run(desk, desk / "pedidos.xlsx", "--json", "--dry-run")
    report = json.loads(result.stdout)
    assert (report["rows"], report["accepted_rows"], report["created"], report["dry_run"]) == (3, 2, 2, True)
    problem = report["rejected"][0]["problems"][0]
    assert (report["rejected"][0]["line"], problem["column"]) == (3, "Ventana horaria")
    assert problem["code"] == "intake.row_window_reversed"
    assert problem["message"]
    assert problem["remedy"]
    assert not (desk / "book.jsonl").exists()


def test_undo(desk: Path) -> None:
    """--undo takes the last import back, once."""
    run(desk, desk / "pedidos.xlsx", "--fix-me", desk / "f.csv")
    assert "2 orders removed" in run(desk, "--undo").stdout
    assert run(desk, "--undo").exit_code == EXIT_STATUS[Kind.CONFLICT]


def test_refusals_leave_with_a_status(desk: Path) -> None:
    """A file that is not there, a header that says nothing, and only bad rows each leave with their status."""
    assert run(desk, desk / "none.xlsx").exit_code == EXIT_STATUS[Kind.NOT_FOUND]
    nothing = write_csv(desk / "n.csv", [["uno", "dos"], ["1", "2"]])
    refused = run(desk, nothing, lang="es")
    assert refused.exit_code == EXIT_STATUS[Kind.INVALID]
    assert "uno · dos" in refused.stderr
    assert "Dirección" in refused.stderr
    bad = write_csv(desk / "b.csv", [HEADER, ["1", "", "", "", ""]])
    assert run(desk, bad, "--fix-me", desk / "f.csv").exit_code == EXIT_STATUS[Kind.INVALID]
    for words in (("--country", "Chile"), ("--date", "mañana"), ("--fix-me", "x.pdf")):
        assert run(desk, desk / "pedidos.xlsx", *words).exit_code == EXIT_STATUS[Kind.INVALID]
    assert run(desk).exit_code == EXIT_STATUS[Kind.INVALID]


def test_every_language_speaks(desk: Path) -> None:
    """The summary comes in Spanish and Portuguese too."""
    assert "2 aceptadas, 1 rechazadas" in run(desk, desk / "pedidos.xlsx", "--dry-run", lang="es").stdout
    assert "2 aceitas, 1 recusadas" in run(desk, desk / "pedidos.xlsx", "--dry-run", lang="pt").stdout


def test_a_sample_needs_a_region_and_a_known_ending(tmp_path: Path) -> None:
    """Without a region, or with a file that is neither .xlsx nor .csv, nothing is invented."""
    act = ["--lang", "en", "sample", "orders", "--region", str(tmp_path), "--out"]
    assert CliRunner().invoke(make_app(), [*act, str(tmp_path / "s.xlsx")]).exit_code == EXIT_STATUS[Kind.NOT_FOUND]
    assert CliRunner().invoke(make_app(), [*act, str(tmp_path / "s.pdf")]).exit_code == EXIT_STATUS[Kind.INVALID]
    assert list(tmp_path.iterdir()) == []


def test_a_sample_is_written_for_a_region(tmp_path: Path) -> None:
    """A sample drawn from a region's own addresses is imported without a rejected row."""
    houses = [
        AddressRow(street=f"Calle {n % 9}", number=str(n), commune="Maipú", point=Point(lon=-70.6, lat=-33.4))
        for n in range(1, 200)
    ]
    build_index(tmp_path / STREETS_FILE, streets=[], addresses=houses, progress=SilentProgress())
    region = Region(
        folder=tmp_path,
        name="Prueba",
        country="CL",
        time_zone="America/Santiago",
        box=BoundingBox(west=-70.7, south=-33.5, east=-70.5, north=-33.3),
        region_hash="0",
        profiles=(),
        slots=(),
        sources=(),
        attribution="",
        counts=RegionCounts(**dict.fromkeys(RegionCounts.__slots__, 0)),
        built_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    region.write()
    region.base_map.touch()
    sample = [
        "sample",
        "orders",
        "--region",
        tmp_path,
        "--count",
        "50",
        "--date",
        "2026-01-05",
        "--flawed",
        "3",
        "--out",
    ]
    for name in ("a.xlsx", "b.csv"):
        result = CliRunner().invoke(make_app(), ["--lang", "es", *map(str, sample), str(tmp_path / name)])
        assert result.exit_code == 0, result.stderr
        assert "50 pedidos inventados" in result.stdout
    assert "Datos inventados" in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    report = json.loads(run(tmp_path, tmp_path / "a.xlsx", "--json", "--dry-run").stdout)
    assert (report["orders"], len(report["rejected"])) == (50, 3)
