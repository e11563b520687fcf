"""Everything on the map that is not a street: river, parks, industry, woods, houses around the plaza."""

import math
from typing import Final

import numpy as np

from zaguan.engines.roads.town.addresses import Addresses
from zaguan.engines.roads.town.cells import Land
from zaguan.engines.roads.town.districts import District
from zaguan.engines.roads.town.fill import Streets
from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.scale import Scale
from zaguan.engines.roads.town.shape import Shape, Tags, area
from zaguan.engines.roads.town.shapes import Floats

RIVER_NAME: Final = "Río Zaguán"
MOST_BUILDINGS: Final = 1_500


def draw_river(scale: Scale, ground: Ground) -> list[Shape]:
    """Return the river's water and its middle line, from edge to edge of the map."""
    u = np.linspace(-scale.reach_cells, scale.reach_cells + 1, 14 * (2 * scale.reach_cells + 1) + 1)
    row, height = scale.river_row, scale.river_m + 50.0
    # the banks are not quite parallel
    south = (24 + 7 * np.sin(u * 2.3) + 4 * np.sin(u * 7.1 + 1)) / height
    north = 1 - (24 + 7 * np.sin(u * 1.9 + 2) + 4 * np.sin(u * 6.3)) / height
    shapes = [Shape(line=ground.plane(u, row + 0.5 * (south + north)), tags=_river_tags("river"), closed=False)]
    # in pieces of some cells: one area of the whole length would be unwieldy on a map
    for start in range(0, len(u) - 1, 14 * 6):
        part = slice(start, start + 14 * 6 + 1)
        bank = ground.plane(u[part], row + south[part])
        other = ground.plane(u[part][::-1], row + north[part][::-1])
        shapes.append(Shape(line=np.vstack((bank, other)), tags=_river_tags("water"), closed=True))
    return shapes


def _river_tags(kind: str) -> Tags:
    if kind == "river":
        return {"waterway": "river", "name": RIVER_NAME}
    return {"natural": "water", "water": "river", "name": RIVER_NAME}


def draw_green(filled: list[tuple[District, Streets]], rng: np.random.Generator) -> list[Shape]:
    """Return parks, squares, ponds, and industrial estates."""
    shapes: list[Shape] = []
    parks = 0
    for district, streets in filled:
        if district.land is Land.PARK:
            parks += 1
            shapes.append(area(_inset(district.ring, 14.0), {"leisure": "park", "name": f"Parque {_park_name(parks)}"}))
            if parks % 2:
                tags = {"natural": "water", "water": "pond", "name": f"Laguna del Parque {_park_name(parks)}"}
                shapes.append(area(_pond(district.ring, rng), tags))
        elif district.land is Land.INDUSTRY and district.village is None:
            shapes.append(area(_inset(district.ring, 12.0), {"landuse": "industrial"}))
        for square in streets.squares:
            centre = district.cells[0] == (0, 0)
            tags = {"leisure": "park"} | ({"name": "Plaza de Armas"} if centre else {})
            shapes.append(area(square, tags))
    return shapes


def draw_buildings(addresses: Addresses) -> list[Shape]:
    """Return the houses around the plaza, no more than 1,500."""
    away = np.hypot(addresses.points[:, 0], addresses.points[:, 1])
    near = np.argsort(np.where(addresses.inner, away, np.inf), kind="stable")[:MOST_BUILDINGS]
    shapes: list[Shape] = []
    for index in np.sort(near[addresses.inner[near]]):
        heading = float(addresses.headings[index])
        along = np.array((math.cos(heading), math.sin(heading)))
        door = addresses.points[index]
        # the plot lies away from the street: on the side of the door
        back = np.array((-along[1], along[0])) * _side(addresses, int(index))
        half, deep = 0.44 * min(16.0, float(addresses.spacing_m[index])), 9.0 + float(index % 5)
        corners = np.array(((-half, 0.5), (half, 0.5), (half, deep), (-half, deep)))
        shapes.append(area(door + corners[:, :1] * along + corners[:, 1:] * back, {"building": "house"}))
    return shapes


def _side(addresses: Addresses, index: int) -> float:
    return 1.0 if addresses.left[index] else -1.0


def _inset(ring: Floats, by: float) -> Floats:
    gap = ring - ring.mean(axis=0)
    far = np.hypot(gap[:, 0], gap[:, 1])
    inner: Floats = ring.mean(axis=0) + gap * np.maximum(0.3, 1 - by * 1.2 / np.maximum(1.0, far))[:, None]
    return inner


def _pond(ring: Floats, rng: np.random.Generator) -> Floats:
    middle, angles = ring.mean(axis=0), np.linspace(0, 2 * math.pi, 24, endpoint=False)
    size = 0.28 * float(np.min(np.hypot(*(ring - middle).T)))
    phase = float(rng.uniform(0, 6.3))
    radius = size * (1 + 0.25 * np.sin(2 * angles + phase) + 0.12 * np.sin(3 * angles + 2 * phase))
    pond: Floats = middle + np.column_stack((radius * np.cos(angles) * 1.4, radius * np.sin(angles)))
    return pond


def _park_name(index: int) -> str:
    stock = ("Los Canelos", "de la Ribera", "Quebrada Linda", "Los Fundadores", "El Olivar", "Las Garzas", "Alameda")
    name = stock[(index - 1) % len(stock)]
    return name if index <= len(stock) else f"{name} {1 + (index - 1) // len(stock)}"
