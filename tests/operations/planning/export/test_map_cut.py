"""The part of the base map that travels with a page."""

from dataclasses import replace
from pathlib import Path

import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles

from tests.builders import a_plan, at
from zaguan.base.geo.point import BoundingBox
from zaguan.operations.planning.export.map_cut import BaseMapUnreadable, box_of, cut_base_map

WORLD = BoundingBox(west=-180, south=-85, east=180, north=85)


def tiles_in(archive: bytes) -> dict[tuple[int, int, int], bytes]:
    return dict(all_tiles(MemorySource(archive)))


def test_the_cut_holds_the_same_tiles(base_map: Path) -> None:
    """Every tile of the cut is the region's own, byte for byte, down to the deepest zoom."""
    whole = tiles_in(base_map.read_bytes())
    cut = cut_base_map(base_map, a_plan())
    tiles = tiles_in(cut.archive)
    assert tiles
    assert all(whole[place] == tile for place, tile in tiles.items())
    assert max(zoom for zoom, _, _ in tiles) == cut.most_zoom == 14
    assert Reader(MemorySource(cut.archive)).header()["max_zoom"] == 14


def test_a_small_plan_takes_a_small_part(base_map: Path) -> None:
    """A plan of one route in a corner leaves out tiles of the far side."""
    one = a_plan(routes=1, stops=2)
    near = [replace(stop, point=at(-14, -12)) for stop in one.routes[0].stops]
    small = replace(one, routes=(replace(one.routes[0], stops=tuple(near), geometry=()),))
    assert len(tiles_in(cut_base_map(base_map, small).archive)) < len(
        tiles_in(cut_base_map(base_map, a_plan()).archive)
    )


def test_too_many_bytes_cost_the_deepest_zoom(base_map: Path) -> None:
    """Where the tiles would be larger than the bound, the deepest zooms stay out and the rest is whole."""
    whole = cut_base_map(base_map, a_plan())
    bound = sum(map(len, tiles_in(whole.archive).values())) - 1
    cut = cut_base_map(base_map, a_plan(), most_bytes=bound)
    assert cut.most_zoom == 13
    assert sum(map(len, tiles_in(cut.archive).values())) <= bound
    assert {place for place in tiles_in(whole.archive) if place[0] <= 13} == set(tiles_in(cut.archive))


def test_the_box_holds_ways_and_depots() -> None:
    """The box reaches around every stop, way and depot."""
    plan = a_plan()
    box = box_of(plan, WORLD)
    assert all(box.contains(stop.point) for route in plan.routes for stop in route.stops)
    assert all(box.contains(route.depot_point) for route in plan.routes)


def test_a_plan_without_routes_shows_what_was_left_out() -> None:
    """Without routes the box is that of the orders left out, without any it is the map's own."""
    plan = a_plan(routes=0)
    inside = [each.point for each in plan.unassigned if each.point]
    assert all(box_of(plan, WORLD).contains(point) for point in inside)
    assert box_of(replace(plan, unassigned=()), WORLD) == WORLD


def test_an_order_far_off_the_map_does_not_widen_the_box() -> None:
    """Without routes, an order on another continent does not make the page show both."""
    plan = a_plan(routes=0)
    home = BoundingBox(west=-72, south=-31, east=-70, north=-29)
    strayed = replace(plan.unassigned[0], point=at(90_000, 50_000))
    assert box_of(replace(plan, unassigned=(strayed, *plan.unassigned[1:])), home).east < -71


@pytest.mark.parametrize("content", [None, b"", b"PMTiles", b"x" * 4096], ids=["missing", "empty", "torn", "other"])
def test_what_is_no_base_map_is_refused(content: bytes | None, tmp_path: Path) -> None:
    """A base map that is missing, empty, torn or something else is refused by its name."""
    path = tmp_path / "map.pmtiles"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BaseMapUnreadable) as refusal:
        cut_base_map(path, a_plan())
    assert refusal.value.facts["file"] == str(path)


def test_a_base_map_cut_off_in_the_middle_is_refused(base_map: Path, tmp_path: Path) -> None:
    """A base map whose copying was stopped is refused, not drawn with holes."""
    path = tmp_path / "map.pmtiles"
    path.write_bytes(base_map.read_bytes()[:1500])
    with pytest.raises(BaseMapUnreadable):
        cut_base_map(path, a_plan())
