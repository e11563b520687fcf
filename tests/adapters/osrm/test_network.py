"""The roads of a drawn town, asked as planning asks them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.osrm.drawn_town import DrawnTown, moved
from zaguan.adapters.osrm.network import OsrmNetwork, islands
from zaguan.adapters.osrm.refusals import GraphMissing, MetricMissing, ToolMissing, TooManyPoints
from zaguan.adapters.osrm.settings import OsrmSettings
from zaguan.adapters.osrm.tools import Tools
from zaguan.base.geo.point import distance_m
from zaguan.engines.roads.great_circle import estimate
from zaguan.engines.roads.network import UNREACHABLE_S, Fix, Profile
from zaguan.engines.roads.slots import SLOTS, Slot, slots_of

SLOT = {slot.name: slot for slot in SLOTS}
NIGHT, MORNING, EVENING = SLOT["night"], SLOT["morning"], SLOT["evening"]
VAN, BICYCLE = Profile.VAN, Profile.BICYCLE
MONDAY = date(2026, 3, 2)


def opened(region: Path, town: DrawnTown, cache: Path, **options: object) -> OsrmNetwork:
    return OsrmNetwork(region, region_hash="drawn", box=town.box(), cache_folder=cache, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def roads(built_region: Path, town: DrawnTown, tmp_path_factory: pytest.TempPathFactory) -> object:
    with opened(built_region, town, tmp_path_factory.mktemp("cache")) as network:
        yield network


def slot_at(hour: float) -> Slot:
    """Return the slot of a Monday's hour."""
    (slot,) = slots_of(MONDAY, from_s=round(hour * 3600), until_s=round(hour * 3600) + 1)
    return slot


def test_a_matrix_follows_the_streets(roads: OsrmNetwork, town: DrawnTown) -> None:
    """Distances are those of the streets: along one of them, and round a corner."""
    matrix = roads.matrix(town.points("ABL"), profile=VAN, slots=[NIGHT])
    assert matrix.distances_m[0, 0].tolist() == pytest.approx([0, 400, 2_000], abs=3)
    assert matrix.durations_s.dtype == matrix.distances_m.dtype == np.int32
    assert not matrix.estimated.any()
    assert np.diagonal(matrix.durations_s[0]).tolist() == [0, 0, 0]


def test_a_one_way_street_is_respected(roads: OsrmNetwork, town: DrawnTown) -> None:
    """From F to G it is one block; back again it is three."""
    matrix = roads.matrix(town.points("FG"), profile=VAN, slots=[NIGHT])
    assert matrix.distances_m[0, 0, 1] == pytest.approx(400, abs=3)
    assert matrix.distances_m[0, 1, 0] == pytest.approx(1_200, abs=3)


def test_the_same_pair_takes_longer_in_the_morning(roads: OsrmNetwork, town: DrawnTown) -> None:
    """C13: the same two places are farther apart in time at 08:00 than at 11:00, on the same streets."""
    matrix = roads.matrix(town.points("AL"), profile=VAN, slots=[slot_at(8), slot_at(11)])
    at_eight, at_eleven = matrix.durations_s[:, 0, 1].tolist()
    assert at_eight > 1.5 * at_eleven > 0
    assert matrix.distances_m[0, 0, 1] == matrix.distances_m[1, 0, 1]
    assert [slot.name for slot in matrix.slots] == ["morning", "late-morning"]


def test_a_closed_street_is_driven_round(roads: OsrmNetwork, town: DrawnTown) -> None:
    """Where B–C is closed in the evening the way leads over another street."""
    points = town.points("BC")
    (open_leg,), (closed_leg,) = (roads.route(points, profile=VAN, slot=slot) for slot in (NIGHT, EVENING))
    assert open_leg.distance_m == pytest.approx(400, abs=3)
    assert closed_leg.distance_m == pytest.approx(1_200, abs=3)
    assert "Calle FG" in {manoeuvre.street for manoeuvre in closed_leg.manoeuvres}


