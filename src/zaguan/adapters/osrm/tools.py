"""OSRM's programs and profiles, as the `osrm-bindings` wheel brings them."""

import hashlib
import importlib.metadata
import importlib.util
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from zaguan.adapters.osrm.refusals import ToolMissing
from zaguan.engines.roads.network import Profile

OWN_PROFILES: Final = Path(__file__).parent / "profiles"


def wheel_folder() -> Path:
    """Return the folder of the installed wheel; refused with ToolMissing where it is not installed."""
    # found without importing it: the module itself would load the whole engine
    found = importlib.util.find_spec("osrm")
    if found is None or found.origin is None:
        raise ToolMissing(tool="osrm-bindings", folder="site-packages")
    return Path(found.origin).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Where the programs and the profiles that OSRM brings are."""

    programs: Path = field(default_factory=lambda: wheel_folder() / "bin")
    profiles: Path = field(default_factory=lambda: wheel_folder() / "share" / "profiles")

    def program(self, name: str) -> Path:
        """Return the path of `osrm-<name>`; refused with ToolMissing where it cannot be run."""
        path = self.programs / f"osrm-{name}"
        if not (path.is_file() and os.access(path, os.X_OK)):
            raise ToolMissing(tool=path.name, folder=self.programs)
        return path

    def lua_path(self) -> str:
        """Return where Lua shall look for what our profiles are made from."""
        if not (self.profiles / "car.lua").is_file():
            raise ToolMissing(tool="car.lua", folder=self.profiles)
        return f"{self.profiles}/?.lua;;"


def profile_file(profile: Profile) -> Path:
    """Return our Lua file of a profile."""
    return OWN_PROFILES / f"delivery_{profile.value}.lua"


def tools_version() -> str:
    """Return OSRM's version and a digest of our profiles: another one makes other graphs."""
    digest = hashlib.sha256()
    for profile in Profile:
        digest.update(profile_file(profile).read_bytes())
    return f"{importlib.metadata.version('osrm-bindings')}-{digest.hexdigest()[:12]}"
