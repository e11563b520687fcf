"""The readers on public sets: the best known routes cost what their authors say."""

import pytest

from tests.shared_data import shared_data
from zaguan.engines.solver.formats.benchmark import read_instance
from zaguan.engines.solver.formats.best_known import read_routes

# instance, clients, and by how much the authors' number is to be multiplied to be in our unit
PRICED = [
    ("cvrp_x/X-n214-k11", 213, 1),
    ("cvrp_ags/Antwerp1", 6_000, 1),
    ("gh1000/RC2_10_7", 1_000, 10),
    ("variants/HFVRP/X176-FSMFD", 175, 1),
    ("variants/HFVRP/X195-FSMF", 194, 100_000),
    ("variants/MDVRPTW/PR11A", 360, 1),
    ("variants/MTVRPTWR/R205R0.5", 100, 1),
    ("variants/PCVRPTW/R1_10_1", 1_000, 1),
    ("variants/VRPB/X-n524-50-k125", 523, 1),
]


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "clients", "scale"), PRICED)
def test_known_routes_cost_what_their_authors_say(name: str, clients: int, scale: int) -> None:
    """Lengths, prices, prizes and depots of a set are those of the literature: its best routes cost the same."""
    path = shared_data(f"vrplib/{name}.vrp")
    instance = read_instance(path)
    _, stated = read_routes(path.with_suffix(".sol"))
    assert len(instance.problem.clients) == clients
    assert stated is not None
    assert instance.best_known == pytest.approx(stated * scale, rel=1e-6)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "clients", "vehicles", "known"),
    [
        ("solomon/R112", 100, 25, (None, None)),
        ("gh200/rc2_2_10", 200, 50, (None, None)),
        ("lilim/li_lim_100/lrc208", 102, 25, (85_276.0, 3)),
        ("lilim/li_lim_200/LC1_2_1", 212, 50, (270_457.0, 20)),
    ],
)
def test_tables_of_known_sets(name: str, clients: int, vehicles: int, known: tuple[float | None, int | None]) -> None:
    """Whole tables are read, and the best known cost that lies beside them."""
    instance = read_instance(shared_data(f"vrplib/{name}.txt"))
    assert (len(instance.problem.clients), len(instance.problem.vehicles)) == (clients, vehicles)
    assert (instance.best_known, instance.best_known_vehicles) == known
    assert len(instance.problem.pairs) in (0, clients // 2)
