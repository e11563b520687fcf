"""The fleet file: what is read, what is taken for granted, and how faults are told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import BoundingBox, Point
from zaguan.operations.planning.fleet import (
    DepotNotFound,
    DepotOffMap,
    DepotTurned,
    Fleet,
    FleetFileMissing,
    FleetRefused,
)
from zaguan.operations.planning.fleet_file import locate_depots, read_fleet, require_on_map
from zaguan.operations.planning.fleet_nodes import duration_s, span_s
from zaguan.operations.planning.fleet_sample import sample_fleet
from zaguan.operations.planning.hours_of_service import PROFILES
from zaguan.operations.planning.stand_ins import minor_units
from zaguan.records.fleet.model import Energy, VehicleKind
from zaguan.records.orders.model import Priority, Proof

DEPOT = "depots:\n  - ref: centro\n    point: {lat: -30.03, lon: -51.2}\n"
Reading = Callable[[str], Fleet]


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    """Return a reader of fleet files given as text."""

    def reading(text: str) -> Fleet:
        path = tmp_path / "fleet.yaml"
        path.write_text(text, "utf-8")
        return read_fleet(path, country="BR")

    return reading


def refusal(read: Reading, text: str) -> str:
    """Return the refusal of a text."""
    with pytest.raises(FleetRefused) as refused:
        read(text)
    return refused.value.message("en")


def test_three_lines_make_a_fleet(read: Reading) -> None:
    """A depot and a kind are enough: the rest is what is usual for the kind and the country."""
    fleet = read(DEPOT + "vehicles:\n  - kind: cargo_bike\n    count: 3\n")
    assert [vehicle.ref for vehicle in fleet.vehicles] == ["cargo_bike-1-1", "cargo_bike-1-2", "cargo_bike-1-3"]
    assert {driver.vehicle_ref for driver in fleet.drivers} == {vehicle.ref for vehicle in fleet.vehicles}
    assert fleet.vehicles[0].energy is Energy.ELECTRIC
    assert fleet.settings.currency == "BRL"
    assert fleet.settings.prices_are_stand_ins
    assert fleet.drivers[0].locale == "pt"


def test_a_full_file_is_read_whole(read: Reading) -> None:
    """Capacities, prices, shifts, overtime, breaks, skills and hours of service stand as written (C04, C20-C24)."""
    fleet = read(
        "settings:\n"
        "  currency: CLP\n"
        "  service: {at_door: 2 min, proof: {signature: 45 s}}\n"
        "  late_price_per_minute: 250\n"
        "  leave_out_price: {low: 3000}\n"
        "depots:\n"
        "  - {ref: norte, point: '-33.4, -70.6', hours: 6:30-22:00, loading: 20 min}\n"
        "vehicles:\n"
        "  - ref: frio\n"
        "    kind: truck\n"
        "    depot: norte\n"
        "    capacity: {kg: '2500,5', m3: 14.2, parcels: 300}\n"
        "    features: [cold, lift]\n"
        "    energy: gas\n"
        "    cost_per_day: 15000\n"
        "    cost_per_km: 320\n"
        "drivers:\n"
        "  - name: Ana Rojas\n"
        "    vehicle: frio\n"
        "    shift: 22:00-06:00\n"
        "    overtime: 1 h 30 min\n"
        "    breaks: [{between: 01:00-03:00, length: 45}]\n"
        "    skills: two-person, lift\n"
        "    hours_of_service: chile-interurban\n"
        "    language: es_CL\n"
        "    ends_at_depot: false\n"
        "    cost_per_hour: 5500\n"
        "    overtime_per_hour: 8250\n"
    )
    truck, ana = fleet.vehicles[0], fleet.drivers[0]
    assert (truck.weight_g, truck.volume_ml, truck.pieces) == (2_500_500, 14_200_000, 300)
    assert truck.kind is VehicleKind.TRUCK
    assert (truck.consumption_per_100km, truck.emission_g_per_unit) == (20.0, 3_070.0)
    assert (truck.fixed_cost_minor, truck.cost_per_km_minor) == (15_000, 320)
    assert (ana.shift.starts_s, ana.shift.ends_s, ana.shift.overtime_s) == (79_200, 108_000, 5_400)
    assert (ana.shift.breaks[0].earliest_s, ana.shift.breaks[0].duration_s) == (3_600, 2_700)
    assert ana.skills == {"two-person", "lift"}
    assert ana.hours == PROFILES["chile-interurban"]
    assert not ana.ends_at_depot
    assert (ana.cost_per_hour_minor, ana.overtime_per_hour_minor) == (5_500, 8_250)
    assert fleet.depots[0].place.point == Point(lon=-70.6, lat=-33.4)
    assert (fleet.depots[0].opens_s, fleet.depots[0].loading_s) == (23_400, 1_200)
    assert fleet.settings.service.proof_s[Proof.SIGNATURE] == 45
    assert fleet.settings.leave_out_minor == {Priority.LOW: 3_000}
    assert not fleet.settings.prices_are_stand_ins


def test_prices_have_cents_where_the_currency_has(read: Reading) -> None:
    """4.20 reais are 420 minor units."""
    fleet = read(DEPOT + "vehicles:\n  - {kind: van, cost_per_km: '4,20'}\n")
    assert fleet.vehicles[0].cost_per_km_minor == 420


def test_every_fault_is_told_with_its_line(read: Reading) -> None:
    """All faults come at once: physical line, key, and what to write instead."""
    text = refusal(
        read,
        "settings:\n"
        "  curency: CLP\n"
        "depots:\n"
        "  - ref: A\n"
        "    hours: early\n"
        "vehicles:\n"
        "  - kind: spaceship\n"
        "    capacity: {kg: many}\n"
        "    depot: B\n",
    )
    lines = text.splitlines()[1:]
    assert [line.split(":")[0] for line in lines] == ["line 2", "line 4", "line 5", "line 7", "line 8", "line 9"]
    assert "did you mean “currency”" in lines[0]
    assert "point" in lines[1]
    assert "08:00-17:30" in lines[2]
    assert "cargo_bike" in lines[3]
    assert "vehicles[1].capacity.kg" in lines[4]
    assert "known: A" in lines[5]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no depot"),
        ("- a\n- b\n", "block"),
        ("a: [1\n", "YAML"),
        ("depots: here\nvehicles: 3\n", "list"),
        (DEPOT + "vehicles: [{kind: van}, {kind: van, ref: van-1}]\n", "stands twice"),
        (DEPOT + "vehicles: [{ref: a}]\ndrivers: [{name: x, vehicle: b}]\n", "no vehicle “b”"),
        (DEPOT + "vehicles: [{ref: a}]\ndrivers: [{vehicle: a}, {vehicle: a}]\n", "at the same time"),
        (DEPOT + "vehicles: [{ref: a}]\nzones: [{ref: z, area: none.geojson}]\n", "no polygon"),
        (DEPOT + "vehicles: [{ref: a, driver: {hours_of_service: mars}}]\n", "chile"),
        (DEPOT + "vehicles: [{ref: a, driver: {breaks: [{length: 10 min}]}}]\n", "missing"),
        ("depots: [{ref: a, point: {lat: 95, lon: 0}}]\nvehicles: [{ref: a}]\n", "latitude"),
        ("depots: [{ref: a, point: nan}]\nvehicles: [{ref: a}]\n", "latitude"),
        (DEPOT + "vehicles: [{ref: a, capacity: {kg: nan}}]\n", "not a number"),
        (DEPOT + "vehicles: [{ref: a}]\nvehicles: [{ref: b}]\n", "twice"),
        (DEPOT + "vehicles: [{ref: a}]\ndrivers: [{vehicle: a, zones: [z]}]\n", "no zone “z”"),
    ],
)
def test_each_sort_of_fault_is_told(read: Reading, text: str, told: str) -> None:
    """A fault is told in words that say what to do."""
    assert told in refusal(read, text)


def test_a_file_of_other_bytes_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused, and so is a file that is not there."""
    path = tmp_path / "fleet.yaml"
    path.write_bytes(b"\xff\xfe\x00depots")
    with pytest.raises(FleetRefused, match="UTF-8"):
        read_fleet(path)
    with pytest.raises(FleetFileMissing):
        read_fleet(tmp_path / "none.yaml")


