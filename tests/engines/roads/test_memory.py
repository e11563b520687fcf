"""Memory that a build needs, and that there is."""

from pathlib import Path

import pytest

from zaguan.engines.roads.memory import MEGABYTE, available_mb, needed_mb, spent


def test_larger_files_need_more(tmp_path: Path) -> None:
    """An extract weighs more than a register, and a zipped register more than a plain one of its size."""
    extract, plain, zipped = (tmp_path / name for name in ("a.osm.pbf", "a.csv", "a.csv.gz"))
    for file in (extract, plain, zipped):
        file.write_bytes(bytes(MEGABYTE))
    alone = needed_mb(extract, ())
    assert alone < needed_mb(extract, (plain,)) < needed_mb(extract, (zipped,))
    assert needed_mb(plain, ()) == alone


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"memory.max": "max", "memory.current": "5"}, 2000.0),
        ({"memory.max": str(512 * MEGABYTE), "memory.current": str(112 * MEGABYTE)}, 400.0),
        ({"memory.max": str(9000 * MEGABYTE), "memory.current": "0"}, 2000.0),
        ({"memory/memory.limit_in_bytes": str(300 * MEGABYTE), "memory/memory.usage_in_bytes": "0"}, 300.0),
        ({}, 2000.0),
    ],
)
def test_the_tighter_of_machine_and_container_counts(tmp_path: Path, files: dict[str, str], expected: float) -> None:
    """What is free is what the machine has left, or what the container's limit leaves, if that is less."""
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9999999 kB\nMemAvailable: 2048000 kB\n")
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content + "\n")
    assert available_mb(meminfo=meminfo, cgroup=tmp_path) == expected


def test_a_machine_that_does_not_tell_is_not_guessed(tmp_path: Path) -> None:
    """Without the system's files there is no figure."""
    assert available_mb(meminfo=tmp_path / "none", cgroup=tmp_path) is None


def test_what_was_taken_is_told() -> None:
    """A running process has taken memory and time."""
    taken = spent()
    assert taken.own_mb > 10
    assert taken.cpu_s > 0
