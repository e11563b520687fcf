"""Reads fleet.yaml: depots, vehicles, drivers, zones, settings. Refused with every faulty line and what to do."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import yaml

from zaguan.base.geo.place import Grade, Place
from zaguan.base.geo.point import BoundingBox, Point
from zaguan.base.kit.words import LOCALES, as_locale, say
from zaguan.operations.planning.fleet import (
    MAX_DRIVERS,
    DepotNotFound,
    DepotOffMap,
    DepotTurned,
    Fleet,
    FleetFileMissing,
    FleetRefused,
    ServiceTimes,
    Settings,
)
from zaguan.operations.planning.fleet_nodes import Problems, Table, first_of_equal, plain, read_tree
from zaguan.operations.planning.hours_of_service import PROFILES
from zaguan.operations.planning.stand_ins import (
    EMISSION_G,
    HOUR_USD,
    OVERTIME_FACTOR,
    PER_USD,
    consumption,
    currency_of,
    locale_of,
    minor_units,
    stand_in_minor,
    typical_vehicle,
)
from zaguan.operations.planning.zone_areas import polygons_of, read_geojson
from zaguan.records.drivers.model import Break, Driver, Shift
from zaguan.records.fleet.model import Vehicle, VehicleKind
from zaguan.records.network.model import Depot, Zone
from zaguan.records.orders.model import Priority, Proof

DEFAULT_SHIFT: Final = (8 * 3600, 18 * 3600)
MAX_FILE_BYTES: Final = 5_000_000


def read_fleet(path: Path, *, country: str = "") -> Fleet:
    """Read a fleet file; `country` (ISO 3166, two letters) gives currency and language where the file does not.

    Refused (FleetRefused) with every fault: its line, its key, what to do. A depot may come without a point:
    see `locate_depots`.
    """
    if not path.is_file():
        raise FleetFileMissing(file=str(path))
    problems = Problems()
    if path.stat().st_size > MAX_FILE_BYTES:
        raise FleetRefused(file=str(path), problems=say("planning.fleet.too_large", most=MAX_FILE_BYTES // 1_000_000))
    top = read_tree(path, problems)
    fleet = None if top is None else _Reader(top, path.parent, country, problems).fleet()
    if problems.found or fleet is None:
        raise FleetRefused(file=str(path), problems=problems.text())
    return fleet


def locate_depots(fleet: Fleet, find: Callable[[Place], Point | None]) -> Fleet:
    """Return the fleet with a point for each depot that the file gives by address only.

    Refused (DepotNotFound) where the address is not found.
    """
    located = []
    for depot in fleet.depots:
        if depot.place.point is None:
            point = find(depot.place)
            if point is None:
                raise DepotNotFound(depot=depot.name, address=depot.place.address)
            depot = replace(depot, place=replace(depot.place, point=point, grade=Grade.ROOFTOP))
        located.append(depot)
    return replace(fleet, depots=tuple(located))


def require_on_map(fleet: Fleet, near: BoundingBox) -> None:
    """Refuse a depot outside of a box: DepotTurned where its coordinates fit if exchanged, else DepotOffMap."""
    for depot in fleet.depots:
        point = depot.place.point
        if point is None or near.contains(point):
            continue
        facts = {"depot": depot.name, "point": f"{point.lat:.5f}, {point.lon:.5f}"}
        if abs(point.lon) <= 90 and near.contains(Point(lon=point.lat, lat=point.lon)):
            raise DepotTurned(**facts)
        raise DepotOffMap(**facts)


class _Reader:
    def __init__(self, top: Table, folder: Path, country: str, problems: Problems) -> None:
        self.top, self.folder, self.country, self.problems = top, folder, country, problems
        self.currency = "USD"
        self.prices_given = False

    def fleet(self) -> Fleet:
        settings = self._settings(self.top.table("settings"))
        depots = tuple(self._depot(row, number) for number, row in enumerate(self.top.rows("depots"), start=1))
        if not depots:
            self.top.refuse("depots", "no_depot")
        by_vehicle: list[tuple[Vehicle, Table | None]] = []
        for number, row in enumerate(self.top.rows("vehicles"), start=1):
            by_vehicle.extend(self._vehicles(row, number, {depot.ref for depot in depots}, depots))
        if not by_vehicle:
            self.top.refuse("vehicles", "no_vehicle")
        vehicles = tuple(vehicle for vehicle, _ in by_vehicle)
        refs = {vehicle.ref for vehicle in vehicles}
        drivers = [self._driver(row, number, refs) for number, row in enumerate(self.top.rows("drivers"), start=1)]
        named = {driver.vehicle_ref for driver in drivers}
        listed = bool(drivers)  # then people are what is scarce: a vehicle that nobody drives stays in the depot
        drivers += [
            self._own_driver(vehicle, block)
            for vehicle, block in by_vehicle
            if vehicle.ref not in named and (block is not None or not listed)
        ]
        zones = self._zones({depot.ref for depot in depots}, {driver.ref for driver in drivers})
        known_zones = {zone.ref for zone in zones}
        for row, driver in zip(self.top.rows("drivers"), drivers, strict=False):
            for unknown in sorted(set(driver.zone_refs) - known_zones):
                row.refuse("zones", "no_such_zone", given=unknown, known=", ".join(sorted(known_zones)) or "–")
        self._refuse_equal_names("depots", [depot.ref for depot in depots])
        self._refuse_equal_names("vehicles", [vehicle.ref for vehicle in vehicles])
        self._refuse_equal_names("drivers", [driver.ref for driver in drivers])
        self._refuse_shared_vehicles(drivers)
        if len(drivers) > MAX_DRIVERS:
            self.top.refuse("drivers", "too_many", most=MAX_DRIVERS)
        self.top.done()
        return Fleet(
            depots=depots,
            vehicles=vehicles,
            drivers=tuple(drivers),
            zones=zones,
            settings=replace(settings, prices_are_stand_ins=not self.prices_given),
        )

    def _settings(self, table: Table) -> Settings:
        self.currency = table.text("currency", currency_of(self.country)).upper()
        if len(self.currency) != 3 or not self.currency.isalpha():
            table.refuse("currency", "not_a_currency", given=self.currency, known=", ".join(sorted(PER_USD)))
        usual = ServiceTimes()
        service = table.table("service")
        proof = service.table("proof")
        times = ServiceTimes(
            parking_s=service.duration("parking", usual.parking_s),
            at_door_s=service.duration("at_door", usual.at_door_s),
            extra_piece_s=service.duration("extra_piece", usual.extra_piece_s),
            proof_s={each: proof.duration(each.value, usual.proof_s[each]) for each in Proof},
        )
        proof.done()
        service.done()
        prizes = table.table("leave_out_price")
        settings = Settings(
            currency=self.currency,
            service=times,
            late_per_minute_minor=self._money(table, "late_price_per_minute"),
            unfamiliar_minor=self._money(table, "unfamiliar_price") or 0,
            leave_out_minor={
                each: price for each in Priority if (price := self._money(prizes, each.value)) is not None
            },
        )
        prizes.done()
        table.done()
        return settings

    def _money(self, table: Table, name: str) -> int | None:
        if not table.has(name):
            return None
        return round(table.number(name, 0.0) * minor_units(self.currency))

    def _price(self, table: Table, name: str, stand_in: int) -> int:
        given = self._money(table, name)
        self.prices_given |= given is not None
        return stand_in if given is None else given

    def _depot(self, row: Table, number: int) -> Depot:
        ref = row.text("ref", row.text("name", f"depot-{number}"))
        opens, closes = row.span("hours", (0, 86_400))
        point = self._point(row)
        address = row.text("address")
        if point is None and not address and not row.has("point"):
            row.refuse("point", "no_place")
        depot = Depot(
            ref=ref,
            name=row.text("name", ref),
            place=Place(
                address=address,
                commune=row.text("commune"),
                city=row.text("city"),
                point=point,
                grade=Grade.NONE if point is None else Grade.GIVEN,
            ),
            opens_s=opens,
            closes_s=closes,
            loading_s=row.duration("loading", 0),
        )
        row.done()
        return depot

    def _point(self, row: Table) -> Point | None:
        node = row.raw("point")
        if node is None:
            return None
        try:
            if isinstance(node, yaml.MappingNode):
                given = plain(node)
                assert isinstance(given, dict)
                return Point(lon=float(given["lon"]), lat=float(given["lat"]))
            lat, lon = row.texts("point")
            return Point(lon=float(lon), lat=float(lat))
        except (ValueError, KeyError):
            row.refuse("point", "not_a_point")
            return None

    def _vehicles(
        self, row: Table, number: int, depot_refs: set[str], depots: tuple[Depot, ...]
    ) -> list[tuple[Vehicle, Table | None]]:
        kind = row.choice("kind", VehicleKind.VAN)
        ref = row.text("ref", f"{kind}-{number}")
        count = int(row.number("count", 1, least=1, most=MAX_DRIVERS))
        depot_ref = row.text("depot", depots[0].ref if depots else "")
        if depots and depot_ref not in depot_refs:
            row.refuse("depot", "no_such_depot", given=depot_ref, known=", ".join(sorted(depot_refs)))
        usual = typical_vehicle(ref, kind, depot_ref=depot_ref, currency=self.currency)
        capacity = row.table("capacity")
        energy = row.choice("energy", usual.energy)
        given_factor = row.has("emission_g_per_unit")
        vehicle = Vehicle(
            ref=ref,
            kind=kind,
            depot_ref=depot_ref,
            weight_g=round(capacity.number("kg", usual.weight_g / 1000) * 1000),
            volume_ml=round(capacity.number("m3", usual.volume_ml / 1e6) * 1e6),
            pieces=int(capacity.number("parcels", usual.pieces)),
            features=frozenset(row.texts("features")),
            energy=energy,
            consumption_per_100km=row.number("consumption_per_100km", consumption(kind, energy), most=1000),
            emission_g_per_unit=row.number("emission_g_per_unit", EMISSION_G[energy], most=100_000)
            if given_factor
            else EMISSION_G[energy],
            fixed_cost_minor=self._price(row, "cost_per_day", usual.fixed_cost_minor),
            cost_per_km_minor=self._price(row, "cost_per_km", usual.cost_per_km_minor),
        )
        capacity.done()
        block = row.table("driver") if row.has("driver") else None
        row.done()
        if count == 1:
            return [(vehicle, block)]
        return [(replace(vehicle, ref=f"{ref}-{each}"), block) for each in range(1, count + 1)]

    def _driver(self, row: Table, number: int, vehicle_refs: set[str]) -> Driver:
        ref = row.text("ref", row.text("name", f"driver-{number}"))
        vehicle_ref = row.text("vehicle")
        if vehicle_ref not in vehicle_refs:
            known = ", ".join(sorted(vehicle_refs)[:12])
            row.refuse("vehicle", "no_such_vehicle", given=vehicle_ref, known=known)
        return self._duties(row, ref, row.text("name", ref), vehicle_ref)

    def _own_driver(self, vehicle: Vehicle, block: Table | None) -> Driver:
        empty = Table(yaml.MappingNode("", [], self.top.node.start_mark), "driver", Problems())
        return self._duties(block or empty, vehicle.ref, vehicle.ref, vehicle.ref)

    def _duties(self, row: Table, ref: str, name: str, vehicle_ref: str) -> Driver:
        start, end = row.span("shift", DEFAULT_SHIFT)
        breaks = tuple(sorted((self._break(each) for each in row.rows("breaks")), key=lambda each: each.earliest_s))
        profile = row.text("hours_of_service", "none").lower()
        if profile not in PROFILES:
            row.refuse("hours_of_service", "not_one_of", given=profile, known=", ".join(PROFILES))
        language = row.text("language", locale_of(self.country))
        if (locale := as_locale(language)) is None:
            row.refuse("language", "not_one_of", given=language, known=", ".join(LOCALES))
        hour = self._price(row, "cost_per_hour", stand_in_minor(HOUR_USD, self.currency))
        driver = Driver(
            ref=ref,
            name=name,
            vehicle_ref=vehicle_ref,
            shift=Shift(starts_s=start, ends_s=end, overtime_s=row.duration("overtime", 0), breaks=breaks),
            locale=locale or "en",
            skills=frozenset(row.texts("skills")),
            hours=PROFILES.get(profile, PROFILES["none"]),
            zone_refs=row.texts("zones"),
            starts_at_depot=row.flag("starts_at_depot", default=True),
            ends_at_depot=row.flag("ends_at_depot", default=True),
            cost_per_hour_minor=hour,
            overtime_per_hour_minor=self._price(row, "overtime_per_hour", round(hour * OVERTIME_FACTOR)),
        )
        row.done()
        return driver

    def _break(self, row: Table) -> Break:
        earliest, latest = row.span("between", (12 * 3600, 14 * 3600))
        if not row.has("between"):
            row.refuse("between", "missing")
        length = row.duration("length", 30 * 60)
        if length == 0:
            row.refuse("length", "not_a_duration", given="0")
        row.done()
        return Break(earliest_s=earliest, latest_s=latest, duration_s=length or 60)

    def _zones(self, depot_refs: set[str], driver_refs: set[str]) -> tuple[Zone, ...]:
        node = self.top.raw("zones")
        if isinstance(node, yaml.ScalarNode):
            return tuple(self._zones_of_file(str(node.value), depot_refs, driver_refs))
        return tuple(
            self._zone(row, number, None, depot_refs, driver_refs)
            for number, row in enumerate(self.top.rows("zones"), start=1)
        )

    def _zones_of_file(self, name: str, depot_refs: set[str], driver_refs: set[str]) -> list[Zone]:
        try:
            features = read_geojson(self.folder / name).get("features")
            if not isinstance(features, list):
                raise ValueError("features")
        except ValueError:
            self.top.refuse("zones", "not_geojson", given=name)
            return []
        zones = []
        for number, feature in enumerate(features, start=1):
            properties = feature.get("properties") if isinstance(feature, dict) else None
            # names come with all sorts of other properties from maps: only ours are read
            node = yaml.compose(yaml.safe_dump(properties or {}, allow_unicode=True), Loader=yaml.SafeLoader)
            if isinstance(node, yaml.MappingNode):
                row = Table(node, f"zones[{number}] ({name})", self.problems)
                zones.append(self._zone(row, number, feature, depot_refs, driver_refs))
        return zones

    def _zone(self, row: Table, number: int, feature: object, depot_refs: set[str], driver_refs: set[str]) -> Zone:
        ref = row.text("ref", row.text("name", f"zone-{number}"))
        depot_ref = row.text("depot")
        if depot_ref and depot_ref not in depot_refs:
            row.refuse("depot", "no_such_depot", given=depot_ref, known=", ".join(sorted(depot_refs)))
        drivers = row.texts("drivers")
        for unknown in sorted(set(drivers) - driver_refs):
            row.refuse("drivers", "no_such_driver", given=unknown, known=", ".join(sorted(driver_refs)[:12]))
        kinds = frozenset(kind.lower() for kind in row.texts("vehicle_kinds"))
        for unknown in sorted(kinds - set(VehicleKind)):
            row.refuse("vehicle_kinds", "not_one_of", given=unknown, known=", ".join(VehicleKind))
        polygons = None
        try:
            node = row.raw("area")
            if feature is not None:
                polygons = polygons_of(feature)
            elif isinstance(node, yaml.ScalarNode):
                polygons = polygons_of(read_geojson(self.folder / str(node.value)))
            elif node is not None:
                polygons = polygons_of(plain(node))
        except ValueError:
            polygons = None
        if polygons is None:
            row.refuse("area", "no_area")
        zone = Zone(
            ref=ref,
            name=row.text("name", ref),
            polygons=polygons or (),
            depot_ref=depot_ref,
            driver_refs=drivers,
            skills=frozenset(row.texts("skills")),
            vehicle_kinds=kinds,
            extra_service_s=row.duration("extra_service", 0),
            surcharge_minor=self._money(row, "surcharge") or 0,
        )
        if feature is None:
            row.done()
        return zone

    def _refuse_equal_names(self, block: str, refs: list[str]) -> None:
        twice = first_of_equal(refs)
        if twice is not None:
            self.top.refuse(block, "equal_names", given=twice)

    def _refuse_shared_vehicles(self, drivers: list[Driver]) -> None:
        """Two drivers may share a vehicle one after the other, not at the same time."""
        by_vehicle: dict[str, list[Driver]] = {}
        for driver in sorted(drivers, key=lambda each: each.shift.starts_s):
            by_vehicle.setdefault(driver.vehicle_ref, []).append(driver)
        for vehicle_ref, sharing in by_vehicle.items():
            for first, second in itertools.pairwise(sharing):
                if first.shift.ends_s + first.shift.overtime_s > second.shift.starts_s:
                    self.top.refuse(
                        "drivers", "shared_vehicle", vehicle=vehicle_ref, first=first.name, second=second.name
                    )
