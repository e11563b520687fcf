"""Codes of other systems."""

import pytest

from zaguan.records.orders.foreign import System, codes_of_reason, codes_of_state, find_reason, find_state
from zaguan.records.orders.reasons import FailureReason
from zaguan.records.orders.states import OrderState


@pytest.mark.parametrize("system", System)
def test_there_and_back(system: System) -> None:
    """Each code of each system means one of our states and one reason at most, and comes back as what it was."""
    for state in OrderState:
        for code in codes_of_state(system, state):
            assert find_state(system, code.replace("*", "")) is state or "*" in code
    for reason in FailureReason:
        for code in codes_of_reason(system, reason):
            assert find_reason(system, code.replace("*", "x")) is reason


@pytest.mark.parametrize("system", System)
def test_no_code_means_two_things(system: System) -> None:
    """No code stands in two rows of a table."""
    states = [code for state in OrderState for code in codes_of_state(system, state)]
    reasons = [code for reason in FailureReason for code in codes_of_reason(system, reason)]
    assert len(states) == len(set(states))
    assert len(reasons) == len(set(reasons))
    assert states


@pytest.mark.parametrize(
    ("system", "code", "state"),
    [
        (System.SPOKE, "delivered_to_recipient", OrderState.DELIVERED),
        (System.SPOKE, "delivered_to_pickup_point", OrderState.AVAILABLE_FOR_PICKUP),
        (System.SPOKE, "failed_not_home", OrderState.ATTEMPT_FAILED),
        (System.COOPCYCLE, "INCIDENT_REVIEW_NEEDED", OrderState.ON_HOLD),
        (System.DISPATCHTRACK, "4", OrderState.PARTIALLY_DELIVERED),
        (System.NINETY_NINE_MINUTOS, "3003", OrderState.LOADED),
        (System.SHOPIFY, "delivered", None),
        (System.BOOSMAP, "", None),
    ],
)
def test_codes_are_read(system: System, code: str, state: OrderState | None) -> None:
    """A code is read exactly where it stands in the table, else by how it begins or ends, else it is not known."""
    assert find_state(system, code) is state


def test_reasons_are_read() -> None:
    """What another system says of a failure becomes a reason of ours, or is left to a person."""
    assert find_reason(System.KARRIO, "customs_duties_unpaid") is FailureReason.CUSTOMS_HOLD
    assert find_reason(System.MERCADO_LIBRE, "dangerous_area") is FailureReason.ADDRESS_UNSAFE_AREA
    assert find_reason(System.ONFLEET, "anything") is None
