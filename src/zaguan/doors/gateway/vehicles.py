"""Vehicles: what drives, what it can carry, what it costs and burns."""

from typing import Annotated, Any, Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from zaguan.base.kit.kept import Kept
from zaguan.doors.frame.cursors import Page
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.forms import Form
from zaguan.doors.frame.once import Keyed
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import needs, once_for
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.kept import (
    FIRST,
    NEW,
    TAGGED,
    UNCHANGED,
    Archived,
    Cursor,
    ExternalPath,
    IfMatch,
    IfNoneMatch,
    Leaf,
    Limit,
    OtherRef,
    RecordReceipt,
    RecordView,
    expected_version,
    frame_of,
    receipt_answer,
    told_receipt,
    told_view,
)
from zaguan.doors.gateway.order_forms import Short, Tags
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.fleet import service
from zaguan.records.fleet.model import MAX_AMOUNT, Energy, Vehicle, VehicleKind
from zaguan.records.network.service import get_depot

router = APIRouter(prefix="/v1/vehicles", tags=["vehicles"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.FLEET_READ)]
Writer = Annotated[Principal, needs(Permission.FLEET_WRITE)]
Whole = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]
Measure = Annotated[float, Field(ge=0, le=MAX_AMOUNT, allow_inf_nan=False)]


class VehicleForm(Form):
    """A vehicle, whole: what is left out goes back to what is written here."""

    kind: VehicleKind = VehicleKind.VAN
    depot_ref: Annotated[OtherRef, Field(description="Where it leaves from; without one, no plan uses it.")] = ""
    weight_g: Whole = 1_000_000
    volume_ml: Whole = 8_000_000
    pieces: Whole = 200
    features: Annotated[Tags, Field(description="Skills that it has: cold, lift, low-emission.")] = ()
    energy: Energy = Energy.DIESEL
    consumption_per_100km: Annotated[Measure, Field(description="Litres, kilograms or kilowatt-hours.")] = 9.0
    emission_g_per_unit: Annotated[Measure, Field(description="gCO2e of a litre, kilogram or kilowatt-hour.")] = 3_200.0
    fixed_cost_minor: Annotated[Whole, Field(description="Of each day on which it leaves the depot.")] = 0
    cost_per_km_minor: Whole = 0
    plate: Short = ""

    def vehicle(self, ref: str) -> Vehicle:
        """Return it as the house has it."""
        facts: dict[str, Any] = self.model_dump()
        return Vehicle(ref=ref, **{**facts, "features": frozenset(self.features)})


class VehicleView(RecordView):
    """A vehicle as it stands."""

    kind: VehicleKind
    depot_ref: str
    weight_g: int
    volume_ml: int
    pieces: int
    features: list[str]
    energy: Energy
    consumption_per_100km: float
    emission_g_per_unit: float
    fixed_cost_minor: int
    cost_per_km_minor: int
    plate: str

    @classmethod
    def of(cls, kept: Kept[Vehicle]) -> Self:
        """Return a vehicle as programs see it."""
        facts = {name: getattr(kept.value, name) for name in VehicleForm.model_fields}
        return cls(**frame_of(kept), **{**facts, "features": sorted(kept.value.features)})


class VehicleList(Page):
    """A page of vehicles, by external id."""

    vehicles: list[VehicleView]


@router.put(
    "/{external_id}", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED, 201: NEW}
)
def put_vehicle(
    external_id: ExternalPath, body: VehicleForm, principal: Writer, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Keep a vehicle under your own name for it, new or changed. It may be repeated; one put away comes back."""
    with ground.database.session(principal.organisation_id) as session:
        found = service.find_vehicle(session, principal.organisation_id, external_id)
        expected = expected_version(if_match, found)
        if body.depot_ref:
            get_depot(session, principal.organisation_id, body.depot_ref)
        kept = service.save_vehicle(
            session,
            principal.organisation_id,
            body.vehicle(external_id),
            clock=ground.clock,
            actor=principal.actor,
            expected_version=expected,
        )
    return told_receipt(kept, is_new=found is None)


@router.get("", response_model=VehicleList, response_model_exclude_none=True, responses=problems())
def list_vehicles(
    principal: Reader, ground: Standing, cursor: Cursor = None, limit: Limit = FIRST, archived: Archived = False
) -> VehicleList:
    """Return the vehicles, by external id."""
    leaf = Leaf(ground, principal, of=f"vehicles:{archived}", cursor=cursor)
    with ground.database.session(principal.organisation_id) as session:
        found = service.list_vehicles(
            session, principal.organisation_id, after=leaf.after, limit=limit, archived=archived
        )
    return VehicleList(vehicles=leaf.views(found, VehicleView.of), next=leaf.next(found))


@router.get("/{external_id}", response_model=VehicleView, responses={**problems(404), 200: TAGGED, 304: UNCHANGED})
def get_vehicle(
    external_id: ExternalPath, principal: Reader, ground: Standing, if_none_match: IfNoneMatch = None
) -> Response:
    """Return a vehicle, in use or put away."""
    with ground.database.session(principal.organisation_id) as session:
        kept = service.get_vehicle(session, principal.organisation_id, external_id)
    return told_view(VehicleView.of(kept), if_none_match)


@router.post("/{external_id}/archive", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED})
def archive_vehicle(
    external_id: ExternalPath, principal: Writer, asked: Keyed, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Put a vehicle away: no plan uses it any more. `PUT` takes it back."""
    return once_for(ground, principal).do(
        asked,
        lambda session: receipt_answer(
            service.archive_vehicle(
                session,
                principal.organisation_id,
                external_id,
                clock=ground.clock,
                actor=principal.actor,
                expected_version=expected_version(
                    if_match, service.get_vehicle(session, principal.organisation_id, external_id)
                ),
            )
        ),
    )
