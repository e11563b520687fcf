"""docs/concepts/orders.md: the life of an order, its diagrams and tables drawn from the code."""

from collections.abc import Iterable

from zaguan.base.kit.words import say
from zaguan.records.orders.foreign import System, codes_of_reason, codes_of_state
from zaguan.records.orders.parcels import PARCEL_CLOSED, PARCEL_TRANSITIONS
from zaguan.records.orders.reasons import CompletionDetail, FailureReason, Figure, consequence_of
from zaguan.records.orders.states import CLOSED, ON_THE_ROAD, TERMINAL, TRANSITIONS, Mover, OrderState, Transition

PAGE = "docs/concepts/orders.md"
HEAD = """# The life of an order

An order is a request to bring, fetch or return parcels. `Order` is what was asked for; a `BookedOrder` is that and what
the platform adds: where it stands, what was promised, what happened. The code is in `src/zaguan/records/orders`.

## The road to the door

The way of a good day, and what can turn it round. Each arrow is named by the fact that it announces.

"""
WAYS_OUT = """
## The ways out

What holds an order up, sends it back or ends it.

"""
RULES = """
## What is always true

- An order begins `ready`, `created` where its goods are not ready yet, or `on_hold` where somebody has to look first.
- It is in one of eighteen states, and moves only along the ways below; who may take a way stands beside it.
  Anything else is refused with the states that are possible.
- {terminal} are ends: nothing follows. An order that was delivered in part is closed, too, and its rest goes on as a
  new order (`A-7/2`) that names the first one. A lost order that turns up again is a new order.
- `attempt_failed` always has a reason and a decision: retry, redirect, return or hold. Both come from the shipper's
  policy; once its attempts are used up, nothing is tried again.
- An order whose parcels are in a vehicle, hub or point cannot be cancelled; it has to go back.
- Every move is told in the stream of the order, numbered without gaps, in the transaction of the move. No fact names a
  person, a phone, an address or a note.
- The external id is unique among the orders of a shipper. The same order sent twice is one order, told once.
- The promised window is local time and a zone, and becomes a moment only when somebody asks: when a government moves
  the clocks, ten o'clock stays ten o'clock. The first promise is kept beside the last one; on-time is measured by the
  first. What a plan keeps may differ (the plan window) and never changes what was promised.
- An order that names no day gets the one that its service level promises: received before the cut-off of a day of
  service it counts for that day, else for the next.

## Every way

| from | to | fact | who |
|---|---|---|---|
"""
PARCELS = """
## Parcels

Each parcel has a state of its own and remembers where it was last seen. Who scans nothing loses nothing: a parcel that
nobody saw follows its order. {closed} are ends.

"""
REASONS = """
## Why an attempt failed

A reason is `party.cause`. The party decides who pays for the next attempt and which figures count it: *all* is success
at the first attempt, *own* the same without what recipients and addresses caused, *on time* what the carrier should
have kept, *loss* damage and loss. The decision is the one taken unless the shipper's policy says otherwise. An
organisation adds codes of its own under a reason, never beside it.

| reason | says | pays | counted in | decision |
|---|---|---|---|---|
"""
COMPLETIONS = """
## Who took it

| code | says |
|---|---|
"""
FOREIGN = """
## What others call it

Connectors, imports and façades map by these tables (`foreign.py`); only our words are kept. `*` stands for any rest.

"""
FIGURES = {
    Figure.FIRST_ATTEMPT: "all",
    Figure.FIRST_ATTEMPT_OWN: "own",
    Figure.ON_TIME: "on time",
    Figure.DAMAGE_AND_LOSS: "loss",
}
_ASIDE = {OrderState.ON_HOLD, OrderState.CANCELLED, OrderState.LOST, OrderState.RETURNING, OrderState.RETURNED}


def page() -> str:
    """Return the page."""
    road = [way for way in TRANSITIONS if not _ASIDE & {way.source, way.target}]
    out = [way for way in TRANSITIONS if way not in road]
    ends = ", ".join(f"`{state}`" for state in OrderState if state in TERMINAL)
    parcel_ends = ", ".join(f"`{state}`" for state in sorted(PARCEL_CLOSED))
    return "".join(
        [
            *(HEAD, _diagram(road, start=True), WAYS_OUT, _diagram(out), RULES.format(terminal=ends)),
            *map(_way_row, TRANSITIONS),
            *(PARCELS.format(closed=parcel_ends), _parcel_diagram()),
            *(REASONS, *map(_reason_row, FailureReason)),
            *(COMPLETIONS, *(f"| `{each}` | {say(f'order.completion.{each}', 'en')} |\n" for each in CompletionDetail)),
            *(FOREIGN, _foreign("state", OrderState, codes_of_state), "\n"),
            _foreign("reason", FailureReason, codes_of_reason),
        ]
    )


def _diagram(ways: Iterable[Transition], *, start: bool = False) -> str:
    """Return ways as a state diagram in the words of Mermaid, which GitHub draws."""
    ways = list(ways)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += ["    [*] --> created", "    [*] --> ready"] if start else []
    lines += [f"    {way.source} --> {way.target}: {way.fact.removeprefix('order.')}" for way in ways]
    # one that is closed ends its diagram
    lines += [f"    {state} --> [*]" for state in OrderState if state in CLOSED and _is_in(state, ways)]
    lines += ["    classDef road fill:#e8f0fe,stroke:#3b5bdb"] if start else []
    lines += [f"    class {state} road" for state in OrderState if start and state in ON_THE_ROAD]
    return "\n".join([*lines, "```", ""])


def _is_in(state: OrderState, ways: list[Transition]) -> bool:
    return any(state in (way.source, way.target) for way in ways)


def _way_row(way: Transition) -> str:
    who = ", ".join(mover.value for mover in Mover if mover in way.movers)
    return f"| `{way.source}` | `{way.target}` | `{way.fact}` | {who} |\n"


def _parcel_diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> expected"]
    lines += [f"    {way.source} --> {way.target}: {way.fact.removeprefix('parcel.')}" for way in PARCEL_TRANSITIONS]
    lines += [f"    {state} --> [*]" for state in sorted(PARCEL_CLOSED)]
    return "\n".join([*lines, "```", ""])


def _reason_row(reason: FailureReason) -> str:
    consequence = consequence_of(reason)
    figures = ", ".join(name for figure, name in FIGURES.items() if figure in consequence.figures)
    payer = say(f"order.payer.{consequence.payer}", "en")
    return f"| `{reason}` | {say(reason.words_key, 'en')} | {payer} | {figures} | {consequence.decision} |\n"


def _foreign(title: str, ours: type[OrderState] | type[FailureReason], codes_of: object) -> str:
    """Return the codes of all systems for our states or reasons, rows without any left out."""
    assert callable(codes_of)
    systems = [system for system in System if any(codes_of(system, each) for each in ours)]
    lines = [f"| {title} | {' | '.join(systems)} |", f"|---{'|---' * len(systems)}|"]
    for each in ours:
        cells = [", ".join(f"`{code}`" for code in codes_of(system, each)) for system in systems]
        if any(cells):
            lines.append(f"| `{each}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
