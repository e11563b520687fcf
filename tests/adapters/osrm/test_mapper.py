"""Recorded answers of OSRM in, our words out."""

from datetime import UTC, datetime

import numpy as np

from zaguan.adapters.osrm.mapper import (
    match_question,
    read_match,
    read_route,
    read_table,
    route_question,
    table_question,
    url_of,
)
from zaguan.base.geo.point import Point
from zaguan.engines.roads.network import UNREACHABLE_S, Fix

TABLE = {
    "code": "Ok",
    "durations": [[0, 12.4, None], [12.5, 0.49, 3]],
    "distances": [[0, 100.5, None], [99.4, 0.1, 7]],
    "sources": [
        {"location": [-51.2, -30.0], "name": "Rua B", "distance": 6.5},
        {"location": [-51.3, -30.0], "name": "", "distance": 0},
    ],
    "destinations": [
        {"location": [-51.2, -30.0], "name": "Rua B", "distance": 6.5},
        {"location": [-51.3, -30.0], "name": "", "distance": 0},
        {"location": [-51.4, -30.0], "name": "", "distance": 1500.25},
    ],
}

ROUTE = {
    "code": "Ok",
    "routes": [
        {
            "legs": [
                {
                    "steps": [
                        {
                            "geometry": "bjovDxkswHXD",
                            "maneuver": {"location": [-51.222525, -30.066417], "modifier": "left", "type": "depart"},
                            "name": "Rua Santa Cruz",
                            "duration": 4.5,
                            "distance": 14.8,
                        },
                        {
                            "geometry": "|jovD~kswH}@`G",
                            "maneuver": {"location": [-51.222557, -30.066548], "modifier": "right", "type": "turn"},
                            "name": "Rua Cleveland",
                            "duration": 20.6,
                            "distance": 129.3,
                        },
                        {
                            "geometry": "~hovD`tswH",
                            "maneuver": {"location": [-51.223852, -30.066244], "type": "arrive"},
                            "name": "Rua Cleveland",
                            "duration": 0,
                            "distance": 0,
                        },
                    ],
                    "duration": 25.1,
                    "distance": 144.1,
                }
            ],
        }
    ],
    "waypoints": [
        {"location": [-51.222525, -30.066417], "name": "Rua Santa Cruz", "distance": 11.8},
        {"location": [-51.223852, -30.066244], "name": "Rua Cleveland", "distance": 3.5},
    ],
}

MATCH = {
    "code": "Ok",
    "tracepoints": [
        {"location": [-51.2, -30.05], "name": "Rua A", "distance": 1.5, "matchings_index": 0},
        None,
        {"location": [-51.21, -30.05], "name": "Rua A", "distance": 2.5, "matchings_index": 0},
        {"location": [-51.22, -30.06], "name": "Rua C", "distance": 0.5, "matchings_index": 1},
    ],
    "matchings": [
        {"geometry": "bjovDxkswHXD", "confidence": 0.9},
        {"geometry": "~hovD`tswH", "confidence": 0.3},
    ],
}


def test_a_table_is_rounded_and_its_holes_are_unreachable() -> None:
    """Seconds and metres are rounded to whole ones, halves up; pairs without a road are unreachable in both."""
    table = read_table(TABLE)
    assert table.durations_s.tolist() == [[0, 12, UNREACHABLE_S], [13, 0, 3]]
    assert table.distances_m.tolist() == [[0, 101, UNREACHABLE_S], [99, 0, 7]]
    assert table.source_snaps_m is not None
    assert table.destination_snaps_m is not None
    assert table.source_snaps_m.tolist() == [6.5, 0]
    assert table.destination_snaps_m.tolist() == [6.5, 0, 1500.25]


def test_a_table_never_goes_below_nothing() -> None:
    """The router's -1 m between two doors that meet the same spot of a street count as none."""
    table = read_table({"durations": [[0, -0.6]], "distances": [[0, -1]]})
    assert table.durations_s.tolist() == table.distances_m.tolist() == [[0, 0]]


def test_a_table_without_snaps_has_none() -> None:
    """An answer whose snaps were skipped has none."""
    table = read_table({"durations": [[0]], "distances": [[0]]})
    assert table.source_snaps_m is table.destination_snaps_m is None


def test_a_route_becomes_legs() -> None:
    """Steps become manoeuvres and one line without doubled points."""
    (leg,), (start, end) = read_route(ROUTE)
    assert (leg.distance_m, leg.duration_s, leg.estimated) == (144.1, 25.1, False)
    assert [(turn.kind, turn.modifier, turn.street) for turn in leg.manoeuvres] == [
        ("depart", "left", "Rua Santa Cruz"),
        ("turn", "right", "Rua Cleveland"),
        ("arrive", "", "Rua Cleveland"),
    ]
    assert [(point.lon, point.lat) for point in leg.geometry] == [
        (-51.22253, -30.06642),
        (-51.22256, -30.06655),
        (-51.22385, -30.06624),
    ]
    assert (start.distance_m, end.street) == (11.8, "Rua Cleveland")


def test_a_match_keeps_the_place_of_what_fits_nowhere() -> None:
    """Fixes that fit no road are None in their place; the confidence weighs the pieces by their fixes."""
    matched = read_match(MATCH)
    assert [None if snap is None else snap.street for snap in matched.snaps] == ["Rua A", None, "Rua A", "Rua C"]
    assert round(matched.confidence, 6) == 0.7
    assert len(matched.geometry) == 3


def test_a_single_point_is_asked_twice() -> None:
    """OSRM wants two coordinates of a table, even where there is one point."""
    points = np.array([[-51_200_000, -30_000_000]], np.int32)
    question = table_question(points, np.array([0]), np.array([0]), snaps=True)
    assert question.body["coordinates"] == [[-51.2, -30.0], [-51.2, -30.0]]
    assert (question.body["sources"], question.body["destinations"]) == ([0], [0])


def test_questions_as_addresses() -> None:
    """A question for a foreign server is a path with options, lists parted as OSRM wants them."""
    points = np.array([[-51_200_000, -30_000_000], [-51_300_001, -30_000_000]], np.int32)
    question = table_question(points, np.array([0]), np.array([0, 1]), snaps=False)
    assert url_of(question) == (
        "table/v1/driving/-51.200000,-30.000000;-51.300001,-30.000000?annotations=duration,distance"
        "&destinations=0;1&generate_hints=false&skip_waypoints=true&sources=0"
    )
    route = url_of(route_question([Point(lon=1.5, lat=2), Point(lon=3, lat=4)]))
    assert route.startswith("route/v1/driving/1.500000,2.000000;3.000000,4.000000?continue_straight=false")


def test_fixes_are_asked_with_their_moments() -> None:
    """Moments are whole seconds since 1970 and accuracies are radii."""
    fix = Fix(point=Point(lon=1, lat=2), at=datetime(2026, 1, 1, tzinfo=UTC), accuracy_m=12.5)
    body = match_question([fix, fix]).body
    assert (body["timestamps"], body["radiuses"]) == ([1_767_225_600] * 2, [12.5] * 2)
