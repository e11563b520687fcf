"""Porto Alegre on its roads, for the solver's benches: built once from the development data, kept outside."""

import os
import subprocess
import sys
from pathlib import Path

from zaguan.engines.roads.region import Region, open_region

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ZAGUAN_DEV_DATA", ROOT.parent / "shared" / "data"))
CITY = "osm/porto-alegre"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zaguan" / "bench"
COMMAND = (sys.executable, "-c", "from zaguan.app.cli.main import main; main()")


def zaguan(*words: object) -> None:
    """Run the command line, quietly; what it says when it fails is a ValueError."""
    run = subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, check=False)
    if run.returncode:
        raise ValueError(f"zaguan {words[0]} {words[1]}: {run.stderr.strip() or run.stdout.strip()}")


def porto_alegre() -> Region:
    """Return the region with the roads of vans; only what changed is made again. Without the data a ValueError."""
    source, folder = DATA / CITY, CACHE / "porto-alegre"
    if not source.exists():
        raise ValueError(f"development data not here: {CITY} (set ZAGUAN_DEV_DATA)")
    zaguan(
        *("region", "build", source / "roads.osm.pbf", "--addresses", source / "addresses.csv.gz"),
        *("--profiles", "van", "--name", "Porto Alegre", "--out", folder),
    )
    return open_region(folder)
