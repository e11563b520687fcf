"""Why orders stay out and what would let them in: the solver's findings in the words of the field."""

from collections.abc import Sequence

from zaguan.engines.solver import solution as solved
from zaguan.operations.planning.mapping.problem import Mapped
from zaguan.operations.planning.model import Remedy, Unassigned
from zaguan.operations.planning.service_day import clock_text
from zaguan.operations.planning.stand_ins import money_text

Facts = dict[str, str | int]
DIMENSIONS = ("weight", "volume", "pieces")


def unassigned_of(mapped: Mapped, findings: Sequence[solved.Unassigned]) -> tuple[Unassigned, ...]:
    """Return the orders left out, in the order of the file."""
    return tuple(_unassigned(mapped, found) for found in sorted(findings, key=lambda each: each.client))


def _unassigned(mapped: Mapped, found: solved.Unassigned) -> Unassigned:
    order = mapped.orders[found.client]
    code, facts = _reason(mapped, found)
    return Unassigned(
        ref=order.ref,
        address=order.place.address,
        point=order.place.point,
        reason=f"planning.reason.{code}",
        facts=facts,
        remedies=tuple(_remedy(mapped, remedy) for remedy in found.remedies),
    )


def _reason(mapped: Mapped, found: solved.Unassigned) -> tuple[str, Facts]:
    client, terms = mapped.problem.clients[found.client], mapped.terms[found.client]
    match found.reason:
        case solved.Reason.CAPACITY:
            loads = [max(pair) for pair in zip(client.delivery, client.pickup, strict=True)]
            allowed = [
                vehicle
                for index, vehicle in enumerate(mapped.problem.vehicles)
                if client.vehicles is None or index in client.vehicles
            ]
            for dimension, load in enumerate(loads):
                most = max((vehicle.capacity[dimension] for vehicle in allowed), default=0)
                if load > most:
                    name = DIMENSIONS[dimension]
                    return f"capacity_{name}", {"load": amount(dimension, load), "most": amount(dimension, most)}
            return "capacity", {}
        case solved.Reason.SKILLS:
            return "skills", {"skills": ", ".join(sorted(terms.skills))}
        case solved.Reason.VEHICLE:
            return _excluded(mapped, found.client)
        case solved.Reason.WINDOW:
            spans = (f"{clock_text(each.opens_s)}–{clock_text(each.closes_s)}" for each in terms.windows)
            return "window", {"windows": ", ".join(spans)}
        case _:
            return found.reason.value, {}


def _excluded(mapped: Mapped, client: int) -> tuple[str, Facts]:
    """Tell which of the order's wishes leaves no vehicle."""
    terms, duties = mapped.terms[client], mapped.layout.duties
    wanted = terms.driver_ref.casefold()
    if wanted and not any(wanted in (d.driver.ref.casefold(), d.driver.name.casefold()) for d in duties):
        return "driver_off", {"driver": terms.driver_ref}
    if terms.depot_ref and not any(duty.depot.ref == terms.depot_ref for duty in duties):
        return "no_depot", {"depot": terms.depot_ref}
    if terms.vehicle_kinds is not None:
        kinds = ", ".join(sorted(terms.vehicle_kinds)) or "–"
        if not any(duty.vehicle.kind.value in terms.vehicle_kinds for duty in duties):
            return "vehicle_kind", {"kinds": kinds}
    return "vehicle", {}


def _remedy(mapped: Mapped, remedy: solved.Remedy) -> Remedy:
    given = remedy.facts
    facts: Facts = {}
    if "vehicle" in given:
        duty = mapped.layout.duties[int(given["vehicle"])]
        facts |= {"driver": duty.driver.name, "vehicle": duty.vehicle.ref, "kind": duty.vehicle.kind.value}
    code = remedy.kind.value
    match remedy.kind:
        case solved.RemedyKind.MORE_CAPACITY:
            dimension = int(given["dimension"])
            code += f"_{DIMENSIONS[dimension]}"
            facts["missing"] = amount(dimension, int(given["missing"]))
        case solved.RemedyKind.ADD_SKILL:
            facts["skill"] = str(given["skill"])
        case solved.RemedyKind.WIDER_WINDOW:
            opens, closes = (mapped.day.wall_s(int(given[name])) for name in ("opens_s", "closes_s"))
            facts |= {"opens": clock_text(opens), "closes": clock_text(closes), "by_min": minutes(given["by_s"])}
        case solved.RemedyKind.EARLIER_SHIFT | solved.RemedyKind.LONGER_SHIFT:
            facts["by_min"] = minutes(given["by_s"])
        case solved.RemedyKind.ONE_MORE_VEHICLE:
            facts["depot"] = mapped.layout.duties[int(given["vehicle"])].depot.name
        case solved.RemedyKind.HIGHER_PRIZE:
            facts["by"] = money_text(round(float(given["by"])), mapped.fleet.settings.currency)
        case solved.RemedyKind.SPLIT:
            facts["parts"] = int(given["parts"])
        case solved.RemedyKind.ALLOW_VEHICLE:
            pass
    return Remedy(code=f"planning.remedy.{code}", facts=facts)


def minutes(seconds: int | float | str) -> int:
    """Return whole minutes that are enough."""
    return -(-int(seconds) // 60)


def amount(dimension: int, value: int) -> str:
    """Return a load in the unit that people use: kilograms, litres, pieces."""
    return f"{value}" if DIMENSIONS[dimension] == "pieces" else f"{value / 1000:g}"
