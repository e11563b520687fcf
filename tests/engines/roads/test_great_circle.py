"""Estimates without roads, which always say that they are."""

from datetime import UTC, datetime

import numpy as np
import pytest

from zaguan.base.geo.point import Point, distance_m
from zaguan.engines.roads.great_circle import DETOURS, GreatCircleNetwork, estimate
from zaguan.engines.roads.network import Fix, Profile, RoadNetwork
from zaguan.engines.roads.slots import SLOTS

A, B, C = (Point(lon=-70.65, lat=-33.45), Point(lon=-70.60, lat=-33.42), Point(lon=-70.70, lat=-33.50))
ROADS: RoadNetwork = GreatCircleNetwork()


@pytest.mark.parametrize("profile", list(Profile))
def test_an_estimate_is_the_great_circle_and_a_detour(profile: Profile) -> None:
    """Metres are those of the great circle times the profile's factor, seconds those at its speed."""
    found, detour = estimate([A, B, C], profile=profile), DETOURS[profile]
    metres = distance_m(A, B) * detour.factor
    assert found.distances_m[0, 1] == pytest.approx(metres, abs=1)
    assert found.durations_s[0, 1] == pytest.approx(metres / detour.speed_kmh * 3.6, abs=1)
    assert np.array_equal(found.durations_s, found.durations_s.T)
    assert not np.diagonal(found.durations_s).any()


def test_a_van_is_faster_than_a_bicycle_and_that_than_feet() -> None:
    """The same way takes longer by bicycle, and longest on foot."""
    van, bicycle, foot = (
        estimate([A, B], profile=profile).durations_s[0, 1] for profile in (Profile.VAN, Profile.BICYCLE, Profile.FOOT)
    )
    assert van < bicycle < foot


def test_every_point_of_the_matrix_is_flagged() -> None:
    """The matrix has all its slots, alike, and says of every point that it is estimated."""
    matrix = ROADS.matrix([A, B, C], profile=Profile.VAN, slots=SLOTS[:2])
    assert matrix.durations_s.shape == matrix.distances_m.shape == (2, 3, 3)
    assert matrix.durations_s.dtype == np.int32
    assert np.array_equal(matrix.durations_s[0], matrix.durations_s[1])
    assert matrix.estimated.all()
    assert matrix.slots == SLOTS[:2]


def test_legs_are_straight_and_flagged() -> None:
    """A route has straight legs that agree with the matrix."""
    matrix = ROADS.matrix([A, B, C], profile=Profile.VAN, slots=SLOTS[:1])
    legs = ROADS.route([A, B, C], profile=Profile.VAN, slot=SLOTS[0])
    assert [leg.geometry for leg in legs] == [(A, B), (B, C)]
    assert all(leg.estimated for leg in legs)
    assert [leg.duration_s for leg in legs] == pytest.approx(
        [matrix.durations_s[0, 0, 1], matrix.durations_s[0, 1, 2]], abs=0.6
    )
    assert [turn.kind for turn in legs[0].manoeuvres] == ["depart", "arrive"]


def test_nothing_is_snapped_without_roads() -> None:
    """Points and fixes stay where they are, flagged and without confidence."""
    snap = ROADS.nearest(A, profile=Profile.FOOT)
    assert (snap.point, snap.distance_m, snap.estimated) == (A, 0.0, True)
    matched = ROADS.match([Fix(point=A, at=datetime(2026, 1, 1, tzinfo=UTC))], profile=Profile.VAN)
    assert matched.confidence == 0.0
    assert [found.point for found in matched.snaps if found is not None] == [A]
