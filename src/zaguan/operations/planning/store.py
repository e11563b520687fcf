"""All SQL of the room: plans, their versions, routes and their stops."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.base.kit.facts import from_plain, to_plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.kept import MAX_PAGE, Page, page_of
from zaguan.operations.planning.documents import document_of, read_document
from zaguan.operations.planning.live import (
    IN_FORCE,
    LiveRoute,
    LiveStop,
    RouteId,
    RouteNotFound,
    RouteState,
    StopId,
    StopNotFound,
    StopState,
)
from zaguan.operations.planning.model import Plan, Route, Stop
from zaguan.operations.planning.tables import PlanRow, PlanVersionRow, RouteRow, StopRow
from zaguan.operations.planning.versions import (
    Crew,
    DayPlan,
    PlanId,
    PlanNotFound,
    PlanVersion,
    VersionNotFound,
)

MAX_ROUTES: Final = 5_000  # of one day


def insert_plan(session: Session, organisation_id: OrganisationId, plan: DayPlan) -> None:
    """Keep a new plan."""
    session.add(PlanRow(organisation_id=organisation_id, id=plan.id, **_plan_values(plan)))
    session.flush()


def update_plan(session: Session, organisation_id: OrganisationId, plan: DayPlan) -> None:
    """Keep a plan that was locked before."""
    session.execute(
        sa.update(PlanRow)
        .where(PlanRow.organisation_id == organisation_id, PlanRow.id == plan.id)
        .values(**_plan_values(plan))
    )


def get_plan(
    session: Session, organisation_id: OrganisationId, plan_id: PlanId, *, for_update: bool = False
) -> DayPlan:
    """Return a plan, kept from all others until the transaction ends where it is `for_update`."""
    query = sa.select(PlanRow).where(PlanRow.organisation_id == organisation_id, PlanRow.id == plan_id)
    query = query.with_for_update() if for_update else query
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise PlanNotFound(plan=str(plan_id))
    return _plan_of(row)


def find_plan_of_day(
    session: Session, organisation_id: OrganisationId, service_on: date, depot_refs: Sequence[str]
) -> DayPlan | None:
    """Return the plan of a day and of these depots that is there to be driven, kept from others; None: none yet.

    Two who ask at once get the same answer: the second waits until the first has made the plan.
    """
    name = f"plans:{organisation_id}:{service_on.isoformat()}"
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
    row = session.scalar(
        sa.select(PlanRow)
        .where(
            PlanRow.organisation_id == organisation_id,
            PlanRow.service_on == service_on,
            PlanRow.depot_refs == sorted(depot_refs),
            PlanRow.is_what_if.is_(False),
        )
        .with_for_update()
    )
    return None if row is None else _plan_of(row)


def list_plans(
    session: Session,
    organisation_id: OrganisationId,
    *,
    service_on: date | None = None,
    after: str = "",
    limit: int = MAX_PAGE,
) -> Page[DayPlan]:
    """Return a page of plans, oldest first, from the one behind the id `after` on."""
    wanted = [PlanRow.organisation_id == organisation_id]
    if service_on is not None:
        wanted.append(PlanRow.service_on == service_on)
    if after:
        wanted.append(PlanRow.id > UUID(after))
    rows = session.scalars(sa.select(PlanRow).where(*wanted).order_by(PlanRow.id).limit(limit + 1)).all()
    return page_of([(str(row.id), _plan_of(row)) for row in rows], limit=limit)


def add_version(session: Session, organisation_id: OrganisationId, version: PlanVersion) -> None:
    """Keep a version; it never changes again."""
    session.add(
        PlanVersionRow(
            organisation_id=organisation_id,
            plan_id=version.plan_id,
            version=version.version,
            based_on=version.based_on,
            cause=version.cause,
            time_zone=version.plan.time_zone,
            plan=document_of(version.plan),
            order_ids={ref: str(order_id) for ref, order_id in version.order_ids.items()},
            order_versions=dict(version.order_versions),
            crews=[to_plain(crew) for crew in version.crews],
            made_at=version.made_at,
            made_by=version.made_by,
        )
    )
    session.flush()


def get_version(session: Session, organisation_id: OrganisationId, plan_id: PlanId, version: int) -> PlanVersion:
    """Return a version of a plan."""
    row = session.get(PlanVersionRow, (organisation_id, plan_id, version))
    if row is None:
        raise VersionNotFound(version=version)
    return PlanVersion(
        plan_id=row.plan_id,
        version=row.version,
        based_on=row.based_on,
        cause=row.cause,
        plan=read_document(Plan, row.plan, row.time_zone),
        order_ids={ref: UUID(order_id) for ref, order_id in row.order_ids.items()},
        order_versions=row.order_versions,
        crews=tuple(from_plain(Crew, crew) for crew in row.crews),
        made_at=row.made_at,
        made_by=row.made_by,
    )


def save_routes(session: Session, organisation_id: OrganisationId, routes: Iterable[LiveRoute]) -> None:
    """Keep routes with their stops, new or locked before. Stops that no route has any more are marked so."""
    kept = list(routes)
    if not kept:
        return
    _upsert(session, RouteRow, [_route_values(organisation_id, route) for route in kept])
    stops = [_stop_values(organisation_id, route.id, stop) for route in kept for stop in route.stops]
    _upsert(session, StopRow, stops)
    session.execute(
        sa.update(StopRow)
        .where(
            StopRow.organisation_id == organisation_id,
            StopRow.route_id.in_([route.id for route in kept]),
            StopRow.id.not_in([stop["id"] for stop in stops]),
            StopRow.number > 0,
        )
        .values(number=0, state=StopState.CANCELLED)
    )


def get_route(session: Session, organisation_id: OrganisationId, route_id: RouteId) -> LiveRoute:
    """Return a route with its stops."""
    found = _routes(session, organisation_id, [RouteRow.id == route_id])
    if not found:
        raise RouteNotFound(route=str(route_id))
    return found[0]


def lock_routes(
    session: Session, organisation_id: OrganisationId, route_ids: Collection[RouteId]
) -> dict[RouteId, LiveRoute]:
    """Return routes, kept from all others until the transaction ends; one that is not there is refused."""
    found = _routes(session, organisation_id, [RouteRow.id.in_(sorted(route_ids))], for_update=True)
    locked = {route.id: route for route in found}
    for route_id in route_ids:
        if route_id not in locked:
            raise RouteNotFound(route=str(route_id))
    return locked


def lock_routes_of_plan(session: Session, organisation_id: OrganisationId, plan_id: PlanId) -> list[LiveRoute]:
    """Return all routes of a plan, kept from all others until the transaction ends."""
    return _routes(session, organisation_id, [RouteRow.plan_id == plan_id], for_update=True)


def list_routes(
    session: Session,
    organisation_id: OrganisationId,
    *,
    service_on: date | None = None,
    plan_id: PlanId | None = None,
    driver_ref: str | None = None,
    states: Collection[RouteState] = (),
) -> list[LiveRoute]:
    """Return the routes of a day, a plan or a driver, by their refs."""
    wanted: list[sa.ColumnElement[bool]] = []
    if service_on is not None:
        wanted.append(RouteRow.service_on == service_on)
    if plan_id is not None:
        wanted.append(RouteRow.plan_id == plan_id)
    if driver_ref is not None:
        wanted.append(RouteRow.driver_ref == driver_ref)
    if states:
        wanted.append(RouteRow.state.in_(states))
    assert wanted, "routes are asked for by something"
    return sorted(_routes(session, organisation_id, wanted, limit=MAX_ROUTES), key=lambda route: route.ref)


def hold_driver(session: Session, organisation_id: OrganisationId, driver_ref: str, vehicle_ref: str) -> None:
    """Let no other transaction give routes to this driver or vehicle until this one ends."""
    for name in sorted((f"driver:{organisation_id}:{driver_ref}", f"vehicle:{organisation_id}:{vehicle_ref}")):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def routes_in_force_of(
    session: Session, organisation_id: OrganisationId, service_on: date, driver_ref: str, vehicle_ref: str
) -> list[LiveRoute]:
    """Return the routes that a driver or a vehicle has on a day and that are not over."""
    whose = sa.or_(RouteRow.driver_ref == driver_ref, RouteRow.vehicle_ref == vehicle_ref)
    wanted = [RouteRow.service_on == service_on, RouteRow.state.in_(IN_FORCE), whose]
    return _routes(session, organisation_id, wanted)


def route_id_of_stop(session: Session, organisation_id: OrganisationId, stop_id: StopId) -> RouteId:
    """Return the route that a stop is on; one taken off is on the route that it was taken from."""
    row = session.get(StopRow, (organisation_id, stop_id))
    if row is None:
        raise StopNotFound(stop=str(stop_id))
    return row.route_id


def lock_routes_with(session: Session, organisation_id: OrganisationId, order_id: UUID) -> list[LiveRoute]:
    """Return the routes in force that have a pending stop for an order, kept from others until the transaction ends."""
    stops = sa.select(StopRow.route_id).where(
        StopRow.organisation_id == organisation_id,
        StopRow.order_ids.contains([order_id]),
        StopRow.state == StopState.PENDING,
        StopRow.number > 0,
    )
    wanted = [RouteRow.id.in_(stops), RouteRow.state.in_(IN_FORCE)]
    return _routes(session, organisation_id, wanted, for_update=True)


def list_stops_taken_off(session: Session, organisation_id: OrganisationId, route_id: RouteId) -> list[LiveStop]:
    """Return the stops that were on a route once and are on none now."""
    time_zone = session.scalar(
        sa.select(RouteRow.time_zone).where(RouteRow.organisation_id == organisation_id, RouteRow.id == route_id)
    )
    if time_zone is None:
        raise RouteNotFound(route=str(route_id))
    rows = session.scalars(
        sa.select(StopRow)
        .where(StopRow.organisation_id == organisation_id, StopRow.route_id == route_id, StopRow.number == 0)
        .order_by(StopRow.id)
    )
    return [_stop_of(row, time_zone) for row in rows]


def _routes(
    session: Session,
    organisation_id: OrganisationId,
    wanted: Sequence[sa.ColumnElement[bool]],
    *,
    for_update: bool = False,
    limit: int | None = None,
) -> list[LiveRoute]:
    """Load routes and their stops. Locks are taken in the order of the ids, so that none cross."""
    query = sa.select(RouteRow).where(RouteRow.organisation_id == organisation_id, *wanted).order_by(RouteRow.id)
    query = query.with_for_update() if for_update else query
    query = query.limit(limit) if limit is not None else query
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    stops: dict[RouteId, list[StopRow]] = {}
    if rows:
        asked = (
            sa.select(StopRow)
            .where(
                StopRow.organisation_id == organisation_id,
                StopRow.route_id.in_([row.id for row in rows]),
                StopRow.number > 0,
            )
            .order_by(StopRow.route_id, StopRow.number)
        )
        for stop in session.scalars(asked.execution_options(populate_existing=True)):
            stops.setdefault(stop.route_id, []).append(stop)
    return [_route_of(row, stops.get(row.id, [])) for row in rows]


def _upsert(session: Session, table: type[RouteRow] | type[StopRow], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = insert(table)
    keys = ("organisation_id", "id")
    changes = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def _plan_values(plan: DayPlan) -> dict[str, Any]:
    return {
        "service_on": plan.service_on,
        "depot_refs": sorted(plan.depot_refs),
        "name": plan.name,
        "is_what_if": plan.is_what_if,
        "latest_version": plan.latest_version,
        "published_version": plan.published_version,
        "created_at": plan.created_at,
        "changed_at": plan.changed_at,
    }


def _plan_of(row: PlanRow) -> DayPlan:
    return DayPlan(
        id=row.id,
        service_on=row.service_on,
        depot_refs=tuple(row.depot_refs),
        name=row.name,
        is_what_if=row.is_what_if,
        latest_version=row.latest_version,
        published_version=row.published_version,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


_SAME: Final = (
    *("plan_id", "plan_version", "service_on", "ref", "state", "version", "driver_ref", "vehicle_ref", "shift_ref"),
    *(
        "driver_id",
        "vehicle_id",
        "starts_s",
        "is_locked",
        "is_broken",
        "time_zone",
        "changed_at",
        "started_at",
        "ended_at",
    ),
)


def _route_values(organisation_id: OrganisationId, route: LiveRoute) -> dict[str, Any]:
    same = {name: getattr(route, name) for name in _SAME}
    return {"organisation_id": organisation_id, "id": route.id, "sheet": document_of(route.sheet), **same}


def _route_of(row: RouteRow, stops: Sequence[StopRow]) -> LiveRoute:
    same = {name: getattr(row, name) for name in _SAME}
    return LiveRoute(
        id=row.id,
        sheet=read_document(Route, row.sheet, row.time_zone),
        stops=tuple(_stop_of(stop, row.time_zone) for stop in stops),
        **same,
    )


def _stop_values(organisation_id: OrganisationId, route_id: RouteId, stop: LiveStop) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "id": stop.id,
        "route_id": route_id,
        "number": stop.number,
        "state": stop.state,
        "sheet": document_of(stop.sheet),
        "order_ids": list(stop.order_ids),
        "arrived_at": stop.arrived_at,
        "left_at": stop.left_at,
    }


def _stop_of(row: StopRow, time_zone: str) -> LiveStop:
    return LiveStop(
        id=row.id,
        number=row.number,
        sheet=read_document(Stop, row.sheet, time_zone),
        order_ids=tuple(row.order_ids),
        state=row.state,
        arrived_at=row.arrived_at,
        left_at=row.left_at,
    )
