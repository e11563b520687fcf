"""How much memory a build takes, and how much there is."""

import re
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1 << 20
# Measured: see docs/guides/region.md. The graph's builder needs the most; it grows with the roads, and the file's
# size is what is known of them beforehand.
BASE_MB: Final = 150.0
MB_PER_EXTRACT_MB: Final = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakMemory:
    """The most memory that this process, and the largest of the programs it ran, held at a time, in megabytes."""

    own_mb: float
    largest_child_mb: float


def needed_mb(extract: Path) -> float:
    """Estimate from the size of an extract the most memory that its build holds at a time, in megabytes."""
    return BASE_MB + MB_PER_EXTRACT_MB * extract.stat().st_size / MEGABYTE


def available_mb(*, meminfo: Path = Path("/proc/meminfo"), cgroup: Path = Path("/sys/fs/cgroup")) -> float | None:
    """Return what the machine, or the container we are in, has left in megabytes; None where it does not tell."""
    found = [left for left in (_left_of_machine(meminfo), _left_of_container(cgroup)) if left is not None]
    return min(found) if found else None


def peak_memory() -> PeakMemory:
    """Return the peaks since this process began."""
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in kilobytes on Linux
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return PeakMemory(own_mb=own * unit / MEGABYTE, largest_child_mb=children * unit / MEGABYTE)


def _left_of_machine(meminfo: Path) -> float | None:
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo.read_text("ascii"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


def _left_of_container(cgroup: Path) -> float | None:
    """Return what the memory limit of a container (cgroup v2, then v1) leaves."""
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            most, now = (cgroup / limit).read_text("ascii").strip(), (cgroup / used).read_text("ascii").strip()
        except OSError:
            continue
        if most.isdigit() and int(most) < 1 << 60:
            return (int(most) - int(now)) / MEGABYTE
    return None
