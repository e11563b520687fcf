"""Facts of a day, in field words."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from zaguan.base.events import attempt, order, route, stop
from zaguan.base.kit.facts import Fact
from zaguan.operations.analytics.ledger import Happening, Ledger, hear
from zaguan.operations.analytics.measures import MEASURES, Terms
from zaguan.operations.analytics.model import Bounds, By, Figure, Period, figures_of

DAY = date(2026, 11, 3)
NINE = datetime(2026, 11, 3, 12, tzinfo=UTC)  # in Santiago
TEN = NINE + timedelta(hours=1)
ELEVEN = NINE + timedelta(hours=2)
EVENING = NINE + timedelta(hours=12)
SHIPPER = UUID(int=7)
DRIVER = UUID(int=8)
ROUTE = UUID(int=9)


def minutes(count: float) -> timedelta:
    """Return a duration."""
    return timedelta(minutes=count)


def number(count: int) -> UUID:
    """Return the id of the order or stop of that number."""
    return UUID(int=1_000 + count)


def promised(opens_at: datetime = TEN) -> order.Promised:
    """An hour's window."""
    opens_s = 10 * 3_600 + round((opens_at - TEN).total_seconds())
    return order.Promised(
        on=DAY,
        opens_s=opens_s,
        closes_s=opens_s + 3_600,
        time_zone="America/Santiago",
        opens_at=opens_at,
        closes_at=opens_at + minutes(60),
    )


def _head(which: int) -> dict[str, object]:
    return {
        "order_id": number(which),
        "external_id": f"P-{which}",
        "shipper_id": SHIPPER,
        "state": "",
        "previous_state": "",
        "by": "platform",
    }


def received(
    which: int, promise: order.Promised | None, *, zone: str = "norte", rest_of: int | None = None
) -> order.OrderReceived:
    """A new order."""
    return order.OrderReceived(
        **_head(which),  # type: ignore[arg-type]
        kind="delivery",
        pieces=1,
        weight_g=1,
        volume_ml=1,
        service_level="",
        zone_ref=zone,
        promise=promise,
        continues_order_id=None if rest_of is None else number(rest_of),
        duplicate_of_order_id=None,
    )


def rescheduled(which: int, promise: order.Promised, before: order.Promised | None) -> order.OrderRescheduled:
    """Another window."""
    return order.OrderRescheduled(**_head(which), promise=promise, previous_promise=before)  # type: ignore[arg-type]


def delivered(which: int, at: datetime, *, attempt_number: int = 1) -> order.OrderDelivered:
    """The order's own word of a delivery."""
    return order.OrderDelivered(
        **_head(which),  # type: ignore[arg-type]
        completion="recipient",
        completed_at=at,
        attempt=attempt_number,
        promise=None,
        first_promise=None,
    )


def cancelled(which: int) -> order.OrderCancelled:
    """Nobody wants it any more."""
    return order.OrderCancelled(**_head(which), why="shipper.cancelled")  # type: ignore[arg-type]


def _try(which: int, at: datetime, stop_number: int | None, count: int, skewed: bool) -> dict[str, object]:
    return {
        "order_id": number(which),
        "stop_id": number(which if stop_number is None else stop_number),
        "route_id": ROUTE,
        "driver_id": DRIVER,
        "act_id": UUID(int=1),
        "number": count,
        "happened_at": at,
        "received_at": at,
        "clock_offset_ms": 0,
        "clock_skewed": skewed,
        "distance_m": None,
        "evidence_sha256": "",
    }


def handed_over(
    which: int, at: datetime, *, at_stop: int | None = None, count: int = 1, skewed: bool = False, whole: bool = True
) -> attempt.AttemptSucceeded:
    """What the door told of a success."""
    return attempt.AttemptSucceeded(
        **_try(which, at, at_stop, count, skewed),  # type: ignore[arg-type]
        whole=whole,
        detail="recipient",
        pieces=1,
        unpaid_minor=0,
        currency="CLP",
    )


def failed(
    which: int, at: datetime, *, at_stop: int | None = None, count: int = 1, party: str = "recipient"
) -> attempt.AttemptFailed:
    """What the door told of a failure."""
    return attempt.AttemptFailed(
        **_try(which, at, at_stop, count, False),  # type: ignore[arg-type]
        reason=f"{party}.absent",
        sub_code="",
        party=party,
        payer=party,
        decision="retry",
        because=(),
        not_before_on=None,
        point_ref="",
        charge_minor=0,
        currency="CLP",
    )


