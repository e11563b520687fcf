"""The instances on real roads that the solver and its peers are compared on."""

from pathlib import Path
from random import Random

import numpy as np

from bench.solver.peers.real import invented, text
from zaguan.engines.solver.formats.benchmark import read_instance


def test_an_instance_on_roads_is_read_as_it_was_made(tmp_path: Path) -> None:
    """Legs, loads, windows and service times of a generated instance are those that the reader gives all solvers."""
    dice = np.random.default_rng(4)
    legs = dice.integers(60, 1_800, (9, 9)).astype(np.int32)
    np.fill_diagonal(legs, 0)
    stops = invented(legs, Random(8))
    file = tmp_path / "PortoAlegre-n8.vrp"
    file.write_text(text("PortoAlegre-n8", legs, stops, "nobody"), "utf-8")
    problem = read_instance(file).problem
    assert np.array_equal(problem.travel.durations_s[0], legs)
    assert [(c.delivery, c.windows, c.service_s) for c in problem.clients] == [
        ((stop.load,), (stop.window_s,), stop.service_s) for stop in stops[1:]
    ]
    assert {vehicle.shift_s for vehicle in problem.vehicles} == {stops[0].window_s}
