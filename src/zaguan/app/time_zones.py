"""Where the rules of time zones come from."""

import os
import zoneinfo
from typing import Final

_PATH: Final = "PYTHONTZPATH"


def use_own_time_zones() -> None:
    """Read time zones from the package that comes with the platform, not from the machine.

    A promise is a local time that is resolved late, and countries move their clocks by decree with weeks of notice. The
    files of a machine are as old as its last update, and on two machines of one installation they may differ: the
    package is upgraded with the platform, and is the same everywhere. Whoever names a path of their own means it.
    """
    if os.environ.get(_PATH):
        return
    # the processes that this one starts read it as well
    os.environ[_PATH] = ""
    zoneinfo.reset_tzpath(to=())
    # zones that were read before came from the machine
    zoneinfo.ZoneInfo.clear_cache()
