"""Plans in field words, for tests that need one ready: a small town in a grid of streets and its routes."""

import math
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from zaguan.base.geo.place import Grade
from zaguan.base.geo.point import Point, distance_m
from zaguan.base.geo.polyline import encode
from zaguan.operations.planning.model import (
    Load,
    Notice,
    Plan,
    PlannedBreak,
    Remedy,
    Route,
    ServedOrder,
    Stop,
    Totals,
    Unassigned,
)

ZONE = ZoneInfo("America/Santiago")
MIDDLE = Point(lon=-71.25, lat=-29.9)
BLOCK_LON, BLOCK_LAT = 0.00118, 0.00103  # about 114 m each way
BLOCKS = 22  # streets on each side of the middle
SPEED_MPS = 6.5
PEOPLE = (
    *("Ana Souza", "Bruno Lima", "Carla Díaz", "Diego Rocha", "Elisa Prado", "Fabio Núñez", "Gisela Alves"),
    *("Hugo Pires", "Inés Soto", "Javier Muñoz", "Karina Vega", "Luis Castillo", "Marta Ríos", "Nicolás Paz"),
)
STREETS = ("Los Olivos", "Av. Balmaceda", "Arturo Prat", "Colón", "Las Rosas", "O’Higgins", "Brasil", "Cordovez")
KINDS = (("van", "diesel"), ("van", "electric"), ("cargo_bike", "electric"), ("truck", "diesel"))


def at(east: float, north: float) -> Point:
    """Return a point so many blocks from the middle."""
    return Point(lon=MIDDLE.lon + east * BLOCK_LON, lat=MIDDLE.lat + north * BLOCK_LAT)


def way(here: Point, there: Point) -> tuple[Point, ...]:
    """Return the way along the grid: east or west on the nearest street, then north or south."""
    row = round((here.lat - MIDDLE.lat) / BLOCK_LAT) * BLOCK_LAT + MIDDLE.lat
    column = round((there.lon - MIDDLE.lon) / BLOCK_LON) * BLOCK_LON + MIDDLE.lon
    corners = (Point(lon=here.lon, lat=row), Point(lon=column, lat=row), Point(lon=column, lat=there.lat))
    return (here, *corners, there)


def a_served_order(ref: str, *, window: tuple[datetime, datetime] | None = None, **rest: Any) -> ServedOrder:
    """Return an order of one parcel."""
    facts: dict[str, Any] = {
        "kind": "delivery",
        "recipient": f"Recipient {ref}",
        "phone": "+56 9 5555 0100",
        "notes": "",
        "proofs": ("photo",),
        "cash_minor": 0,
        "load": Load(weight_g=4_200, volume_ml=18_000, pieces=1),
        "barcodes": (f"ZG{ref}",),
        "window_opens_at": window and window[0],
        "window_closes_at": window and window[1],
        "window_is_hard": False,
        "late_s": 0,
        "because": ("planning.because.cheapest",),
    }
    return ServedOrder(ref=ref, **(facts | rest))


