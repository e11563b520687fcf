"""Addresses of a numbered grid as Colombia writes them: "Calle 15 # 20-35" is on Calle 15, 35 m past Carrera 20."""

import re
from dataclasses import dataclass
from typing import Final

from zaguan.engines.roads.geocoder.abbreviations import (
    COMPASS,
    DOUBLE_KINDS,
    EASTWEST_GRID,
    GRID_KINDS,
    LEADING_KINDS,
)
from zaguan.engines.roads.geocoder.house_number import HouseNumber, house_number
from zaguan.engines.roads.geocoder.normalise import StreetName, street_name_of_words

_COMPASS: Final = "|".join(sorted(COMPASS, key=len, reverse=True))
_NUMERAL: Final = rf"\d{{1,3}}(?!\d)(?: ?[a-z](?![a-z]))?(?: bis(?: [a-z](?![a-z]))?)?(?: (?:{_COMPASS})\b)?"
_GRID: Final = re.compile(
    rf"(?P<kind>(?:[a-z]+ )?[a-z]+) ?(?P<street>{_NUMERAL}) ?(?P<mark>#|nro|no|numero|num|n)? ?"
    rf"(?P<cross>{_NUMERAL})(?: ?(?P<dash>[-#]) ?| )(?P<plate>\d{{1,3}})(?!\d)(?: (?P<side>{_COMPASS})\b)?"
)


@dataclass(frozen=True, slots=True)
class GridAddress:
    """A house on `street`, `plate_m` metres past `cross`."""

    street: StreetName
    number: HouseNumber | None
    cross: StreetName
    plate_m: int
    prior: float


def grid_addresses(words: list[str]) -> list[GridAddress]:
    """Return the ways to read a section of an address as one of a numbered grid; mostly none.

    >>> a = grid_addresses("cra 15 # 20 - 35".split())[0]
    >>> a.street.key, a.cross.key, a.plate_m
    ('carrera|15', 'calle|20', 35)
    """
    found = _GRID.match(" ".join(words))
    if found is None:
        return []
    kinds = found["kind"].split(" ")
    kind = LEADING_KINDS.get(kinds[-1]) or DOUBLE_KINDS.get(kinds[-1], "")
    if kind not in GRID_KINDS and kind != "avenida":
        return []
    plate_m = int(found["plate"])
    # Without "#" and without a dash it may as well be a street, its number and a flat.
    prior = 0.05 if found["mark"] or found["dash"] else -0.03
    number = house_number(f"{found['cross']} {plate_m}")
    addresses: list[GridAddress] = []
    for side in dict.fromkeys((found["side"] or "", "")):
        street = street_name_of_words((*kinds, *found["street"].split(), *side.split()))
        for cross_kind in _crossing_kinds(kind):
            cross = street_name_of_words((cross_kind, *found["cross"].split()))
            if street is not None and cross is not None:
                weight = prior - (0.0 if cross_kind in {"carrera", "calle"} else 0.01)
                addresses.append(GridAddress(street, number, cross, plate_m, weight))
    return addresses


def crossing_of(street: StreetName, cross: StreetName) -> StreetName:
    """Give the bare number in "Cra 15 con 20" the kind that crosses the other street."""
    if street.kind in GRID_KINDS and not cross.kind and cross.numbered:
        return StreetName(_crossing_kinds(street.kind)[0], cross.core)
    return cross


def _crossing_kinds(kind: str) -> tuple[str, ...]:
    if kind == "avenida":
        return ("calle", "carrera")
    return ("carrera", "transversal") if kind in EASTWEST_GRID else ("calle", "diagonal")
