"""Roles and permissions, scopes, who knocks, and what accounts take for a name, an e-mail and a password."""

from datetime import UTC, datetime
from typing import Any

import pytest

from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.words import LOCALES, has_words
from zaguan.records.accounts import refusals
from zaguan.records.accounts.model import (
    GRANTABLE,
    PERMISSIONS,
    Organisation,
    Permission,
    Principal,
    PrincipalKind,
    Role,
    Scope,
    User,
    UserId,
    check_scope,
    checked_email,
    checked_name,
    checked_password,
    may,
    normal_password,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HUB, SHIPPER, PARTNER, DRIVER, ORDER = (new_id() for _ in range(5))


def an_organisation(**changes: Any) -> Organisation:
    """Return an organisation of Santiago."""
    plain = {"name": "Reparto Sur", "locale": "es", "time_zone": "America/Santiago", "currency": "CLP"}
    return Organisation(id=OrganisationId(new_id()), created_at=NOON, **(plain | changes))


def a_principal(role: Role | None, **changes: Any) -> Principal:
    """Return somebody who has been recognised."""
    plain: dict[str, Any] = {"kind": PrincipalKind.USER, "organisation_id": new_id(), "id": new_id()}
    return Principal(role=role, **(plain | changes))


@pytest.mark.parametrize(
    ("role", "may_do", "may_not_do"),
    [
        (Role.ADMIN, {Permission.USERS_MANAGE, Permission.PLANS_PUBLISH}, {Permission.ROUTE_DRIVE}),
        (Role.DISPATCHER, {Permission.DISPATCH, Permission.CONTACTS_READ}, {Permission.USERS_MANAGE}),
        (Role.VIEWER, {Permission.PLANS_READ}, {Permission.ORDERS_WRITE, Permission.CONTACTS_READ}),
        (Role.DRIVER, {Permission.ROUTE_DRIVE}, {Permission.ORDERS_READ, Permission.POSITIONS_READ}),
        (Role.PARTNER, {Permission.OFFERS_ANSWER}, {Permission.ORDERS_WRITE, Permission.DRIVERS_READ}),
        (Role.SHIPPER, {Permission.ORDERS_WRITE}, {Permission.PLANS_READ, Permission.POSITIONS_READ}),
        (Role.RECIPIENT, {Permission.TRACKING_READ}, {Permission.ORDERS_READ, Permission.EVENTS_READ}),
    ],
)
def test_a_role_is_its_row_of_the_table(role: Role, may_do: set[Permission], may_not_do: set[Permission]) -> None:
    """Each role may do what its row of the table holds, and nothing else."""
    assert all(may(role, permission) for permission in may_do)
    assert not any(may(role, permission) for permission in may_not_do)
    assert {permission for permission in Permission if may(role, permission)} == PERMISSIONS[role]


def test_every_role_has_a_row_and_every_permission_somebody() -> None:
    """No role is without a row, and no permission belongs to nobody."""
    assert set(PERMISSIONS) == set(Role)
    assert frozenset[Permission]().union(*PERMISSIONS.values()) == frozenset(Permission)


def test_a_viewer_changes_nothing() -> None:
    """All that a viewer may do is to read."""
    assert {permission.value.rpartition(":")[2] for permission in PERMISSIONS[Role.VIEWER]} == {"read"}


def test_every_permission_is_explained() -> None:
    """Each permission has words in every language."""
    keys = [f"accounts.permission_{permission.name.lower()}" for permission in Permission]
    assert [key for key in keys for locale in LOCALES if not has_words(key, locale)] == []


def test_a_key_never_makes_users_or_keys() -> None:
    """No API key can be given what would let it outlive its own revocation."""
    assert not GRANTABLE & {Permission.USERS_MANAGE, Permission.KEYS_MANAGE, Permission.ORGANISATION_MANAGE}
    assert not GRANTABLE & {Permission.ROUTE_DRIVE, Permission.TRACKING_READ}


def test_a_whole_scope_reaches_everything() -> None:
    """Without a limit every record is in sight."""
    assert Scope().whole
    assert Scope().reaches()
    assert Scope().reaches(shipper_id=SHIPPER, hub_id=HUB)


def test_a_narrow_scope_reaches_its_own_only() -> None:
    """A shipper sees records of that shipper, not those of another one and not those of nobody."""
    scope = Scope(shipper_id=SHIPPER)
    assert not scope.whole
    assert scope.reaches(shipper_id=SHIPPER, hub_id=HUB)
    assert not scope.reaches(shipper_id=new_id())
    assert not scope.reaches(hub_id=HUB)


def test_two_limits_bind_together() -> None:
    """A scope of a hub and a shipper reaches what belongs to both."""
    scope = Scope(hub_id=HUB, shipper_id=SHIPPER)
    assert scope.reaches(hub_id=HUB, shipper_id=SHIPPER)
    assert not scope.reaches(hub_id=HUB)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.ADMIN, Scope()),
        (Role.DISPATCHER, Scope(hub_id=HUB)),
        (Role.VIEWER, Scope()),
        (Role.SHIPPER, Scope(shipper_id=SHIPPER)),
        (Role.PARTNER, Scope(partner_id=PARTNER)),
        (Role.DRIVER, Scope(driver_id=DRIVER)),
        (Role.RECIPIENT, Scope(order_id=ORDER)),
    ],
)
def test_a_scope_that_fits_its_role(role: Role, scope: Scope) -> None:
    """Each role takes the scope that it needs."""
    check_scope(role, scope)


