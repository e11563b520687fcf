"""Places: coordinates that win, are exchanged or off the map, and addresses that nobody can be sure of."""

from dataclasses import dataclass, replace

import pytest

from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import BoundingBox, Point
from zaguan.base.kit.words import LOCALES, say
from zaguan.engines.roads.geocoder.answer import AddressQuery, Doubt, Found
from zaguan.operations.intake.explaining import notice_text
from zaguan.operations.intake.locate import Located, locate
from zaguan.records.orders.model import Order

BOX = BoundingBox(west=-70.8, south=-33.6, east=-70.5, north=-33.3)
HOUSE = Point(lon=-70.65, lat=-33.45)
NOWHERE = Found(point=None, grade=Grade.NONE, label="", commune="", score=0.0)


@dataclass
class PaperStreets:
    """A geocoder that knows what it is told."""

    answers: dict[str, Found]
    asked: int = 0

    def find(self, query: AddressQuery) -> Found:
        """Return the answer for the text."""
        self.asked += 1
        return self.answers.get(query.text, NOWHERE)

    def find_all(self, query: AddressQuery, *, limit: int) -> list[Found]:
        """Return the answer and one more."""
        found = self.find(query)
        return [] if found.point is None else [found, replace(found, label=f"{found.label}, Maipú")][:limit]


def a_house(**changes: object) -> Found:
    """Return a sure answer, or one with changes."""
    sure = Found(point=HOUSE, grade=Grade.ROOFTOP, label="Calle 1", commune="Ñuñoa", score=1.0)
    return replace(sure, **changes)  # type: ignore[arg-type]


def located(address: str, point: Point | None, **answers: Found) -> Located:
    """Locate one order; the answer "found" is for its address."""
    place = Place(address=address, point=point, grade=Grade.NONE if point is None else Grade.GIVEN)
    streets = PaperStreets({"Calle 1": answers["found"]} if answers else {})
    return locate([Order(ref="1", place=place)], geocoder=streets, box=BOX)


def test_an_address_gets_its_point_and_grade() -> None:
    """C07: a found address carries its point, grade and commune to planning."""
    result = located("Calle 1", None, found=a_house())
    (order,) = result.orders
    assert (order.place.point, order.place.grade, order.place.commune) == (HOUSE, Grade.ROOFTOP, "Ñuñoa")


def test_coordinates_of_the_file_win() -> None:
    """C07: coordinates on the map are taken as given; far from their address they are remarked on."""
    point = Point(lon=-70.6, lat=-33.4)
    result = located("Calle 1", point, found=a_house())
    assert (result.orders[0].place.point, result.orders[0].place.grade) == (point, Grade.GIVEN)
    assert [notice.code for notice in result.notices] == ["intake.point_off_address"]
    assert located("", point).orders[0].place.grade is Grade.GIVEN


@pytest.mark.parametrize("lon", [-70.6, -70.65, -58.4])
def test_what_was_taught_wins_over_the_file(lon: float) -> None:
    """C07: a pin of the address is used although the file has other coordinates, on the map or off it."""
    result = located("Calle 1", Point(lon=lon, lat=HOUSE.lat), found=a_house(grade=Grade.GIVEN))
    assert (result.orders[0].place.point, result.orders[0].place.grade) == (HOUSE, Grade.GIVEN)
    assert [notice.code for notice in result.notices] == ["intake.point_pinned"] * (lon != HOUSE.lon)
    assert all(notice_text(notice, locale) for notice in result.notices for locale in LOCALES)


def test_exchanged_coordinates_are_put_right() -> None:
    """C07: latitude and longitude exchanged are put right where the address agrees or there is none."""
    exchanged = Point(lon=HOUSE.lat, lat=HOUSE.lon)
    for result in (located("Calle 1", exchanged, found=a_house()), located("", exchanged)):
        assert result.orders[0].place.point == HOUSE
        assert [notice.code for notice in result.notices] == ["intake.point_swapped"]
    far = a_house(point=Point(lon=-70.52, lat=-33.32))
    for result in (located("Calle 1", exchanged, found=far), located("Calle 1", exchanged)):
        assert (result.orders, result.review[0].code) == ((), "intake.review_swapped_unsure")


def test_a_point_off_the_map_goes_to_review() -> None:
    """A point in another city is named with its remedy; near the edge of the region it still counts."""
    result = located("Calle 1", Point(lon=-58.4, lat=-34.6), found=a_house())
    assert result.orders == ()
    assert result.review[0].code == "intake.review_off_map"
    assert result.review[0].candidates[0].point == HOUSE
    assert located("", Point(lon=-70.82, lat=-33.5)).orders


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (NOWHERE, "intake.review_not_found"),
        (a_house(grade=Grade.COMMUNE), "intake.review_commune_only"),
        (a_house(grade=Grade.STREET, doubts=(Doubt.AMBIGUOUS,)), "intake.review_ambiguous"),
        (a_house(reachable=False), "intake.review_unreachable"),
    ],
)
def test_doubtful_addresses_go_to_review(found: Found, code: str) -> None:
    """C07: below the threshold an order goes to the review queue with its candidates, and is not lost."""
    result = located("Calle 1", None, found=found)
    assert (result.orders, [review.code for review in result.review]) == ((), [code])
    assert result.review[0].order.ref == "1"
    review = result.review[0]
    assert all(say(key, locale, **review.facts) for key in (code, f"{code}.hint") for locale in LOCALES)


def test_a_street_without_the_number_is_told() -> None:
    """An address that is only found as a street is planned, with a notice."""
    result = located("Calle 1", None, found=a_house(grade=Grade.STREET))
    assert result.orders
    assert notice_text(result.notices[0], "es")


def test_one_address_is_asked_once() -> None:
    """Orders to the same building ask the geocoder once; every order is in one of the two lists."""
    streets = PaperStreets({"Calle 1": a_house()})
    orders = [Order(ref=str(number), place=Place(address=f"Calle {number % 2}")) for number in range(10)]
    result = locate(orders, geocoder=streets, box=BOX)
    assert len(result.orders) + len(result.review) == 10
    assert streets.asked == 2 + 5  # and the alternatives of each one in doubt
