"""Traffic lights and forbidden turns at the crossings of avenues."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from zaguan.engines.roads.town.network import Network, Road

_WIDE: Final = ("primary", "secondary")
_LEFT_FORBIDDEN: Final = 0.3  # of the crossings of two wide avenues with lights


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLeftTurn:
    """From one road over a node into another."""

    source: Road
    via: int
    target: Road


def put_up_signs(network: Network, rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[NoLeftTurn, ...]]:
    """Return the nodes with traffic lights, and the forbidden left turns."""
    arms: dict[int, list[Road]] = {node: [] for node in network.avenue_crossings}
    for road in network.roads:
        for node in (road.a, road.b):
            if node in arms:
                arms[node].append(road)
    lights: list[int] = []
    turns: list[NoLeftTurn] = []
    for node, roads in arms.items():
        wide = [road for road in roads if road.road in _WIDE and not road.rural]
        main = sum(road.road == "primary" for road in wide)
        draw = float(rng.random())
        if len(roads) < 3 or len(wide) < 3 or (main == 0 and draw > 0.4):
            continue
        lights.append(node)
        if len(wide) == 4 and draw < _LEFT_FORBIDDEN:
            source = wide[int(rng.integers(0, 4))]
            target = min(wide, key=lambda road: abs(_turn(source, road, node) - math.pi / 2))
            if target is not source and abs(_turn(source, target, node) - math.pi / 2) < 0.6:
                turns.append(NoLeftTurn(source=source, via=node, target=target))
    return tuple(lights), tuple(turns)


def _turn(source: Road, target: Road, node: int) -> float:
    """Return the angle of the turn, positive to the left."""
    into = source.line[-1] - source.line[-2] if source.b == node else source.line[0] - source.line[1]
    out = target.line[1] - target.line[0] if target.a == node else target.line[-2] - target.line[-1]
    return math.atan2(float(into[0] * out[1] - into[1] * out[0]), float(into @ out))
