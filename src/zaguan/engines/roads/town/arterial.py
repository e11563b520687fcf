"""One avenue: the road, or only the border, along an edge of the lattice."""

from dataclasses import dataclass, field
from typing import Final

from zaguan.engines.roads.town.shapes import Floats, arcs_along

Vertex = tuple[int, int]
Key = tuple[Vertex, Vertex]  # an edge of the lattice, the smaller vertex first
CORNER_M: Final = 26.0  # no junction nearer to the next crossing of avenues


@dataclass(slots=True, kw_only=True)
class Arterial:
    """One road along a lattice edge, drawn from vertex `a` to vertex `b`; also a boundary that carries no road."""

    a: Vertex
    b: Vertex
    line: Floats
    road: str = ""  # value of the highway tag; empty: only a boundary
    street: tuple[object, ...] = ()  # which street it is part of
    along: float = 0.0  # place of its start along that street, in cells
    bridge: bool = False
    rural: bool = False
    arcs: Floats = field(init=False)
    paved: tuple[float, float] = field(init=False)  # the part that is a road, in metres from `a`

    def __post_init__(self) -> None:
        self.redraw(self.line)

    def redraw(self, line: Floats) -> None:
        """Give it another line between the same vertices."""
        self.line, self.arcs = line, arcs_along(line)
        self.paved = 0.0, float(self.arcs[-1])

    def accepts_junction(self, arc: float) -> bool:
        """Tell whether a local street may open onto it at a distance from `a`: not into its very ends."""
        open_road = bool(self.road) and self.road != "trunk" and not self.bridge
        return open_road and self.paved[0] + CORNER_M < arc < self.paved[1] - CORNER_M


def key_of(a: Vertex, b: Vertex) -> Key:
    """Name the lattice edge between two vertices."""
    return (a, b) if a < b else (b, a)
