"""Running the product as a process of its own and pressing Ctrl-C in the middle of its work."""

import os
import signal
import subprocess
import sys
from typing import NamedTuple


class Ended(NamedTuple):
    """How an interrupted process ended, and what it wrote."""

    status: int
    out: str
    err: str


def interrupted(*words: object, once: str) -> Ended:
    """Run a command in English and interrupt it as soon as a line of its messages begins like that."""
    command = [sys.executable, "-c", "from zaguan.app.cli.main import main; main()", *map(str, words)]
    english = os.environ | {"ZAGUAN_LANG": "en"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=english) as running:
        assert running.stderr is not None
        while not (line := running.stderr.readline()).startswith(once):
            assert line, f"it ended before {once}"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    return Ended(running.returncode, out, err)
