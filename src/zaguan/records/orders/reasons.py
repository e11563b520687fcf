"""Why an attempt failed, who pays for the next one and which figures count it; how a good one was completed.

A reason is `party.cause`: the party says whose it was. An organisation adds codes of its own under one of these,
never beside them, so that figures of different organisations and shippers stay comparable.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Final

from zaguan.base.kit.words import LOCALES, Locale
from zaguan.records.orders.refusals import BadReasonCode, ReasonUnknown, shown


class Party(StrEnum):
    """Whose the cause was."""

    RECIPIENT = "recipient"
    ADDRESS = "address"
    SHIPPER = "shipper"
    CARRIER = "carrier"
    ENVIRONMENT = "env"
    POINT = "point"
    CUSTOMS = "customs"
    OTHER = "other"


class Payer(StrEnum):
    """Who pays for what the failure costs."""

    SHIPPER = "shipper"
    CARRIER = "carrier"  # the organisation that drives, or the partner who drove for it
    SHARED = "shared"  # nobody's fault: each bears their own
    OPEN = "open"  # a person has to decide first


class Figure(StrEnum):
    """What a failure counts in."""

    FAILED = "failed_attempts"  # by reason and party
    FIRST_ATTEMPT = "first_attempt"  # success at the first attempt, all causes
    FIRST_ATTEMPT_OWN = "first_attempt_own"  # the same, without what recipients and their addresses caused
    ON_TIME = "on_time"  # what the carrier should have kept
    DAMAGE_AND_LOSS = "damage_and_loss"


class Decision(StrEnum):
    """What comes after a failed attempt."""

    RETRY = "retry"
    REDIRECT = "redirect"  # to another place: a corrected address, a neighbour, a pickup point
    RETURN = "return"
    HOLD = "hold"


class FailureReason(StrEnum):
    """The forty-eight reasons."""

    RECIPIENT_ABSENT = "recipient.absent"
    RECIPIENT_REFUSED = "recipient.refused"
    RECIPIENT_CANCELLED = "recipient.cancelled"
    RECIPIENT_RESCHEDULE_REQUESTED = "recipient.reschedule_requested"
    RECIPIENT_CLOSED = "recipient.closed"
    RECIPIENT_NO_ACCESS = "recipient.no_access"
    RECIPIENT_ID_FAILED = "recipient.id_failed"
    RECIPIENT_UNAUTHORIZED = "recipient.unauthorized"
    RECIPIENT_PAYMENT_FAILED = "recipient.payment_failed"
    RECIPIENT_MOVED = "recipient.moved"
    RECIPIENT_SAFE_PLACE_UNUSABLE = "recipient.safe_place_unusable"
    RECIPIENT_NOT_COLLECTED = "recipient.not_collected"
    ADDRESS_NOT_FOUND = "address.not_found"
    ADDRESS_WRONG = "address.wrong"
    ADDRESS_OUT_OF_AREA = "address.out_of_area"
    ADDRESS_UNSAFE_AREA = "address.unsafe_area"
    SHIPPER_NOT_READY = "shipper.not_ready"
    SHIPPER_CANCELLED = "shipper.cancelled"
    SHIPPER_WRONG_GOODS = "shipper.wrong_item"
    SHIPPER_MISSING_GOODS = "shipper.missing_item"
    SHIPPER_PACKAGING = "shipper.packaging"
    SHIPPER_DATA_ERROR = "shipper.data_error"
    CARRIER_NO_TIME = "carrier.no_time"
    CARRIER_LATE = "carrier.late"
    CARRIER_DAMAGED = "carrier.damaged"
    CARRIER_LOST = "carrier.lost"
    CARRIER_MISSORTED = "carrier.missorted"
    CARRIER_VEHICLE = "carrier.vehicle"
    CARRIER_CAPACITY = "carrier.capacity"
    CARRIER_DRIVER = "carrier.driver"
    CARRIER_NO_PARKING = "carrier.no_parking"
    CARRIER_PROOF_MISSING = "carrier.proof_missing"
    CARRIER_ROUTING = "carrier.routing"
    ENVIRONMENT_TRAFFIC = "env.traffic"
    ENVIRONMENT_WEATHER = "env.weather"
    ENVIRONMENT_ROAD_CLOSED = "env.road_closed"
    ENVIRONMENT_FORCE_MAJEURE = "env.force_majeure"
    ENVIRONMENT_SECURITY = "env.security"
    ENVIRONMENT_HOLIDAY = "env.holiday"
    POINT_FULL = "point.full"
    POINT_CLOSED = "point.closed"
    POINT_FAULT = "point.fault"
    CUSTOMS_HOLD = "customs.hold"
    CUSTOMS_DOCUMENTS = "customs.documents"
    CUSTOMS_DUTIES = "customs.duties"
    CUSTOMS_PROHIBITED = "customs.prohibited"
    OTHER_REVIEW = "other.review"
    OTHER_UNKNOWN = "other.unknown"

    @property
    def party(self) -> Party:
        """Whose the cause was."""
        return Party(self.value.partition(".")[0])

    @property
    def words_key(self) -> str:
        """The key of its words."""
        return f"order.reason.{self.value}"


class CompletionDetail(StrEnum):
    """Who took the parcels, or where they were left."""

    RECIPIENT = "recipient"
    HOUSEHOLD_OR_NEIGHBOR = "household_or_neighbor"
    RECEPTION = "reception"
    MAILBOX = "mailbox"
    SAFE_PLACE = "safe_place"
    PICKUP_POINT = "pickup_point"
    LOCKER = "locker"
    OTHER = "other"
    FROM_SENDER = "from_customer"  # fetched from a person
    UNATTENDED = "unattended"  # fetched where nobody was
    FROM_LOCKER = "from_locker"


# how an order that is fetched is completed; the others belong to orders that are brought
FETCHED: Final = frozenset({CompletionDetail.FROM_SENDER, CompletionDetail.UNATTENDED, CompletionDetail.FROM_LOCKER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What follows from a reason unless a policy says otherwise."""

    payer: Payer
    figures: frozenset[Figure]
    decision: Decision


