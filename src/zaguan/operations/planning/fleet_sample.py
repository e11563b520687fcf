"""Writes a fleet file to start from: commented in the user's language, marked as invented, ready to plan with."""

from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final, Protocol

from zaguan.base.geo.point import BoundingBox, Point
from zaguan.base.kit.words import Locale, say
from zaguan.operations.planning.hours_of_service import PROFILES
from zaguan.operations.planning.stand_ins import (
    HOUR_USD,
    KINDS,
    OVERTIME_FACTOR,
    consumption,
    currency_of,
    locale_of,
    minor_units,
    stand_in_minor,
)
from zaguan.records.fleet.model import Energy, VehicleKind

MAX_SAMPLE: Final = 500
ZONE_REACH_M: Final = 700.0
HOURS_PROFILE: Final = {"CL": "chile", "MX": "mexico", "BR": "brazil", "CO": "colombia", "ES": "eu", "US": "usa"}
NAMES: Final = (
    "Ana Rojas", "Luis Peña", "Marta Núñez", "Jorge Silva", "Carla Souza", "Pedro Muñoz", "Inés Vargas",
    "João Lima",
    "Rosa Quispe", "Diego Torres", "Elena Castro", "Raúl Ibáñez", "Sofía Reyes", "Hugo Díaz", "Paula Gómez",
    "Iván Soto", "Lucía Mora", "Tomás Cruz", "Julia Ramos", "Óscar León",
)  # fmt: skip


