"""The doors of the house: set-up on a bare machine, benches, generated pages."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tools import bench
from tools.pages import benchmarks

RESULT = {
    "question": "How long?",
    "command": "make bench ARGS=roads",
    "machine": {"cores": 2, "python": "3.12.1"},
    "data": "a town of 7",
    "at": "2026-01-31",
    "rows": [{"places": 1000, "cpu_s": 3.4}, {"places": 12345, "cpu_s": None}],
}


def set_up(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up in a folder, with a PATH that has no Python but the one given."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for name in ("bash", "cat", "grep", "cksum", "touch"):
        found = shutil.which(name)
        assert found is not None
        if not (programs / name).exists():
            (programs / name).symlink_to(found)
    (folder / "requirements.lock").write_text("")
    return subprocess.run(
        [programs / "bash", ROOT / "tools" / "setup.sh", ".venv"],
        cwd=folder,
        env={"PATH": str(programs), "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_python_the_set_up_says_what_to_install(tmp_path: Path) -> None:
    """On a machine without any Python the set-up refuses with what it needs, where it looked and what to do."""
    done = set_up(tmp_path)
    assert done.returncode == 1
    assert "needs Python 3.12" in done.stderr
    assert f"{tmp_path}/.pyenv/versions" in done.stderr
    assert "hint: " in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_is_not_taken(tmp_path: Path) -> None:
    """A Python that fails the look at its version is passed by, as pyenv's stand-ins for missing versions do."""
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert set_up(tmp_path).returncode == 1


def test_the_set_up_is_sound_shell() -> None:
    """The set-up and the CI script are read by bash without complaint."""
    for script in (ROOT / "tools" / "setup.sh", ROOT / ".ci" / "run"):
        subprocess.run(["bash", "-n", str(script)], check=True)


def test_every_target_is_explained() -> None:
    """`make help` lists every target with what it does."""
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    assert {"demo", "test", "check", "fix", "bench", "docs", "lock", "clean", "help", "setup"} <= listed


def test_an_unknown_bench_is_refused_with_those_that_are_there() -> None:
    """A bench that does not exist is told together with the names of those that do."""
    with pytest.raises(ValueError, match=r"no bench in bench/no_such; there are: "):
        bench.benches(["no_such"])


def test_benches_are_found_below_a_room() -> None:
    """Naming a room runs all benches in it, each once."""
    runs = bench.benches(["roads", "roads"])
    assert runs
    assert len(set(runs)) == len(runs)
    assert all(run.name == "run.py" and run.is_relative_to(ROOT / "bench" / "roads") for run in runs)


def test_a_result_becomes_a_table(tmp_path: Path) -> None:
    """A result is shown with its question, command, data and machine, its figures at the right."""
    path = tmp_path / "result.json"
    path.write_text(json.dumps(RESULT))
    assert benchmarks.result_text(path).splitlines()[1:] == [
        "### How long?",
        "",
        "`make bench ARGS=roads`",
        "",
        "Data: a town of 7. Machine: cores 2, python 3.12.1. Measured: 2026-01-31.",
        "",
        "| places | cpu s |",
        "|---:|---:|",
        "| 1,000 | 3.4 |",
        "| 12,345 | – |",
    ]


def test_a_result_that_lacks_something_is_refused(tmp_path: Path) -> None:
    """A result without its data or its command is no result: the refusal names the file and what is missing."""
    path = tmp_path / "half.json"
    path.write_text(json.dumps({key: value for key, value in RESULT.items() if key not in ("data", "command")}))
    with pytest.raises(ValueError, match=r"half\.json lacks command, data"):
        benchmarks.result_text(path)
