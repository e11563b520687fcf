"""The streets of a generated town, read back from its extract."""

from collections import Counter, deque
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tests.engines.roads.town.conftest import Made
from tests.engines.roads.town.mapped import Mapped

MAX_BRIDGES = 12


def _reached(start: int, arrows: dict[int, list[int]]) -> set[int]:
    found, queue = {start}, deque([start])
    while queue:
        for node in arrows.get(queue.popleft(), []):
            if node not in found:
                found.add(node)
                queue.append(node)
    return found


def _arrows(roads: list[tuple[list[int], dict[str, str]]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return for each node where one may go from there, and where one may come from."""
    there: dict[int, list[int]] = {}
    back: dict[int, list[int]] = {}
    for nodes, tags in roads:
        for a, b in pairwise(nodes):
            there.setdefault(a, []).append(b)
            back.setdefault(b, []).append(a)
            if tags.get("oneway") != "yes":
                there.setdefault(b, []).append(a)
                back.setdefault(a, []).append(b)
    return there, back


def _segments(mapped: Mapped) -> tuple[NDArray[np.float64], NDArray[np.int64], list[dict[str, str]]]:
    """Return all legs of car roads as (n, 4) metres, their end nodes (n, 2) and their tags."""
    legs, ends, tags = [], [], []
    for nodes, way_tags in mapped.roads():
        for a, b in pairwise(nodes):
            legs.append((*mapped.places[a], *mapped.places[b]))
            ends.append((a, b))
            tags.append(way_tags)
    return np.array(legs), np.array(ends), tags


def test_every_crossing_is_reached_from_and_to_the_plaza(made: Made) -> None:
    """A car gets from the plaza to every node of the road network and back, one-way streets respected."""
    roads = made.mapped.roads()
    there, back = _arrows(roads)
    drivable = {node for nodes, _ in roads for node in nodes}
    (_, plaza), *_ = [*made.mapped.place_named("town"), *made.mapped.place_named("city")]
    start = min(drivable, key=lambda node: float(np.hypot(*(made.mapped.places[node] - plaza))))
    assert np.hypot(*(made.mapped.places[start] - plaza)) < 100
    assert _reached(start, there) == drivable
    assert _reached(start, back) == drivable


def test_bicycles_reach_every_street(made: Made) -> None:
    """The ring does not cut the town in two for those who may not ride on a trunk road unless told so."""
    roads = [way for way in made.mapped.roads() if way[1]["highway"] != "trunk" or way[1].get("bicycle") == "yes"]
    there, back = _arrows(roads)
    rideable = {node for nodes, _ in roads for node in nodes}
    start = roads[0][0][0]
    assert _reached(start, there) == rideable
    assert _reached(start, back) == rideable


def test_streets_meet_only_where_they_share_a_node(made: Made) -> None:
    """No two roads cross on the level without a crossing."""
    legs, ends, _ = _segments(made.mapped)
    middle = (legs[:, :2] + legs[:, 2:]) / 2
    reach = np.hypot(*(legs[:, 2:] - legs[:, :2]).T) / 2
    crossed = []
    for index in range(len(legs)):
        near = np.flatnonzero(np.hypot(*(middle - middle[index]).T) <= reach + reach[index])
        near = near[(near > index) & ~np.isin(ends[near], ends[index]).any(axis=1)]
        step, side = legs[index, 2:] - legs[index, :2], legs[near, 2:] - legs[near, :2]
        gap = legs[near, :2] - legs[index, :2]
        turn = step[0] * side[:, 1] - step[1] * side[:, 0]
        turn = np.where(np.abs(turn) < 1e-9, np.inf, turn)
        on_one = (gap[:, 0] * side[:, 1] - gap[:, 1] * side[:, 0]) / turn
        on_other = (gap[:, 0] * step[1] - gap[:, 1] * step[0]) / turn
        hit = (on_one > 0) & (on_one < 1) & (on_other > 0) & (on_other < 1)
        crossed += [(index, int(other)) for other in near[hit]]
    assert crossed == []


def test_the_river_is_crossed_only_by_few_bridges(made: Made) -> None:
    """Whatever road crosses the river's middle line is a bridge, and there are at least two but not many."""
    rivers = [nodes for nodes, tags in made.mapped.ways.values() if tags.get("waterway") == "river"]
    assert len(rivers) == 1
    line = made.mapped.line(rivers[0])
    legs, _, tags = _segments(made.mapped)
    step, side = np.diff(line, axis=0)[:, None], (legs[:, 2:] - legs[:, :2])[None]
    gap = legs[None, :, :2] - line[:-1, None]
    turn = step[..., 0] * side[..., 1] - step[..., 1] * side[..., 0]
    on_river = (gap[..., 0] * side[..., 1] - gap[..., 1] * side[..., 0]) / turn
    on_road = (gap[..., 0] * step[..., 1] - gap[..., 1] * step[..., 0]) / turn
    crossing = ((on_river >= 0) & (on_river < 1) & (on_road >= 0) & (on_road < 1)).any(axis=0)
    over = [tags[index] for index in np.flatnonzero(crossing)]
    assert 2 <= len(over) <= MAX_BRIDGES
    assert all(one.get("bridge") == "yes" and one["layer"] == "1" for one in over)


def test_a_town_has_every_class_of_street(made: Made) -> None:
    """Avenues, passages, one-way streets, dead ends, lights and speed limits are all there."""
    roads = made.mapped.roads()
    classes = {tags["highway"] for _, tags in roads}
    assert classes >= {"primary", "secondary", "tertiary", "residential", "living_street"}
    assert all(0 < int(tags["maxspeed"]) <= 100 for _, tags in roads)
    assert all(tags.get("name") for _, tags in roads if tags.get("junction") != "roundabout")
    assert any(tags.get("oneway") == "yes" and tags["highway"] == "residential" for _, tags in roads)
    arms = Counter(node for nodes, _ in roads for node in (*nodes[:-1], *nodes[1:]))
    assert sum(count == 1 for count in arms.values()) >= 5
    assert any(tags.get("highway") == "traffic_signals" for tags in made.mapped.node_tags.values())
    assert any("Circunvalación" in tags.get("name", "") for _, tags in roads)
    if made.addresses > 10_000:
        assert "trunk" in classes
        assert any(tags.get("junction") == "roundabout" for _, tags in roads)


def test_forbidden_turns_name_ways_that_meet(made: Made) -> None:
    """From and to of a turn restriction end at its via node."""
    turns = [(members, tags) for members, tags in made.mapped.relations if tags["type"] == "restriction"]
    for members, tags in turns:
        roles = {role: (kind, ref) for kind, ref, role in members}
        via = roles["via"][1]
        assert tags["restriction"] == "no_left_turn"
        for role in ("from", "to"):
            nodes = made.mapped.ways[roles[role][1]][0]
            assert via in (nodes[0], nodes[-1])


def test_one_way_streets_of_the_centre_alternate(made: Made) -> None:
    """Around the plaza traffic runs about as often one way as the other."""
    (_, plaza), *_ = [*made.mapped.place_named("town"), *made.mapped.place_named("city")]
    eastward = []
    for nodes, tags in made.mapped.roads():
        line = made.mapped.line(nodes)
        near = np.hypot(*(line - plaza).T).min() < 400
        if near and tags.get("oneway") == "yes" and tags["highway"] == "residential":
            way = line[-1] - line[0]
            if abs(way[0]) > abs(way[1]):
                eastward.append(bool(way[0] > 0))
    assert len(eastward) >= 3
    assert 0.2 < np.mean(eastward) < 0.8
