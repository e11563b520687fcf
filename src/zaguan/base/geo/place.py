"""Where something is brought to or fetched from: an address, its point once found, and how to get in."""

from dataclasses import dataclass
from enum import StrEnum

from zaguan.base.geo.point import Point


class Grade(StrEnum):
    """How well a point is known, best first."""

    GIVEN = "given"  # the file or a person gave the point itself, or a driver corrected the pin
    ROOFTOP = "rooftop"
    INTERPOLATED = "interpolated"
    STREET = "street"
    COMMUNE = "commune"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Address, point, grade of the point, and notes for the door. `commune` is the municipality or district."""

    address: str
    commune: str = ""
    city: str = ""
    postcode: str = ""
    point: Point | None = None
    grade: Grade = Grade.NONE
    access_notes: str = ""
