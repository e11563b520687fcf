"""From addresses to points: what is sure goes on to planning, what is doubtful goes to a person, nothing is lost."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import BoundingBox, Point, distance_m
from zaguan.base.kit.progress import Progress, SilentProgress
from zaguan.base.kit.words import say
from zaguan.engines.roads.geocoder.answer import AddressQuery, Found
from zaguan.operations.intake.cells import folded
from zaguan.operations.intake.model import Facts, Notice, shown
from zaguan.records.orders.model import Order

OFF_MAP_M: Final = 5_000.0  # a point this far outside of the region's box still counts as near it
AGREES_M: Final = 2_000.0  # a swapped point this near to its address is taken as the right one
FAR_FROM_ADDRESS_M: Final = 1_000.0  # a point further than this from its address is worth a remark
FAR_FROM_PIN_M: Final = 50.0  # a point further than this from what was taught is worth a remark
MAX_CANDIDATES: Final = 5
PLANNABLE: Final = frozenset({Grade.GIVEN, Grade.ROOFTOP, Grade.INTERPOLATED, Grade.STREET})
EXACT: Final = frozenset({Grade.ROOFTOP, Grade.INTERPOLATED})


class AddressFinder(Protocol):
    """What finds addresses: the region's geocoder."""

    def find(self, query: AddressQuery) -> Found:
        """Return the best answer."""
        ...

    def find_all(self, query: AddressQuery, *, limit: int) -> list[Found]:
        """Return the best answers, best first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place that may be meant."""

    label: str
    point: Point
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An order that a person must look at before it is planned: why, and what it may be."""

    order: Order
    code: str  # a key of the words; the same key with ".hint" says what to do
    facts: Facts = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Orders with points, orders to review, and what was decided. Every order is in one of the two."""

    orders: tuple[Order, ...]
    review: tuple[Review, ...]
    notices: tuple[Notice, ...] = ()


def locate(
    orders: Iterable[Order],
    *,
    geocoder: AddressFinder,
    box: BoundingBox,
    off_map_m: float = OFF_MAP_M,
    progress: Progress | None = None,
) -> Located:
    """Give every order a point, or a reason why a person must look at it.

    Coordinates of the file win while they lie in the region's box or near it. Exchanged ones are put right where the
    address agrees, or where there is none. Answers that are ambiguous, unreachable, or no better than the commune
    go to review, with the candidates.
    """
    waiting = tuple(orders)
    finder = _Locator(geocoder, box.grown_by(off_map_m))
    with (progress or SilentProgress()).step(say("intake.step_locating"), total=len(waiting) or None) as step:
        for order in waiting:
            finder.take(order)
            step.advance()
    return Located(orders=tuple(finder.orders), review=tuple(finder.review), notices=tuple(finder.notices))


class _Locator:
    """Takes orders one by one."""

    def __init__(self, geocoder: AddressFinder, near: BoundingBox) -> None:
        self._geocoder = geocoder
        self._near = near
        self._answers: dict[AddressQuery, Found] = {}  # of this run: many orders go to the same building
        self.orders: list[Order] = []
        self.review: list[Review] = []
        self.notices: list[Notice] = []

    def take(self, order: Order) -> None:
        point = order.place.point
        if point is None:
            self._by_address(order)
        elif (pin := self._pin(order.place)) is not None:
            self._pinned(order, pin)
        elif self._near.contains(point):
            self._given(order, point)
        elif abs(point.lon) <= 90 and self._near.contains(swapped := Point(lon=point.lat, lat=point.lon)):
            self._exchanged(order, swapped)
        else:
            found = self._find(order.place)
            where = f"{point.lat:.5f}, {point.lon:.5f}"
            self._review(order, "intake.review_off_map", {"point": where}, _candidates([found] if found else []))

    def _pin(self, place: Place) -> Point | None:
        """Return the point that somebody taught for the address: only a pin is answered as given."""
        found = self._find(place)
        return found.point if found is not None and found.grade is Grade.GIVEN else None

    def _pinned(self, order: Order, pin: Point) -> None:
        assert order.place.point is not None, "only orders with a point of their own come here"
        self.orders.append(replace(order, place=replace(order.place, point=pin, grade=Grade.GIVEN)))
        if (away_m := distance_m(order.place.point, pin)) > FAR_FROM_PIN_M:
            self._notice("intake.point_pinned", ref=order.ref, distance_m=round(away_m))

    def _given(self, order: Order, point: Point) -> None:
        place = order.place if order.place.grade in PLANNABLE else replace(order.place, grade=Grade.GIVEN)
        self.orders.append(replace(order, place=place))
        found = self._find(place) if place.grade is Grade.GIVEN else None
        if found is None or found.point is None or found.grade not in EXACT:
            return
        if (away_m := distance_m(found.point, point)) > FAR_FROM_ADDRESS_M:
            self._notice("intake.point_off_address", ref=order.ref, distance_m=round(away_m))

    def _exchanged(self, order: Order, swapped: Point) -> None:
        found = self._find(order.place)
        agrees = found is not None and found.point is not None and distance_m(found.point, swapped) <= AGREES_M
        if agrees or not order.place.address:
            place = replace(order.place, point=swapped, grade=Grade.GIVEN)
            self.orders.append(replace(order, place=place))
            self._notice("intake.point_swapped", ref=order.ref)
            return
        facts: Facts = {"address": shown(order.place.address)}
        self._review(order, "intake.review_swapped_unsure", facts, _candidates([found] if found else []))

    def _by_address(self, order: Order) -> None:
        found = self._find(order.place)
        facts: Facts = {"address": shown(order.place.address)}
        if found is None or found.point is None or found.grade is Grade.NONE:
            self._review(order, "intake.review_not_found", facts, self._alternatives(order.place))
        elif found.ambiguous:
            candidates = self._alternatives(order.place)
            facts["candidates"] = "; ".join(dict.fromkeys(candidate.label for candidate in candidates))
            self._review(order, "intake.review_ambiguous", facts, candidates)
        elif found.grade not in PLANNABLE:
            self._review(order, "intake.review_commune_only", facts, self._alternatives(order.place))
        elif found.reachable is False:
            self._review(order, "intake.review_unreachable", facts, _candidates([found]))
        else:
            commune = order.place.commune or found.commune
            place = replace(order.place, point=found.point, grade=found.grade, commune=commune)
            self.orders.append(replace(order, place=place))
            if found.grade is Grade.STREET:
                self._notice("intake.place_street", ref=order.ref, label=shown(found.label))

    def _find(self, place: Place) -> Found | None:
        if not folded(place.address):
            return None
        query = _query(place)
        if (answer := self._answers.get(query)) is None:
            answer = self._answers[query] = self._geocoder.find(query)
        return answer

    def _alternatives(self, place: Place) -> tuple[Candidate, ...]:
        if not folded(place.address):
            return ()
        return _candidates(self._geocoder.find_all(_query(place), limit=MAX_CANDIDATES))

    def _review(self, order: Order, code: str, facts: Facts, candidates: tuple[Candidate, ...]) -> None:
        self.review.append(Review(order=order, code=code, facts=facts, candidates=candidates))

    def _notice(self, code: str, **facts: str | int) -> None:
        self.notices.append(Notice(code=code, facts=facts))


def _query(place: Place) -> AddressQuery:
    return AddressQuery(text=place.address, commune=place.commune, city=place.city, postcode=place.postcode)


def _candidates(answers: Iterable[Found]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(label=found.label, point=found.point, grade=found.grade)
        for found in answers
        if found.point is not None
    )
