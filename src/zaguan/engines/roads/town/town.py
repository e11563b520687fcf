"""A whole town out of nothing: streets, addresses and people that never were, in the formats of real ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import say
from zaguan.engines.roads.town.addresses import Addresses, place_addresses, residents_by_block
from zaguan.engines.roads.town.arterials import ArterialPlanner, Arterials
from zaguan.engines.roads.town.assembly import Assembly
from zaguan.engines.roads.town.boundaries import find_borders
from zaguan.engines.roads.town.cells import Cells, lay_out_cells
from zaguan.engines.roads.town.districts import District, find_districts
from zaguan.engines.roads.town.fill import Streets, fill
from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.mending import join_loose_ends
from zaguan.engines.roads.town.naming import TOWN_NAME, Names, name_streets
from zaguan.engines.roads.town.network import Network, connect_for_cars
from zaguan.engines.roads.town.patterns import pattern_for
from zaguan.engines.roads.town.scale import Scale, scale_for
from zaguan.engines.roads.town.scenery import draw_buildings, draw_green, draw_river
from zaguan.engines.roads.town.shapes import Floats
from zaguan.engines.roads.town.sheet import Sheet
from zaguan.engines.roads.town.signs import put_up_signs
from zaguan.engines.roads.town.woods import draw_woods
from zaguan.engines.roads.town.writing import write_extract, write_register, write_residents

COUNTRY: Final = "CL"
TIME_ZONE: Final = "America/Santiago"
EXTRACT_FILE: Final = "town.osm.pbf"
REGISTER_FILE: Final = "addresses.csv"
RESIDENTS_FILE: Final = "residents.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownFiles:
    """The files of a generated town, and what its region is called."""

    extract: Path  # .osm.pbf
    register: Path  # CSV: street, number, commune, lon, lat
    residents: Path  # CSV: lon, lat, residents; one row per block
    name: str = TOWN_NAME
    country: str = COUNTRY
    time_zone: str = TIME_ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town in the plane, before it is written."""

    scale: Scale
    ground: Ground
    cells: Cells
    arterials: Arterials
    filled: list[tuple[District, Streets]]
    network: Network
    names: Names
    addresses: Addresses


def generate_town(*, seed: int, addresses: int, folder: Path, progress: Progress) -> TownFiles:
    """Write a town of exactly so many addresses into a folder.

    The same seed and number give the same bytes in every file. From 1,000 to 1,000,000 addresses; other numbers
    raise TownSizeRefused before anything is written.
    """
    scale = scale_for(addresses)
    with progress.step(say("town.building"), total=2) as step:
        town = build_town(scale, seed)
        step.advance()
        sheet = _draw(town, seed)
        step.advance()
    files = TownFiles(extract=folder / EXTRACT_FILE, register=folder / REGISTER_FILE, residents=folder / RESIDENTS_FILE)
    with progress.step(say("town.writing"), total=3) as step:
        write_extract(files.extract, sheet, step)
        write_register(files.register, town.addresses, town.names.communes, step)
        write_residents(files.residents, residents_by_block(town.addresses), step)
    return files


def build_town(scale: Scale, seed: int) -> Town:
    """Lay out a town in the plane: ground, avenues, districts, streets, names, doors."""
    # each stage draws from its own stream: a change in one does not shuffle the others
    streams = [np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(8)]
    ground = Ground(scale, streams[0])
    cells = lay_out_cells(scale, ground, streams[1])
    planner = ArterialPlanner(scale, ground, cells, streams[2])
    arterials = planner.plan()
    districts = find_districts(cells, arterials, streams[3])
    join_loose_ends(arterials.edges, river_row=scale.river_row, pave=planner.pave)
    filled: list[tuple[District, Streets]] = []
    for district in districts:
        pattern = pattern_for(district, scale.blocks, ground, streams[4])
        streets = Streets.none() if pattern is None else fill(district, pattern, streams[4])
        filled.append((district, streets))
    network = Assembly(arterials, cells, scale.blocks, streams[5]).join(filled)
    connect_for_cars(network, network.nearest(np.zeros(2)))
    names = name_streets(
        network,
        communes=len(cells.commune_seats),
        villages=tuple(arterials.villages),
        river_row=scale.river_row,
        rng=streams[6],
    )
    return Town(
        scale=scale,
        ground=ground,
        cells=cells,
        arterials=arterials,
        filled=filled,
        network=network,
        names=names,
        addresses=place_addresses(network, names, scale.addresses, streams[7]),
    )


def _draw(town: Town, seed: int) -> Sheet:
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(99,)))
    sheet = Sheet()
    sheet.draw_streets(town.network, town.names, *put_up_signs(town.network, rng))
    sheet.draw_paths(town.network, [square for _, streets in town.filled for square in streets.squares])
    for shape in draw_river(town.scale, town.ground):
        sheet.draw_shape(shape)
    for shape in draw_green(town.filled, rng):
        sheet.draw_shape(shape)
    for shape in draw_woods(town.cells, town.arterials.villages, town.ground):
        sheet.draw_shape(shape)
    for shape in draw_buildings(town.addresses):
        sheet.draw_shape(shape)
    sheet.draw_borders(find_borders(town.scale, town.cells, town.arterials, town.ground), town.names.communes)
    _name_places(town, sheet)
    return sheet


def _name_places(town: Town, sheet: Sheet) -> None:
    """Set the labels of the town, its communes and the villages."""
    people = int(town.addresses.residents.sum())
    kind = "city" if people >= 100_000 else "town"
    sheet.add_node(np.zeros(2), {"place": kind, "name": TOWN_NAME, "population": str(people)})
    for commune, (i, j) in enumerate(town.cells.commune_seats):
        if commune:
            sheet.add_node(_at(town, i + 0.5, j + 0.5), {"place": "suburb", "name": town.names.communes[commune]})
    for (i, j), name in town.names.villages.items():
        sheet.add_node(_at(town, float(i), float(j)), {"place": "village", "name": name})


def _at(town: Town, u: float, v: float) -> Floats:
    return town.ground.plane(np.array(u), np.array(v))
