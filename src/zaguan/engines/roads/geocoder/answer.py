"""What is asked of the geocoder and what it answers."""

from dataclasses import dataclass
from enum import StrEnum

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressQuery:
    """An address as an order gives it. `commune` should be given wherever known: names repeat between communes."""

    text: str
    commune: str = ""
    city: str = ""
    postcode: str = ""


class Doubt(StrEnum):
    """Why an answer is not as good as it could be: what a person who reviews it should look at."""

    AMBIGUOUS = "ambiguous"  # the same address exists elsewhere: the commune or the street's kind is missing
    NAME_UNSURE = "name_unsure"  # the street's name is rather different from the one that was asked
    NUMBER_MISSING = "number_missing"
    NUMBER_UNKNOWN = "number_unknown"  # the street is known, the number is not, and has no neighbours to go by
    CORNER_UNKNOWN = "corner_unknown"  # one of the two streets is known, the corner is not
    COMMUNE_UNKNOWN = "commune_unknown"  # the region has no commune of that name
    COMMUNE_CONTRADICTED = "commune_contradicted"  # the street is not in that commune, but in another
    STREET_UNKNOWN = "street_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer: a point with its grade, or no point with `Grade.NONE`.

    `score` (0 to 1) tells how well name and number fit. Grades rooftop and interpolated are only given to answers
    that are neither ambiguous nor at odds with the query; where even the street is a guess the grade is commune, with
    the guess's point and label. `reachable` is None unless the geocoder was given roads.
    """

    point: Point | None
    grade: Grade
    label: str
    commune: str
    score: float
    street: str = ""
    number: str = ""
    doubts: tuple[Doubt, ...] = ()
    reachable: bool | None = None

    @property
    def ambiguous(self) -> bool:
        """Tell whether the same address exists elsewhere; `find_all` lists the others."""
        return Doubt.AMBIGUOUS in self.doubts
