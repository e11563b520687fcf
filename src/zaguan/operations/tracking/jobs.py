"""The work of tracking that a worker does: forecasts when asked, and the timers."""

from dataclasses import dataclass, field
from functools import partial
from typing import Final
from uuid import UUID

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call, Handler, Jobs, Retries
from zaguan.operations.tracking.forecasting import RoadsOf, forecast_route
from zaguan.operations.tracking.keeping import Retention, forget_positions, seal_chunks
from zaguan.operations.tracking.margins import ErrorModel, StatedErrorModel
from zaguan.operations.tracking.nearness import ApproachRule
from zaguan.operations.tracking.refreshing import FORECAST, look_at_routes
from zaguan.operations.tracking.store import positions as position_store
from zaguan.operations.tracking.store import routes as route_store

LOOK: Final = "etas.look"
SEAL: Final = "positions.seal"
FORGET: Final = "positions.forget"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingWork:
    """What the jobs need; the roof gives it."""

    database: Database
    jobs: Jobs
    clock: Clock
    roads_of: RoadsOf
    errors: ErrorModel = field(default_factory=StatedErrorModel)
    approach: ApproachRule = field(default_factory=ApproachRule)
    keep: Retention = field(default_factory=Retention)


def handlers(work: TrackingWork) -> tuple[Handler, ...]:
    """Return what does the jobs of tracking."""
    return (
        # the next minute brings another one anyway
        Handler(name=FORECAST, run=partial(_forecast, work), retries=Retries(attempts=3)),
        Handler(name=LOOK, run=partial(_look, work), every="* * * * *"),
        Handler(name=SEAL, run=partial(_seal, work), every="*/5 * * * *"),
        Handler(name=FORGET, run=partial(_forget, work), every="41 3 * * *"),
    )


def _forecast(work: TrackingWork, call: Call) -> None:
    organisation_id = OrganisationId(UUID(call.text("organisation_id")))
    with work.database.session(organisation_id) as session:
        forecast_route(
            session,
            organisation_id,
            UUID(call.text("route_id")),
            roads_of=work.roads_of,
            errors=work.errors,
            approach=work.approach,
            clock=work.clock,
        )


def _look(work: TrackingWork, _call: Call) -> None:
    with work.database.system_session() as session:
        organisations = route_store.organisations_at_work(session)
    for organisation_id in organisations:
        with work.database.session(organisation_id) as session:
            look_at_routes(session, organisation_id, jobs=work.jobs, clock=work.clock)


def _seal(work: TrackingWork, _call: Call) -> None:
    for organisation_id in _organisations(work):
        sealed = 1
        while sealed:
            with work.database.session(organisation_id) as session:
                sealed = seal_chunks(session, organisation_id, clock=work.clock)


def _forget(work: TrackingWork, _call: Call) -> None:
    for organisation_id in _organisations(work):
        with work.database.session(organisation_id) as session:
            forget_positions(session, organisation_id, keep=work.keep, clock=work.clock)


def _organisations(work: TrackingWork) -> list[OrganisationId]:
    with work.database.system_session() as session:
        return position_store.organisations_with_positions(session)
