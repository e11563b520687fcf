"""The published routes as planning keeps them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.model import StopStage
from zaguan.operations.delivery.ports import RoadRoute, RoadStop
from zaguan.operations.planning import routes as planning
from zaguan.operations.planning.live import LiveRoute, LiveStop, RouteId, RouteNotFound, RouteState, StopId, StopState
from zaguan.operations.planning.standing import HAND_OVER

_AS_PLANNED = {StopStage.IN_PROGRESS: StopState.ARRIVED, StopStage.DONE: StopState.DONE}


class PlannedRoad:
    """Routes by planning's use cases."""

    def find_route(self, session: Session, organisation_id: OrganisationId, route_id: UUID) -> RoadRoute | None:
        """Return a route, or None where there is none that is driven."""
        try:
            live = planning.get_route(session, organisation_id, RouteId(route_id))
        except RouteNotFound:
            return None
        return None if live.state is RouteState.CANCELLED else _route_of(live)

    def stop_moved(
        self,
        session: Session,
        organisation_id: OrganisationId,
        route: RoadRoute,
        stop_id: UUID,
        stage: StopStage,
        *,
        at: datetime,
        actor: str,  # noqa: ARG002
    ) -> None:
        """Have planning fix a stop. One that is done, or that planning has closed already, stays as it is."""
        wanted = _AS_PLANNED.get(stage)
        live = planning.get_route_for_update(session, organisation_id, RouteId(route.route_id))
        stop = next((stop for stop in live.stops if stop.id == stop_id), None)
        if wanted is None or stop is None or stop.state in {wanted, StopState.DONE, StopState.CANCELLED}:
            return
        planning.report_stop(session, organisation_id, StopId(stop_id), wanted, at=at)

    def route_moved(
        self,
        session: Session,
        organisation_id: OrganisationId,
        route: RoadRoute,
        *,
        started_at: datetime | None,
        ended_at: datetime | None,
        actor: str,
    ) -> None:
        """Have planning start or end a route; one that ended is not started by a message that comes late."""
        route_id = RouteId(route.route_id)
        live = planning.get_route_for_update(session, organisation_id, route_id)
        if live.state is RouteState.ENDED:
            return
        if started_at is not None and live.state is not RouteState.STARTED:
            planning.start_route(session, organisation_id, route_id, at=started_at, actor=actor)
        if ended_at is not None:
            planning.end_route(session, organisation_id, route_id, at=ended_at, actor=actor)


def _route_of(live: LiveRoute) -> RoadRoute:
    over = live.state is RouteState.ENDED
    return RoadRoute(
        route_id=live.id,
        ref=live.ref,
        driver_id=live.driver_id,
        service_on=live.service_on,
        stops=tuple(_stop_of(stop, over=over) for stop in live.stops),
        started_at=live.started_at,
        ended_at=live.ended_at,
    )


def _stop_of(stop: LiveStop, *, over: bool) -> RoadStop:
    sheet = stop.sheet
    opens = [order.window_opens_at for order in sheet.orders if order.window_opens_at is not None]
    return RoadStop(
        stop_id=stop.id,
        number=stop.number,
        order_ids=stop.order_ids,
        takes_over=frozenset(
            order_id for order_id, order in zip(stop.order_ids, sheet.orders, strict=True) if order.kind == HAND_OVER
        ),
        # a route that is over has called off what nobody went to; its acts may still come
        is_called_off=stop.state is StopState.CANCELLED and not over,
        address=sheet.address,
        point=sheet.point,
        window_opens_at=min(opens) if opens else None,
    )