@pytest.mark.parametrize("role", [Role.SHIPPER, Role.PARTNER, Role.DRIVER, Role.RECIPIENT])
def test_a_role_that_needs_a_scope_gets_none_without(role: Role) -> None:
    """A shipper, partner, driver or recipient without a scope would see everything, and is refused."""
    with pytest.raises(refusals.ScopeMissing):
        check_scope(role, Scope())


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.ADMIN, Scope(hub_id=HUB)),
        (Role.DISPATCHER, Scope(shipper_id=SHIPPER)),
        (Role.SHIPPER, Scope(shipper_id=SHIPPER, driver_id=DRIVER)),
    ],
)
def test_a_scope_that_a_role_does_not_know(role: Role, scope: Scope) -> None:
    """A limit that nobody would look at is refused instead of ignored."""
    with pytest.raises(refusals.ScopeUnfit):
        check_scope(role, scope)


def test_a_principal_may_what_its_role_may() -> None:
    """Somebody with a role is allowed what the role is; the refusal names the permission that lacks."""
    viewer = a_principal(Role.VIEWER)
    viewer.require(Permission.ORDERS_READ)
    with pytest.raises(refusals.NotPermitted) as refused:
        viewer.require(Permission.ORDERS_WRITE)
    assert refused.value.facts == {"permission": "orders:write"}


def test_a_key_may_what_it_was_granted() -> None:
    """A principal without a role has its grants and nothing else."""
    program = a_principal(None, kind=PrincipalKind.KEY, grants=frozenset({Permission.ORDERS_READ}))
    assert program.permissions == {Permission.ORDERS_READ}
    assert not a_principal(None, kind=PrincipalKind.KEY).permissions


def test_grants_do_not_widen_a_role() -> None:
    """Where there is a role, grants count for nothing."""
    assert not a_principal(Role.VIEWER, grants=frozenset(Permission)).may(Permission.USERS_MANAGE)


def test_an_admin_who_must_enrol_may_nothing_else() -> None:
    """Until the second factor is set up, an admin who needs one is allowed nothing."""
    assert not a_principal(Role.ADMIN, must_enrol=True).permissions


def test_an_actor_is_no_name() -> None:
    """Facts name who acted by kind and id."""
    somebody = a_principal(Role.ADMIN)
    assert somebody.actor == f"user:{somebody.id}"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": ""}, refusals.BadName),
        ({"name": " padded "}, refusals.BadName),
        ({"name": "nul\x00"}, refusals.BadName),
        ({"locale": "fr"}, refusals.BadLocale),
        ({"time_zone": "America/Macondo"}, refusals.BadTimeZone),
        ({"time_zone": "../../etc/passwd"}, refusals.BadTimeZone),
        ({"time_zone": "America"}, refusals.BadTimeZone),
        ({"time_zone": "A/" + "b" * 300}, refusals.BadTimeZone),
        ({"time_zone": ""}, refusals.BadTimeZone),
        ({"time_zone": "a\x00/b"}, refusals.BadTimeZone),
        ({"currency": "pesos"}, refusals.BadCurrency),
        ({"currency": "clp"}, refusals.BadCurrency),
    ],
)
def test_an_organisation_knows_its_place(changes: dict[str, Any], refusal: type[ZaguanError]) -> None:
    """An organisation has a name that can be shown, a language of ours, a real time zone and a currency."""
    an_organisation()
    with pytest.raises(refusal):
        an_organisation(**changes)


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "a\nb", "\ud800", "\x00"])
def test_a_name_that_cannot_be_shown(name: str) -> None:
    """Empty, endless and unprintable names are refused, lone surrogates among them."""
    with pytest.raises(refusals.BadName):
        checked_name(name)


def test_a_name_is_trimmed_and_composed() -> None:
    """Outer blanks go, and a letter with its accent is one sign."""
    assert checked_name("  Jose\u0301 Ñandú ") == "José Ñandú"


@pytest.mark.parametrize(
    "text",
    ["", "ana", "ana@", "@sur.cl", "ana@sur", "a b@sur.cl", "ana@sur.cl\x00", "a\ud800@sur.cl", "a" * 250 + "@x.cl"],
)
def test_what_is_no_email(text: str) -> None:
    """What no mail server would take is refused."""
    with pytest.raises(refusals.BadEmail):
        checked_email(text)


def test_an_email_is_one_whatever_its_case() -> None:
    """The same address in capitals is the same address."""
    assert checked_email(" Ana.Pérez@Sur.CL ") == "ana.pérez@sur.cl"


@pytest.mark.parametrize("text", ["short", "aaaaaaaaaaaaaaa", "ana.perez.soto@sur.cl", "a1b2" * 65, "\ud800" * 13])
def test_a_password_that_would_be_guessed(text: str) -> None:
    """Short, endless, monotonous and unwritable passwords are refused, and the e-mail itself."""
    with pytest.raises(refusals.BadPassword):
        checked_password(text, email="ana.perez.soto@sur.cl")


def test_a_password_is_the_same_on_every_keyboard() -> None:
    """Composed and decomposed letters make the same password."""
    composed, decomposed = "el camión llegó", "el camio\u0301n llego\u0301"
    assert checked_password(decomposed, email="a@b.cl") == normal_password(composed)


def test_a_user_without_the_scope_of_its_role_is_no_user() -> None:
    """The model refuses a shipper's user who would see every shipper."""
    with pytest.raises(refusals.ScopeMissing):
        User(
            id=UserId(new_id()),
            organisation_id=OrganisationId(new_id()),
            email="a@b.cl",
            name="Ana",
            role=Role.SHIPPER,
            created_at=NOON,
        )