def a_route(number: int, *, stops: int, of: int, dice: random.Random, straight: bool = False) -> Route:
    """Return a route through one sector of the town; `straight` makes its third leg an estimate."""
    depot = at(-14.5, -12)
    turn, reach = 2 * math.pi * number / max(1, of), 6 + 11 * ((number * 7) % 10) / 10
    middle = (1 + reach * math.cos(turn), 1 + 0.9 * reach * math.sin(turn))
    spots = [_spot(middle, index, stops, dice) for index in range(stops)]
    start = datetime(2026, 3, 10, 8, 0, tzinfo=ZONE) + timedelta(minutes=7 * (number % 6))
    now, made, pauses, legs, waiting_s = start, [], [], [], 0
    for index, (here, there) in enumerate(pairwise([depot, *spots]), start=1):
        legs.append((here, there) if straight and index == 3 else way(here, there))
        stop = _stop(number, index, legs[-1], now, dice)
        waiting_s += round((stop.starts_at - stop.arrives_at).total_seconds())
        made.append(stop)
        now = stop.leaves_at
        if index == stops // 2 and stops > 6:
            pauses.append(
                PlannedBreak(after_stop=index, starts_at=now, ends_at=now + timedelta(minutes=40), kind="break")
            )
            now = pauses[-1].ends_at
    legs.append(way(spots[-1], depot))
    home_m = _length(legs[-1])
    now += timedelta(seconds=home_m / SPEED_MPS)
    kind, energy = KINDS[number % len(KINDS)]
    metres = round(sum(map(_length, legs)))
    pieces = sum(order.load.pieces for stop in made for order in stop.orders)
    return Route(
        ref=f"R{number + 1:02d}",
        driver_ref=f"d{number}",
        driver_name=PEOPLE[number % len(PEOPLE)] + (f" {number // len(PEOPLE) + 1}" if number >= len(PEOPLE) else ""),
        driver_locale="es",
        vehicle_ref=f"{kind}-{number + 1}",
        vehicle_kind=kind,
        depot_ref="main",
        depot_name="Centro de distribución",
        depot_point=depot,
        shift_starts_at=datetime(2026, 3, 10, 8, 0, tzinfo=ZONE),
        shift_ends_at=datetime(2026, 3, 10, 18, 0, tzinfo=ZONE),
        leaves_at=start,
        returns_at=now,
        ends_at_depot=True,
        stops=tuple(made),
        breaks=tuple(pauses),
        geometry=tuple(encode(leg) for leg in legs),
        estimated_legs=int(straight),
        straight_legs=(2,) if straight else (),
        distance_m=metres,
        driving_s=round(metres / SPEED_MPS),
        service_s=sum(round((stop.leaves_at - stop.starts_at).total_seconds()) for stop in made),
        waiting_s=waiting_s,
        duration_s=round((now - start).total_seconds()),
        overtime_s=0,
        load=Load(weight_g=4_200 * pieces, volume_ml=18_000 * pieces, pieces=pieces),
        capacity=Load(weight_g=900_000, volume_ml=1_000_000, pieces=60),
        cost_minor=12_000 + round(metres * 0.24),
        emission_g=round(metres * (0.05 if energy == "electric" else 0.26)),
        energy=energy,
        energy_units=round(metres / 1e5 * 9, 3),
    )


def a_plan(*, routes: int = 6, stops: int = 12, seed: int = 7, **rest: Any) -> Plan:
    """Return a plan of so many routes of so many stops, one in three late, three orders left out, two notices."""
    dice = random.Random(seed)
    made = tuple(a_route(number, stops=stops, of=routes, dice=dice, straight=number == 1) for number in range(routes))
    plan = Plan(
        service_on=date(2026, 3, 10),
        time_zone="America/Santiago",
        currency="CLP",
        region_name="La Serena",
        region_hash="0" * 16,
        attribution="© OpenStreetMap contributors",
        made_at=datetime(2026, 3, 9, 18, 30, tzinfo=UTC),
        seed=seed,
        search_seconds=30.0,
        iterations=41_000,
        routes=made,
        unassigned=some_left_out(),
        notices=(
            Notice(code="planning.notice.late_stops", facts={"count": 3}),
            Notice(code="planning.notice.estimated", facts={"count": 1, "refs": "P-1003"}),
        ),
        totals=totals_of(made, unassigned=3),
    )
    return replace(plan, **rest)


def some_left_out() -> tuple[Unassigned, ...]:
    """Return three orders left out, one of them not on the map."""
    heavier = Remedy(code="planning.remedy.more_capacity_weight", facts={"missing": "250", "vehicle": "truck-4"})
    wider = Remedy(code="planning.remedy.wider_window", facts={"by_min": 35, "opens": "08:00", "closes": "09:35"})
    return (
        Unassigned(
            ref="P-9001",
            address="Los Olivos 1420",
            point=at(6.5, 9),
            reason="planning.reason.capacity_weight",
            facts={"load": "1150", "most": "900"},
            remedies=(heavier,),
        ),
        Unassigned(
            ref="P-9002",
            address="Camino a Punta de Piedra s/n",
            point=at(-10.5, 14),
            reason="planning.reason.window",
            facts={"windows": "07:00–09:00"},
            remedies=(wider,),
        ),
        Unassigned(
            ref="P-9003",
            address="Pasaje Sin Nombre 12",
            point=None,
            reason="planning.reason.not_located",
            facts={"address": "Pasaje Sin Nombre 12"},
            remedies=(Remedy(code="planning.remedy.fix_address"),),
        ),
    )


