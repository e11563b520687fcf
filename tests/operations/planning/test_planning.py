"""A day planned on the plain: what the plan keeps, leaves out, and says."""

from tests.operations.planning.builders import an_order, planned, refs_of


def test_a_day() -> None:
    """x"""
    plan = planned([an_order(str(i), i % 5, i // 5) for i in range(25)])
    print(refs_of(plan)); print(plan.totals)
    r=plan.routes[0]; print(r.stops[0], r.leaves_at, r.returns_at)