class Hint(Protocol):
    """Gives a comment in the user's language."""

    def __call__(self, name: str, **facts: object) -> str:
        """Return the comment planning.sample.<name>, with the mark that makes it one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lot:
    """Vehicles alike of the sample."""

    ref: str
    kind: VehicleKind
    energy: Energy
    share: float
    features: str = ""


MIX: Final = (
    _Lot(ref="van", kind=VehicleKind.VAN, energy=Energy.DIESEL, share=0.5),
    _Lot(ref="e-van", kind=VehicleKind.VAN, energy=Energy.ELECTRIC, share=0.17, features="low-emission, cold"),
    _Lot(ref="truck", kind=VehicleKind.TRUCK, energy=Energy.DIESEL, share=0.09, features="lift, two-person"),
    _Lot(ref="bike", kind=VehicleKind.CARGO_BIKE, energy=Energy.ELECTRIC, share=0.16, features="low-emission"),
    _Lot(ref="moto", kind=VehicleKind.MOTORCYCLE, energy=Energy.PETROL, share=0.08),
)


def sample_fleet(
    *,
    vehicles: int,
    mixed: bool,
    depot: Point,
    address: str,
    country: str,
    locale: Locale,
    file: str = "fleet.yaml",
) -> str:
    """Return the text of a fleet file with so many vehicles (1 to 500), vans only or a mix of kinds."""
    if not 1 <= vehicles <= MAX_SAMPLE:
        raise ValueError(f"1 to {MAX_SAMPLE} vehicles, not {vehicles}")
    currency = currency_of(country)

    def hint(name: str, **facts: object) -> str:
        return f"  # {say(f'planning.sample.{name}', locale, **facts)}"

    counts = lots(vehicles, mixed=mixed)
    refs = [ref for lot, count in counts for ref in _refs(lot, count)]
    lines = [
        f"# {say('planning.sample.title', locale, file=file)}",
        f"# {say('planning.sample.intro', locale)}",
        f"# {say('planning.sample.guide', locale)}",
        "",
        *_settings(currency, hint),
        "",
        f"depots:{hint('depots')}",
        "  - ref: centro",
        f"    name: {_quoted(say('planning.sample.depot', locale))}",
        *([f"    address: {_quoted(address)}"] if address else []),
        f"    point: {{lat: {depot.lat:.6f}, lon: {depot.lon:.6f}}}",
        "    hours: 05:00-23:00",
        f"    loading: 15 min{hint('loading')}",
        "",
        f"vehicles:{hint('vehicles', kinds=', '.join(VehicleKind))}",
        *(line for lot, count in counts for line in _vehicle(lot, count, currency, hint)),
        "",
        f"drivers:{hint('drivers')}",
        *(line for number, ref in enumerate(refs) for line in _driver(number, ref, country, currency, hint)),
        "",
        f"zones:{hint('zones')}",
        *_zone(depot, hint),
    ]
    return "\n".join(lines) + "\n"


def lots(vehicles: int, *, mixed: bool) -> list[tuple[_Lot, int]]:
    """Return how many vehicles of each lot, the vans taking what rounding leaves."""
    if not mixed:
        return [(MIX[0], vehicles)]
    counts = {lot.ref: int(vehicles * lot.share + 0.35) for lot in MIX[1:]}
    vans = vehicles - sum(counts.values())
    return [(lot, count) for lot in MIX if (count := counts.get(lot.ref, vans)) > 0]


def _refs(lot: _Lot, count: int) -> list[str]:
    return [lot.ref] if count == 1 else [f"{lot.ref}-{number}" for number in range(1, count + 1)]


def _settings(currency: str, hint: Hint) -> list[str]:
    minute = money(HOUR_USD * 4 / 60, currency)
    return [
        "settings:",
        f"  currency: {currency}{hint('currency')}",
        f"  service:{hint('service')}",
        f"    parking: 90 s{hint('parking')}",
        f"    at_door: 90 s{hint('at_door')}",
        f"    extra_piece: 15 s{hint('extra_piece')}",
        f"    proof: {{signature: 30 s, photo: 15 s, code: 20 s, identity: 45 s, payment: 2 min}}{hint('proof')}",
        f"  late_price_per_minute: {minute}{hint('late')}",
        f"  unfamiliar_price: 0{hint('unfamiliar')}",
        f"  # leave_out_price: {{low: {money(8, currency)}}}{hint('leave_out')}",
    ]


def _vehicle(lot: _Lot, count: int, currency: str, hint: Hint) -> list[str]:
    kind = KINDS[lot.kind]
    lines = [f"  - ref: {lot.ref}"]
    if count > 1:
        lines.append(f"    count: {count}{hint('count', ref=lot.ref)}")
    lines += [
        f"    kind: {lot.kind.value}",
        "    depot: centro",
        f"    capacity: {{kg: {kind.weight_kg}, m3: {kind.volume_l / 1000:g}, parcels: {kind.pieces}}}",
    ]
    if lot.features:
        lines.append(f"    features: [{lot.features}]{hint('features')}")
    return [
        *lines,
        f"    energy: {lot.energy.value}{hint('energy') if lot.ref == 'van' else ''}",
        f"    consumption_per_100km: {consumption(lot.kind, lot.energy):g}",
        f"    cost_per_day: {money(kind.day_usd, currency)}",
        f"    cost_per_km: {money(kind.km_usd, currency)}",
    ]


def _driver(number: int, ref: str, country: str, currency: str, hint: Hint) -> list[str]:
    name = next(islice(cycle(NAMES), number, None))
    turn = number // len(NAMES)
    late = number % 4 == 3  # a quarter of them serve the evening
    shift, pause = ("12:00-21:00", "16:00-18:00") if late else ("08:00-17:00", "12:00-14:00")
    first = number == 0
    hours = hint("hours", profiles=", ".join(PROFILES)) if first else ""
    return [
        f"  - ref: {ref}-driver",
        f"    name: {name}{f' {turn + 1}' if turn else ''}",
        f"    vehicle: {ref}",
        f"    shift: {shift}",
        "    overtime: 1 h",
        f"    breaks: [{{between: {pause}, length: 30 min}}]{hint('breaks') if first else ''}",
        f"    hours_of_service: {HOURS_PROFILE.get(country.upper(), 'none')}{hours}",
        f"    language: {locale_of(country)}",
        f"    cost_per_hour: {money(HOUR_USD, currency)}",
        f"    overtime_per_hour: {money(HOUR_USD * OVERTIME_FACTOR, currency)}",
    ]


def _zone(depot: Point, hint: Hint) -> list[str]:
    box = BoundingBox(west=depot.lon, south=depot.lat, east=depot.lon, north=depot.lat).grown_by(ZONE_REACH_M)
    corners = [(box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north)]
    ring = ", ".join(f"[{lon:.5f}, {lat:.5f}]" for lon, lat in [*corners, corners[0]])
    return [
        "  - ref: centro",
        "    name: Centro",
        f"    extra_service: 1 min{hint('zone_rules')}",
        f"    area: {{type: Polygon, coordinates: [[{ring}]]}}",
    ]


def money(usd: float, currency: str) -> str:
    """Return a stand-in price in units of the currency, as the fleet file wants it."""
    units = minor_units(currency)
    minor = stand_in_minor(usd, currency)
    return f"{minor / units:.2f}" if units > 1 else str(minor)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
