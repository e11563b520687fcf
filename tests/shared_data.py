"""Development data that is not part of the repository: tests that want it skip where it is absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("ZAGUAN_DEV_DATA", ROOT.parent / "shared" / "data"))


def shared_data(relative: str) -> Path:
    """Return the path of a development file, or skip the test and say which file is missing."""
    path = FOLDER / relative
    if not path.exists():
        pytest.skip(f"development data not here: {relative} (set ZAGUAN_DEV_DATA to its folder)")
    return path
