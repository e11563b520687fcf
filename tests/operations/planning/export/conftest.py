"""The base map of the test town, drawn once."""

from pathlib import Path

import pytest

from tests.base_map import draw_base_map


@pytest.fixture(scope="session")
def base_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the town's map.pmtiles."""
    return draw_base_map(tmp_path_factory.mktemp("town"))
