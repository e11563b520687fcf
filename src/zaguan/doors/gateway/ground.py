"""What the gateway stands on: put on the application by the roof, found by each endpoint."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.jobs import Jobs
from zaguan.doors.frame.cursors import Cursors
from zaguan.doors.frame.rate import RateLimit
from zaguan.records.accounts.model import Principal

STATE = "gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The gateway's arguments."""

    database: Database
    clock: Clock
    jobs: Jobs
    cursors: Cursors
    identify: Callable[[str, str], Principal]  # from a key and the caller's address; refuses whom it does not know
    calls: RateLimit  # of each key
    guesses: RateLimit  # of each address that sends wrong keys
    event_types: Collection[str]  # what programs may hear of
    has_region: bool = False  # can workers plan
    private_targets: bool = False  # may webhooks lead into private networks


def ground_of(request: Request) -> Ground:
    """Return what the application stands on."""
    return cast(Ground, getattr(request.app.state, STATE))


Standing = Annotated[Ground, Depends(ground_of)]
