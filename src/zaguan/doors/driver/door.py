"""The door for drivers' phones. Its routes in one list."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter

from zaguan.doors.driver import acts, devices, files, positions, sheets

ROUTERS: Final[Sequence[APIRouter]] = (devices.router, sheets.router, acts.router, files.router, positions.router)
TAGS: Final = ({"name": "driver", "description": "The driver's phone: the day's sheet, and what was done."},)
