"""The wiring: which adapter fills which port, for a region on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zaguan.adapters.osrm.network import OsrmNetwork
from zaguan.engines.roads.geocoder.geocoder import Geocoder
from zaguan.engines.roads.network import Profile, RoadNetwork
from zaguan.engines.roads.region import Region
from zaguan.operations.intake.locate import OFF_MAP_M
from zaguan.operations.planning.service import Ground

CACHE_FOLDER: Final = "cache"  # inside the region; another by ZAGUAN_CACHE_DIR
PINS_FOLDER: Final = "pins"


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A region at work: its roads and its geocoder."""

    region: Region
    network: RoadNetwork
    geocoder: Geocoder

    @property
    def ground(self) -> Ground:
        """What planning needs to know of the region. Points a little outside of the box are still on the map."""
        return Ground(
            network=self.network,
            name=self.region.name,
            region_hash=self.region.region_hash,
            attribution=self.region.attribution,
            box=self.region.box.grown_by(OFF_MAP_M),
        )


@contextmanager
def city_of(region: Region) -> Iterator[City]:
    """Open a region for planning; its road servers end with the block."""
    named = os.environ.get("ZAGUAN_CACHE_DIR")
    cache = Path(named) if named else region.folder / CACHE_FOLDER
    with OsrmNetwork(region.folder, region_hash=region.region_hash, box=region.box, cache_folder=cache) as network:
        profile = Profile.VAN if Profile.VAN in region.profiles else region.profiles[0]
        with Geocoder(
            region.streets,
            pins=region.folder / PINS_FOLDER,
            reaches=lambda point: not network.nearest(point, profile=profile).estimated,
        ) as geocoder:
            yield City(region=region, network=network, geocoder=geocoder)