def test_a_bicycle_is_not_held_up_by_traffic(roads: OsrmNetwork, town: DrawnTown) -> None:
    """A bicycle, whose slots have the same speeds, takes as long in the morning as at night, by one server."""
    matrix = roads.matrix(town.points("AL"), profile=BICYCLE, slots=[NIGHT, MORNING])
    assert matrix.durations_s[0, 0, 1] == matrix.durations_s[1, 0, 1] > 0
    assert sum("bicycle" in str(graph) for graph in roads.process_ids()) == 1


def test_a_route_agrees_with_the_matrix(roads: OsrmNetwork, town: DrawnTown) -> None:
    """The legs of a route through many points take as long as the matrix says, turning round included."""
    points = town.points("ABAGFLKEA")
    matrix = roads.matrix(points, profile=VAN, slots=[MORNING])
    legs = roads.route(points, profile=VAN, slot=MORNING)
    told = [matrix.durations_s[0, at, at + 1] for at in range(len(points) - 1)]
    assert [leg.duration_s for leg in legs] == pytest.approx(told, abs=0.6)


def test_a_leg_has_geometry_and_manoeuvres(roads: OsrmNetwork, town: DrawnTown) -> None:
    """A leg starts and ends where it should, turns where the streets do, and names them."""
    (leg,) = roads.route(town.points("AF"), profile=VAN, slot=NIGHT)
    assert distance_m(leg.geometry[0], town.point("A")) < 3
    assert distance_m(leg.geometry[-1], town.point("F")) < 3
    assert (leg.manoeuvres[0].kind, leg.manoeuvres[-1].kind) == ("depart", "arrive")
    assert all(manoeuvre.street.startswith("Calle ") for manoeuvre in leg.manoeuvres)
    assert sum(manoeuvre.distance_m for manoeuvre in leg.manoeuvres) == pytest.approx(leg.distance_m, abs=1)


