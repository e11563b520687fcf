"""Child processes that end with their parent, whatever ends it."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Final

# Runs between fork and the program itself: asks the kernel to kill it when its parent ends, then becomes it.
# Written as a program of its own because code must not run in the child of a process with threads.
LAUNCH: Final = """
import ctypes, os, sys
PR_SET_PDEATHSIG, SIGKILL = 1, 9
if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0:
    sys.exit("cannot tie this process to its parent")
if os.getppid() != int(sys.argv[1]):  # it ended before the kernel was asked
    sys.exit("the parent is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""
_LAST_BYTES: Final = 8_192
_LAST_LINES: Final = 8


def start_tied(
    command: Sequence[str], *, folder: Path, output: IO[bytes], env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program that the kernel kills when the calling *thread* ends, and so when the process does.

    It runs in `folder`, what it writes goes to `output`, `env` is added to the environment.
    """
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", LAUNCH, str(os.getpid()), *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env={**os.environ, **(env or {})},
        # Ctrl-C is for the parent, which then ends its children
        start_new_session=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    command: tuple[str, ...]
    folder: Path
    output: IO[bytes]
    env: Mapping[str, str]
    started: "Future[subprocess.Popen[bytes]]"


class Nursery:
    """Starts tied children from one thread that lives as long as it is open.

    The kernel ties a child to the thread that started it; the thread that asks may be a short one.
    """

    def __init__(self) -> None:
        self._wishes: SimpleQueue[_Wish | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="osrm-nursery", daemon=True)
        self._thread.start()

    def start(
        self, command: Sequence[str], *, folder: Path, output: IO[bytes], env: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a program that ends with this process, or when the nursery closes."""
        wish = _Wish(command=tuple(command), folder=folder, output=output, env=env, started=Future())
        self._wishes.put(wish)
        return wish.started.result()

    def close(self) -> None:
        """Start nothing more; the kernel ends the children that still run."""
        self._wishes.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (wish := self._wishes.get()) is not None:
            try:
                wish.started.set_result(start_tied(wish.command, folder=wish.folder, output=wish.output, env=wish.env))
            except BaseException as cause:
                wish.started.set_exception(cause)


def last_lines(output: IO[bytes]) -> str:
    """Return the end of what a child wrote to its output."""
    output.seek(0, os.SEEK_END)
    output.seek(max(0, output.tell() - _LAST_BYTES))
    lines = output.read().decode("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[-_LAST_LINES:])
