"""A hand-written extract of a few streets, small enough to know by heart.

Nine corners, 0.002 degrees apart, numbered like a telephone:  1 2 3 (north)
                                                              4 5 6
                                                              7 8 9 (south)
The west half lies in the commune Poniente, the east half in Oriente.
"""

from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

WEST, NORTH, STEP = -70.604, -33.400, 0.002
MIDDLE_LON, MIDDLE_LAT = WEST + STEP, NORTH - STEP

Tags = dict[str, str]

ROADS: dict[int, tuple[list[int], Tags]] = {
    101: ([4, 5, 6], {"highway": "primary", "name": "Avenida Grande", "maxspeed": "60", "alt_name": "La Grande"}),
    102: ([1, 2, 3], {"highway": "residential", "name": "Calle Uno", "oneway": "yes"}),
    103: ([7, 8, 9], {"highway": "residential", "name": "Calle Dos", "oneway": "-1", "surface": "cobblestone"}),
    104: ([1, 4, 7], {"highway": "tertiary", "name": "Los Olmos"}),
    105: ([3, 6, 9], {"highway": "service", "service": "driveway"}),
    106: ([2, 5, 8], {"highway": "footway", "name": "Pasaje del Sol"}),
    107: ([2, 6], {"highway": "residential", "name": "Calle Vedada", "access": "no"}),
}


def corner(number: int) -> tuple[float, float]:
    """Return longitude and latitude of a corner."""
    row, column = divmod(number - 1, 3)
    return round(WEST + column * STEP, 6), round(NORTH - row * STEP, 6)


def write_small_town(path: Path, *, roads: bool = True, nodes: bool = True, scenery: bool = True) -> Path:
    """Write the extract: with its roads or without, with their nodes or without, with areas or only roads."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        if nodes:
            for number in range(1, 10):
                writer.add_node(Node(id=number, location=corner(number)))
        if scenery:
            _write_scenery_nodes(writer)
        if roads:
            for number, (refs, tags) in ROADS.items():
                writer.add_way(Way(id=number, nodes=refs, tags=tags))
        if scenery:
            _write_scenery(writer)
    return path


def _write_scenery_nodes(writer: osmium.SimpleWriter) -> None:
    address = {"addr:housenumber": "120", "addr:street": "Calle Uno", "addr:country": "CL"}
    writer.add_node(Node(id=20, location=(WEST + 0.0005, NORTH), tags=address))
    writer.add_node(Node(id=21, location=(MIDDLE_LON, MIDDLE_LAT), tags={"place": "suburb", "name": "Villa del Medio"}))
    edge, top, bottom = 0.01, NORTH + 0.01, NORTH - 0.014
    frame = [
        (WEST - edge, top),
        (MIDDLE_LON, top),
        (WEST + 2 * STEP + edge, top),
        (WEST + 2 * STEP + edge, bottom),
        (MIDDLE_LON, bottom),
        (WEST - edge, bottom),
    ]
    for number, place in enumerate(frame, start=30):
        writer.add_node(Node(id=number, location=place))
    for first, (lon, lat) in ((40, (WEST + 0.0008, NORTH - 0.0008)), (50, (WEST + 0.0028, NORTH - 0.0028))):
        for at, (across, down) in enumerate(((0, 0), (0.0004, 0), (0.0004, 0.0004), (0, 0.0004))):
            writer.add_node(Node(id=first + at, location=(lon + across, lat - down)))


def _write_scenery(writer: osmium.SimpleWriter) -> None:
    building = {"building": "yes", "addr:housenumber": "45", "addr:street": "Avenida Grande"}
    writer.add_way(Way(id=201, nodes=[40, 41, 42, 43, 40], tags=building))
    writer.add_way(Way(id=202, nodes=[50, 51, 52, 53, 50], tags={"leisure": "park"}))
    writer.add_way(Way(id=203, nodes=[30, 31, 32], tags={"waterway": "river", "name": "Río Claro"}))
    writer.add_way(Way(id=204, nodes=[31, 34], tags={}))
    writer.add_way(Way(id=205, nodes=[34, 35, 30, 31], tags={}))
    writer.add_way(Way(id=206, nodes=[31, 32, 33, 34], tags={}))
    for number, way, name in ((301, 205, "Poniente"), (302, 206, "Oriente")):
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": name}
        writer.add_relation(Relation(id=number, members=[("w", 204, "outer"), ("w", way, "outer")], tags=tags))
