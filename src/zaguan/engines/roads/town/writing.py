"""Writes the town's three files, each whole and each the same bytes for the same town."""

from pathlib import Path
from typing import Final

import numpy as np
import osmium
import osmium.io
from osmium.osm import Box
from osmium.osm.mutable import Node, Relation, Way

from zaguan.base.kit.files import replacing
from zaguan.base.kit.progress import Step
from zaguan.engines.roads.town.addresses import Addresses, Block
from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.sheet import Sheet

_GENERATOR: Final = "zaguan"
_BUFFER_BYTES: Final = 4 << 20
_ROWS_AT_ONCE: Final = 50_000


def write_extract(path: Path, sheet: Sheet, step: Step) -> None:
    """Write the sheet as .osm.pbf, sorted by kind and number, with its box and without any time of writing."""
    degrees = np.round(Ground.earth(np.array(sheet.points)), 7)
    (west, south), (east, north) = degrees.min(axis=0).tolist(), degrees.max(axis=0).tolist()
    header = osmium.io.Header()
    header.add_box(Box(west, south, east, north))
    header.set("generator", _GENERATOR)
    with replacing(path) as beside:
        writer = osmium.SimpleWriter(osmium.io.File(str(beside), "osm.pbf"), _BUFFER_BYTES, header, True)
        try:
            for number, place in enumerate(degrees.tolist(), start=1):
                writer.add_node(Node(id=number, version=1, location=place, tags=sheet.node_tags.get(number, {})))
            for number, way in enumerate(sheet.ways, start=1):
                writer.add_way(Way(id=number, version=1, nodes=way.nodes, tags=way.tags))
            for number, (members, tags) in enumerate(sheet.relations, start=1):
                writer.add_relation(Relation(id=number, version=1, members=members, tags=tags))
        finally:
            writer.close()
    step.advance()


def write_register(path: Path, addresses: Addresses, communes: tuple[str, ...], step: Step) -> None:
    """Write the address register: street, number, commune, lon, lat."""
    degrees = Ground.earth(addresses.points)
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write("street,number,commune,lon,lat\n")
        for start in range(0, len(degrees), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            rows = zip(
                addresses.street[part].tolist(),
                addresses.number[part].tolist(),
                addresses.commune[part].tolist(),
                degrees[part].tolist(),
                strict=True,
            )
            file.writelines(
                f"{addresses.street_names[street]},{number},{communes[commune]},{lon:.6f},{lat:.6f}\n"
                for street, number, commune, (lon, lat) in rows
            )
    step.advance()


def write_residents(path: Path, blocks: Block, step: Step) -> None:
    """Write the people by block: lon, lat, residents."""
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write("lon,lat,residents\n")
        rows = zip(Ground.earth(blocks.points).tolist(), blocks.residents.tolist(), strict=True)
        file.writelines(f"{lon:.6f},{lat:.6f},{people}\n" for (lon, lat), people in rows)
    step.advance()
