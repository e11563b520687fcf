"""What the drivers' door stands on: put on the application by the roof, found by each endpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.objects import Objects
from zaguan.doors.frame.rate import RateLimit
from zaguan.operations.delivery.ports import Road
from zaguan.operations.tracking.gathering import Gatherer
from zaguan.records.accounts.model import Principal

STATE = "driver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The arguments of the drivers' door."""

    database: Database
    clock: Clock
    road: Road
    objects: Objects
    gatherer: Gatherer
    identify: Callable[[str, str], Principal]  # from a device's token and its address; refuses whom it does not know
    calls: RateLimit  # of each device
    guesses: RateLimit  # of each address that sends wrong tokens or links


def ground_of(request: Request) -> Ground:
    """Return what the application stands on."""
    return cast(Ground, getattr(request.app.state, STATE))


Standing = Annotated[Ground, Depends(ground_of)]
