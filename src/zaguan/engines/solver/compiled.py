"""How the kernels of this engine are compiled: cached on disk, free of the interpreter's lock, no reference counts.

Numba renews a cached kernel when its own file changes, not when a kernel that it calls does: after an update, old and
new rules would be mixed. So the cache lies in a folder named after the sources of the whole engine.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from numba import config, njit

ENGINE: Final = Path(__file__).parent
DIGEST_LETTERS: Final = 16


def _digest() -> str:
    whole = hashlib.sha256()
    for source in sorted(ENGINE.rglob("*.py")):
        whole.update(source.relative_to(ENGINE).as_posix().encode())
        whole.update(source.read_bytes())
    return whole.hexdigest()[:DIGEST_LETTERS]


def _cache_folder() -> Path:
    """Return the folder for this state of the sources: beside them, or in the user's cache where that is read-only."""
    beside = ENGINE / "__pycache__"
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zaguan"
    root = beside if os.access(ENGINE, os.W_OK) else home
    return root / f"kernels-{_digest()}"


CACHE: Final = _cache_folder()
COMPLETE: Final = CACHE / "complete"


def is_compiled() -> bool:
    """Tell whether every kernel is in the cache for this state of the sources."""
    return COMPLETE.exists()


def mark_compiled() -> None:
    """Say that every kernel is in the cache."""
    COMPLETE.parent.mkdir(parents=True, exist_ok=True)
    COMPLETE.touch()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function on its first call, or take it from the cache.

    The kernels never allocate, so counting references to the arrays they share would be all cost and no use.
    """
    elsewhere = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        return njit(cache=True, nogil=True, _nrt=False, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = elsewhere


def forget_older_kernels() -> None:
    """Delete the caches of other states of the sources."""
    for folder in CACHE.parent.glob("kernels-*"):
        if folder != CACHE:
            shutil.rmtree(folder, ignore_errors=True)
