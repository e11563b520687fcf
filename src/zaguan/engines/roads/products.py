"""The parts of a region, each with a hash of what it is made from, so that only what changed is made again.

New parts are made in a work folder inside the region and put in place together at the end: until then the old
region stays usable, and a build that was stopped goes on where it was.
"""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypedDict

import orjson

from zaguan.base.kit.files import write_whole
from zaguan.engines.roads.region import REGION_FILE, WORK_FOLDER
from zaguan.engines.roads.region_refusals import FolderBusy, FolderUnwritable

DONE_FILE: Final = "done.json"
SCRATCH_FOLDER: Final = "scratch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A part of a region: what it was made from as a hash, and its files or folders within the region."""

    name: str
    inputs: str
    outputs: tuple[str, ...]


class Done(TypedDict):
    """What a finished product was made from, and what is worth telling of it."""

    inputs: str
    facts: dict[str, Any]


def digest(*parts: str) -> str:
    """Return a hash of texts and of their borders."""
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()


class Workshop:
    """Where the parts of one region are made. `known` says what the region that stands is made from."""

    def __init__(self, folder: Path, known: Mapping[str, str]) -> None:
        self.folder = folder
        self.work = folder / WORK_FOLDER
        self._known = dict(known)
        self._done: dict[str, Done] = _read_done(self.work / DONE_FILE)

    @property
    def scratch(self) -> Path:
        """A folder for what is needed only while building."""
        path = self.work / SCRATCH_FOLDER
        path.mkdir(parents=True, exist_ok=True)
        return path

    def is_current(self, product: Product) -> bool:
        """Tell whether the region has the product as it should be."""
        return self._known.get(product.name) == product.inputs and all(
            (self.folder / output).exists() for output in product.outputs
        )

    def is_done(self, product: Product) -> bool:
        """Tell whether the product is current, or was finished by a build that was stopped later."""
        return self.is_current(product) or (
            self._inputs_done(product.name) == product.inputs
            and all((self.work / output).exists() or (self.folder / output).exists() for output in product.outputs)
        )

    def clear(self, product: Product) -> None:
        """Forget and remove what a stopped build left of the product."""
        if self._done.pop(product.name, None) is not None:
            self._write_done()
        for output in product.outputs:
            _remove(self.work / output)
            (self.work / output).parent.mkdir(parents=True, exist_ok=True)

    def borrow(self, output: str) -> None:
        """Have an output that stands in the region also in the work folder, as links to the same bytes."""
        if not (self.work / output).exists():
            shutil.copytree(self.folder / output, self.work / output, copy_function=os.link)

    def finish(self, product: Product, facts: Mapping[str, Any] | None = None) -> None:
        """Remember that the product is ready in the work folder, and facts to be told when all is ready."""
        missing = [output for output in product.outputs if not (self.work / output).exists()]
        assert not missing, f"{product.name} was finished without {missing}"
        self._done[product.name] = Done(inputs=product.inputs, facts=dict(facts or {}))
        self._write_done()

    def facts(self, product: Product) -> dict[str, Any] | None:
        """Return the facts of a finished product that is not in the region yet, else None."""
        return self._done[product.name]["facts"] if self._inputs_done(product.name) == product.inputs else None

    def put_in_place(
        self, products: Sequence[Product], *, kept_facts: Mapping[str, dict[str, Any]], obsolete: Sequence[str]
    ) -> None:
        """Move finished products into the region. Until its region.json is written anew it counts as incomplete.

        `kept_facts` are of products that stay as they are, by name: a stopped move must not lose them.
        `obsolete` outputs are removed.
        """
        self._done = {
            product.name: Done(inputs=product.inputs, facts=self.facts(product) or kept_facts.get(product.name, {}))
            for product in products
        }
        self._write_done()
        (self.folder / REGION_FILE).unlink(missing_ok=True)
        for product in products:
            for output in product.outputs:
                if (self.work / output).exists():
                    _remove(self.folder / output)
                    (self.folder / output).parent.mkdir(parents=True, exist_ok=True)
                    (self.work / output).rename(self.folder / output)
        for output in obsolete:
            _remove(self.folder / output)

    def drop_scratch(self) -> None:
        """Remove what is needed only while building."""
        _remove(self.work / SCRATCH_FOLDER)

    def leave(self) -> None:
        """Keep what is finished for the next run, and nothing else."""
        self.drop_scratch()
        if not self._done:
            self.close()

    def close(self) -> None:
        """Remove the work folder, when all is in place and written down."""
        _remove(self.work)

    def _inputs_done(self, name: str) -> str | None:
        return self._done[name]["inputs"] if name in self._done else None

    def _write_done(self) -> None:
        write_whole(self.work / DONE_FILE, orjson.dumps(self._done, option=orjson.OPT_INDENT_2))


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Make the folder if need be and keep other builds out of it until the block ends; an empty one is not left.

    Refused: FolderUnwritable, FolderBusy.
    """
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as cause:
        raise FolderUnwritable(path=folder, reason=cause.strerror or cause) from cause
    try:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise FolderUnwritable(path=folder, reason=os.strerror(errno.EACCES))
        _lock(folder, handle)
        yield
    finally:
        os.close(handle)  # which also lets the lock go
        if made:
            with suppress(OSError):  # there is something in it
                folder.rmdir()


def _lock(folder: Path, handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as cause:
        raise FolderBusy(path=folder) from cause


def _read_done(path: Path) -> dict[str, Done]:
    try:
        return {
            str(name): Done(inputs=str(done["inputs"]), facts=dict(done["facts"]))
            for name, done in orjson.loads(path.read_bytes()).items()
        }
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}  # nothing was finished


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
