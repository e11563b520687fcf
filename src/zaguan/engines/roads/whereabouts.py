"""In which country and time zone an area lies, without any network: by the nearest city that is known.

Known are the cities of the time zone database (zone.tab of tzdata) and, because those are far apart in Latin
America, some two hundred more in cities.tsv: country, latitude, longitude, zone, name.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from zaguan.base.geo.point import BoundingBox, Point, distance_m, distances_m
from zaguan.engines.roads.region_refusals import CountryUnknown, CountryWrong, TimeZoneWrong

FARTHEST_M: Final = 700_000.0
# the nearest city of another country must be this much farther away, or the border may lie between
CLEARLY_FARTHER: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCity:
    """A city of which country and time zone are known."""

    country: str
    time_zone: str
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Country (ISO 3166-1, two letters) and time zone (IANA); `derived` names those that nobody gave."""

    country: str
    time_zone: str
    derived: tuple[str, ...]


def whereabouts(box: BoundingBox, *, country: str | None, time_zone: str | None, tagged: str | None) -> Whereabouts:
    """Return country and time zone of an area: what was given, else what the extract's tags say, else the nearest.

    Refused: CountryWrong, TimeZoneWrong for what is given and does not exist; CountryUnknown where no city is near
    or a border may lie between.
    """
    known = known_cities()
    middle = Point(lon=(box.west + box.east) / 2, lat=(box.south + box.north) / 2)
    found = country or _country_of_zone(time_zone) or (tagged if tagged in _countries() else None)
    found = found or _nearest_country(middle)
    if time_zone is None:
        own = [city for city in known if city.country == found]
        time_zone = min(own, key=lambda city: distance_m(middle, city.point)).time_zone
        return Whereabouts(
            country=found, time_zone=time_zone, derived=("time_zone",) if country else ("country", "time_zone")
        )
    return Whereabouts(country=found, time_zone=time_zone, derived=() if country else ("country",))


def checked_country(text: str) -> str:
    """Return the code in capitals. Refused: CountryWrong."""
    if (code := text.strip().upper()) not in _countries():
        raise CountryWrong(country=text)
    return code


def checked_time_zone(text: str) -> str:
    """Return the name of a zone that exists. Refused: TimeZoneWrong."""
    try:
        return ZoneInfo(text.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:  # OSError: the name of a folder
        raise TimeZoneWrong(time_zone=text) from cause


@cache
def known_cities() -> tuple[KnownCity, ...]:
    """Return all cities that are known."""
    ours = (resources.files("zaguan.engines.roads") / "cities.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in ours]
    cities = [_city(country, zone, float(lat), float(lon)) for country, lat, lon, zone, _ in rows]
    zone_tab = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    for country, coordinates, zone, *_ in (line.split("\t") for line in zone_tab if line and line[0] != "#"):
        lat, lon = re.findall(r"[+-]\d+", coordinates)
        cities.append(_city(country, zone, _degrees(lat, whole=2), _degrees(lon, whole=3)))
    return tuple(cities)


def _city(country: str, time_zone: str, lat: float, lon: float) -> KnownCity:
    return KnownCity(country=country, time_zone=time_zone, point=Point(lon=lon, lat=lat))


def _degrees(text: str, *, whole: int) -> float:
    """Return the degrees of ±DDMM[SS] or ±DDDMM[SS]."""
    sign = -1.0 if text[0] == "-" else 1.0
    digits = text[1:]
    seconds = digits[whole + 2 :] or "0"
    return sign * (int(digits[:whole]) + int(digits[whole : whole + 2]) / 60 + int(seconds) / 3600)


@cache
def _countries() -> frozenset[str]:
    return frozenset(city.country for city in known_cities())


def _country_of_zone(time_zone: str | None) -> str | None:
    countries = {city.country for city in known_cities() if city.time_zone == time_zone}
    return countries.pop() if len(countries) == 1 else None


def _nearest_country(middle: Point) -> str:
    cities = known_cities()
    away = distances_m(
        np.array([city.point.lon for city in cities]),
        np.array([city.point.lat for city in cities]),
        np.array([middle.lon]),
        np.array([middle.lat]),
    )
    nearest = cities[int(away.argmin())].country
    foreign = np.array([city.country != nearest for city in cities])
    if away.min() > FARTHEST_M or away[foreign].min() < away.min() * CLEARLY_FARTHER:
        raise CountryUnknown(lon=f"{middle.lon:.3f}", lat=f"{middle.lat:.3f}")
    return nearest
