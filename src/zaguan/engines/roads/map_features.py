"""Features of the base map: which shapes of an extract are drawn, in which layer, from which zoom."""

from pathlib import Path
from typing import Final, Self

import orjson
import osmium

from zaguan.engines.roads.communes import NamedPlace
from zaguan.engines.roads.extract import OsmObject
from zaguan.engines.roads.osm_tags import RoadClass, direction, road_class

LEAST_ZOOM: Final = 6
MOST_ZOOM: Final = 14

ROAD_ZOOM: Final = {
    RoadClass.MOTORWAY: 6,
    RoadClass.TRUNK: 6,
    RoadClass.PRIMARY: 8,
    RoadClass.SECONDARY: 10,
    RoadClass.TERTIARY: 11,
    RoadClass.RESIDENTIAL: 12,
    RoadClass.SERVICE: 13,
    RoadClass.PATH: 14,
}
UNMARKED_SERVICES: Final = frozenset(("driveway", "parking_aisle", "drive-through", "emergency_access"))
PLACE_ZOOM: Final = {"city": 6, "town": 8, "village": 10, "suburb": 11, "neighbourhood": 13}
WATERWAY_ZOOM: Final = {"river": 8, "canal": 11, "stream": 13, "ditch": 14, "drain": 14}
BUILDING_ZOOM: Final = 14
GREEN: Final = {
    "leisure": frozenset(("park", "garden", "nature_reserve", "golf_course", "pitch", "common", "dog_park")),
    "landuse": frozenset(
        ("forest", "grass", "meadow", "cemetery", "recreation_ground", "village_green", "orchard", "vineyard")
    ),
    "natural": frozenset(("wood", "scrub", "grassland", "heath", "wetland", "fell")),
}
GREEN_ZOOM: Final = 8
SMALL_GREEN: Final = frozenset(("garden", "pitch", "grass", "dog_park", "village_green"))
SMALL_GREEN_ZOOM: Final = 12
WATER: Final = {
    "natural": frozenset(("water", "bay", "strait")),
    "waterway": frozenset(("riverbank", "dock")),
    "landuse": frozenset(("reservoir", "basin")),
}
WATER_ZOOM: Final = 6


class MapCollector:
    """Writes features as lines of GeoJSON, each with its layer and least zoom; a context manager."""

    wants_areas = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._shapes = osmium.geom.GeoJSONFactory()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Have all on the disk."""
        self._file.close()

    def node(self, node: OsmObject) -> None:
        """Leave nodes alone: places come at the end."""

    def way(self, way: OsmObject) -> None:
        """Write roads and watercourses."""
        tags = way.tags
        if (road := road_class(tags)) is not None:
            if tags.get("area") == "yes":
                return
            hidden = road is RoadClass.SERVICE and tags.get("service") in UNMARKED_SERVICES
            properties: dict[str, str | int] = {"class": road.value}
            if name := tags.get("name", "").strip():
                properties["name"] = name
            if oneway := direction(tags):
                properties["oneway"] = 1
            backward = osmium.geom.direction.BACKWARD if oneway < 0 else osmium.geom.direction.FORWARD
            self._line("roads", MOST_ZOOM if hidden else ROAD_ZOOM[road], properties, way, backward)
        elif (zoom := WATERWAY_ZOOM.get(tags.get("waterway", ""))) is not None and tags.get("tunnel") is None:
            properties = {"kind": tags.get("waterway", "")}
            if name := tags.get("name", "").strip():
                properties["name"] = name
            self._line("water", zoom, properties, way, osmium.geom.direction.FORWARD)

    def area(self, area: OsmObject) -> None:
        """Write water, green and buildings."""
        tags = area.tags
        if tags.get("building", "no") != "no":
            self._polygon("buildings", BUILDING_ZOOM, {}, area)
        elif any(tags.get(key) in values for key, values in WATER.items()):
            self._polygon("water", WATER_ZOOM, {"kind": "lake"}, area)
        elif kind := next((tags.get(key) for key, values in GREEN.items() if tags.get(key) in values), None):
            self._polygon("green", SMALL_GREEN_ZOOM if kind in SMALL_GREEN else GREEN_ZOOM, {}, area)

    def add_places(self, places: tuple[NamedPlace, ...]) -> None:
        """Write the places; called once, after the extract has been read."""
        for place in places:
            shape = orjson.dumps({"type": "Point", "coordinates": (place.lon, place.lat)})
            self._feature("places", PLACE_ZOOM[place.kind], {"name": place.name, "kind": place.kind}, shape)

    def _line(
        self, layer: str, zoom: int, properties: dict[str, str | int], way: OsmObject, way_direction: OsmObject
    ) -> None:
        try:
            shape = self._shapes.create_linestring(way.nodes, osmium.geom.use_nodes.UNIQUE, way_direction)
        except (RuntimeError, osmium.InvalidLocationError):
            return  # a way of one point, or cut off from its nodes at the edge of the extract
        self._feature(layer, zoom, properties, shape.encode())

    def _polygon(self, layer: str, zoom: int, properties: dict[str, str | int], area: OsmObject) -> None:
        try:
            shape = self._shapes.create_multipolygon(area)
        except (RuntimeError, osmium.InvalidLocationError):
            return  # a ring that cannot be closed
        self._feature(layer, zoom, properties, shape.encode())

    def _feature(self, layer: str, zoom: int, properties: dict[str, str | int], shape: bytes) -> None:
        head = {"type": "Feature", "tippecanoe": {"layer": layer, "minzoom": zoom}, "properties": properties}
        self._file.write(orjson.dumps(head)[:-1] + b',"geometry":' + shape + b"}\n")
