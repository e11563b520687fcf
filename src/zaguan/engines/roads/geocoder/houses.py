"""Find a house on its street: the house itself, or its spot between the neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point, distance_m
from zaguan.engines.roads.geocoder.house_number import WITHOUT_NUMBER, HouseNumber
from zaguan.engines.roads.geocoder.layout import MICRODEGREES, Houses
from zaguan.engines.roads.geocoder.store import Store, Street

SAME_SPOT_M: Final = 100.0
SPOTS_MAX: Final = 40  # points of one house number that are compared
NEIGHBOURS_APART_MAX_M: Final = 600.0
METRES_PER_NUMBER_MAX: Final = 4.0  # neighbours further apart than their numbers allow lie on two streets of one name
NEIGHBOURS_NEAR_M: Final = 120.0
BEYOND_END_MAX: Final = 20  # house numbers past the last known one that are still taken for its neighbours


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on a street; `others` tells that the same number stands somewhere else on a street of this name."""

    point: Point
    grade: Grade
    number: str = ""
    others: tuple[Point, ...] = ()


def find_house(street: Street, wanted: HouseNumber, store: Store, *, range_end: int | None = None) -> Spot:
    """Return the best spot for a number on a street that has houses or a line."""
    houses = street.houses
    if len(houses):
        numbers = houses["number"]
        tail = store.tail_numbers.get(wanted.tail, -1)
        for number in dict.fromkeys((wanted.number, -wanted.number, *((range_end,) if range_end else ()))):
            exact = houses[(numbers == number) & (houses["tail"] == tail)]
            if len(exact):
                return _spot(exact, HouseNumber(number, wanted.tail).label, _grade_of(wanted))
        if wanted.tail != WITHOUT_NUMBER:
            for number in dict.fromkeys((wanted.number, -wanted.number)):
                other_tail = houses[
                    (numbers == number) & (houses["tail"] != store.tail_numbers.get(WITHOUT_NUMBER, -1))
                ]
                if len(other_tail):
                    return _spot(other_tail, wanted.label, Grade.INTERPOLATED)
            between = _between(houses, wanted, store)
            if between is not None:
                return between
    return Spot(middle_of(street), Grade.STREET)


def middle_of(street: Street) -> Point:
    """Return a point on the street near its middle."""
    if len(street.houses):
        lon, lat = street.houses["lon"] / MICRODEGREES, street.houses["lat"] / MICRODEGREES
    else:
        points = np.concatenate(street.lines)
        lon, lat = points[:, 0], points[:, 1]
    nearest = int(np.argmin((lon - np.median(lon)) ** 2 + (lat - np.median(lat)) ** 2))
    return Point(lon=float(lon[nearest]), lat=float(lat[nearest]))


def _grade_of(wanted: HouseNumber) -> Grade:
    # "S/N" is a mark of a house, not its name: a street may have many.
    return Grade.STREET if wanted.tail == WITHOUT_NUMBER else Grade.ROOFTOP


def _point(house: np.void) -> Point:
    return Point(lon=float(house["lon"]) / MICRODEGREES, lat=float(house["lat"]) / MICRODEGREES)


def _spot(houses: Houses, label: str, grade: Grade) -> Spot:
    """Return the spot that most of the points agree on, and the others that lie elsewhere."""
    every = len(houses) // SPOTS_MAX + 1
    left = [_point(house) for house in houses[::every]]
    spots: list[Point] = []
    while left:
        near = [[other for other in left if distance_m(point, other) <= SAME_SPOT_M] for point in left]
        spread_m = [sum(distance_m(point, other) for other in others) for point, others in zip(left, near, strict=True)]
        best = max(range(len(left)), key=lambda at: (len(near[at]), -spread_m[at]))
        spots.append(left[best])
        left = [point for point in left if point not in near[best]]
    return Spot(spots[0], grade, label, tuple(spots[1:]))


def _between(houses: Houses, wanted: HouseNumber, store: Store) -> Spot | None:
    """Interpolate between the neighbours, of the same side if possible; else take the nearest number."""
    if wanted.tail[:1].isdigit():
        return _between_plates(houses, wanted, store)
    plain = houses[(houses["tail"] == 0) & (houses["number"] != 0)]
    for known in (plain[(plain["number"] & 1) == (wanted.number & 1)], plain):
        at = int(np.searchsorted(known["number"], wanted.number))
        around = [(int(house["number"]), _point(house)) for house in known[max(0, at - 1) : at + 1]]
        if (spot := _interpolate(around, wanted.number, wanted.label)) is not None:
            return spot
    if len(plain) == 0:
        return None
    return Spot(_point(plain[int(np.argmin(np.abs(plain["number"] - wanted.number)))]), Grade.STREET)


def _between_plates(houses: Houses, wanted: HouseNumber, store: Store) -> Spot | None:
    """Interpolate 20-35 of a numbered grid between the houses past the same crossing, 20-21 and 20-49."""
    letters, _, plate = wanted.tail.rpartition(" ")
    around: list[tuple[int, Point]] = []
    for house in houses[houses["number"] == wanted.number]:
        known_letters, _, known_plate = store.tails[house["tail"]].rpartition(" ")
        if known_letters == letters and known_plate.isdigit():
            around.append((int(known_plate), _point(house)))
    around.sort(key=lambda pair: pair[0])
    at = sum(known < int(plate) for known, _ in around) if plate.isdigit() else 0
    return _interpolate(around[max(0, at - 1) : at + 1], int(plate), wanted.label) if plate.isdigit() else None


def _interpolate(around: Sequence[tuple[int, Point]], number: int, label: str) -> Spot | None:
    """Return the spot of a number between its neighbours, or beside the last one; None if they tell nothing."""
    if len(around) == 2 and around[0][0] < number < around[1][0]:
        (low, from_point), (high, to_point) = around
        apart_m = distance_m(from_point, to_point)
        if apart_m > max(NEIGHBOURS_NEAR_M, METRES_PER_NUMBER_MAX * (high - low)):
            return None
        share = (number - low) / (high - low)
        point = Point(
            lon=from_point.lon + share * (to_point.lon - from_point.lon),
            lat=from_point.lat + share * (to_point.lat - from_point.lat),
        )
        # Between neighbours far apart it is the best guess, but no more than that.
        return (
            Spot(point, Grade.INTERPOLATED, label) if apart_m <= NEIGHBOURS_APART_MAX_M else Spot(point, Grade.STREET)
        )
    if len(around) == 1 and abs(around[0][0] - number) <= BEYOND_END_MAX:
        return Spot(around[0][1], Grade.INTERPOLATED, label)
    return None
