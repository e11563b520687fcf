"""Time zones come from the package that is upgraded with the platform."""

import os
import subprocess
import sys

import pytest

ASKED = """
import os, zoneinfo
from zaguan.app.time_zones import use_own_time_zones
use_own_time_zones()
print(zoneinfo.TZPATH, repr(os.environ.get("PYTHONTZPATH")), zoneinfo.ZoneInfo("America/Santiago"))
"""


@pytest.mark.parametrize(
    ("named", "told"),
    [({}, "() '' America/Santiago"), ({"PYTHONTZPATH": "/srv/zones"}, "('/srv/zones',) '/srv/zones' America/Santiago")],
    ids=["nothing named", "a path of their own"],
)
def test_zones_are_the_platforms_own(named: dict[str, str], told: str) -> None:
    """The machine's files are not read, nor by processes started later, unless somebody names a path of their own."""
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONTZPATH"} | named
    answer = subprocess.run([sys.executable, "-c", ASKED], env=environ, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == told
