"""A city small enough to reckon by hand: metres east and north of a corner, two communes, a numbered grid."""

import math
from collections.abc import Iterator

from zaguan.base.geo.point import Point, distance_m
from zaguan.engines.roads.geocoder.sources import AddressRow, StreetRow

ORIGIN = Point(lon=-70.6, lat=-33.45)
NUNOA, MAIPU, PALMAR = "Ñuñoa", "MAIPÚ", "El Palmar"
MAIPU_EAST_M = -12_000
PALMAR_NORTH_M = 9_000


def at(east_m: float, north_m: float) -> Point:
    """Return the point so far from the origin."""
    lat = ORIGIN.lat + north_m / 111_195.0
    return Point(lon=ORIGIN.lon + east_m / (111_195.0 * math.cos(math.radians(ORIGIN.lat))), lat=lat)


def off_m(point: Point | None, east_m: float, north_m: float) -> float:
    """Return how far a point lies from a place of the city."""
    assert point is not None
    return distance_m(point, at(east_m, north_m))


def street(name: str, commune: str, *corners: tuple[float, float], other_names: tuple[str, ...] = ()) -> StreetRow:
    """Return a street through some places."""
    geometry = tuple(at(east_m, north_m) for east_m, north_m in corners)
    return StreetRow(name=name, commune=commune, geometry=geometry, other_names=other_names)


def house(street: str, number: str, commune: str, east_m: float, north_m: float, postcode: str = "") -> AddressRow:
    """Return a house at a place."""
    return AddressRow(street=street, number=number, commune=commune, postcode=postcode, point=at(east_m, north_m))


def streets() -> Iterator[StreetRow]:
    """Yield the streets: two avenues and side streets in Ñuñoa, a Los Olivos in Maipú too, a grid in El Palmar."""
    yield street("Avenida Brasil", NUNOA, (0, 0), (800, 0))
    yield street("Los Olivos", NUNOA, (400, -400), (400, 0))
    yield street("Los Olivos", NUNOA, (400, 0), (400, 400))
    yield street("Calle General Bulnes", NUNOA, (600, -400), (600, 400), other_names=("Calle Vieja",))
    yield street("Los Olivos", MAIPU, (MAIPU_EAST_M, 0), (MAIPU_EAST_M, 900))
    yield street("Pasaje Santa María", MAIPU, (MAIPU_EAST_M, 300), (MAIPU_EAST_M + 300, 300))
    for row in range(14, 19):
        yield street(f"Calle {row}", PALMAR, (0, _row_m(row)), (600, _row_m(row)))
    for column in range(19, 24):
        yield street(f"Carrera {column}", PALMAR, (_column_m(column), _row_m(14)), (_column_m(column), _row_m(18)))


def _row_m(row: int) -> float:
    return PALMAR_NORTH_M + (row - 14) * 100


def _column_m(column: int) -> float:
    return (column - 19) * 120


def addresses() -> Iterator[AddressRow]:
    """Yield the houses, spelt as registers spell them: number n of Avenida Brasil lies (n - 100) * 4 m east."""
    for number in (100, 110, 130, 150, 101, 111, 131, 151):
        side_m = 8 if number % 2 == 0 else -8
        yield house("BRASIL", str(number), NUNOA, (number - 100) * 4, side_m)
    yield house("BRASIL", "0110", NUNOA, 700, 8)
    yield house("BRASIL", "131 B", NUNOA, 130, -30)
    for number in (1000, 1010, 1020):
        yield house("LOS OLIVOS", str(number), NUNOA, 408, (number - 1010) * 10, "7750000")
        yield house("LOS OLIVOS", str(number), MAIPU, MAIPU_EAST_M + 8, (number - 1000) * 10, "9250000")
    yield house("GRAL. BULNES", "55", NUNOA, 608, 55)
    yield house("PJE STA MARIA", "7", MAIPU, MAIPU_EAST_M + 70, 305)
    yield house("PASAJE SEIS", "12", MAIPU, MAIPU_EAST_M + 900, 12)
    yield house("21 DE MAYO", "354", MAIPU, MAIPU_EAST_M + 1_200, 354)
    yield house("CAMINO EL ALBA", "Parcela 9", MAIPU, MAIPU_EAST_M + 2_000, 9)
    yield house("CAMINO EL ALBA", "KM 14", MAIPU, MAIPU_EAST_M + 2_600, 9)
    yield house("CAMINO EL ALBA", "S/N", MAIPU, MAIPU_EAST_M + 2_300, 9)
    yield house("LOS PATOS", "20", MAIPU, MAIPU_EAST_M + 3_000, 20)
    yield house("LOS PALTOS", "20", MAIPU, MAIPU_EAST_M + 4_000, 20)
    yield house("MAIN STREET", "123", NUNOA, 2_000, 123)
