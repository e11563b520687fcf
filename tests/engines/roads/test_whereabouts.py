"""Country and time zone of an area."""

from zoneinfo import available_timezones

import pytest

from zaguan.base.geo.point import BoundingBox
from zaguan.engines.roads.region_refusals import CountryUnknown, CountryWrong, TimeZoneWrong
from zaguan.engines.roads.whereabouts import checked_country, checked_time_zone, known_cities, whereabouts


def around(lon: float, lat: float) -> BoundingBox:
    return BoundingBox(west=lon - 0.1, south=lat - 0.1, east=lon + 0.1, north=lat + 0.1)


@pytest.mark.parametrize(
    ("lon", "lat", "country", "time_zone"),
    [
        (-51.20, -30.05, "BR", "America/Sao_Paulo"),
        (-73.03, 5.82, "CO", "America/Bogota"),
        (-70.65, -33.46, "CL", "America/Santiago"),
        (-70.91, -53.16, "CL", "America/Punta_Arenas"),
        (-117.0, 32.5, "MX", "America/Tijuana"),
        (-99.15, 19.40, "MX", "America/Mexico_City"),
        (-58.42, -34.62, "AR", "America/Argentina/Buenos_Aires"),
        (-77.05, -12.10, "PE", "America/Lima"),
        (-49.26, -16.70, "BR", "America/Sao_Paulo"),
        (-60.0, -3.1, "BR", "America/Manaus"),
    ],
)
def test_a_city_is_in_the_country_of_the_nearest_known_city(
    lon: float, lat: float, country: str, time_zone: str
) -> None:
    """Cities of Latin America are placed without any network."""
    found = whereabouts(around(lon, lat), country=None, time_zone=None, tagged=None)
    assert (found.country, found.time_zone) == (country, time_zone)
    assert found.derived == ("country", "time_zone")


def test_what_is_given_wins() -> None:
    """Given country and zone are taken as they are; a given zone tells its country."""
    box = around(-70.65, -33.46)
    given = whereabouts(box, country="AR", time_zone="America/Argentina/Mendoza", tagged="CL")
    assert (given.country, given.time_zone, given.derived) == ("AR", "America/Argentina/Mendoza", ())
    by_zone = whereabouts(box, country=None, time_zone="America/Bogota", tagged=None)
    assert (by_zone.country, by_zone.derived) == ("CO", ("country",))


def test_tags_of_the_extract_go_before_the_nearest_city() -> None:
    """Across a border river the extract itself says on which side it is."""
    box = around(-54.60, -25.53)
    assert whereabouts(box, country=None, time_zone=None, tagged="PY").time_zone == "America/Asuncion"
    assert whereabouts(box, country=None, time_zone=None, tagged="BR").time_zone == "America/Sao_Paulo"


@pytest.mark.parametrize(("lon", "lat"), [(-54.60, -25.53), (-30.0, -30.0), (-140.0, 20.0)])
def test_near_a_border_or_far_from_all_the_country_is_asked_for(lon: float, lat: float) -> None:
    """Between two countries, and in the middle of the ocean, nothing is guessed."""
    with pytest.raises(CountryUnknown):
        whereabouts(around(lon, lat), country=None, time_zone=None, tagged=None)


def test_codes_and_zones_are_checked() -> None:
    """A code of two letters that exists passes in any case; names and inventions are refused."""
    assert checked_country(" cl ") == "CL"
    assert checked_time_zone("America/Bogota") == "America/Bogota"
    for wrong in ("Chile", "XX", ""):
        with pytest.raises(CountryWrong):
            checked_country(wrong)
    for wrong in ("Santiago", "America", "../etc/passwd", ""):
        with pytest.raises(TimeZoneWrong):
            checked_time_zone(wrong)


def test_every_known_city_has_a_zone_that_exists() -> None:
    """The table of cities names no zone that the time zone database does not have."""
    assert {city.time_zone for city in known_cities()} <= available_timezones()
    assert all(len(city.country) == 2 for city in known_cities())
