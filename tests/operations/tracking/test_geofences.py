"""Geofences: entered once, left once, whatever the receiver does at the edge."""

import random

from tests.operations.tracking.builders import a_fix, a_route, after, east
from zaguan.base.geo.point import Point, distance_m
from zaguan.base.kit.ids import new_id
from zaguan.operations.tracking.geofences import Crossing, CrossingKind, Fence, FenceKind, FenceMap, Presence, cross
from zaguan.operations.tracking.trail import RouteWatch

FENCE = Fence(fence_id=new_id(), kind=FenceKind.STOP, point=east(1_000), radius_m=80)
MAP = FenceMap([FENCE])


def driven(*places: Point, every_s: float = 10) -> list[Crossing]:
    """Return what happens when one drives from place to place."""
    presences: tuple[Presence, ...] = ()
    crossings: list[Crossing] = []
    for step, place in enumerate(places):
        presences, happened = cross(a_fix(step * every_s, place), presences, MAP)
        crossings += happened
    return crossings


def kinds(crossings: list[Crossing]) -> list[CrossingKind]:
    return [crossing.kind for crossing in crossings]


def test_a_stop_is_entered_arrived_at_and_left() -> None:
    """Who stays in the fence has entered, arrived and left, each told once, at the moment that showed it first."""
    inside = [east(1_000)] * 7
    crossings = driven(east(700), east(930), *inside, east(1_200), east(1_400), east(1_600))
    assert kinds(crossings) == [CrossingKind.ENTERED, CrossingKind.ARRIVED, CrossingKind.LEFT]
    assert [crossing.at for crossing in crossings] == [after(10), after(10), after(90)]


def test_passing_by_is_no_arrival() -> None:
    """Two fixes inside while passing by enter and leave, but suggest no arrival."""
    crossings = driven(east(850), east(950), east(1_050), east(1_150), east(1_250))
    assert kinds(crossings) == [CrossingKind.ENTERED, CrossingKind.LEFT]


def test_one_wild_fix_makes_no_noise() -> None:
    """A single fix inside does not enter, and a single one outside does not leave."""
    assert driven(east(500), east(1_000), east(500), east(400)) == []
    crossings = driven(*[east(1_000)] * 3, east(3_000), *[east(1_000)] * 3)
    assert kinds(crossings) == [CrossingKind.ENTERED, CrossingKind.ARRIVED]


def test_the_edge_does_not_flap() -> None:
    """Wandering about the inner radius enters once and never leaves."""
    dice = random.Random(3)
    crossings = driven(*[east(1_000 + 80 + dice.uniform(-30, 30)) for _ in range(200)])
    assert kinds(crossings) == [CrossingKind.ENTERED, CrossingKind.ARRIVED]


def test_the_look_up_finds_what_the_distance_finds() -> None:
    """Looking up by cell finds the same fences as measuring all distances."""
    watch = RouteWatch(a_route(stops=12))
    dice = random.Random(5)
    for _ in range(500):
        place = east(dice.uniform(-500, 13_000), north=dice.uniform(-200, 200))
        near = {fence.fence_id for fence in watch.fences.around(place)}
        measured = {
            fence.fence_id for fence in watch.fences.by_id.values() if distance_m(fence.point, place) <= fence.radius_m
        }
        assert near == measured
        assert len(near) <= 1


def test_a_fence_that_is_gone_is_forgotten() -> None:
    """A stop that was taken off the route is not left: nothing is told of it."""
    inside = Presence(fence_id=new_id(), since=after(0), last_inside_at=after(10), inside=2)
    assert cross(a_fix(20, east(5_000)), (inside,), MAP) == ((), [])
