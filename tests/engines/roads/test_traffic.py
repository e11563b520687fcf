"""Free flow and slots."""

from pathlib import Path

import pytest

from zaguan.engines.roads.osm_tags import DRIVABLE, RoadClass
from zaguan.engines.roads.slots import SLOTS
from zaguan.engines.roads.traffic import (
    FACTORS,
    SLOT_NAMES,
    SegmentCollector,
    factor,
    free_flow_kmh,
    traffic_version,
    write_speeds,
)


def test_the_table_speaks_of_the_slots_of_the_week() -> None:
    """The table has one column per slot, in the same order, and each drivable class of road as a row."""
    assert tuple(slot.name for slot in SLOTS) == SLOT_NAMES
    assert all(len(row) == len(SLOT_NAMES) for row in FACTORS.values())
    assert set(FACTORS) == set(RoadClass) - {RoadClass.PATH}


def test_nobody_drives_faster_than_on_the_empty_road() -> None:
    """Night is the free flow, and the evening peak the slowest slot of each class."""
    for road, row in FACTORS.items():
        assert factor(road, "night") == max(row) == 1.0
        assert factor(road, "evening-peak") == min(row) > 0.4


def test_peaks_weigh_on_arterials_more_than_on_local_streets() -> None:
    """In both peaks a residential street keeps more of its free flow than a primary road."""
    for slot in ("morning", "evening-peak"):
        assert factor(RoadClass.RESIDENTIAL, slot) > factor(RoadClass.PRIMARY, slot) + 0.2


def test_an_unknown_slot_has_no_factor() -> None:
    """A slot that the table does not have raises KeyError rather than counting as free."""
    with pytest.raises(KeyError):
        factor(RoadClass.PRIMARY, "teatime")


@pytest.mark.parametrize("highway", sorted(DRIVABLE))
def test_every_drivable_road_has_a_speed(highway: str) -> None:
    """A road without maxspeed has the usual speed of its class."""
    assert 5 <= free_flow_kmh({"highway": highway}) <= 100


def test_limit_and_surface_bound_the_speed() -> None:
    """A lower maxspeed makes a road slower, and cobblestones slower than the limit."""
    plain = free_flow_kmh({"highway": "secondary"})
    assert free_flow_kmh({"highway": "secondary", "maxspeed": "30"}) < plain
    assert free_flow_kmh({"highway": "secondary", "maxspeed": "80", "surface": "dirt"}) == 25
    assert free_flow_kmh({"highway": "service", "service": "driveway", "maxspeed": "80"}) == 8


def test_segments_follow_the_direction(tmp_path: Path) -> None:
    """A two-way road is written in both directions, a one-way road in its own, each with its slot's speed."""
    collector = SegmentCollector()
    collector.add([1, 2, 3], {"highway": "primary", "maxspeed": "60"})
    collector.add([7, 8], {"highway": "residential", "oneway": "-1"})
    path = tmp_path / "speeds.csv"
    write_speeds(collector.segments(), slot="evening-peak", path=path)
    assert path.read_text().splitlines() == [
        "1,2,24.0",
        "2,3,24.0",
        "2,1,24.0",
        "3,2,24.0",
        "8,7,20.8",
    ]


def test_no_roads_give_an_empty_table(tmp_path: Path) -> None:
    """Nothing taken in is nothing written."""
    write_speeds(SegmentCollector().segments(), slot="night", path=tmp_path / "speeds.csv")
    assert (tmp_path / "speeds.csv").read_text() == ""


def test_the_version_is_that_of_the_tables() -> None:
    """Asking twice gives the same digest."""
    assert traffic_version() == traffic_version()
    assert len(traffic_version()) == 12
