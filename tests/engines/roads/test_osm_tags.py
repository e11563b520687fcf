"""What tags say about a road."""

import pytest

from zaguan.engines.roads.osm_tags import RoadClass, direction, is_drivable, road_class, speed_limit_kmh


@pytest.mark.parametrize(
    ("highway", "expected"),
    [
        ("primary", RoadClass.PRIMARY),
        ("trunk_link", RoadClass.TRUNK),
        ("living_street", RoadClass.RESIDENTIAL),
        ("unclassified", RoadClass.RESIDENTIAL),
        ("steps", RoadClass.PATH),
        ("proposed", None),
        ("bus_stop", None),
    ],
)
def test_a_way_has_the_class_that_the_map_draws(highway: str, expected: RoadClass | None) -> None:
    """Links count as the road they lead to, lanes as residential, and what is not built yet as nothing."""
    assert road_class({"highway": highway}) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "service", "access": "private"}, True),
        ({"highway": "residential", "access": "no"}, False),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, True),
        ({"highway": "busway", "access": "yes"}, False),
        ({"highway": "tertiary", "motorcar": "no"}, False),
        ({"highway": "footway"}, False),
        ({"highway": "service", "area": "yes"}, False),
        ({}, False),
    ],
)
def test_a_van_may_drive_where_the_graph_lets_it(tags: dict[str, str], expected: bool) -> None:
    """The most special access tag decides, as in the graph."""
    assert is_drivable(tags) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, 0),
        ({"highway": "residential", "oneway": "yes"}, 1),
        ({"highway": "residential", "oneway": "-1"}, -1),
        ({"highway": "tertiary", "junction": "roundabout"}, 1),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
    ],
)
def test_direction_is_said_or_implied(tags: dict[str, str], expected: int) -> None:
    """Roundabouts and motorways go one way unless the tag says otherwise."""
    assert direction(tags) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("60", 60.0), ("40 km/h", 40.0), ("30 mph", 48.3), ("50;40", 40.0), ("CL:urban", None), ("0", None), ("", None)],
)
def test_a_speed_limit_is_a_sensible_number_or_none(text: str, expected: float | None) -> None:
    """Words, nonsense and zero give no limit; several give the lowest."""
    assert speed_limit_kmh(text) == expected
