"""An act while it is carried out: what it is judged by, what it has to tell, and how it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.facts import Fact
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.acts import AnyAct, Told
from zaguan.operations.delivery.loading import ScanAnswer
from zaguan.operations.delivery.model import ActId
from zaguan.operations.delivery.ports import Road
from zaguan.operations.delivery.sheet import RouteSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPieces:
    """Pieces that belong on the route and are not on board; without a reason they are unexplained."""

    order_id: UUID
    order_ref: str
    barcode: str
    pieces: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActAnswer:
    """What the driver hears after an act. The same act again hears the same, `repeated` aside.

    `counts` False: it was kept, and changed nothing, because another act had said as much or more before.
    """

    act_id: ActId
    counts: bool = True
    clock_skewed: bool = False
    scan: ScanAnswer | None = None
    missing: tuple[MissingPieces, ...] = ()
    stop_stage: str = ""
    outcome: str = ""
    unpaid_minor: int = 0
    attempt: int = 0
    decision: str = ""
    because: tuple[str, ...] = ()  # keys of the words
    because_facts: tuple[Mapping[str, str | int], ...] = ()
    not_before_on: date | None = None
    disputed: bool = False
    unexplained: tuple[str, ...] = ()  # barcodes, at the end of a route
    repeated: bool = False


@dataclass(slots=True, kw_only=True)
class Doing:
    """One act in one transaction. Facts are collected and told together: orders before routes."""

    session: Session
    organisation_id: OrganisationId
    road: Road
    clock: Clock
    told: Told
    sheet: RouteSheet
    before: tuple[AnyAct, ...]  # the acts of the route so far
    _facts: list[tuple[Stream, Fact]] = field(default_factory=list)

    @property
    def actor(self) -> str:
        """Who did it."""
        return f"driver:{self.told.act.driver_id}"

    @property
    def after(self) -> tuple[AnyAct, ...]:
        """The acts of the route with this one."""
        return (*self.before, self.told.act)

    def tell_of_order(self, order_id: UUID, fact: Fact) -> None:
        """Have a fact told in the stream of an order."""
        self._facts.append((Stream("order", order_id), fact))

    def tell_of_route(self, fact: Fact) -> None:
        """Have a fact told in the stream of the route."""
        self._facts.append((Stream("route", self.sheet.route.route_id), fact))

    def announce(self) -> None:
        """Write what was collected to the journal."""
        streams: dict[Stream, list[Fact]] = {}
        for stream, fact in self._facts:
            streams.setdefault(stream, []).append(fact)
        told = sorted(streams.items(), key=lambda pair: pair[0])
        journal.append_all(
            self.session,
            self.organisation_id,
            told,
            occurred_at=self.told.act.happened_at,
            actor=self.actor,
        )
