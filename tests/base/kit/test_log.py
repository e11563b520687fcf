"""Logs hold no personal data."""

from typing import Any
from uuid import UUID

import pytest

from zaguan.base.kit.log import WITHHELD, clean_text, withhold


def logged(**facts: Any) -> dict[str, Any]:
    return dict(withhold(None, "info", facts))


@pytest.mark.parametrize(
    "name", ["recipient_phone", "email", "address", "Authorization", "note", "driver_name", "token", "password"]
)
def test_what_names_a_person_is_withheld(name: str) -> None:
    """A value under a name that tells who somebody is, or opens a door, is withheld, at any depth."""
    assert logged(**{name: "Ana"}) == {name: WITHHELD}
    assert logged(order={name: ["Ana"], "route": "7"}) == {"order": {name: WITHHELD, "route": "7"}}


def test_ids_and_figures_stay() -> None:
    """Ids, figures and the words of the line stay as they are, so that a fault can be found."""
    facts = {
        "event": "order 018f3c7e-0000-7000-8000-0123456789ab kept in 12 ms",
        "order_id": UUID(int=1),
        "took_ms": 12.5,
        "code": "order.not_found",
        "at": "2030-01-02T03:04:05.678+00:00",
    }
    assert logged(**facts) == facts


@pytest.mark.parametrize(
    "text",
    [
        "no answer from ana.perez+shop@correo.example.cl",
        "message to +56 9 8765 4321 refused",
        "cannot reach postgresql://ana:geheim@db/zaguan",
        'duplicate key value violates "users_mail_key"\nDETAIL:  Key (mail)=(geheim) already exists.',
        "(psycopg.errors.NotNullViolation) null value [parameters: {'recipient': 'geheim'}]",
    ],
)
def test_what_slips_into_a_text_is_withheld(text: str) -> None:
    """E-mail addresses, phone numbers, passwords and refused rows are taken out of texts and of faults."""
    for shown in (clean_text(text), logged(fault=ValueError(text))["fault"]):
        assert WITHHELD in shown
        assert not any(told in shown for told in ("ana", "8765", "geheim"))