def test_a_long_route_is_asked_in_parts(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A route of more points than one question takes has the same legs."""
    points = town.points("ABCDHGKJFEI")
    with opened(built_region, town, tmp_path, settings=OsrmSettings(route_points_at_once=4)) as roads:
        legs = roads.route(points, profile=VAN, slot=NIGHT)
    assert len(legs) == len(points) - 1
    assert sum(leg.distance_m for leg in legs) == pytest.approx(4_000, abs=30)
    assert not any(leg.estimated for leg in legs)


def test_a_route_of_one_point_has_no_legs(roads: OsrmNetwork, town: DrawnTown) -> None:
    """Fewer than two points make no leg."""
    assert roads.route(town.points("A"), profile=VAN, slot=NIGHT) == ()
    assert roads.route([], profile=VAN, slot=NIGHT) == ()


def test_a_point_off_the_map_is_estimated_and_flagged(roads: OsrmNetwork, town: DrawnTown) -> None:
    """A point off the map has great-circle times, is flagged, and leaves the other points as they were."""
    far = moved(town.point("A"), east_m=-30_000)
    points = [town.point("A"), far, town.point("L")]
    matrix = roads.matrix(points, profile=VAN, slots=[NIGHT, MORNING])
    assert matrix.estimated.tolist() == [False, True, False]
    guess = estimate(points, profile=VAN)
    assert matrix.durations_s[0, 1].tolist() == guess.durations_s[1].tolist()
    assert matrix.distances_m[1, :, 1].tolist() == guess.distances_m[:, 1].tolist()
    without = roads.matrix(town.points("AL"), profile=VAN, slots=[NIGHT])
    assert matrix.durations_s[0, 0, 2] == without.durations_s[0, 0, 1]


def test_a_point_far_from_any_road_is_estimated(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A point on the map, but farther from any road than a person would carry a parcel, is estimated and flagged."""
    inside = moved(town.point("F"), east_m=200, south_m=200)  # the middle of a block
    points = [town.point("A"), inside, town.point("L")]
    with opened(built_region, town, tmp_path, settings=OsrmSettings(far_m=150)) as roads:
        assert roads.matrix(points, profile=VAN, slots=[NIGHT]).estimated.tolist() == [False, True, False]
        legs = roads.route(points, profile=VAN, slot=NIGHT)
        assert [leg.estimated for leg in legs] == [True, True]
        assert legs[0].geometry == (points[0], inside)
        assert roads.nearest(inside, profile=VAN).estimated
    with opened(built_region, town, tmp_path, settings=OsrmSettings(far_m=250)) as roads:
        assert not roads.matrix(points, profile=VAN, slots=[NIGHT]).estimated.any()


def test_a_point_on_an_island_is_estimated(roads: OsrmNetwork, town: DrawnTown) -> None:
    """A point whose streets are joined with none of the others' is estimated and flagged, and not the others."""
    matrix = roads.matrix(town.points("AXBL"), profile=VAN, slots=[NIGHT])
    assert matrix.estimated.tolist() == [False, True, False, False]
    assert (matrix.durations_s < UNREACHABLE_S).all()


def test_legs_to_an_island_are_straight(roads: OsrmNetwork, town: DrawnTown) -> None:
    """Of a way that no road can make, only the legs that fail are estimated."""
    legs = roads.route(town.points("ABXCD"), profile=VAN, slot=NIGHT)
    assert [leg.estimated for leg in legs] == [False, True, True, False]


def test_one_place_twice_is_one_place(roads: OsrmNetwork, town: DrawnTown) -> None:
    """Two orders at one door have nothing to drive between them."""
    matrix = roads.matrix(town.points("ALA"), profile=VAN, slots=[NIGHT])
    assert matrix.durations_s[0, 0, 2] == matrix.distances_m[0, 2, 0] == 0
    assert matrix.durations_s[0, 1, 0] == matrix.durations_s[0, 1, 2] > 0


@pytest.mark.parametrize("letters", ["", "A"])
def test_few_points_have_a_matrix_too(roads: OsrmNetwork, town: DrawnTown, letters: str) -> None:
    """No point, or one, has a matrix of that size."""
    matrix = roads.matrix(town.points(letters), profile=VAN, slots=[NIGHT, MORNING])
    assert matrix.durations_s.shape == (2, len(letters), len(letters))
    assert not matrix.durations_s.any()
    assert matrix.estimated.tolist() == [False] * len(letters)


def test_the_second_time_nothing_is_asked(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A matrix that was computed once comes from the disk, in any order of its points, with no program needed."""
    with opened(built_region, town, tmp_path) as roads:
        first = roads.matrix(town.points("AXKL"), profile=VAN, slots=[NIGHT])
    with opened(built_region, town, tmp_path, tools=Tools(programs=tmp_path / "nowhere")) as roads:
        again = roads.matrix(town.points("LKXA"), profile=VAN, slots=[NIGHT])
        assert again.durations_s[0].tolist() == first.durations_s[0, ::-1, ::-1].tolist()
        assert again.estimated.tolist() == [False, False, True, False]
        with pytest.raises(ToolMissing):
            roads.matrix(town.points("LKXAB"), profile=VAN, slots=[NIGHT])


def test_another_region_has_other_matrices(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """What was kept under another hash is not used."""
    with opened(built_region, town, tmp_path) as roads:
        roads.matrix(town.points("AL"), profile=VAN, slots=[NIGHT])
    nothing = Tools(programs=tmp_path / "nowhere")
    other = OsrmNetwork(built_region, region_hash="new", box=town.box(), cache_folder=tmp_path, tools=nothing)
    with other, pytest.raises(ToolMissing):
        other.matrix(town.points("AL"), profile=VAN, slots=[NIGHT])


def test_a_grown_matrix_is_what_a_fresh_one_would_be(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A matrix that grew place by place equals one that was computed at once."""
    with opened(built_region, town, tmp_path / "grown") as roads:
        for letters in ("AL", "ALC", "ALCXF", "GALCXFK"):
            grown = roads.matrix(town.points(letters), profile=VAN, slots=[NIGHT])
    with opened(built_region, town, tmp_path / "fresh") as roads:
        fresh = roads.matrix(town.points("GALCXFK"), profile=VAN, slots=[NIGHT])
    assert grown.durations_s.tolist() == fresh.durations_s.tolist()
    assert grown.distances_m.tolist() == fresh.distances_m.tolist()


def test_nearest_gives_the_street(roads: OsrmNetwork, town: DrawnTown) -> None:
    """A point beside a street is put on it, and its name is told."""
    point = moved(town.point("A"), east_m=150, south_m=-20)
    snap = roads.nearest(point, profile=VAN)
    assert (snap.street, snap.estimated) == ("Calle AB", False)
    assert snap.distance_m == pytest.approx(20, abs=1)


def test_nearest_flags_what_cannot_be_reached(roads: OsrmNetwork, town: DrawnTown) -> None:
    """A point on an island or off the map is told with the nearest road, and flagged."""
    assert roads.nearest(town.point("X"), profile=VAN).estimated
    off = roads.nearest(moved(town.point("A"), east_m=-9_000), profile=VAN)
    assert off.estimated
    assert off.distance_m == pytest.approx(9_000, rel=0.005)


def test_fixes_are_put_on_the_street(roads: OsrmNetwork, town: DrawnTown) -> None:
    """Fixes beside a street are matched to it, whatever their order."""
    began_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    fixes = [
        Fix(point=moved(town.point("A"), east_m=20 + 100 * at, south_m=5), at=began_at + timedelta(seconds=10 * at))
        for at in range(11)
    ]
    matched = roads.match(fixes[::-1], profile=VAN)
    assert [snap.street for snap in matched.snaps if snap is not None] == (
        ["Calle CD"] * 3 + ["Calle BC"] * 4 + ["Calle AB"] * 4
    )
    assert matched.confidence > 0.5
    assert len(matched.geometry) >= 2


def test_a_long_drive_is_matched_in_parts(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """More fixes than one question takes are matched all the same."""
    began_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    fixes = [
        Fix(point=moved(town.point("A"), east_m=20 + 50 * at), at=began_at + timedelta(seconds=5 * at))
        for at in range(22)
    ]
    with opened(built_region, town, tmp_path, settings=OsrmSettings(match_points_at_once=5)) as roads:
        matched = roads.match(fixes, profile=VAN)
    assert len(matched.snaps) == 22
    assert all(snap is not None and snap.distance_m < 3 for snap in matched.snaps)


def test_a_fix_off_the_roads_matches_nothing(roads: OsrmNetwork, town: DrawnTown) -> None:
    """Fixes that fit no road are told as such."""
    began_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    away = [
        Fix(point=moved(town.point("A"), east_m=-5_000 - 10 * at), at=began_at + timedelta(seconds=at))
        for at in range(3)
    ]
    assert roads.match(away, profile=VAN).snaps == (None, None, None)
    assert roads.match(away[:1], profile=VAN).snaps == (None,)
    assert roads.match([], profile=VAN).snaps == ()


def test_too_many_points_are_refused(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """More points than the bound are refused before anything is started."""
    with opened(built_region, town, tmp_path, settings=OsrmSettings(most_points=2)) as roads:
        with pytest.raises(TooManyPoints):
            roads.matrix(town.points("ABC"), profile=VAN, slots=[NIGHT])
        assert roads.process_ids() == {}


def test_what_the_region_lacks_is_named(roads: OsrmNetwork, town: DrawnTown) -> None:
    """A profile or a slot that the region was not built for is refused by name."""
    with pytest.raises(GraphMissing) as no_graph:
        roads.matrix(town.points("AB"), profile=Profile.FOOT, slots=[NIGHT])
    assert "foot" in no_graph.value.message("en")
    with pytest.raises(MetricMissing) as no_metric:
        roads.matrix(town.points("AB"), profile=VAN, slots=[SLOT["sunday"]])
    assert "sunday" in no_metric.value.message("en")


def test_islands_are_told_from_the_mainland() -> None:
    """The best connected group is never an island; who is apart from more than half of the others is one."""
    groups = np.array([0, 0, 0, 1, 1])
    apart = groups[:, None] != groups[None, :]
    everybody = np.ones(5, np.bool_)
    assert islands(apart, among=everybody).tolist() == [False, False, False, True, True]
    pair = np.array([[False, True], [True, False]])
    assert islands(pair, among=np.ones(2, np.bool_)).tolist() == [False, True]
    assert not islands(np.zeros((3, 3), np.bool_), among=np.ones(3, np.bool_)).any()
    assert not islands(apart, among=groups == 1).any()