def totals_of(routes: tuple[Route, ...], *, unassigned: int) -> Totals:
    """Return the figures of some routes, summed."""
    served = [order for route in routes for stop in route.stops for order in stop.orders]
    late = sum(any(order.late_s for order in stop.orders) for route in routes for stop in route.stops)
    promised = [order for order in served if order.window_opens_at]
    durations, sizes = [r.duration_s for r in routes] or [0], [len(r.stops) for r in routes] or [0]
    distance = sum(r.distance_m for r in routes)
    cost = sum(r.cost_minor for r in routes)
    return Totals(
        orders=len(served) + unassigned,
        served=len(served),
        unassigned=unassigned,
        routes=len(routes),
        stops=sum(sizes),
        distance_m=distance,
        driving_s=sum(r.driving_s for r in routes),
        duration_s=sum(durations),
        waiting_s=sum(r.waiting_s for r in routes),
        overtime_s=0,
        on_time_share=1 - sum(o.late_s > 0 for o in promised) / max(1, len(promised)),
        load_share=0.71,
        stops_spread=max(sizes) - min(sizes),
        duration_spread_s=max(durations) - min(durations),
        cost_minor=cost,
        emission_g=sum(r.emission_g for r in routes),
        energy_by_kind={"diesel": 41.2, "electric": 12.9},
        baseline_distance_m=round(distance * 1.31),
        baseline_cost_minor=round(cost * 1.22),
        baseline_routes=len(routes) + 1,
        violations=0,
        late_stops=late,
    )


def _spot(middle: tuple[float, float], index: int, of: int, dice: random.Random) -> Point:
    """Return a door on a street, the doors of a route going round its middle."""
    turn, reach = 2 * math.pi * index / of, 1.2 + 2.2 * dice.random()
    east, north = middle[0] + reach * math.cos(turn), middle[1] + reach * math.sin(turn)
    return at(round(east), north + 0.01) if dice.random() < 0.5 else at(east, round(north))


def _stop(route: int, number: int, leg: tuple[Point, ...], now: datetime, dice: random.Random) -> Stop:
    metres = _length(leg)
    arrives = now + timedelta(seconds=round(metres / SPEED_MPS))
    opens = arrives.replace(minute=0, second=0) + timedelta(hours=dice.choice((-2, -1, -1, 0, 0)))
    if dice.random() < 0.06:
        opens = arrives + timedelta(minutes=8)
    closes = max(opens + timedelta(hours=dice.choice((2, 3, 3, 4))), arrives + timedelta(minutes=20))
    late_s = 0
    if route % 3 == 1 and number == 5:
        closes = arrives - timedelta(minutes=dice.randint(3, 18))
        opens, late_s = closes - timedelta(hours=2), round((arrives - closes).total_seconds())
    starts = max(arrives, opens)
    refs = [f"P-{1000 + 60 * route + number}"] + ([f"P-{5000 + 60 * route + number}"] if number % 9 == 4 else [])
    street = STREETS[(route * 5 + number) % len(STREETS)]
    return Stop(
        number=number,
        address=f"{street} {100 + 37 * number}",
        commune="La Serena",
        access_notes="Timbre 3B" if number % 7 == 2 else "",
        point=leg[-1],
        grade=Grade.STREET if number % 10 == 6 else Grade.ROOFTOP,
        arrives_at=arrives,
        starts_at=starts,
        leaves_at=starts + timedelta(minutes=dice.randint(3, 9)),
        leg_distance_m=round(metres),
        leg_duration_s=round(metres / SPEED_MPS),
        orders=tuple(a_served_order(ref, window=(opens, closes), late_s=late_s) for ref in refs),
    )


def _length(leg: tuple[Point, ...]) -> float:
    return sum(distance_m(here, there) for here, there in pairwise(leg))
