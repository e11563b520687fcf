"""How much memory a build takes, and how much there is."""

import re
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1 << 20
# Measured, with room to spare: docs/guides/region.md has the figures. An extract of roads only needs more for its size
# than one with buildings; what stands is for roads only.
BASE_MB: Final = 180.0
MB_PER_EXTRACT_MB: Final = 15.0
MB_PER_REGISTER_MB: Final = 2.5
ZIPPED_RATIO: Final = 4.0  # of a register's size to that of its .gz


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a run took: the most memory that it held at a time, and CPU time of it and of the programs it ran.

    `largest_program_mb` is an upper bound: a program counts the memory of ours that it was started from.
    """

    own_mb: float
    largest_program_mb: float
    cpu_s: float


def needed_mb(extract: Path, registers: Sequence[Path]) -> float:
    """Estimate from the size of the files the most memory that a build holds at a time, in megabytes."""
    text = sum(file.stat().st_size * (ZIPPED_RATIO if file.suffix == ".gz" else 1.0) for file in registers)
    return BASE_MB + (MB_PER_EXTRACT_MB * extract.stat().st_size + MB_PER_REGISTER_MB * text) / MEGABYTE


def available_mb(*, meminfo: Path = Path("/proc/meminfo"), cgroup: Path = Path("/sys/fs/cgroup")) -> float | None:
    """Return what the machine, or the container we are in, has left in megabytes; None where it does not tell."""
    found = [left for left in (_left_of_machine(meminfo), _left_of_container(cgroup)) if left is not None]
    return min(found) if found else None


def spent() -> Spent:
    """Return what was taken since this process began."""
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in kilobytes on Linux
    own, programs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(
        own_mb=own.ru_maxrss * unit / MEGABYTE,
        largest_program_mb=programs.ru_maxrss * unit / MEGABYTE,
        cpu_s=sum(used.ru_utime + used.ru_stime for used in (own, programs)),
    )


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
