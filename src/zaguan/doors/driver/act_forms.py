"""What a phone tells: acts as the driver did them, each by its name, with its proofs."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from zaguan.base.kit.objects import SHA256
from zaguan.doors.driver.auth import Phone
from zaguan.doors.frame.forms import Form, Moment
from zaguan.doors.frame.problem import Problem
from zaguan.doors.frame.validation import problem_of_fields
from zaguan.operations.delivery.acts import AnyAct, ScanPurpose
from zaguan.operations.delivery.acts_json import act_from_plain
from zaguan.operations.delivery.model import MAX_BARCODE_CHARS, MAX_NAME_CHARS, MAX_NOTE_CHARS, MAX_PROOFS_PER_ACT
from zaguan.operations.delivery.proofs import (
    MAX_ACCURACY_M,
    MAX_PROOF_BYTES,
    SHOWN_OF_DOCUMENT,
    PaymentMethod,
    Relation,
)
from zaguan.records.orders.reasons import CompletionDetail, FailureReason

MAX_PIECES: Final = 10_000
MAX_LINES: Final = 2_000
MAX_MINOR: Final = 10**15
MAX_SEQUENCE: Final = 2**53 - 1  # what a browser counts exactly

Barcode = Annotated[str, Field(min_length=1, max_length=MAX_BARCODE_CHARS)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARS)]
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
PieceCount = Annotated[int, Field(ge=1, le=MAX_PIECES)]


class PointForm(Form):
    """A point on the globe (WGS 84)."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class FixForm(Form):
    """Where the phone believed to be."""

    point: PointForm
    accuracy_m: Annotated[float, Field(ge=0, le=MAX_ACCURACY_M, allow_inf_nan=False)]


class PiecesForm(Form):
    """So many pieces of one barcode."""

    barcode: Barcode
    pieces: PieceCount = 1


class LeftBehindForm(Form):
    """Pieces that do not go out, and why."""

    order_id: UUID
    barcode: Barcode
    pieces: PieceCount
    reason: FailureReason


class _ProofForm(Form):
    proof_id: Annotated[UUID, Field(description="Made by the phone.")]
    taken_at: Moment
    position: FixForm | None = None


class _FileForm(_ProofForm):
    sha256: Annotated[str, Field(pattern=f"^{SHA256.pattern}$", description="Of the bytes, which may follow later.")]
    size_bytes: Annotated[int, Field(ge=1, le=MAX_PROOF_BYTES)]


class SignatureForm(_FileForm):
    """Drawn on the screen, by whom."""

    kind: Literal["signature"]
    name: Name


class PhotoForm(_FileForm):
    """Of the parcels, the door, or what is damaged."""

    kind: Literal["photo"]
    live: Annotated[bool, Field(description="Taken by the app's own camera, not picked from a gallery.")] = True


class ScanForm(_ProofForm):
    """The barcode read at the door."""

    kind: Literal["scan"]
    barcode: Barcode


class CodeForm(_ProofForm):
    """The code that the recipient told; it is compared and never kept."""

    kind: Literal["code"]
    code: Annotated[str, Field(min_length=1, max_length=32)]


class IdentityForm(_ProofForm):
    """A document was looked at; of its number only the end is kept."""

    kind: Literal["identity"]
    document: Name
    ending: Annotated[str, Field(min_length=1, max_length=SHOWN_OF_DOCUMENT)]
    of_age: bool | None = None


class ReceivedByForm(_ProofForm):
    """Who took the parcels, by name."""

    kind: Literal["name"]
    name: Name
    relation: Relation


class PaymentForm(_ProofForm):
    """Money that was due; what was tendered and given back belongs to cash, the reference to everything else."""

    kind: Literal["payment"]
    method: PaymentMethod
    amount_minor: Minor
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    tendered_minor: Minor = 0
    change_minor: Minor = 0
    reference: Annotated[str, Field(max_length=MAX_NAME_CHARS)] = ""


class PositionProofForm(_ProofForm):
    """Where the driver was, as a proof of its own."""

    kind: Literal["position"]
    position: FixForm


