"""What other systems call our states and reasons, as data: connectors, imports and façades map by it, both ways.

A code that ends in `*` stands for all that begin so, one that begins with `*` for all that end so. Only ours are ever
kept; what a system says that stands in no table is None, and the connector has to ask a person.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from zaguan.records.orders.reasons import FailureReason
from zaguan.records.orders.states import OrderState


class System(StrEnum):
    """Whose codes."""

    DISPATCHTRACK = "dispatchtrack"
    ONFLEET = "onfleet"
    OPTIMOROUTE = "optimoroute"
    SPOKE = "spoke"
    TRACK_POD = "track_pod"
    COOPCYCLE = "coopcycle"
    KARRIO = "karrio"
    AFTERSHIP = "aftership"
    SHOPIFY = "shopify"
    MERCADO_LIBRE = "mercado_libre"
    WOOCOMMERCE = "woocommerce"
    NINETY_NINE_MINUTOS = "99minutos"
    BOOSMAP = "boosmap"
    EASYPOST = "easypost"  # from its public list, not tried against an account


_S = OrderState
# ours first: the codes that mean it, the one that we send back first
_STATES: Final[Mapping[System, Mapping[OrderState, tuple[str, ...]]]] = {
    System.DISPATCHTRACK: {
        _S.CREATED: ("in_preparation",),
        _S.READY: ("ready_to_go",),
        _S.OUT_FOR_DELIVERY: ("1",),
        _S.DELIVERED: ("2",),
        _S.ATTEMPT_FAILED: ("3",),
        _S.PARTIALLY_DELIVERED: ("4",),
    },
    System.ONFLEET: {
        _S.READY: ("0",),
        _S.DISPATCHED: ("1",),
        _S.ARRIVING: ("2",),
        _S.DELIVERED: ("3/success",),
        _S.ATTEMPT_FAILED: ("3/failure",),
    },
    System.OPTIMOROUTE: {
        _S.READY: ("unscheduled",),
        _S.PLANNED: ("scheduled",),
        _S.OUT_FOR_DELIVERY: ("on_route",),
        _S.ARRIVED: ("servicing",),
        _S.DELIVERED: ("success",),
        _S.ATTEMPT_FAILED: ("failed", "rejected"),
        _S.CANCELLED: ("cancelled",),
    },
    System.SPOKE: {
        _S.DISPATCHED: ("unattempted",),
        _S.LOADED: ("picked_up_*",),
        _S.AVAILABLE_FOR_PICKUP: ("delivered_to_pickup_point",),
        _S.DELIVERED: ("delivered_*",),
        _S.ATTEMPT_FAILED: ("failed_*",),
    },
    System.TRACK_POD: {
        _S.PLANNED: ("route/Ready",),
        _S.LOADED: ("route/Loaded",),
        _S.OUT_FOR_DELIVERY: ("1",),
        _S.DELIVERED: ("3",),
        _S.PARTIALLY_DELIVERED: ("4",),
        _S.ATTEMPT_FAILED: ("2", "5"),
        _S.CANCELLED: ("CancelledStatus",),
    },
    System.COOPCYCLE: {
        _S.ON_HOLD: ("*REVIEW_NEEDED",),
        _S.DISPATCHED: ("TODO",),
        _S.ARRIVING: ("DOING",),
        _S.DELIVERED: ("DONE",),
        _S.ATTEMPT_FAILED: ("FAILED",),
        _S.CANCELLED: ("CANCELLED",),
        _S.LOST: ("LOST",),
    },
    System.KARRIO: {
        _S.CREATED: ("pending",),
        _S.ON_HOLD: ("on_hold",),
        _S.LOADED: ("picked_up",),
        _S.IN_TRANSIT: ("in_transit", "delivery_delayed", "unknown"),
        _S.OUT_FOR_DELIVERY: ("out_for_delivery",),
        _S.DELIVERED: ("delivered",),
        _S.ATTEMPT_FAILED: ("delivery_failed",),
        _S.AVAILABLE_FOR_PICKUP: ("ready_for_pickup",),
        _S.RETURNING: ("return_to_sender",),
        _S.CANCELLED: ("cancelled",),
        _S.LOST: ("carrier_parcel_lost",),
    },
    System.AFTERSHIP: {
        _S.CREATED: ("Pending",),
        _S.READY: ("InfoReceived",),
        _S.ON_HOLD: ("Exception", "Expired"),
        _S.IN_TRANSIT: ("InTransit",),
        _S.OUT_FOR_DELIVERY: ("OutForDelivery",),
        _S.DELIVERED: ("Delivered",),
        _S.ATTEMPT_FAILED: ("AttemptFail",),
        _S.AVAILABLE_FOR_PICKUP: ("AvailableForPickup",),
        _S.RETURNING: ("Exception_010",),
        _S.RETURNED: ("Exception_011",),
        _S.LOST: ("Exception_013",),
    },
    System.SHOPIFY: {
        _S.CREATED: ("CONFIRMED", "LABEL_PURCHASED"),
        _S.READY: ("LABEL_PRINTED",),
        _S.ON_HOLD: ("BUYER_ACTION_REQUIRED",),
        _S.LOADED: ("CARRIER_PICKED_UP",),
        _S.IN_TRANSIT: ("IN_TRANSIT", "DELAYED"),
        _S.OUT_FOR_DELIVERY: ("OUT_FOR_DELIVERY",),
        _S.DELIVERED: ("DELIVERED", "PICKED_UP"),
        _S.ATTEMPT_FAILED: ("ATTEMPTED_DELIVERY",),
        _S.AVAILABLE_FOR_PICKUP: ("READY_FOR_PICKUP", "READY_FOR_RECIPIENT_PICKUP"),
        _S.RETURNING: ("RETURNING_TO_SENDER",),
        _S.CANCELLED: ("FAILURE",),
    },
    System.MERCADO_LIBRE: {
        _S.DISPATCHED: ("shipped/null",),
        _S.OUT_FOR_DELIVERY: ("shipped/out_for_delivery",),
        _S.DELIVERED: ("delivered",),
        _S.ATTEMPT_FAILED: (
            *("shipped/receiver_absent", "shipped/unauthorized_receiver", "shipped/bad_address"),
            "shipped/dangerous_area",
        ),
        _S.RETURNING: ("not_delivered/returning_to_sender",),
    },
    System.WOOCOMMERCE: {
        _S.CREATED: ("pending",),
        _S.ON_HOLD: ("on-hold",),
        _S.READY: ("processing",),
        _S.DELIVERED: ("completed",),
        _S.RETURNED: ("refunded",),
        _S.CANCELLED: ("cancelled", "failed", "trash"),
    },
    System.NINETY_NINE_MINUTOS: {
        _S.CREATED: ("1001",),
        _S.READY: ("1002",),
        _S.DISPATCHED: ("2002",),
        _S.LOADED: ("2003", "3003"),
        _S.IN_TRANSIT: ("3001", "3002", "3004"),
        _S.OUT_FOR_DELIVERY: ("4001",),
        _S.DELIVERED: ("4002",),
        _S.ATTEMPT_FAILED: ("4101", "2101"),
        _S.RETURNING: ("5001",),
    },
    System.BOOSMAP: {
        _S.CREATED: ("Ingresado",),
        _S.DISPATCHED: ("Aceptado",),
        _S.OUT_FOR_DELIVERY: ("En despacho",),
        _S.ARRIVED: ("En punto de retiro",),
        _S.DELIVERED: ("Entregado",),
        _S.ATTEMPT_FAILED: ("Sin moradores", "Rechazado Cliente", "Error Dirección"),
        _S.RETURNED: ("Devolución Exitosa",),
        _S.CANCELLED: ("Anulado", "Cancelado"),
        _S.LOST: ("Extraviado",),
    },
    System.EASYPOST: {
        _S.CREATED: ("unknown",),
        _S.READY: ("pre_transit",),
        _S.ON_HOLD: ("error",),
        _S.IN_TRANSIT: ("in_transit",),
        _S.OUT_FOR_DELIVERY: ("out_for_delivery",),
        _S.DELIVERED: ("delivered",),
        _S.ATTEMPT_FAILED: ("failure",),
        _S.AVAILABLE_FOR_PICKUP: ("available_for_pickup",),
        _S.RETURNING: ("return_to_sender",),
        _S.CANCELLED: ("cancelled",),
    },
}

_R = FailureReason
_REASONS: Final[Mapping[System, Mapping[FailureReason, tuple[str, ...]]]] = {
    System.SPOKE: {
        _R.RECIPIENT_ABSENT: ("failed_not_home",),
        _R.RECIPIENT_PAYMENT_FAILED: ("failed_payment_not_received",),
        _R.ADDRESS_NOT_FOUND: ("failed_cant_find_address",),
        _R.SHIPPER_MISSING_GOODS: ("failed_package_not_available",),
        _R.CARRIER_NO_TIME: ("failed_no_time",),
        _R.CARRIER_NO_PARKING: ("failed_no_parking",),
        _R.CARRIER_PROOF_MISSING: ("failed_missing_required_proof",),
        _R.OTHER_UNKNOWN: ("failed_other",),
    },
    System.COOPCYCLE: {
        _R.RECIPIENT_ABSENT: ("NOT_AT_HOME",),
        _R.RECIPIENT_REFUSED: ("REFUSED",),
        _R.RECIPIENT_CLOSED: ("CLOSED_STORE",),
        _R.RECIPIENT_NO_ACCESS: ("ADDRESS_UNREACHABLE",),
        _R.RECIPIENT_PAYMENT_FAILED: ("INSUFFICIENT_FUND",),
        _R.ADDRESS_WRONG: ("WRONG_ADDR",),
        _R.SHIPPER_MISSING_GOODS: ("ITEM_MISSING",),
        _R.SHIPPER_WRONG_GOODS: ("INCORRECT_ITEM",),
        _R.SHIPPER_NOT_READY: ("INVENTORY_ISSUE",),
        _R.SHIPPER_DATA_ERROR: ("DATA_ERROR",),
        _R.SHIPPER_PACKAGING: ("PACKAGING_ISSUE",),
        _R.CARRIER_LATE: ("LATE",),
        _R.CARRIER_VEHICLE: ("VEHICLE_BREAKDOWN",),
        _R.CARRIER_ROUTING: ("ROUTE_ISSUE",),
        _R.CARRIER_DAMAGED: ("DAMAGED",),
        _R.CARRIER_LOST: ("LOST",),
        _R.ENVIRONMENT_TRAFFIC: ("TRAFFIC",),
        _R.ENVIRONMENT_WEATHER: ("WEATHER",),
        _R.ENVIRONMENT_HOLIDAY: ("HOLIDAY",),
        _R.CUSTOMS_HOLD: ("CUSTOMS_ISSUE",),
        _R.OTHER_UNKNOWN: ("FAILED",),
    },
    System.KARRIO: {
        _R.RECIPIENT_ABSENT: ("consignee_not_home", "consignee_not_available"),
        _R.RECIPIENT_REFUSED: ("consignee_refused",),
        _R.RECIPIENT_CLOSED: ("consignee_business_closed",),
        _R.RECIPIENT_NO_ACCESS: ("consignee_access_restricted",),
        _R.RECIPIENT_ID_FAILED: ("consignee_verification_failed",),
        _R.ADDRESS_NOT_FOUND: ("carrier_address_not_found",),
        _R.ADDRESS_WRONG: ("consignee_incorrect_address",),
        _R.SHIPPER_WRONG_GOODS: ("retailer_incorrect_parcel",),
        _R.SHIPPER_NOT_READY: ("retailer_not_ready",),
        _R.SHIPPER_DATA_ERROR: ("retailer_incorrect_data",),
        _R.SHIPPER_PACKAGING: ("retailer_packaging_issue",),
        _R.CARRIER_NO_TIME: ("carrier_not_enough_time",),
        _R.CARRIER_VEHICLE: ("carrier_vehicle_issue",),
        _R.CARRIER_DAMAGED: ("carrier_damaged_parcel",),
        _R.CARRIER_LOST: ("carrier_parcel_lost",),
        _R.ENVIRONMENT_WEATHER: ("weather_delay",),
        _R.CUSTOMS_HOLD: ("customs_*",),
        _R.OTHER_UNKNOWN: ("unknown",),
    },
    System.AFTERSHIP: {
        _R.OTHER_UNKNOWN: ("Exception_001",),
        _R.RECIPIENT_MOVED: ("Exception_002",),
        _R.RECIPIENT_REFUSED: ("Exception_003",),
        _R.CUSTOMS_HOLD: ("Exception_004", "Exception_018"),
        _R.RECIPIENT_PAYMENT_FAILED: ("Exception_006",),
        _R.ADDRESS_WRONG: ("Exception_007",),
        _R.RECIPIENT_NOT_COLLECTED: ("Exception_008",),
        _R.SHIPPER_DATA_ERROR: ("Exception_009",),
        _R.CARRIER_DAMAGED: ("Exception_012",),
        _R.CARRIER_LOST: ("Exception_013",),
        _R.ENVIRONMENT_WEATHER: ("Exception_017",),
    },
    System.MERCADO_LIBRE: {
        _R.RECIPIENT_ABSENT: ("receiver_absent",),
        _R.RECIPIENT_UNAUTHORIZED: ("unauthorized_receiver",),
        _R.ADDRESS_WRONG: ("bad_address",),
        _R.ADDRESS_UNSAFE_AREA: ("dangerous_area",),
    },
    System.BOOSMAP: {
        _R.RECIPIENT_ABSENT: ("Sin moradores",),
        _R.RECIPIENT_REFUSED: ("Rechazado Cliente",),
        _R.ADDRESS_WRONG: ("Error Dirección",),
        _R.CARRIER_LOST: ("Extraviado",),
    },
}


def find_state(system: System, code: str) -> OrderState | None:
    """Return our state for another system's code, or None for a code that is not known."""
    return _find(_STATES.get(system, {}), code)


def find_reason(system: System, code: str) -> FailureReason | None:
    """Return our reason for another system's code, or None for a code that is not known."""
    return _find(_REASONS.get(system, {}), code)


def codes_of_state(system: System, state: OrderState) -> tuple[str, ...]:
    """Return another system's codes for our state, the one to send first; none where it has no word for it."""
    return _STATES.get(system, {}).get(state, ())


def codes_of_reason(system: System, reason: FailureReason) -> tuple[str, ...]:
    """Return another system's codes for our reason, the one to send first; none where it has no word for it."""
    return _REASONS.get(system, {}).get(reason, ())


def _find[Ours: (OrderState, FailureReason)](table: Mapping[Ours, tuple[str, ...]], code: str) -> Ours | None:
    exact = next((ours for ours, codes in table.items() if code in codes), None)
    if exact is not None:
        return exact
    return next((ours for ours, codes in table.items() if any(_fits(pattern, code) for pattern in codes)), None)


def _fits(pattern: str, code: str) -> bool:
    if pattern.endswith("*"):
        return code.startswith(pattern[:-1])
    return pattern.startswith("*") and code.endswith(pattern[1:])
