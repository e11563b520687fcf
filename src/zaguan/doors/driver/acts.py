"""Acts in batches, as a phone tells them when it has a signal: each by itself, and each answered."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, Field, WrapValidator

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.doors.driver.act_forms import AnyActForm, act_of, read_act
from zaguan.doors.driver.auth import Caller, Phone
from zaguan.doors.driver.ground import Ground, Standing
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.forms import Form, Moment
from zaguan.doors.frame.problem import Problem, plain_problem, problem_of
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.frame.threshold import trace_of
from zaguan.operations.delivery.doing import ActAnswer
from zaguan.operations.delivery.model import SKEW_S
from zaguan.operations.delivery.policy import Because
from zaguan.operations.delivery.service import report_act

router = APIRouter(prefix="/driver/v1", tags=["driver"], route_class=StrictRoute)

MAX_ACTS: Final = 200  # of one batch: a transaction each

log = structlog.get_logger("zaguan.driver")


class Verdict(StrEnum):
    """What became of an act."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    REFUSED = "refused"
    LATER = "later"


def _unread(line: Any, _read: object) -> Any:
    """Leave an act as it came: each is read by itself, so that a bad one spoils none of the others."""
    return line


class ActsForm(Form):
    """Acts that were done since the last batch, in the order of their numbers."""

    sent_at: Annotated[Moment, Field(description="The phone's clock, now: by it the clock's offset is known.")]
    acts: Annotated[list[Annotated[AnyActForm, WrapValidator(_unread)]], Field(min_length=1, max_length=MAX_ACTS)]


class ScanView(BaseModel):
    """What a scan at the depot tells."""

    verdict: str
    barcode: str
    order_ref: str
    route_ref: str
    counted: int
    of: int


class MissingView(BaseModel):
    """Pieces that belong on the route and are not on board."""

    order_id: UUID
    order_ref: str
    barcode: str
    pieces: int
    reason: str


class AnswerView(BaseModel):
    """What the driver hears after an act; the same act again hears the same."""

    counts: bool = Field(description="False: it was kept, and another act had said as much or more before.")
    clock_skewed: bool
    scan: ScanView | None = None
    missing: list[MissingView]
    stop_stage: str
    outcome: str
    unpaid_minor: int
    attempt: int
    decision: str
    because: list[str] = Field(description="Why it was decided so, in the caller's language.")
    disputed: bool
    unexplained: list[str]


class ActResult(BaseModel):
    """What became of one act."""

    index: int = Field(ge=0, description="Position in the batch, from 0.")
    act_id: UUID | None = Field(default=None, description="Absent where the act could not be read.")
    verdict: Verdict = Field(description="`later`: nothing is wrong with the act, tell it again.")
    answer: AnswerView | None = None
    problem: Problem | None = None


class ActResults(BaseModel):
    """The results in the order of the batch, and what the phone's clock is off by."""

    received_at: datetime
    clock_offset_s: float = Field(description="How far the phone's clock is behind the platform's.")
    clock_skewed: bool
    results: list[ActResult]


@router.post("/acts", response_model=ActResults, response_model_exclude_none=True, responses=problems())
def report_acts(body: ActsForm, phone: Caller, ground: Standing) -> ActResults:
    """Take up to 200 acts. Each has its own result, and a bad one spoils none of the others.

    The same act again has no second effect and gets the same answer, so a batch without an answer is sent again.
    """
    received_at = ground.clock.now()
    offset_s = (received_at - body.sent_at).total_seconds()
    results = [_told(index, line, body.sent_at, phone, ground) for index, line in enumerate(body.acts)]
    return ActResults(
        received_at=received_at, clock_offset_s=offset_s, clock_skewed=abs(offset_s) > SKEW_S, results=results
    )


def _told(index: int, line: object, sent_at: datetime, phone: Phone, ground: Ground) -> ActResult:
    """Carry out one act in a transaction of its own."""
    form = read_act(line)
    if isinstance(form, Problem):
        return ActResult(index=index, act_id=_id_of(line), verdict=Verdict.REFUSED, problem=form)
    try:
        act = act_of(form, phone)
        with ground.database.session(phone.organisation_id) as session:
            answer = report_act(
                session, phone.organisation_id, act, sent_at=sent_at, road=ground.road, clock=ground.clock
            )
    except ZaguanError as refusal:
        later = refusal.kind in {Kind.UNAVAILABLE, Kind.TOO_MANY}
        verdict = Verdict.LATER if later else Verdict.REFUSED
        return ActResult(index=index, act_id=form.act_id, verdict=verdict, problem=problem_of(refusal))
    except Exception as failure:
        # a fault of ours in one act must not keep the rest of the day on the phone
        log.error("act failed", act_id=str(form.act_id), **trace_of(failure))
        return ActResult(index=index, act_id=form.act_id, verdict=Verdict.LATER, problem=plain_problem(500))
    verdict = Verdict.REPEATED if answer.repeated else Verdict.ACCEPTED
    return ActResult(index=index, act_id=form.act_id, verdict=verdict, answer=_view_of(answer))


def _view_of(answer: ActAnswer) -> AnswerView:
    reasons = zip(answer.because, answer.because_facts, strict=True)
    return AnswerView(
        counts=answer.counts,
        clock_skewed=answer.clock_skewed,
        scan=None if answer.scan is None else ScanView.model_validate(answer.scan, from_attributes=True),
        missing=[MissingView.model_validate(line, from_attributes=True) for line in answer.missing],
        stop_stage=answer.stop_stage,
        outcome=answer.outcome,
        unpaid_minor=answer.unpaid_minor,
        attempt=answer.attempt,
        decision=answer.decision,
        because=[Because(code=code, facts=facts).says() for code, facts in reasons],
        disputed=answer.disputed,
        unexplained=list(answer.unexplained),
    )


def _id_of(line: object) -> UUID | None:
    """Return the id of an act that could not be read otherwise, if it has one."""
    try:
        return UUID(str(line["act_id"])) if isinstance(line, dict) else None
    except (KeyError, ValueError):
        return None
