"""A place on earth as longitude and latitude (WGS 84), and distances between such places."""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M: Final = 6_371_008.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Longitude and latitude in degrees. Values off the globe, NaN and infinities are refused with ValueError."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            raise ValueError(f"not on the globe: lon={self.lon}, lat={self.lat}")


def distance_m(a: Point, b: Point) -> float:
    """Return the great-circle distance in metres (haversine)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def distances_m(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    to_lon: NDArray[np.float64],
    to_lat: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return great-circle distances in metres of arrays of degrees that broadcast against each other."""
    lat_a, lat_b = np.radians(lat), np.radians(to_lat)
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    distances: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return distances


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundingBox:
    """The rectangle of degrees that holds some points; it does not cross the antimeridian.

    Sides in the wrong order, off the globe or NaN are refused with ValueError.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not (-180.0 <= self.west <= self.east <= 180.0 and -90.0 <= self.south <= self.north <= 90.0):
            raise ValueError(f"not a box: {self.west}, {self.south}, {self.east}, {self.north}")

    def contains(self, point: Point) -> bool:
        """Tell whether the point lies inside or on the edge."""
        return self.west <= point.lon <= self.east and self.south <= point.lat <= self.north

    def grown_by(self, margin_m: float) -> Self:
        """Return the box with a margin in metres on each side, cut at the ends of the globe."""
        lat_margin = math.degrees(margin_m / EARTH_RADIUS_M)
        widest = max(abs(self.south), abs(self.north))
        lon_margin = lat_margin / max(0.01, math.cos(math.radians(widest)))
        return type(self)(
            west=max(-180.0, self.west - lon_margin),
            south=max(-90.0, self.south - lat_margin),
            east=min(180.0, self.east + lon_margin),
            north=min(90.0, self.north + lat_margin),
        )
