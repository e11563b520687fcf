"""The lock file holds what pyproject.toml asks for."""

import re
import tomllib

from tests.house.source import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def plain(name: str) -> str:
    """Return a library's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_library_is_locked() -> None:
    """Each library that pyproject.toml names, for the product or for work on it, is in the lock file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {plain(re.split(r"[<>=!~;\[ ]", line)[0]) for line in asked}
    locked = {plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", LOCK, flags=re.MULTILINE)}
    assert sorted(names - locked) == [], "run make lock"


def test_every_locked_library_has_hashes() -> None:
    """No version is locked without the hashes of its files."""
    entries = re.split(r"^(?=[A-Za-z0-9._-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
