"""Points that drivers corrected: kept for good, and used at the next order to the same address."""

import fcntl
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from zaguan.base.geo.point import Point
from zaguan.base.kit.clock import Clock, SystemClock

PINS_FILE: Final = "pins.jsonl"


class PinBook:
    """The pins of a folder: one line of JSON each, only ever appended to, the last one of a key wins.

    Several processes may hold the same book; each sees what the others add. A line that a crash cut off is skipped.
    """

    def __init__(self, folder: Path, *, clock: Clock | None = None) -> None:
        self.path = folder / PINS_FILE
        self._clock = clock or SystemClock()
        self._pins: dict[str, Point] = {}
        self._read_until = 0
        self._refresh()

    def __len__(self) -> int:
        return len(self._pins)

    def find(self, keys: Iterable[str]) -> Point | None:
        """Return the pin of the first of the keys that has one."""
        self._refresh()
        return next((self._pins[key] for key in keys if key in self._pins), None)

    def add(self, keys: Sequence[str], point: Point, *, label: str) -> None:
        """Keep a pin under all its keys; when this returns it is on the disk."""
        line = json.dumps(
            {
                "at": self._clock.now().isoformat(),
                "label": label,
                "keys": list(keys),
                "lon": point.lon,
                "lat": point.lat,
            },
            ensure_ascii=False,
        )
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0, os.SEEK_END)
            torn = b""
            if file.tell():
                file.seek(-1, os.SEEK_END)
                torn = b"" if file.read(1) == b"\n" else b"\n"
            file.write(torn + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if new:
            _sync_folder(self.path.parent)
        self._refresh()

    def _refresh(self) -> None:
        """Read the lines that were added since the last look; a line without its end is left for later."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            size = 0
        if size < self._read_until:  # replaced by a shorter one
            self._pins, self._read_until = {}, 0
        if size == self._read_until:
            return
        with self.path.open("rb") as file:
            file.seek(self._read_until)
            data = file.read(size - self._read_until)
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].splitlines():
            self._take(line)
        self._read_until += whole

    def _take(self, line: bytes) -> None:
        try:
            pin = json.loads(line)
            point = Point(lon=float(pin["lon"]), lat=float(pin["lat"]))
            keys = [str(key) for key in pin["keys"]]
        except (ValueError, KeyError, TypeError):
            return
        for key in keys:
            self._pins[key] = point


def _sync_folder(folder: Path) -> None:
    """Make the name of a new file as durable as its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
