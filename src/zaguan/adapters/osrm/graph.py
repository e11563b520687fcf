"""Building road graphs with OSRM's programs: one per profile, and in it one folder per slot of the week."""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import orjson

from zaguan.adapters.osrm.child import last_lines, start_tied
from zaguan.adapters.osrm.refusals import GraphMissing, NoRoadsForProfile, ToolFailed
from zaguan.adapters.osrm.tools import Tools, profile_file, tools_version
from zaguan.base.kit.clock import elapsed_s
from zaguan.base.kit.files import sha256_of
from zaguan.base.kit.progress import Progress, SilentProgress
from zaguan.base.kit.words import say
from zaguan.engines.roads.network import Profile

BASE: Final = "base"
FILES: Final = "region.osrm"  # OSRM's files are called region.osrm.<something>
SPEEDS: Final = "speeds.csv"
METRIC_FILE: Final = "metric"  # holds the digest of the speeds in a slot's folder
FREE_FLOW: Final = "free-flow"  # the digest of the graph's own speeds
USES_FILE: Final = "uses.json"

# to be raised when the code makes other graphs with the same programs and profiles
GRAPH_VERSION: Final = "1"
THREADS: Final = 2
_LOOK_S: Final = 0.01
# Levels that grow by four make matrices twice as fast as OSRM's own cells, which are made for single routes.
# Their ids must fit into 64 bits together: beyond a large city's size OSRM's own are used.
FINE_CELLS: Final = (32, 128, 512, 2_048, 8_192, 65_536, 1_048_576)
FINE_CELLS_MOST_NODES: Final = 1_000_000
_ENDINGS: Final = (".osm.pbf", ".pbf", ".osm.bz2", ".osm")
_BYTES_PER_NODE: Final = 12  # of region.osrm.ebg_nodes
# osrm-customize writes these in place; all others stay as they are and are shared by links
_REWRITTEN: Final = (".datasource_names", ".geometry", ".turn_weight_penalties", ".turn_duration_penalties")
_NO_ROADS: Final = ("There are no edges", "no snappable coordinates", "no routable edges")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """What one run of a program took."""

    tool: str
    cpu_s: float
    wall_s: float
    memory_mb: float


class OsrmGraphBuilder:
    """Builds graphs and remembers in `uses` what each program took."""

    def __init__(self, tools: Tools | None = None) -> None:
        self._tools = tools or Tools()
        self.uses: list[ToolUse] = []

    def version(self) -> str:
        """Return a text that changes when the same extract would become another graph."""
        return f"{GRAPH_VERSION}-{tools_version()}"

    def build_graph(self, extract: Path, *, profile: Profile, folder: Path, progress: Progress) -> None:
        """Write the graph of a profile to `folder`/base, in place of an older one and of its slots.

        Refused: ToolMissing, ToolFailed (also when it was killed for its memory), NoRoadsForProfile. The old graph
        stays until the new one is whole.
        """
        title = say("osrm.step_graph", profile=say(f"osrm.profile_{profile.value}"))
        with _made_beside(folder / BASE) as beside, progress.step(title, total=2) as step:
            files = beside / FILES
            try:
                uses = [self._extract(extract, profile, beside)]
            except ToolFailed as cause:
                if any(words in str(cause.facts["lines"]) for words in _NO_ROADS):
                    raise NoRoadsForProfile(path=extract, profile=profile.value) from cause
                raise
            step.advance()
            step.note(_told(uses[-1]))
            uses.append(self._run("partition", beside, *_cells(files)))
            step.advance()
            step.note(_told(uses[-1]))
            content = orjson.dumps([asdict(use) for use in uses], option=orjson.OPT_INDENT_2)
            (beside / USES_FILE).write_bytes(content)
            # what belonged to the old graph would mix with the new one
            for old in _metric_folders(folder):
                shutil.rmtree(old)

    def add_metric(self, folder: Path, *, slot: str, speeds_csv: Path | None) -> None:
        """Write `folder`/`slot`: the graph in `folder`/base with a table of speeds, or with its own for None.

        `speeds_csv` has lines of from-node, to-node and km/h; 0 closes. Refused: GraphMissing, ToolMissing,
        ToolFailed. Folders share all files that are alike.
        """
        assert slot not in ("", BASE), "the base is not a slot"
        assert "/" not in slot, "a slot's name is the name of its folder"
        base = folder / BASE
        if not (base / f"{FILES}.partition").exists():
            raise GraphMissing(profile=folder.name, folder=folder)
        digest = FREE_FLOW if speeds_csv is None else sha256_of(speeds_csv)
        with _made_beside(folder / slot) as beside:
            if (same := _find_metric(folder, digest)) is not None:
                for file in same.iterdir():
                    _link(file, beside / file.name)
                return
            for file in base.glob(f"{FILES}.*"):
                if file.suffix in _REWRITTEN:
                    shutil.copyfile(file, beside / file.name)
                else:
                    _link(file, beside / file.name)
            before = _stamps(base)
            with _linked(beside, {} if speeds_csv is None else {SPEEDS: speeds_csv}) as names:
                self._run("customize", beside, *(f"--segment-speed-file={name}" for name in names))
            assert _stamps(base) == before, "osrm-customize wrote into files that the slots share"
            (beside / METRIC_FILE).write_text(digest, "ascii")

    def _extract(self, extract: Path, profile: Profile, folder: Path) -> ToolUse:
        source = next((f"extract{ending}" for ending in _ENDINGS if extract.name.endswith(ending)), "extract.osm.pbf")
        with _linked(folder, {source: extract, "profile.lua": profile_file(profile)}):
            options = ("--profile=profile.lua", f"--output={FILES}")
            return self._run("extract", folder, *options, base=source, lua_path=self._tools.lua_path())

    def _run(self, name: str, folder: Path, *options: str, base: str = FILES, lua_path: str = "") -> ToolUse:
        """Run a program in a folder to its end and note what it took.

        All names are short ones of that folder: OSRM does not take paths with spaces.
        """
        program = self._tools.program(name)
        tool, command = program.name, [str(program), base, f"--threads={THREADS}", *options]
        env = {"LUA_PATH": lua_path} if lua_path else {}
        with tempfile.TemporaryFile() as output:
            began_s = elapsed_s()
            status, cpu_s, memory_mb = _wait_for(start_tied(command, folder=folder, output=output, env=env))
            if status != 0:
                raise ToolFailed(tool=tool, status=status, lines=last_lines(output))
        use = ToolUse(
            tool=tool,
            cpu_s=round(cpu_s, 2),
            wall_s=round(elapsed_s() - began_s, 2),
            memory_mb=round(memory_mb, 1),
        )
        self.uses.append(use)
        return use


