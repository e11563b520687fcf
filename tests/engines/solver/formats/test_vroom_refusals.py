"""VROOM's JSON: what is wrong or not expressible is refused by name and place."""

from typing import Any

import pytest

from tests.engines.solver.formats.vroom_files import (
    DURATIONS,
    a_break,
    a_file,
    a_job,
    a_shipment,
    a_vehicle,
    read,
    with_distances,
)
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.words import LOCALES

FAULTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("no vehicles", a_file(vehicles=[]), "vroom.no_vehicles", ""),
    ("no tasks", a_file(jobs=[]), "vroom.no_tasks", ""),
    ("vehicles missing", {"jobs": [a_job()]}, "document.missing_field", "vehicles"),
    ("unknown field", a_file(jobs=[a_job(foo=1)]), "document.unknown_field", "jobs[0].foo"),
    ("unknown top", a_file(options={"g": True}), "document.unknown_field", "options"),
    ("id missing", a_file(jobs=[{"location_index": 1}]), "document.missing_field", "jobs[0].id"),
    ("months at the door", a_file(jobs=[a_job(service=9_000_000)]), "document.not_whole", "jobs[0].service"),
    ("negative", a_file(jobs=[a_job(service=-1)]), "document.not_whole", "jobs[0].service"),
    ("fraction", a_file(jobs=[a_job(service=1.5)]), "document.not_whole", "jobs[0].service"),
    ("text", a_file(jobs=[a_job(priority="high")]), "document.not_whole", "jobs[0].priority"),
    ("too high", a_file(jobs=[a_job(priority=101)]), "document.not_whole", "jobs[0].priority"),
    ("a true is no number", a_file(jobs=[a_job(service=True)]), "document.not_whole", "jobs[0].service"),
    ("skills", a_file(jobs=[a_job(skills=3)]), "document.not_list", "jobs[0].skills"),
    ("description", a_file(jobs=[a_job(description=3)]), "document.not_text", "jobs[0].description"),
    ("window", a_file(jobs=[a_job(time_windows=[[1, 2, 3]])]), "document.wrong_length", "jobs[0].time_windows[0]"),
    ("reversed", a_file(jobs=[a_job(time_windows=[[9, 2]])]), "vroom.reversed_window", "jobs[0].time_windows[0]"),
    ("no window", a_file(jobs=[a_job(time_windows=[])]), "vroom.no_windows", "jobs[0].time_windows"),
    (
        "overlap",
        a_file(jobs=[a_job(time_windows=[[1, 5], [5, 9]])]),
        "vroom.overlapping_windows",
        "jobs[0].time_windows",
    ),
    ("same id", a_file(jobs=[a_job(), a_job()]), "vroom.id_twice", "jobs[1].id"),
    ("no ends", a_file(vehicles=[{"id": 1}]), "vroom.no_ends", "vehicles[0]"),
    ("row", a_file(jobs=[a_job(4)]), "vroom.outside_matrix", "jobs[0].location_index"),
    ("no index", a_file(jobs=[{"id": 1, "location": [1, 2]}]), "document.missing_field", "jobs[0].location_index"),
    ("no place", a_file(jobs=[{"id": 1}]), "document.missing_field", "jobs[0].location"),
    ("profile", a_file(vehicles=[a_vehicle(profile="x")]), "vroom.no_matrix", "matrices.x.durations"),
    (
        "no matrices",
        {k: v for k, v in a_file().items() if k != "matrices"},
        "vroom.no_matrix",
        "matrices.car.durations",
    ),
    (
        "ragged",
        a_file(matrices={"car": {"durations": [[0, 1], [1]]}}),
        "document.not_matrix",
        "matrices.car.durations[1]",
    ),
    (
        "entry",
        a_file(matrices={"car": {"durations": [[0, -1], [1, 0]]}}),
        "document.not_whole",
        "matrices.car.durations[0][1]",
    ),
    ("both matrices", a_file(matrix=DURATIONS), "vroom.older_name", "matrix"),
    ("both amounts", a_file(jobs=[a_job(amount=[1], delivery=[1])]), "vroom.older_name", "jobs[0].amount"),
    (
        "widths",
        a_file(jobs=[a_job(delivery=[1, 2])], vehicles=[a_vehicle(capacity=[1])]),
        "vroom.other_width",
        "jobs[0].delivery",
    ),
    ("no capacity", a_file(jobs=[a_job(delivery=[1])]), "vroom.other_width", "jobs[0].delivery"),
    ("amount", a_file(shipments=[a_shipment(amount=[1])]), "vroom.other_width", "shipments[0].amount"),
    ("per km", a_file(vehicles=[a_vehicle(costs={"per_km": 3})]), "vroom.no_distances", "vehicles[0].costs.per_km"),
    (
        "range",
        with_distances(vehicles=[a_vehicle(max_distance=9)]),
        "vroom.distance_beside_time",
        "vehicles[0].max_distance",
    ),
    ("range alone", a_file(vehicles=[a_vehicle(max_distance=9)]), "vroom.no_distances", "vehicles[0].max_distance"),
    (
        "costs twice",
        a_file(
            vehicles=[a_vehicle(costs={"per_hour": 9})], matrices={"car": {"durations": DURATIONS, "costs": DURATIONS}}
        ),
        "vroom.costs_twice",
        "vehicles[0].costs",
    ),
    ("steps", a_file(vehicles=[a_vehicle(steps=[{"type": "start"}])]), "vroom.given_steps", "vehicles[0].steps"),
    (
        "shared set-up",
        a_file(jobs=[a_job(1, setup=3, time_windows=[[0, 9]]), a_job(2, location_index=1)]),
        "vroom.setup_in_window",
        "jobs[0].setup",
    ),
    (
        "priced set-up",
        a_file(jobs=[a_job(1, setup=3), a_job(2, location_index=1)], vehicles=[a_vehicle(costs={"per_task_hour": 1})]),
        "vroom.priced_shared_setup",
        "jobs[0].setup",
    ),
    (
        "per type",
        a_file(
            jobs=[a_job(1, service=10, service_per_type={"t": 11}), a_job(2, service=10, service_per_type={"t": 12})],
            vehicles=[a_vehicle(1), a_vehicle(2, type="t")],
        ),
        "vroom.times_per_type",
        "jobs[0].service_per_type",
    ),
    (
        "no length",
        a_file(vehicles=[a_vehicle(breaks=[a_break(service=0)])]),
        "vroom.break_without_length",
        "vehicles[0].breaks[0].service",
    ),
    (
        "windows",
        a_file(vehicles=[a_vehicle(breaks=[a_break(time_windows=[[1, 2], [5, 6]])])]),
        "vroom.break_windows",
        "vehicles[0].breaks[0].time_windows",
    ),
    (
        "outside",
        a_file(vehicles=[a_vehicle(time_window=[0, 99], breaks=[a_break()])]),
        "vroom.break_outside_shift",
        "vehicles[0].breaks[0]",
    ),
    (
        "breaks overlap",
        a_file(
            vehicles=[
                a_vehicle(breaks=[a_break(id=1, time_windows=[[0, 999]]), a_break(id=2, time_windows=[[0, 999]])])
            ]
        ),
        "vroom.breaks_overlap",
        "vehicles[0].breaks[1]",
    ),
    (
        "max load",
        a_file(vehicles=[a_vehicle(capacity=[5], breaks=[a_break(max_load=[4])])]),
        "vroom.break_max_load",
        "vehicles[0].breaks[0].max_load",
    ),
    (
        "months",
        a_file(jobs=[a_job(1, time_windows=[[0, 9]]), a_job(2, time_windows=[[9_000_000, 9_000_001]])]),
        "vroom.too_far_apart",
        "jobs[1].time_windows",
    ),
    ("speed", a_file(vehicles=[a_vehicle(speed_factor=0)]), "document.not_number", "vehicles[0].speed_factor"),
    (
        "too long",
        a_file(
            vehicles=[a_vehicle(costs={"per_hour": 3601, "per_km": 7})],
            matrices={"car": {"durations": [[0, 5_000_000], [1, 0]], "distances": [[0, 1], [1, 0]]}},
        ),
        "vroom.leg_too_long",
        "matrices.car",
    ),
]


@pytest.mark.parametrize(("facts", "code", "at"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_what_is_wrong_or_not_expressible_is_refused(facts: dict[str, Any], code: str, at: str) -> None:
    """Nothing is ignored: each fault has its own refusal, which names the place and speaks every language."""
    with pytest.raises(ZaguanError) as caught:
        read(facts)
    assert (caught.value.code, caught.value.facts.get("at", "")) == (code, at)
    for locale in LOCALES:
        assert at in caught.value.message(locale)
        assert caught.value.hint(locale)


def test_straight_lines_do_not_replace_matrices() -> None:
    """A file with matrices is not solved along straight lines, one of indices alone cannot be."""
    with pytest.raises(ZaguanError) as caught:
        read(a_file(), kmh=30)
    assert caught.value.code == "vroom.matrices_there"
    with pytest.raises(ZaguanError) as caught:
        read({"jobs": [a_job()], "vehicles": [a_vehicle()]}, kmh=30)
    assert (caught.value.code, caught.value.facts["at"]) == ("vroom.no_point", "jobs[0].location_index")
