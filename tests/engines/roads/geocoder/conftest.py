"""The small city's index, built once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.roads.geocoder.small_city import addresses, streets
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.geocoder.geocoder import Geocoder
from zaguan.engines.roads.geocoder.index import build_index


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of the small city's index."""
    path = tmp_path_factory.mktemp("city") / "streets.sqlite"
    build_index(path, streets=streets(), addresses=addresses(), progress=SilentProgress())
    return path


@pytest.fixture(scope="session")
def geocoder(index: Path) -> Iterator[Geocoder]:
    """The small city's geocoder, without pins."""
    with Geocoder(index) as opened:
        yield opened
