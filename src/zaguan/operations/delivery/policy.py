"""What comes after an attempt in vain: decided from the shipper's policy and the reason, and said why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from zaguan.base.kit.words import Locale, say
from zaguan.operations.delivery.proofs import DEFAULT_MATRIX, Demand
from zaguan.records.orders.reasons import (
    AttemptPolicy,
    Decision,
    FailureReason,
    Payer,
    charge_of,
    consequence_of,
    decide,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorTerms:
    """What a shipper wants at the door: which proofs, and what after a failure.

    `point_ref` is where parcels go that are redirected; empty: nowhere. `unpaid_may_stay_open`: parcels are handed
    over without the money that is due, and it is flagged.
    """

    matrix: tuple[Demand, ...] = DEFAULT_MATRIX
    point_ref: str = ""
    unpaid_may_stay_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One reason for a decision: a key of the words, and what fills it."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def says(self, locale: Locale | None = None) -> str:
        """Say it in the reader's language."""
        return say(self.code, locale, **self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What is to be done with an order after a failed attempt."""

    decision: Decision
    because: tuple[Because, ...]
    not_before_on: date | None = None  # of a retry
    point_ref: str = ""  # of a redirection
    payer: Payer = Payer.OPEN
    charge_minor: int = 0  # to the shipper, for the next attempt
    currency: str = ""


def next_step(
    policy: AttemptPolicy, terms: DoorTerms, reason: FailureReason, *, attempt: int, failed_on: date
) -> NextStep:
    """Return what comes after attempt number `attempt` failed on a day, with each step of the reasoning."""
    decision = decide(policy, reason, attempts=attempt)
    wanted = policy.decisions.get(reason) or consequence_of(reason).decision
    source = "shipper_says" if reason in policy.decisions else "reason_says"
    because = [Because(code=f"delivery.because.{source}_{wanted.value}", facts={"reason": reason.value})]
    if decision is not wanted:
        because.append(
            Because(code="delivery.because.used_up", facts={"attempt": attempt, "most": policy.max_attempts})
        )
    if decision is Decision.REDIRECT and not terms.point_ref:
        because.append(Because(code="delivery.because.nowhere"))
    not_before_on = None
    if decision is Decision.RETRY:
        not_before_on = failed_on + timedelta(days=policy.days_between)
        facts: dict[str, str | int] = {"left": policy.max_attempts - attempt, "on": not_before_on.isoformat()}
        because.append(Because(code="delivery.because.tries_left", facts=facts))
    payer, charge = consequence_of(reason).payer, 0
    if decision in {Decision.RETRY, Decision.REDIRECT}:
        charge = charge_of(policy, reason)
        because.append(Because(code=f"delivery.because.paid_by_{payer.value}"))
    return NextStep(
        decision=decision,
        because=tuple(because),
        not_before_on=not_before_on,
        point_ref=terms.point_ref if decision is Decision.REDIRECT else "",
        payer=payer,
        charge_minor=charge,
        currency=policy.currency if charge else "",
    )
