"""Addresses to points: the geocoder of a region."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.closing import Closing
from zaguan.engines.roads.geocoder.answer import AddressQuery, Doubt, Found
from zaguan.engines.roads.geocoder.communes import Communes
from zaguan.engines.roads.geocoder.house_number import WITHOUT_NUMBER, HouseNumber
from zaguan.engines.roads.geocoder.layout import MICRODEGREES
from zaguan.engines.roads.geocoder.matching import EXACT_FROM, Hints, Match, find_matches, rivals_of
from zaguan.engines.roads.geocoder.normalise import area_key, words_of_text
from zaguan.engines.roads.geocoder.parse import Parsed, parse
from zaguan.engines.roads.geocoder.pins import PinBook
from zaguan.engines.roads.geocoder.sources import AddressRow
from zaguan.engines.roads.geocoder.store import Commune, Store

__all__ = ["AddressQuery", "Doubt", "Found", "Geocoder"]

ACCEPTED_FROM: Final = 0.62  # names less alike than this are not answered
SURE_FROM: Final = 0.8  # names less alike than this earn no better grade than street …
SURE_WITH_HOUSE_FROM: Final = 0.72  # … unless the street has the very number
LOOK_ELSEWHERE_BELOW: Final = 0.86  # a name less alike than this is also looked for in other communes
RIVAL_MARGIN: Final = 0.04
SAME_NAME_MARGIN: Final = 0.05
RIVAL_APART_M: Final = 150.0
ALTERNATIVES: Final = 5
CONFIDENT: Final = (Grade.ROOFTOP, Grade.INTERPOLATED)
GRADE_FACTOR: Final = {Grade.ROOFTOP: 1.0, Grade.INTERPOLATED: 0.95, Grade.STREET: 0.8}
COMMUNE_SCORE: Final = 0.3
DOUBT_FACTOR: Final = 0.7


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query, understood as far as it goes without the streets."""

    parsed: Parsed
    commune: Commune | None
    unknown: bool  # a commune was named, but the region has none of that name
    hints: Hints