def test_drivers_are_what_is_scarce(read: Reading) -> None:
    """With a list of drivers, a vehicle that none of them drives stays in; with a driver block it goes."""
    fleet = read(
        DEPOT
        + "vehicles: [{ref: a}, {ref: b}, {ref: c, driver: {shift: 7:00-15:00}}]\n"
        + "drivers: [{name: Ana, vehicle: a}]\n"
    )
    assert [driver.vehicle_ref for driver in fleet.drivers] == ["a", "c"]


def test_two_shifts_share_a_vehicle(read: Reading) -> None:
    """One after the other, two drivers drive the same vehicle (C20)."""
    fleet = read(
        DEPOT
        + "vehicles: [{ref: a}]\n"
        + "drivers: [{name: Ana, vehicle: a, shift: 06:00-13:00}, {name: Eva, vehicle: a, shift: 14:00-22:00}]\n"
    )
    assert [driver.name for driver in fleet.drivers] == ["Ana", "Eva"]


def test_zones_come_inline_or_as_files(read: Reading, tmp_path: Path) -> None:
    """A zone's area stands in the file or in a GeoJSON beside it; its rules stay with it (C09)."""
    square = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}'
    (tmp_path / "area.geojson").write_text(f'{{"type": "Feature", "geometry": {square}}}')
    fleet = read(
        DEPOT
        + "vehicles: [{ref: a}]\n"
        + "zones:\n"
        + f"  - {{ref: x, area: {square}, depot: centro, extra_service: 2 min, surcharge: 7, vehicle_kinds: [van]}}\n"
        + "  - {ref: y, area: area.geojson, drivers: [a], skills: [low-emission]}\n"
    )
    assert [zone.ref for zone in fleet.zones_at(Point(lon=0.5, lat=0.5))] == ["x", "y"]
    assert fleet.zones[0].depot_ref == "centro"
    assert fleet.zones[0].extra_service_s == 120
    assert fleet.zones[0].surcharge_minor == 7 * minor_units(fleet.settings.currency)
    assert fleet.zones[1].driver_refs == ("a",)
    assert fleet.zones_at(Point(lon=2.0, lat=0.5)) == ()


