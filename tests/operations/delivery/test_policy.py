"""What comes after a failed attempt, and why."""

from datetime import date, timedelta

import pytest

from zaguan.base.kit.words import LOCALES
from zaguan.operations.delivery.policy import DoorTerms, NextStep, next_step
from zaguan.records.orders.reasons import AttemptPolicy, Decision, FailureReason, Payer

TUESDAY = date(2026, 3, 10)
TERMS = DoorTerms()
POINT = DoorTerms(point_ref="kiosk-4")


def after(reason: FailureReason, *, attempt: int = 1, terms: DoorTerms = TERMS, **rest: object) -> NextStep:
    policy = AttemptPolicy(**rest)  # type: ignore[arg-type]
    return next_step(policy, terms, reason, attempt=attempt, failed_on=TUESDAY)


def test_nobody_at_home_is_tried_again() -> None:
    """An absence is tried again after the shipper's spacing, at the shipper's cost, and all of that is said (C82)."""
    step = after(FailureReason.RECIPIENT_ABSENT, max_attempts=3, days_between=2, charge_minor=2_500, currency="CLP")
    assert (step.decision, step.not_before_on) == (Decision.RETRY, TUESDAY + timedelta(days=2))
    assert (step.payer, step.charge_minor, step.currency) == (Payer.SHIPPER, 2_500, "CLP")
    assert [because.code.rpartition(".")[2] for because in step.because] == [
        "reason_says_retry",
        "tries_left",
        "paid_by_shipper",
    ]


def test_the_last_attempt_ends_the_tries() -> None:
    """When all attempts are used up the parcel goes back, and that is the reason given (C81, C82)."""
    step = after(FailureReason.RECIPIENT_ABSENT, attempt=2, max_attempts=2)
    assert step.decision is Decision.RETURN
    assert [because.code for because in step.because][-1] == "delivery.because.used_up"
    assert step.because[-1].facts == {"attempt": 2, "most": 2}
    assert step.not_before_on is None


def test_the_shipper_has_the_last_word_on_a_reason() -> None:
    """A shipper's own decision for a reason goes before the usual one."""
    assert after(FailureReason.RECIPIENT_REFUSED).decision is Decision.RETURN
    step = after(FailureReason.RECIPIENT_REFUSED, decisions={FailureReason.RECIPIENT_REFUSED: Decision.HOLD})
    assert (step.decision, step.because[0].code) == (Decision.HOLD, "delivery.because.shipper_says_hold")


def test_a_redirection_needs_somewhere_to_go() -> None:
    """A redirection names the shipper's pickup point, or says that a person has to name one."""
    full = FailureReason.POINT_FULL
    assert (after(full, terms=POINT).decision, after(full, terms=POINT).point_ref) == (Decision.REDIRECT, "kiosk-4")
    assert (after(full).decision, after(full).point_ref) == (Decision.REDIRECT, "")
    assert "delivery.because.nowhere" in {because.code for because in after(full).because}


def test_our_own_faults_are_not_charged() -> None:
    """What the carrier caused costs the shipper nothing."""
    step = after(FailureReason.CARRIER_VEHICLE, charge_minor=2_500, currency="CLP")
    assert (step.decision, step.payer, step.charge_minor) == (Decision.RETRY, Payer.CARRIER, 0)


@pytest.mark.parametrize("reason", FailureReason)
def test_every_reason_has_an_explained_end(reason: FailureReason) -> None:
    """Each reason leads to a decision that every language explains, and repeated failure never retries for ever."""
    for terms in (TERMS, POINT):
        for attempt in (1, 2, 3):
            step = after(reason, attempt=attempt, terms=terms)
            assert step.because
            assert all(because.says(locale) for because in step.because for locale in LOCALES)
            assert attempt < 3 or step.decision not in {Decision.RETRY, Decision.REDIRECT}