ProofForm = Annotated[
    SignatureForm | PhotoForm | ScanForm | CodeForm | IdentityForm | ReceivedByForm | PaymentForm | PositionProofForm,
    Field(discriminator="kind"),
]


class ActForm(Form):
    """What all acts have."""

    act_id: Annotated[UUID, Field(description="Made by the phone; the same act again has no second effect.")]
    route_id: UUID
    sequence: Annotated[int, Field(ge=1, le=MAX_SEQUENCE, description="Counts on this phone and never goes back.")]
    happened_at: Annotated[Moment, Field(description="By the phone's clock.")]
    position: FixForm | None = None


class ScanParcelForm(ActForm):
    """A parcel was scanned at the depot."""

    name: Literal["scan_parcel"]
    barcode: Barcode
    purpose: ScanPurpose = ScanPurpose.LOAD


class FinishLoadingForm(ActForm):
    """Nothing more is loaded; what stays behind has a reason."""

    name: Literal["finish_loading"]
    left_behind: Annotated[tuple[LeftBehindForm, ...], Field(max_length=MAX_LINES)] = ()


class DepartForm(ActForm):
    """The route leaves."""

    name: Literal["depart"]


class EndRouteForm(ActForm):
    """The route is over, the vehicle empty."""

    name: Literal["end_route"]


class ArriveForm(ActForm):
    """The driver is at the door."""

    name: Literal["arrive"]
    stop_id: UUID


class LeaveForm(ActForm):
    """The driver goes on."""

    name: Literal["leave"]
    stop_id: UUID


class _DoorForm(ActForm):
    stop_id: UUID
    order_id: UUID
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARS)] = ""
    proofs: Annotated[tuple[ProofForm, ...], Field(max_length=MAX_PROOFS_PER_ACT)] = ()


class HandOverForm(_DoorForm):
    """Parcels changed hands: brought, or fetched. None named: all of the order."""

    name: Literal["hand_over"]
    detail: CompletionDetail
    handed: Annotated[tuple[PiecesForm, ...], Field(max_length=MAX_LINES)] = ()


class FailForm(_DoorForm):
    """An attempt in vain. `sub_code` is the organisation's own word for the reason."""

    name: Literal["fail"]
    reason: FailureReason
    sub_code: Annotated[str, Field(max_length=64)] = ""


AnyActForm = Annotated[
    ScanParcelForm | FinishLoadingForm | DepartForm | EndRouteForm | ArriveForm | LeaveForm | HandOverForm | FailForm,
    Field(discriminator="name"),
]
_ACT_FORM: Final[TypeAdapter[ActForm]] = TypeAdapter(AnyActForm)
_CHOICES: Final = {"union_tag_invalid": "enum", "union_tag_not_found": "missing"}


def read_act(line: object) -> ActForm | Problem:
    """Read one act by itself; what is wrong with it is named field by field, the pointers beginning at the act."""
    try:
        return _ACT_FORM.validate_python(line)
    except ValidationError as failure:
        found = failure.errors(include_url=False, include_input=False)
        return problem_of_fields([_placed(dict(error)) for error in found])


def _placed(error: dict[str, Any]) -> dict[str, Any]:
    """Return an error at the place where its field stands: a choice of forms adds steps that are not in the body."""
    place, kind = list(error["loc"]), error["type"]
    if place:
        del place[0]  # the act's name
    if len(place) > 2 and place[0] == "proofs":
        del place[2]  # the proof's kind
    if kind in _CHOICES:
        place.append("kind" if place[:1] == ["proofs"] else "name")
        known = error.get("ctx", {}).get("expected_tags", "")
        error = {**error, "type": _CHOICES[kind], "ctx": {"expected": known}}
    return {**error, "loc": ("body", *place)}


def act_of(form: ActForm, phone: Phone) -> AnyAct:
    """Return the act that a phone tells: always its own driver's. Refused: BadAct."""
    plain = form.model_dump(mode="json", exclude_none=True)
    return act_from_plain({**plain, "driver_id": str(phone.driver_id), "device_id": str(phone.device_id)})