def metric_of(folder: Path) -> str | None:
    """Return the digest of the speeds in a slot's folder, or None where there is no whole one."""
    try:
        return (folder / METRIC_FILE).read_text("ascii").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None


def build_graph(extract: Path, *, profile: Profile, folder: Path, progress: Progress | None = None) -> None:
    """Build the graph of a profile with the installed programs: see OsrmGraphBuilder.build_graph."""
    OsrmGraphBuilder().build_graph(extract, profile=profile, folder=folder, progress=progress or SilentProgress())


def add_metric(folder: Path, *, slot: str, speeds_csv: Path | None) -> None:
    """Add the travel times of a slot with the installed programs: see OsrmGraphBuilder.add_metric."""
    OsrmGraphBuilder().add_metric(folder, slot=slot, speeds_csv=speeds_csv)


def _wait_for(child: subprocess.Popen[bytes]) -> tuple[int, float, float]:
    """Return exit status, CPU seconds and most memory in MB of a child; end it when we are interrupted."""
    memory_mb, pause = 0.0, threading.Event()
    try:
        while True:
            # the kernel's own figure at the end counts the memory of the parent that it was forked from
            memory_mb = max(memory_mb, _memory_mb(child.pid))
            process_id, status, usage = os.wait4(child.pid, os.WNOHANG)
            if process_id:
                break
            pause.wait(_LOOK_S)
    except BaseException:
        child.kill()
        child.wait()
        raise
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_utime + usage.ru_stime, memory_mb


def _memory_mb(process_id: int) -> float:
    """Return the most memory that a process has used since it became its program, 0 when that is not known."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text("ascii")
    except OSError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / 1024 if found is not None else 0.0


@contextmanager
def _linked(folder: Path, files: Mapping[str, Path]) -> Iterator[tuple[str, ...]]:
    """Have files under short names in a folder while the block lasts."""
    for name, file in files.items():
        (folder / name).symlink_to(file.resolve())
    try:
        yield tuple(files)
    finally:
        for name in files:
            (folder / name).unlink()


def _cells(files: Path) -> tuple[str, ...]:
    nodes = files.with_name(f"{FILES}.ebg_nodes").stat().st_size // _BYTES_PER_NODE
    return (f"--max-cell-sizes={','.join(map(str, FINE_CELLS))}",) if nodes <= FINE_CELLS_MOST_NODES else ()


def _told(use: ToolUse) -> str:
    return say("osrm.tool_use", tool=use.tool, seconds=f"{use.cpu_s:.1f}", megabytes=f"{use.memory_mb:.0f}")


def _metric_folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if metric_of(path) is not None]


def _find_metric(folder: Path, digest: str) -> Path | None:
    """Return another slot's folder that was made with the same speeds."""
    found = (path for path in _metric_folders(folder) if metric_of(path) == digest)
    return next((path for path in found if not path.name.startswith(".")), None)


def _link(file: Path, link: Path) -> None:
    try:
        link.hardlink_to(file)
    except OSError:  # a disk without links: the same bytes twice
        shutil.copyfile(file, link)


def _stamps(folder: Path) -> Mapping[str, tuple[int, int]]:
    return {file.name: (file.stat().st_mtime_ns, file.stat().st_size) for file in folder.iterdir()}


@contextmanager
def _made_beside(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside `folder`, put in its place when the block ends well, removed otherwise.

    What killed processes left here is removed first: their ids are in the folders' names.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(".*.part"):
        maker = re.fullmatch(r"\..+\.(\d+)\.[0-9a-f]{8}\.part", left.name)
        if maker is not None and not _is_alive(int(maker[1])):
            shutil.rmtree(left, ignore_errors=True)
    beside = folder.parent / f".{folder.name}.{os.getpid()}.{secrets.token_hex(4)}.part"
    beside.mkdir()
    try:
        yield beside
        old = beside.with_name(f".{folder.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
        with suppress(FileNotFoundError):
            folder.rename(old)
        beside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
