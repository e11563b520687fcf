"""The roads of this installation, for whoever looks at routes under way."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from zoneinfo import ZoneInfo

from zaguan.adapters.osrm.network import OsrmNetwork
from zaguan.app.bootstrap import CACHE_FOLDER
from zaguan.base.kit.settings import Settings
from zaguan.engines.roads.region import open_region
from zaguan.operations.tracking.forecasting import RoadsOf
from zaguan.operations.tracking.road_times import NetworkTimes, PlannedTimes


@contextmanager
def roads_at_hand(settings: Settings) -> Iterator[RoadsOf]:
    """Give the times of ways for forecasts: by the region's roads, or by the plan alone where no region is set.

    Refused: what `open_region` refuses.
    """
    if settings.region is None:
        yield PlannedTimes
        return
    region = open_region(settings.region)
    cache = settings.cache_dir or region.folder / CACHE_FOLDER
    with OsrmNetwork(region.folder, region_hash=region.region_hash, box=region.box, cache_folder=cache) as network:
        yield partial(NetworkTimes, network=network, zone=ZoneInfo(region.time_zone))
