"""A drawn town with a real OSRM graph, built once."""

from pathlib import Path

import pytest

from tests.adapters.osrm.drawn_town import DrawnTown
from zaguan.adapters.osrm.graph import OsrmGraphBuilder
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.network import Profile

# the streets X–Y are joined with nothing else
TOWN = DrawnTown("""
A---B---C---D
|   |   |   |
E---F>>>G---H
|   |   |   |
I---J---K---L

X---Y
""")


@pytest.fixture(scope="session")
def town() -> DrawnTown:
    """The drawing."""
    return TOWN


@pytest.fixture(scope="session")
def built_region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A region of the town: quick at night, slow in the morning, and street B–C closed in the evening."""
    folder = tmp_path_factory.mktemp("region")
    extract = TOWN.write(folder / "town.osm.pbf")
    builder = OsrmGraphBuilder()
    speeds = folder / "speeds.csv"
    for profile in (Profile.VAN, Profile.BICYCLE):
        graph = folder / "osrm" / profile.value
        builder.build_graph(extract, profile=profile, folder=graph, progress=SilentProgress())
        for slot, kmh, closed in (
            ("night", 40, ()),
            ("morning", 12, ()),
            ("late-morning", 24, ()),
            ("evening", 40, ("BC", "CB")),
        ):
            own = profile is Profile.BICYCLE
            table = None if own else TOWN.write_speeds(speeds, kmh=kmh, closed=closed)
            builder.add_metric(graph, slot=slot, speeds_csv=table)
    return folder
