"""In which commune a point lies: from municipal boundaries, else from the nearest place with a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import distances_m

Floats = NDArray[np.float64]

# admin_level of what people write as commune, municipality or district in an address, where it is not 8
# (https://wiki.openstreetmap.org/wiki/Tag:boundary=administrative)
MUNICIPAL_LEVEL: Final = {
    **dict.fromkeys(("CO", "MX", "CR", "CU", "DO", "EC", "GT", "HN", "NI", "PA", "SV", "UY", "VE"), 6),
    "PT": 7,
}
USUAL_MUNICIPAL_LEVEL: Final = 8
FINER_LEVELS: Final = (8, 9, 10)
# how far a place with a name is taken to reach where no boundary says it
REACH_M: Final = {"city": 15_000.0, "town": 6_000.0, "village": 3_000.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """An administrative area: rings of shape (n, 2) as lon, lat; a point in an odd number of them is inside."""

    name: str
    level: int
    rings: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A city, town, village, suburb or neighbourhood as a point with a name."""

    name: str
    kind: str
    lon: float
    lat: float


class CommuneMap:
    """Tells the commune of points, many at a time.

    Municipal boundaries of the country go first. Where the extract has none (a clipped extract loses those that
    cross its edge) the nearest city, town or village that reaches so far gives its name, and where there is none
    either, boundaries of a finer level. A point that nothing covers has the empty name.
    """

    def __init__(self, boundaries: Sequence[Boundary], places: Sequence[NamedPlace], *, country: str) -> None:
        level = MUNICIPAL_LEVEL.get(country, USUAL_MUNICIPAL_LEVEL)
        self._municipal = [area for area in boundaries if area.level == level]
        self._centres = [place for place in places if place.kind in REACH_M]
        finer_levels = sorted({area.level for area in boundaries} & set(FINER_LEVELS))
        self._finer = [area for area in boundaries if area.level in finer_levels[:1]]

    def names_of(self, lon: Floats, lat: Floats) -> list[str]:
        """Return the commune of each point of two arrays of shape (n,) in degrees."""
        names: NDArray[np.object_] = np.full(len(lon), "", dtype=object)
        _fill_from_areas(names, lon, lat, self._municipal)
        _fill_from_centres(names, lon, lat, self._centres)
        if not self._municipal and not self._centres:
            _fill_from_areas(names, lon, lat, self._finer)
        return list(names)


def _fill_from_areas(names: NDArray[np.object_], lon: Floats, lat: Floats, areas: Sequence[Boundary]) -> None:
    """Name the points without a name that lie in an area."""
    for area in areas:
        corners = np.concatenate(area.rings)
        west, south = corners.min(axis=0)
        east, north = corners.max(axis=0)
        near = np.flatnonzero((names == "") & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        if len(near):
            names[near[_inside(lon[near], lat[near], area.rings)]] = area.name


def _inside(lon: Floats, lat: Floats, rings: Sequence[Floats]) -> NDArray[np.bool_]:
    """Count for all points at once the edges that a ray to the east crosses."""
    odd = np.zeros(len(lon), dtype=np.bool_)
    for ring in rings:
        for (lon_a, lat_a), (lon_b, lat_b) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            if lat_a == lat_b:
                continue
            spans = (lat_a > lat) != (lat_b > lat)
            odd ^= spans & (lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a))
    return odd


def _fill_from_centres(names: NDArray[np.object_], lon: Floats, lat: Floats, centres: Sequence[NamedPlace]) -> None:
    """Name the points without a name after the place that they lie in most: distance as a share of its reach."""
    empty = np.flatnonzero(names == "")
    if not centres or not len(empty):
        return
    best = np.full(len(empty), 1.0)
    for centre in centres:
        away = distances_m(lon[empty], lat[empty], np.array([centre.lon]), np.array([centre.lat]))
        share = away / REACH_M[centre.kind]
        closer = share < best
        best[closer] = share[closer]
        names[empty[closer]] = centre.name
