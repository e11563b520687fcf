"""Address registers as they come."""

import gzip
from collections import Counter
from pathlib import Path

import pytest

from zaguan.base.geo.point import Point
from zaguan.engines.roads.geocoder.sources import (
    AddressRow,
    RegisterColumnsMissing,
    RegisterUnreadable,
    read_register,
)

WANTED = AddressRow(street="Ñandú", number="0371", commune="Maipú", point=Point(lon=-70.5, lat=-33.4))


@pytest.mark.parametrize(
    "content",
    [
        "street,number,commune,lon,lat\nÑandú,0371,Maipú,-70.5,-33.4\n".encode(),
        "\ufeffCALLE;NÚMERO;COMUNA;LONGITUD;LATITUD\r\nÑandú;0371;Maipú;-70,5;-33,4\r\n".encode(),
        "Logradouro\tNúmero\tMunicípio\tLat\tLon\nÑandú\t0371\tMaipú\t-33.4\t-70.5\n".encode("latin-1"),
        "addr:street|addr:housenumber|comuna|x|y\nÑandú|0371|Maipú|-70.5|-33.4\n".encode("utf-16"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_registers_are_read_as_they_come(tmp_path: Path, content: bytes, zipped: bool) -> None:
    """Header words, separators, encodings, decimal commas and gzip are recognised; leading zeros stay."""
    path = tmp_path / ("register.csv.gz" if zipped else "register.csv")
    path.write_bytes(gzip.compress(content) if zipped else content)
    assert list(read_register(path)) == [WANTED]


def test_a_register_may_lack_the_street(tmp_path: Path) -> None:
    """A register of numbered points gives rows without a street."""
    path = tmp_path / "register.csv"
    path.write_text("lon,lat,house_number\n-51.2,-30.1,55\n", encoding="utf-8")
    assert [(row.street, row.number) for row in read_register(path)] == [("", "55")]


def test_bad_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    """Lines without a usable point or number do not stop the others."""
    path = tmp_path / "register.csv"
    path.write_text(
        "street,number,lon,lat\nA,1,x,1\nA,1,999,1\nA,1,nan,1\nA,1,0,0\nA,,1,1\nA\nA,7,1,1\n", encoding="utf-8"
    )
    skipped: Counter[str] = Counter()
    assert [row.number for row in read_register(path, skipped=skipped)] == ["7"]
    assert skipped == {"point": 4, "number": 2}


def test_a_register_without_coordinates_is_refused(tmp_path: Path) -> None:
    """The refusal names the columns that are missing and those that were found."""
    path = tmp_path / "register.csv"
    path.write_text("calle,numero,comuna\nA,1,B\n", encoding="utf-8")
    with pytest.raises(RegisterColumnsMissing, match="lon, lat") as refused:
        list(read_register(path))
    assert "calle" in (refused.value.hint("en") or "")


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b broken", b"PK\x03\x04" + bytes(200)])
def test_files_that_are_no_register_are_refused(tmp_path: Path, content: bytes) -> None:
    """Empty files, broken archives and other formats are refused, not read as nothing."""
    for name in ("register.csv", "register.csv.gz"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises((RegisterUnreadable, RegisterColumnsMissing)):
            list(read_register(path))
    with pytest.raises(RegisterUnreadable):
        list(read_register(tmp_path / "missing.csv"))
