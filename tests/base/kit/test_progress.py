"""Progress that nobody watches."""

import pytest

from zaguan.base.kit.progress import Progress, SilentProgress


def test_silent_progress_takes_everything_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Steps inside steps, notes and amounts are accepted without a word."""
    progress: Progress = SilentProgress()
    with progress.step("outer", total=2) as outer, progress.step("inner") as inner:
        outer.advance()
        inner.advance(0.5)
        inner.note("half")
    assert capfd.readouterr() == ("", "")
