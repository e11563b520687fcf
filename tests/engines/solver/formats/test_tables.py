"""Readers of instances that are one table."""

import json
from pathlib import Path

import pytest

from zaguan.engines.solver import Vehicle
from zaguan.engines.solver.formats.benchmark import UnreadableInstance, read_instance

SOLOMON = """T101

VEHICLE
NUMBER     CAPACITY
  3         200

CUSTOMER
CUST NO.   XCOORD.   YCOORD.   DEMAND    READY TIME   DUE DATE   SERVICE TIME

    0      40         50          0          0       1236          0
    1      45         68         10        912        967         90
    2      45         70         30        825        870         80
"""
LI_LIM = "2\t200\t1\n0\t0\t0\t0\t0\t99\t0\t0\t0\n1\t1\t1\t-9\t4\t50\t7\t2\t0\n2\t3\t0\t9\t0\t45\t6\t0\t1\n"


def test_solomons_table(tmp_path: Path) -> None:
    """Lengths and times have one decimal, cut off; the depot's hours are the shift, the vehicles are those named."""
    path = tmp_path / "T101.txt"
    path.write_text(SOLOMON)
    instance = read_instance(path)
    first, second = instance.problem.clients
    assert (first.delivery, first.windows, first.service_s) == ((10,), ((9_120, 9_670),), 900)
    assert (second.location, second.service_s) == (2, 800)
    assert instance.problem.vehicles == [Vehicle(capacity=(200,), shift_s=(0, 12_360))] * 3
    assert instance.problem.travel.leg(0, 0, 1) == (186, 186)
    assert (instance.unit, instance.best_known) == (10, None)


def test_li_and_lims_table(tmp_path: Path) -> None:
    """Negative demands are where a pair's goods are brought; metres are rounded to two decimals, seconds cut off."""
    (tmp_path / "set").mkdir()
    path = tmp_path / "set" / "lt101.txt"
    path.write_text(LI_LIM)
    known = {"lt101": {"best_known_cost": 12.34, "solved_with_vehicles": 1}}
    (tmp_path / "BKS.json").write_text(json.dumps(known))
    instance = read_instance(path)
    brought, fetched = instance.problem.clients
    assert list(instance.problem.pairs) == [(1, 0)]
    assert (brought.delivery, brought.pickup, brought.windows, brought.service_s) == ((9,), (0,), ((400, 5_000),), 700)
    assert (fetched.delivery, fetched.pickup) == ((0,), (9,))
    assert instance.problem.travel.leg(0, 1, 2) == (223, 224)
    assert instance.problem.vehicles == [Vehicle(capacity=(200,), shift_s=(0, 9_900))] * 2
    assert (instance.unit, instance.best_known, instance.best_known_vehicles) == (100, 1_234.0, 1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (SOLOMON.replace("CUSTOMER", "CLIENT"), "VEHICLE, CUSTOMER"),
        (SOLOMON.replace("         80\n", "\n"), "7 columns"),
        (SOLOMON.replace("    2      45", "    3      45"), "not numbered"),
        (LI_LIM.replace("\t0\t1\n2", "\t0\t2\n2").replace("6\t0\t1", "6\t0\t2"), "no other half"),
        (LI_LIM.replace("2\t200\t1", "2\t200\t5"), "speed 5"),
        (LI_LIM.replace("-9", "-8"), "do not fetch and bring the same"),
        ("a recipe\n", "no known table"),
        ("", "no known table"),
    ],
)
def test_other_tables_are_refused(tmp_path: Path, text: str, what: str) -> None:
    """A table that is cut, misnumbered or contradicts itself is refused, and the refusal says why."""
    path = tmp_path / "bad.txt"
    path.write_text(text)
    with pytest.raises(UnreadableInstance) as refusal:
        read_instance(path)
    assert what in str(refusal.value.facts["what"])