class Geocoder(Closing):
    """Finds points for addresses in the index of one region. A context manager; `close` lets go of the file.

    Parameters
    ----------
    index : the file that `build_index` wrote; it is only read
    pins : folder of the drivers' corrections, made when the first one is learned; without it none are used
    reaches : tells whether roads lead to a point; without it `Found.reachable` stays None

    Raises
    ------
    IndexUnusable
        The index is missing, broken, or of another version.
    """

    def __init__(
        self,
        index: Path,
        *,
        pins: Path | None = None,
        reaches: Callable[[Point], bool] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._store = Store(index)
        self._communes = Communes(self._store)
        self._pins = None if pins is None else PinBook(pins, clock=clock)
        self._reaches = reaches

    def find(self, query: AddressQuery) -> Found:
        """Return the best answer; it has `Grade.NONE` and no point where nothing fits. Never raises on any text."""
        return self.find_all(query, limit=1)[0]

    def find_all(self, query: AddressQuery, *, limit: int = ALTERNATIVES) -> list[Found]:
        """Return up to `limit` answers, the best first: never none."""
        asked = self._ask(query)
        matches, contradicted = self._matches(asked)
        answers = self._answers(asked, matches, contradicted)[: max(1, limit)]
        if self._pins is not None:
            pin = self._pins.find(self._pin_keys(query, asked, matches))
            if pin is not None:
                answers = [_pinned(answers[0], pin, query), *answers][: max(1, limit)]
        if self._reaches is None:
            return answers
        return [
            answer if answer.point is None else replace(answer, reachable=self._reaches(answer.point))
            for answer in answers
        ]

    def learn(self, query: AddressQuery, point: Point) -> None:
        """Keep a driver's correction: the next order to this address gets this point, however it is written.

        Raises ValueError if the geocoder was opened without a folder for pins.
        """
        if self._pins is None:
            raise ValueError("this geocoder was opened without a folder for pins")
        asked = self._ask(query)
        matches, _ = self._matches(asked)
        keys = self._pin_keys(query, asked, matches)
        self._pins.add(keys, point, label=", ".join(part for part in (query.text, query.commune) if part))

    def sample(self, count: int, *, seed: int) -> list[AddressRow]:
        """Return random houses of the region; where it has no houses, points on its streets, without a number.

        The same seed gives the same houses. An empty index gives an empty list.
        """
        chance = random.Random(seed)
        if self._store.house_count == 0:
            return [self._random_street(chance) for _ in range(count)] if self._store.street_count else []
        rows: list[AddressRow] = []
        for _ in range(count):
            street, at = self._store.house_at(chance.randrange(self._store.house_count))
            house = street.houses[at]
            number = HouseNumber(int(house["number"]), self._store.tails[house["tail"]])
            commune = self._store.communes[street.commune]
            rows.append(
                AddressRow(
                    street=street.name,
                    number=number.label,
                    commune=commune.label,
                    city=street.city,
                    postcode=street.postcodes[0] if len(street.postcodes) == 1 else "",
                    point=Point(lon=float(house["lon"]) / MICRODEGREES, lat=float(house["lat"]) / MICRODEGREES),
                )
            )
        return rows

    def _random_street(self, chance: random.Random) -> AddressRow:
        street = self._store.street(chance.randrange(self._store.street_count))
        points = np.concatenate(street.lines)
        lon, lat = points[chance.randrange(len(points))].tolist()
        commune = self._store.communes[street.commune].label
        return AddressRow(
            street=street.name, number="", commune=commune, city=street.city, point=Point(lon=lon, lat=lat)
        )

    def _ask(self, query: AddressQuery) -> _Asked:
        parsed = parse(query.text, self._communes.exact_key)
        commune = self._communes.find(query.commune) if query.commune.strip() else None
        unknown = bool(query.commune.strip()) and commune is None
        hints = frozenset[int]()
        if unknown and (hints := self._communes.city(query.commune) or self._communes.city(query.city)):
            unknown = False  # the city was written where the commune belongs, or a neighbourhood beside its city
        if commune is None and parsed.commune:
            commune = self._communes.find(parsed.commune)
        if commune is None and not hints:
            hints = self._communes.city(query.city)
        postcode = "".join(letter for letter in query.postcode if letter.isascii() and letter.isdigit())
        # A region without communes cannot tell a wrong one.
        unknown = unknown and len(self._communes) > 0
        return _Asked(parsed, commune, unknown, Hints(communes=hints, postcode=postcode or parsed.postcode))

    def _matches(self, asked: _Asked) -> tuple[list[Match], bool]:
        """Return the matches, and whether the street lies in another commune than the one named."""
        spans = self._communes.spans(asked.commune)
        here = find_matches(self._store, asked.parsed, spans, asked.hints, everywhere=asked.commune is None)
        here = [match for match in here if match.alike >= ACCEPTED_FROM]
        if asked.commune is None or (here and here[0].alike >= LOOK_ELSEWHERE_BELOW):
            return here, False
        everywhere = self._communes.spans(None)
        known = {match.street.number for match in here}
        elsewhere = [
            match
            for match in find_matches(self._store, asked.parsed, everywhere, asked.hints, everywhere=True)
            if match.alike >= EXACT_FROM and match.street.number not in known
        ]
        return [*here, *elsewhere], bool(elsewhere)

    def _answers(self, asked: _Asked, matches: Sequence[Match], contradicted: bool) -> list[Found]:
        answers: list[Found] = []
        for match in matches:
            doubts = self._doubts(asked, match, matches, contradicted)
            answers.append(self._answer(match, doubts))
            answers += [replace(answers[-1], point=point) for point in match.spot.others if Doubt.AMBIGUOUS in doubts]
        if asked.commune is not None:
            stands_in = Found(
                point=asked.commune.point,
                grade=Grade.COMMUNE,
                label=asked.commune.label,
                commune=asked.commune.label,
                score=COMMUNE_SCORE,
                doubts=(Doubt.COMMUNE_CONTRADICTED if contradicted else Doubt.STREET_UNKNOWN,),
            )
            if not matches or matches[0].street.commune not in self._allowed(asked.commune):
                return [stands_in, *answers]
            return [*answers, stands_in]
        if answers:
            return answers
        nothing = (Doubt.STREET_UNKNOWN, Doubt.COMMUNE_UNKNOWN) if asked.unknown else (Doubt.STREET_UNKNOWN,)
        return [Found(point=None, grade=Grade.NONE, label="", commune="", score=0.0, doubts=nothing)]

    def _allowed(self, commune: Commune) -> set[int]:
        return {commune.number, *(other.number for other in self._store.communes if not other.key)}

    def _doubts(self, asked: _Asked, match: Match, matches: Sequence[Match], contradicted: bool) -> list[Doubt]:
        doubts: list[Doubt] = []
        ambiguous = bool(match.spot.others or rivals_of(match, matches, margin=RIVAL_MARGIN, apart_m=RIVAL_APART_M))
        if ambiguous or (asked.commune is None and self._name_elsewhere(asked, match, matches)):
            doubts.append(Doubt.AMBIGUOUS)
        if not _is_sure(match):
            doubts.append(Doubt.NAME_UNSURE)
        if match.reading.cross is not None and match.reading.plate_m is None:
            if match.cross is None:
                doubts.append(Doubt.CORNER_UNKNOWN)
        elif match.spot.grade is Grade.STREET:
            number = match.reading.number
            missing = number is None or number.tail == WITHOUT_NUMBER
            doubts.append(Doubt.NUMBER_MISSING if missing else Doubt.NUMBER_UNKNOWN)
        if asked.unknown and self._store.communes[match.street.commune].key:
            # It may well be a street of that name off the map.
            doubts += [doubt for doubt in (Doubt.AMBIGUOUS, Doubt.COMMUNE_UNKNOWN) if doubt not in doubts]
        if contradicted:
            doubts.append(Doubt.COMMUNE_CONTRADICTED)
        return doubts

    def _name_elsewhere(self, asked: _Asked, best: Match, matches: Sequence[Match]) -> bool:
        """Tell whether a street of this name lies in another commune that the query does not exclude."""
        if asked.hints.postcode and asked.hints.postcode in best.street.postcodes:
            return False
        hinted = asked.hints.communes
        return any(
            match.street.commune != best.street.commune
            and match.alike >= best.alike - SAME_NAME_MARGIN
            and not (len(hinted) == 1 and best.street.commune in hinted and match.street.commune not in hinted)
            for match in matches
        )

    def _answer(self, match: Match, doubts: Sequence[Doubt]) -> Found:
        commune = self._store.communes[match.street.commune].label
        capping = {Doubt.AMBIGUOUS, Doubt.NAME_UNSURE, Doubt.COMMUNE_UNKNOWN, Doubt.COMMUNE_CONTRADICTED}
        capped = bool(capping & set(doubts))
        grade = Grade.STREET if capped and match.spot.grade in CONFIDENT else match.spot.grade
        if Doubt.NAME_UNSURE in doubts:
            grade = Grade.COMMUNE  # a guess: no more than the commune is known
        name = match.street.name if match.cross is None or match.reading.plate_m is not None else (
            f"{match.street.name} / {match.cross.name}"
        )  # fmt: skip
        score = min(match.alike, 1.0) * GRADE_FACTOR[match.spot.grade] * (DOUBT_FACTOR if capped else 1.0)
        return Found(
            point=match.spot.point,
            grade=grade,
            label=", ".join(part for part in (f"{name} {match.spot.number}".strip(), commune) if part),
            commune=commune,
            score=round(score, 4),
            street=match.street.name,
            number=match.spot.number,
            doubts=tuple(doubts),
        )

    def _pin_keys(self, query: AddressQuery, asked: _Asked, matches: Sequence[Match]) -> list[str]:
        """Return the keys of an address: as the index knows it, as it was read, and as it was written."""
        keys: list[str] = []
        commune = asked.commune.key if asked.commune else area_key(query.commune)
        if matches and _is_sure(matches[0]):
            best = matches[0]
            ambiguous = rivals_of(best, matches, margin=RIVAL_MARGIN, apart_m=RIVAL_APART_M)
            sure = not ambiguous and (asked.commune is not None or not self._name_elsewhere(asked, best, matches))
            if sure and not asked.unknown:
                number = best.reading.number.label if best.reading.number else ""
                cross = best.cross.key if best.cross else ""
                known = self._store.communes[best.street.commune].key
                names = sorted(filter(None, (best.street.key, "" if best.reading.plate_m is not None else cross)))
                keys.append("|".join(["house", known, *names, number]))
        for reading in asked.parsed.readings[:1]:
            number = reading.number.label if reading.number else ""
            cross = reading.cross.text if reading.cross else ""
            keys.append("|".join(["read", commune, *sorted(filter(None, (reading.street.text, cross))), number]))
        keys.append("|".join(["text", commune, " ".join(words_of_text(query.text))]))
        return keys

    def close(self) -> None:
        """Close the index."""
        self._store.close()


def _is_sure(match: Match) -> bool:
    """Tell whether the street is surely the one that was asked for; having the very house helps."""
    return match.alike >= (SURE_WITH_HOUSE_FROM if match.spot.grade is Grade.ROOFTOP else SURE_FROM)


def _pinned(best: Found, pin: Point, query: AddressQuery) -> Found:
    """Return the driver's point under the label that the index has for the address, if it has one."""
    known = best.grade in (*CONFIDENT, Grade.STREET)
    return Found(
        point=pin,
        grade=Grade.GIVEN,
        label=best.label if known else ", ".join(part for part in (query.text, query.commune) if part),
        commune=best.commune,
        score=1.0,
        street=best.street if known else "",
        number=best.number if known else "",
    )
