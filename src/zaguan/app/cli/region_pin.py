"""`zaguan region pin`: teach a region where an address really is."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from zaguan.app.bootstrap import PINS_FOLDER
from zaguan.app.cli.terminal import out
from zaguan.base.geo.point import Point, distance_m
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.words import say
from zaguan.engines.roads.geocoder.answer import AddressQuery
from zaguan.engines.roads.geocoder.geocoder import Geocoder
from zaguan.engines.roads.region import open_region
from zaguan.operations.intake.locate import OFF_MAP_M


class PinNotAPoint(ZaguanError):
    """`given` is not a latitude and a longitude."""

    code: ClassVar = "region.pin_not_a_point"


class PinOffTheMap(ZaguanError):
    """The point at `lat`, `lon` does not lie in the region `name`."""

    code: ClassVar = "region.pin_off_the_map"


class PinWithoutAddress(ZaguanError):
    """There is no address to remember the point by."""

    code: ClassVar = "region.pin_without_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What was learned: the address, its point, and where it was taken to be before."""

    asked: str
    point: Point
    before: Point | None


def pin_address(folder: Path, query: AddressQuery, at: str) -> Taught:
    """Keep a point for an address of a region; from now on every order to it gets this point.

    Refused: PinWithoutAddress, PinNotAPoint, PinOffTheMap, and what `open_region` refuses.
    """
    if not query.text.strip():
        raise PinWithoutAddress()
    region, point = open_region(folder), point_of(at)
    if not region.box.grown_by(OFF_MAP_M).contains(point):
        raise PinOffTheMap(lat=f"{point.lat:.6f}", lon=f"{point.lon:.6f}", name=region.name)
    with Geocoder(region.streets, pins=region.folder / PINS_FOLDER) as geocoder:
        before = geocoder.find(query).point
        geocoder.learn(query, point)
    asked = ", ".join(part for part in (query.text, query.commune, query.city) if part)
    return Taught(asked=asked, point=point, before=before)


def point_of(text: str) -> Point:
    """Return the point of `LAT,LON` in degrees, as maps show it. Refused: PinNotAPoint."""
    try:
        lat, lon = map(float, text.split(","))
        return Point(lon=lon, lat=lat)
    except ValueError as cause:
        raise PinNotAPoint(given=text) from cause


def tell(taught: Taught) -> None:
    """Say where the address is now, and how far that is from where it was."""
    facts = {"address": taught.asked, "lat": f"{taught.point.lat:.6f}", "lon": f"{taught.point.lon:.6f}"}
    if taught.before is None:
        text = say("region.said.pin_new", None, **facts)
    else:
        text = say("region.said.pin_moved", None, **facts, metres=f"{distance_m(taught.before, taught.point):,.0f}")
    out.print(text, markup=False, highlight=False, soft_wrap=True)