def test_a_whole_collection_makes_zones(read: Reading, tmp_path: Path) -> None:
    """A FeatureCollection gives one zone a feature; properties of others are let be (C09)."""
    feature = (
        '{"type": "Feature", "properties": {"name": "Norte", "depot": "centro", "shape_area": 12.5},'
        '"geometry": {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]]]}}'
    )
    (tmp_path / "zones.geojson").write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}')
    fleet = read(DEPOT + "vehicles: [{ref: a}]\nzones: zones.geojson\n")
    assert (fleet.zones[0].name, fleet.zones[0].depot_ref) == ("Norte", "centro")


def test_depots_are_found_by_address(read: Reading) -> None:
    """A depot given by address gets the point that is found for it, or is refused with its name."""
    fleet = read("depots: [{name: Norte, address: Rua A 1}]\nvehicles: [{ref: a}]\n")
    assert fleet.depots[0].place == Place(address="Rua A 1")
    located = locate_depots(fleet, lambda _: Point(lon=1, lat=2))
    assert located.depots[0].place.point == Point(lon=1, lat=2)
    assert located.depots[0].place.grade is Grade.ROOFTOP
    with pytest.raises(DepotNotFound, match="Norte"):
        locate_depots(fleet, lambda _: None)


def test_a_depot_off_the_map_is_refused_before_the_search(read: Reading) -> None:
    """A depot outside of the region is named, with its remedy: exchange its coordinates where they are turned."""
    near = BoundingBox(west=-51.3, south=-30.2, east=-51.1, north=-29.9)
    require_on_map(read("depots: [{name: Sul, point: {lat: -30.05, lon: -51.2}}]\nvehicles: [{ref: a}]\n"), near)
    with pytest.raises(DepotTurned) as turned:
        require_on_map(read("depots: [{name: Sul, point: {lat: -51.2, lon: -30.05}}]\nvehicles: [{ref: a}]\n"), near)
    assert "“Sul” at -51.20000, -30.05000" in turned.value.message("en")
    with pytest.raises(DepotOffMap, match="outside of the region"):
        require_on_map(read("depots: [{name: Sul, point: {lat: 3, lon: 101}}]\nvehicles: [{ref: a}]\n"), near)


def test_a_fault_of_the_whole_file_names_no_key(read: Reading) -> None:
    """Where no key is at fault the line says what is wrong at once, without an empty name between colons."""
    with pytest.raises(FleetRefused) as refused:
        read("- a\n- b\n")
    assert ": :" not in refused.value.message("en")


@pytest.mark.parametrize("locale", ["es", "en", "pt"])
@pytest.mark.parametrize("country", ["CL", "BR", "MX", "XX"])
def test_the_sample_can_be_planned_with(read: Reading, locale: str, country: str) -> None:
    """The sample of every language and country reads without a fault and has the vehicles asked for."""
    text = sample_fleet(
        vehicles=12,
        mixed=True,
        depot=Point(lon=-51.2, lat=-30.0),
        address='Calle "Ñ" 1',
        country=country,
        locale=locale,  # type: ignore[arg-type]
    )
    fleet = read(text)
    assert len(fleet.vehicles) == len(fleet.drivers) == 12
    assert len({vehicle.kind for vehicle in fleet.vehicles}) >= 4
    assert "INVEN" in text.splitlines()[0]
    assert all(line.endswith(tuple(":")) or " " in line or not line for line in text.splitlines())


def test_durations_and_spans() -> None:
    """Lengths of time and hours of the day are read as people write them."""
    assert [duration_s(text) for text in ("20", "20 min", "1 h", "1h30min", "90 s", "1,5 h")] == [
        *(1200, 1200, 3600, 5400, 90, 5400)
    ]
    assert span_s("8-17:30") == (28_800, 63_000)
    assert span_s("22:00 – 06:00") == (79_200, 108_000)
    assert span_s("00:00-24:00") == (0, 86_400)
    for text in ("", "min", "1 x", "-5 min", "30 h"):
        with pytest.raises(ValueError):
            duration_s(text)
    for text in ("25:00-26:00", "8:61-9", "8", "24:30-25:00"):
        with pytest.raises(ValueError):
            span_s(text)