def amended(which: int, at: datetime, outcome: str) -> attempt.AttemptAmended:
    """An act told late that counts now."""
    return attempt.AttemptAmended(
        **_try(which, at, None, 1, False),  # type: ignore[arg-type]
        previous_act_id=UUID(int=2),
        outcome=outcome,
    )


def disputed(which: int, at: datetime, outcome: str) -> attempt.AttemptDisputed:
    """The door says another thing than the order."""
    return attempt.AttemptDisputed(
        **_try(which, at, None, 1, False),  # type: ignore[arg-type]
        outcome=outcome,
        order_state="cancelled",
    )


def _route(driver: str) -> dict[str, object]:
    return {
        "route_id": ROUTE,
        "ref": "R1",
        "plan_id": UUID(int=3),
        "service_on": DAY,
        "state": "",
        "driver_ref": driver,
        "vehicle_ref": "",
        "version": 1,
    }


def published(*order_numbers: int, driver: str = "ana", distance_m: int = 12_500) -> route.RoutePublished:
    """A route with one stop for each order, whose id has the order's number."""
    return route.RoutePublished(
        **_route(driver),  # type: ignore[arg-type]
        leaves_at=NINE,
        returns_at=EVENING,
        distance_m=distance_m,
        stops=tuple(
            route.PlannedStop(
                stop_id=number(which), number=place, order_ids=(number(which),), arrives_at=TEN, leaves_at=TEN
            )
            for place, which in enumerate(order_numbers, 1)
        ),
    )


def started(at: datetime) -> route.RouteStarted:
    """The route left."""
    return route.RouteStarted(**_route("ana"), started_at=at)  # type: ignore[arg-type]


def ended(at: datetime) -> route.RouteEnded:
    """The route is over."""
    return route.RouteEnded(**_route("ana"), ended_at=at)  # type: ignore[arg-type]


def route_cancelled() -> route.RouteCancelled:
    """Nobody drives the route."""
    return route.RouteCancelled(**_route("ana"), released_order_ids=())  # type: ignore[arg-type]


def _stop(which: int) -> dict[str, object]:
    return {
        "stop_id": number(which),
        "route_id": ROUTE,
        "driver_id": DRIVER,
        "order_ids": (number(which),),
        "clock_skewed": False,
        "waiting_s": None,
        "service_s": None,
    }


def done(which: int, at: datetime) -> stop.StopDelivered:
    """A stop that was reached and done."""
    return stop.StopDelivered(**_stop(which), arrived_at=at, done_at=at)  # type: ignore[arg-type]


def stop_amended(which: int, at: datetime) -> stop.StopAmended:
    """A stop that was reached at another time than was told."""
    return stop.StopAmended(
        **_stop(which),  # type: ignore[arg-type]
        outcome="delivered",
        arrived_at=at,
        done_at=at,
        left_at=None,
    )


def happenings(*facts: Fact | tuple[Fact, datetime]) -> list[Happening]:
    """Facts one after the other, told at nine unless they say when."""
    told = [fact if isinstance(fact, tuple) else (fact, NINE) for fact in facts]
    return [Happening(position=at, occurred_at=when, fact=fact) for at, (fact, when) in enumerate(told, 1)]


def figure(
    name: str,
    *facts: Fact | tuple[Fact, datetime],
    as_of: datetime = EVENING,
    bounds: Bounds | None = None,
    by: By | None = None,
    part: str = "",
) -> Figure:
    """Return the figure of a name and part that facts come to."""
    measure = next(one for one in MEASURES if one.name == name)
    terms = Terms(as_of=as_of, time_zone="America/Santiago", bounds=bounds or Bounds())
    counts = measure.counts(hear(Ledger(), happenings(*facts)), terms)
    found = figures_of(name, measure.unit, counts, Period(first=DAY, last=DAY), by)
    return next(one for one in found if one.part == part)


def ratio(name: str, *facts: Fact | tuple[Fact, datetime], **terms: object) -> tuple[int, int]:
    """Return numerator and denominator of a figure."""
    found = figure(name, *facts, **terms)  # type: ignore[arg-type]
    return found.numerator, found.denominator
