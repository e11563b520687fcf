"""What the geocoder is built from: streets of the extract and address registers."""

import csv
import gzip
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from zaguan.base.geo.point import Point
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.engines.roads.geocoder.normalise import words_of_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """One house of a register. `street` may be empty: the house then belongs to the nearest named street."""

    street: str
    number: str
    commune: str = ""
    city: str = ""
    postcode: str = ""
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetRow:
    """One piece of a street of the extract; pieces of one name and commune are joined."""

    name: str
    commune: str
    geometry: tuple[Point, ...]
    other_names: tuple[str, ...] = ()
    city: str = ""


class RegisterUnreadable(ZaguanError):
    """The file is no register that can be read."""

    kind = Kind.INVALID
    code = "geocoder.register_unreadable"


class RegisterColumnsMissing(ZaguanError):
    """A column that a register needs is not there."""

    kind = Kind.INVALID
    code = "geocoder.register_columns_missing"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "street": _names(
        "street,street name,addr street,calle,nombre calle,via,nombre via,rua,logradouro,nome logradouro,"
        "nm logradouro,nom via,direccion,nombre"
    ),
    "number": _names(
        "number,house number,housenumber,addr housenumber,numero,num,nro,no,n,altura,placa,numero municipal,"
        "nr,num casa,numero casa"
    ),
    "commune": _names(
        "commune,comuna,municipio,municipality,distrito,district,localidad,bairro,barrio,suburb,addr suburb,"
        "nom comuna,nombre comuna"
    ),
    "city": _names("city,ciudad,cidade,addr city,town"),
    "postcode": _names("postcode,postal code,zip,zipcode,zip code,codigo postal,cep,cp,addr postcode"),
    "lon": _names("lon,lng,long,longitude,longitud,x,lon wgs84"),
    "lat": _names("lat,latitude,latitud,y,lat wgs84"),
}
NEEDED: Final = ("number", "lon", "lat")
FIELD_BYTES_MAX: Final = 1 << 20


def read_register(path: Path, *, skipped: Counter[str] | None = None) -> Iterator[AddressRow]:
    """Yield the houses of a register: CSV or CSV.GZ; UTF-8, UTF-16 or Latin-1; comma, semicolon, tab or bar.

    Columns are known by their header in Spanish, Portuguese or English. Lines without a usable point or number are
    left out and counted in `skipped` under `point` and `number`.

    Raises
    ------
    RegisterUnreadable
        The file is missing, no text, a broken archive, or empty.
    RegisterColumnsMissing
        There is no column for the house number, the longitude or the latitude.
    """
    counts: Counter[str] = Counter() if skipped is None else skipped
    csv.field_size_limit(FIELD_BYTES_MAX)
    try:
        with _open(path) as file:
            header = file.readline()
            delimiter = max(",;\t|", key=header.count)
            columns = _columns(path, next(csv.reader([header], delimiter=delimiter), []))
            for cells in csv.reader(file, delimiter=delimiter):
                row = _row(cells, columns, counts)
                if row is not None:
                    yield row
    except (OSError, EOFError, UnicodeError, csv.Error) as error:
        raise RegisterUnreadable(file=path.name, reason=str(error)) from error


def _open(path: Path) -> IO[str]:
    """Open the file as text in the encoding that its first bytes fit."""
    zipped = path.suffix == ".gz"
    with gzip.open(path, "rb") if zipped else path.open("rb") as probe:
        start = probe.read(1 << 20)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        try:
            # a letter of several bytes may be cut at the end of the probe
            start[: start.rfind(b"\n") + 1].decode("utf-8")
            encoding = "utf-8-sig"
        except UnicodeDecodeError:
            encoding = "latin-1"
    if zipped:
        return gzip.open(path, "rt", encoding=encoding, errors="replace", newline="")
    return path.open(encoding=encoding, errors="replace", newline="")


def _columns(path: Path, header: Sequence[str]) -> dict[str, int]:
    names = [" ".join(words_of_text(name.replace("_", " "))) for name in header]
    if not any(names):
        raise RegisterUnreadable(file=path.name, reason="empty")
    columns: dict[str, int] = {}
    for field, synonyms in COLUMNS.items():
        at = next((at for at, name in enumerate(names) if name in synonyms and at not in columns.values()), None)
        if at is not None:
            columns[field] = at
    if missing := [field for field in NEEDED if field not in columns]:
        raise RegisterColumnsMissing(file=path.name, missing=", ".join(missing), found=", ".join(header))
    return columns


def _row(cells: Sequence[str], columns: Mapping[str, int], counts: Counter[str]) -> AddressRow | None:
    def cell(field: str) -> str:
        at = columns.get(field)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    number = cell("number")
    if not number:
        counts["number"] += 1
        return None
    point = _point(cell("lon"), cell("lat"))
    if point is None:
        counts["point"] += 1
        return None
    return AddressRow(
        street=cell("street"),
        number=number,
        commune=cell("commune"),
        city=cell("city"),
        postcode=cell("postcode"),
        point=point,
    )


def _point(lon: str, lat: str) -> Point | None:
    try:
        x, y = float(lon.replace(",", ".")), float(lat.replace(",", "."))
        if not (math.isfinite(x) and math.isfinite(y)) or (x == 0 and y == 0):
            return None
        return Point(lon=x, lat=y)
    except ValueError:
        return None
