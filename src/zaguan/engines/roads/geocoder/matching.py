"""Weigh the readings of an address against the streets and houses of the index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point, distance_m
from zaguan.engines.roads.geocoder.candidates import Candidate, Spans, find_candidates
from zaguan.engines.roads.geocoder.house_number import WITHOUT_NUMBER
from zaguan.engines.roads.geocoder.houses import Spot, find_house, middle_of
from zaguan.engines.roads.geocoder.intersections import corners_of, find_corner, past_corner
from zaguan.engines.roads.geocoder.normalise import StreetName
from zaguan.engines.roads.geocoder.parse import Parsed, Reading
from zaguan.engines.roads.geocoder.store import Store, Street

# What the house number adds to the likeness of the names (0 to 1): a street that has it is the likelier.
EVIDENCE: Final = {Grade.ROOFTOP: 0.08, Grade.INTERPOLATED: 0.05, Grade.STREET: 0.0}
EVIDENCE_MAX: Final = 0.08
EXACT_NAME: Final = 0.05
OTHER_NAME: Final = 0.05  # more than the margin of rivals: an old name does not make the street of that name doubtful
EXACT_FROM: Final = 0.97  # a likeness from here on means the same name, the kind of street perhaps left out
WITHOUT_NUMBER_EVIDENCE: Final = 0.03
POSTCODE_EVIDENCE: Final = 0.06
CITY_EVIDENCE: Final = 0.04
CORNER_MISSING: Final = -0.2
LIKENESS_BELOW_BEST: Final = 0.2  # streets whose names are less alike than this below the best are not looked at
STREETS_PER_READING: Final = 8
STREETS_EVERYWHERE: Final = 40
CROSS_STREETS: Final = 4
COMMUNES_APART_MAX_M: Final = 15_000.0
GRID_STEPS: Final = 3  # streets of the grid tried past a corner to learn which way the plates rise


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One street and spot that a reading may mean; `rank` orders matches, `alike` compares only the names."""

    street: Street
    spot: Spot
    reading: Reading
    alike: float
    rank: float
    cross: Street | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What else the query says: communes of its city, its postcode."""

    communes: frozenset[int] = frozenset()
    postcode: str = ""


def find_matches(store: Store, parsed: Parsed, spans: Spans, hints: Hints, *, everywhere: bool) -> list[Match]:
    """Return what the readings may mean, the best first, each street and spot once."""
    limit = STREETS_EVERYWHERE if everywhere else STREETS_PER_READING
    matches: list[Match] = []
    best = 0.0
    for reading in parsed.readings:
        if best >= 1.0 + EXACT_NAME + EVIDENCE_MAX + reading.prior:
            break  # readings come by falling prior: no later one can win
        if reading.cross is not None:
            found = _corner_matches(store, reading, reading.cross, spans, limit)
        else:
            found = _house_matches(store, reading, spans, hints, limit)
        matches += found
        best = max([best, *(match.rank for match in found)])
    matches.sort(key=lambda match: (-match.rank, match.street.number))
    kept: dict[tuple[int, int | None], Match] = {}
    crossed = {match.street.number for match in matches if match.cross is not None}
    for match in matches:
        cross = None if match.cross is None else match.cross.number
        if cross is not None or match.street.number not in crossed or match.reading.number is not None:
            kept.setdefault((match.street.number, cross), match)
    return list(kept.values())


def _candidates(store: Store, name: StreetName, spans: Spans, limit: int) -> list[Candidate]:
    found = find_candidates(store, name, spans, limit=limit)
    return [one for one in found if one.alike >= found[0].alike - LIKENESS_BELOW_BEST]


def _house_matches(store: Store, reading: Reading, spans: Spans, hints: Hints, limit: int) -> list[Match]:
    matches: list[Match] = []
    for candidate in _candidates(store, reading.street, spans, limit):
        street = store.street(candidate.street)
        if reading.number is None:
            spot, evidence = Spot(middle_of(street), Grade.STREET), WITHOUT_NUMBER_EVIDENCE
        else:
            spot = find_house(street, reading.number, store, range_end=reading.range_end)
            evidence = EVIDENCE[spot.grade]
            if reading.number.tail == WITHOUT_NUMBER and spot.number:
                evidence = WITHOUT_NUMBER_EVIDENCE
        if hints.postcode and hints.postcode in street.postcodes:
            evidence += POSTCODE_EVIDENCE
        if street.commune in hints.communes:
            evidence += CITY_EVIDENCE
        rank = _name_rank(candidate, reading.street, street) + evidence + reading.prior
        matches.append(Match(street=street, spot=spot, reading=reading, alike=candidate.alike, rank=rank))
    return matches


def _name_rank(candidate: Candidate, asked: StreetName, street: Street) -> float:
    """Rank a name; a street that bears it as its own goes before one that has it among its other names."""
    kind, _, core = street.key.partition("|")
    is_own = core == asked.text and (not asked.numbered or asked.kind in ("", kind))
    exact = candidate.alike >= EXACT_FROM
    return candidate.alike + (EXACT_NAME if exact else 0.0) - (OTHER_NAME if exact and not is_own else 0.0)


def _corner_matches(store: Store, reading: Reading, cross: StreetName, spans: Spans, limit: int) -> list[Match]:
    matches: list[Match] = []
    crossing = [(one, store.street(one.street)) for one in _candidates(store, cross, spans, max(CROSS_STREETS, limit))]
    for candidate in _candidates(store, reading.street, spans, max(CROSS_STREETS, limit)):
        street = store.street(candidate.street)
        for other, cross_street in crossing:
            if other.street == candidate.street or _far_apart(store, street, cross_street):
                continue
            spot = _corner_spot(store, reading, street, cross_street)
            if spot is not None:
                alike = min(candidate.alike, other.alike)
                names = _name_rank(candidate, reading.street, street), _name_rank(other, cross, cross_street)
                rank = min(names) + EVIDENCE_MAX + reading.prior
                matches.append(
                    Match(street=street, spot=spot, reading=reading, alike=alike, rank=rank, cross=cross_street)
                )
        if not any(match.street is street for match in matches):
            spot = Spot(middle_of(street), Grade.STREET)
            rank = candidate.alike + reading.prior + CORNER_MISSING
            matches.append(Match(street=street, spot=spot, reading=reading, alike=candidate.alike, rank=rank))
    return matches


def _far_apart(store: Store, one: Street, other: Street) -> bool:
    """Tell whether two streets lie in communes too far apart to share a corner."""
    if one.commune == other.commune:
        return False
    communes = store.communes
    return distance_m(communes[one.commune].point, communes[other.commune].point) > COMMUNES_APART_MAX_M


def _corner_spot(store: Store, reading: Reading, street: Street, cross: Street) -> Spot | None:
    """Return the corner of two streets, or the house of a numbered grid that is measured from it."""
    if reading.plate_m is not None and reading.number is not None and len(street.houses):
        spot = find_house(street, reading.number, store)
        if spot.number and spot.grade in (Grade.ROOFTOP, Grade.INTERPOLATED):
            return spot
    corner = find_corner(street, cross)
    if corner is None or reading.plate_m is None or reading.cross is None:
        return corner
    assert reading.number is not None
    aim = _rising_towards(store, reading.cross, street, corner.point)
    if aim is None:
        return Spot(corner.point, Grade.STREET, reading.number.label, corner.others)
    point = past_corner(street, corner.point, aim, reading.plate_m)
    return Spot(point, Grade.INTERPOLATED, reading.number.label, corner.others)


def _rising_towards(store: Store, cross: StreetName, street: Street, corner: Point) -> Point | None:
    """Return a point on the side of a corner where the plates rise: the next crossing, or away from the one before.

    After Carrera 20 comes 20A or 21; where no such corner is known, the plates rise away from 19.
    """
    digits = "".join(letter for letter in cross.core[0] if letter.isdigit())
    letter = cross.core[0][len(digits) :] or "`"  # the one before "a"
    after = [f"{digits}{chr(ord(letter[0]) + step)}" for step in (1, 2)]
    after += [str(int(digits) + step) for step in range(1, GRID_STEPS + 1)]
    before = [str(int(digits) - step) for step in range(1, GRID_STEPS + 1)]
    for numeral in after:
        if (point := _corner_with(store, cross, numeral, street, corner)) is not None:
            return point
    for numeral in before:
        if (point := _corner_with(store, cross, numeral, street, corner)) is not None:
            return Point(lon=2 * corner.lon - point.lon, lat=2 * corner.lat - point.lat)
    return None


def _corner_with(store: Store, cross: StreetName, numeral: str, street: Street, near: Point) -> Point | None:
    name = " ".join((numeral, *cross.core[1:]))
    for number in store.streets_named(cross.kind, name)[:CROSS_STREETS]:
        corners = [point for point in corners_of(street, store.street(number)) if distance_m(point, near) > 10]
        if corners:
            return min(corners, key=lambda point: distance_m(point, near))
    return None


def rivals_of(best: Match, matches: Sequence[Match], *, margin: float, apart_m: float) -> list[Match]:
    """Return the matches on other streets that are nearly as good as the best and lie elsewhere."""
    return [
        match
        for match in matches
        if match.street is not best.street
        and match.rank >= best.rank - margin
        and distance_m(match.spot.point, best.spot.point) > apart_m
    ]