_R = FailureReason
_ANY: Final = frozenset({Figure.FAILED, Figure.FIRST_ATTEMPT})
_OWN: Final = _ANY | {Figure.FIRST_ATTEMPT_OWN}
_OWN_AND_LATE: Final = _OWN | {Figure.ON_TIME}
_PAID_BY: Final = {
    Party.RECIPIENT: Payer.SHIPPER,  # their contract with the recipient, not ours
    Party.ADDRESS: Payer.SHIPPER,
    Party.SHIPPER: Payer.SHIPPER,
    Party.CARRIER: Payer.CARRIER,
    Party.ENVIRONMENT: Payer.SHARED,
    Party.POINT: Payer.CARRIER,
    Party.CUSTOMS: Payer.SHIPPER,
    Party.OTHER: Payer.OPEN,
}
_COUNTED_IN: Final = {
    Party.RECIPIENT: _ANY,
    Party.ADDRESS: _ANY,
    Party.SHIPPER: _OWN,
    Party.CARRIER: _OWN_AND_LATE,
    Party.ENVIRONMENT: _OWN,
    Party.POINT: _OWN_AND_LATE,
    Party.CUSTOMS: _OWN,
    Party.OTHER: _OWN,
}
_DECISIONS: Final[dict[Decision, frozenset[FailureReason]]] = {
    Decision.RETURN: frozenset(
        {_R.RECIPIENT_REFUSED, _R.RECIPIENT_CANCELLED, _R.RECIPIENT_NOT_COLLECTED, _R.SHIPPER_CANCELLED}
        | {_R.SHIPPER_WRONG_GOODS, _R.CARRIER_DAMAGED, _R.CUSTOMS_PROHIBITED, _R.ADDRESS_OUT_OF_AREA}
    ),
    Decision.REDIRECT: frozenset({_R.POINT_FULL, _R.POINT_CLOSED, _R.POINT_FAULT, _R.RECIPIENT_MOVED}),
    Decision.HOLD: frozenset(
        {_R.ADDRESS_NOT_FOUND, _R.ADDRESS_WRONG, _R.ADDRESS_UNSAFE_AREA, _R.SHIPPER_MISSING_GOODS}
        | {_R.SHIPPER_PACKAGING, _R.SHIPPER_DATA_ERROR, _R.CARRIER_LOST, _R.ENVIRONMENT_SECURITY}
        | {_R.CUSTOMS_HOLD, _R.CUSTOMS_DOCUMENTS, _R.CUSTOMS_DUTIES, _R.OTHER_REVIEW, _R.OTHER_UNKNOWN}
        | {_R.RECIPIENT_ID_FAILED, _R.RECIPIENT_UNAUTHORIZED, _R.RECIPIENT_RESCHEDULE_REQUESTED}
    ),
}
_GONE: Final = frozenset({_R.CARRIER_DAMAGED, _R.CARRIER_LOST})


