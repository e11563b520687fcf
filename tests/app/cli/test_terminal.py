"""The terminal: bars, lines, refusals."""

import io
import os
import signal
import subprocess
import sys
from typing import ClassVar

import pytest
from rich.console import Console

from zaguan.app.cli.terminal import EXIT_STATUS, TerminalProgress, refusing_clearly
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.progress import Step


class Unknown(ZaguanError):
    """A refusal with words of the command line."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "cli.lang.unknown"


def shown(*, terminal: bool) -> tuple[TerminalProgress, io.StringIO]:
    """Return a progress and what it wrote."""
    text = io.StringIO()
    return TerminalProgress(Console(file=text, force_terminal=terminal, width=100)), text


def _work_and_fail(step: Step) -> None:
    step.advance(4)
    raise ZeroDivisionError


def ran(act: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run an act under `refusing_clearly` in a process of its own."""
    program = f"import sys, os\nfrom zaguan.app.cli.terminal import *\ndef act():\n    {act}\n"
    program += "sys.exit(refusing_clearly(act))"
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ZAGUAN_LANG": "en", **environ},
    )


def test_outside_a_terminal_a_step_is_told_in_lines() -> None:
    """In a log a step is a line with its first remark, and one at its end: how it ended, how much, the last remark."""
    progress, text = shown(terminal=False)
    with progress.step("Roads", total=1200) as step:
        step.advance(1200)
        step.note("[1] folder")
        step.note("[2] folders")
        step.note("[3] folders")
    first, line = text.getvalue().splitlines()
    assert first == "… Roads [1] folder"
    assert line.startswith("✓ Roads 1,200/1,200 ")
    assert line.endswith(" [3] folders")


def test_a_step_that_failed_says_how_far_it_came() -> None:
    """A step that ends in an error is marked as failed, with what was done until then."""
    progress, text = shown(terminal=False)
    with pytest.raises(ZeroDivisionError), progress.step("Roads", total=10) as step:
        _work_and_fail(step)
    assert text.getvalue().startswith("✗ Roads 4/10 ")


def test_steps_may_stand_inside_steps() -> None:
    """In a terminal the bars of inner steps stand below the outer one, and another step may follow."""
    progress, text = shown(terminal=True)
    with progress.step("Outer") as outer, progress.step("Inner [x]", total=3) as inner:
        inner.advance(3)
        outer.note("[/] odd")
    with progress.step("Next"):
        pass
    assert all(word in text.getvalue() for word in ("Outer", "Inner [x]", "3/3", "[/] odd", "Next"))


def test_a_refusal_is_message_and_status_without_traceback() -> None:
    """A refusal leaves with the status of its kind and shows its message, odd brackets included."""
    act = """from tests.app.cli.test_terminal import Unknown; raise Unknown(wanted="[/x] [bold]", known="es")"""
    done = ran(act)
    assert done.returncode == EXIT_STATUS[Kind.NOT_FOUND]
    assert done.stderr == "refused: there are no words in [/x] [bold]; choose one of es\n"


def test_a_file_that_cannot_be_read_is_told_as_such() -> None:
    """What the machine does not give is told with the path and a hint, not with a traceback."""
    done = ran("open('/no/such/file')")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "refused: No such file or directory: /no/such/file"
    assert done.stderr.splitlines()[1].startswith("hint: ")


def test_the_traceback_is_there_for_who_asks() -> None:
    """ZAGUAN_TRACEBACK=1 shows where the machine did not give a file."""
    assert "Traceback" in ran("open('/no/such/file')", ZAGUAN_TRACEBACK="1").stderr


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    """An error that nobody foresaw is not dressed up as a refusal."""
    done = ran("1 / 0")
    assert "ZeroDivisionError" in done.stderr
    assert done.returncode == 1


def test_ctrl_c_is_no_traceback() -> None:
    """Ctrl-C ends with a calm sentence and the status that shells expect."""
    done = ran(f"os.kill(os.getpid(), {int(signal.SIGINT)})")
    assert (done.returncode, done.stderr) == (130, "stopped; what was finished is kept\n")


def test_a_reader_that_leaves_is_no_error() -> None:
    """When `| head` has read enough, the command ends without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    program = "import sys\nfrom zaguan.app.cli.terminal import *\n"
    program += "sys.exit(refusing_clearly(lambda: print('x' * 100_000, flush=True)))"
    done = subprocess.run([sys.executable, "-c", program], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_act_that_goes_well_leaves_with_zero() -> None:
    """No refusal, no fault: status 0."""
    assert refusing_clearly(lambda: None) == 0
