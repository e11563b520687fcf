"""Finds a Chromium for the tests: $CHROMIUM, the machine's own, else one from npm that needs no installation."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tools import web

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGE = web.WEB / "chromium"
UNPACKED = PACKAGE / "unpacked"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader"),
    *("--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--force-color-profile=srgb"),
)
START_S = 60


@dataclass(frozen=True, kw_only=True)
class Chromium:
    """A browser that starts, and what its process needs to know."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium() -> Chromium:
    """Return a browser that starts; raise RuntimeError with what was tried where there is none."""
    if named := os.environ.get("CHROMIUM"):
        return _started(Path(named)) or _fail(f"$CHROMIUM is set to {named}, which does not start")
    tried = []
    for name in NAMES:
        if program := shutil.which(name):
            if browser := _started(Path(program)):
                return browser
            tried.append(f"{program} does not start")
    try:
        program = unpacked()
    except web.WebNotBuilt as fault:
        return _fail("; ".join([*tried, f"and none from npm: {fault}"]))
    libraries = {"LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib")}
    return (
        _started(program)
        # a bare machine lacks libraries that come with the package
        or _started(program, libraries)
        or _fail("; ".join([*tried, f"{program} from npm does not start either"]))
    )


def unpacked() -> Path:
    """Return the browser of the npm package, fetched and unpacked at first. Raises tools.web.WebNotBuilt."""
    program = UNPACKED / "chromium"
    if not program.exists():
        node = web.find_node()
        web.install(node, PACKAGE)
        beside = UNPACKED.with_name(f"unpacked.{os.getpid()}")
        web.run(node, PACKAGE, [str(PACKAGE / "unpack.mjs"), str(beside)])
        try:
            beside.rename(UNPACKED)
        except OSError:  # another worker was faster
            shutil.rmtree(beside)
    return program


def _started(program: Path, more: dict[str, str] | None = None) -> Chromium | None:
    command = [str(program), "--headless", "--no-sandbox", "--version"]
    environment = {**os.environ, **(more or {})}
    try:
        answer = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=START_S)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Chromium(program=program, environment=more or {}) if answer.returncode == 0 else None


def _fail(reason: str) -> Chromium:
    raise RuntimeError(f"no browser for the tests: {reason}. Set CHROMIUM to the path of a Chromium or Chrome.")