@cache
def consequence_of(reason: FailureReason) -> Consequence:
    """Return who pays, which figures count it and what is done, unless a policy says otherwise."""
    figures = _COUNTED_IN[reason.party] | ({Figure.DAMAGE_AND_LOSS} if reason in _GONE else frozenset())
    decision = next((kind for kind, reasons in _DECISIONS.items() if reason in reasons), Decision.RETRY)
    return Consequence(payer=_PAID_BY[reason.party], figures=figures, decision=decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubReason:
    """A code of the organisation's own under one of the reasons, with its words."""

    code: str
    under: FailureReason
    words: dict[Locale, str]
    photo_required: bool = False
    active: bool = True

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", self.code):
            raise BadReasonCode(code=shown(self.code))
        if not self.words or any(not text.strip() or name not in LOCALES for name, text in self.words.items()):
            raise BadReasonCode(code=self.code)

    def says(self, locale: Locale) -> str:
        """Return its words in a language, else in the first language that it has."""
        return self.words.get(locale) or next(iter(self.words.values()))


def reason_of(code: str) -> FailureReason:
    """Return the reason of a code; one that is not known is refused with those of its party."""
    try:
        return FailureReason(code)
    except ValueError as error:
        party = code.partition(".")[0]
        near = [reason.value for reason in FailureReason if reason.party.value == party] or [p.value for p in Party]
        raise ReasonUnknown(code=shown(code), known=", ".join(near)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPolicy:
    """What a shipper wants done after failed attempts."""

    max_attempts: int = 3
    days_between: int = 1  # 0: a second attempt on the same day is fine
    charge_minor: int = 0  # for each further attempt that the shipper pays
    currency: str = ""
    decisions: dict[FailureReason, Decision] = field(default_factory=dict)  # else as the reason says

    def __post_init__(self) -> None:
        if self.max_attempts < 1 or self.days_between < 0 or self.charge_minor < 0:
            raise ValueError("at least one attempt, no negative days and no negative charge")


def decide(policy: AttemptPolicy, reason: FailureReason, *, attempts: int) -> Decision:
    """Return what comes after the failure of attempt number `attempts`: no further try once all are used up."""
    decision = policy.decisions.get(reason) or consequence_of(reason).decision
    used_up = attempts >= policy.max_attempts
    return Decision.RETURN if used_up and decision in {Decision.RETRY, Decision.REDIRECT} else decision


def charge_of(policy: AttemptPolicy, reason: FailureReason) -> int:
    """Return what the next attempt is charged to the shipper, in minor units of the policy's currency."""
    return policy.charge_minor if consequence_of(reason).payer is Payer.SHIPPER else 0
