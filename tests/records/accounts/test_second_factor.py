"""The second factor on the real database: set up, asked for, used once, lost."""

from datetime import timedelta

import pyotp
import pytest

from tests.records.accounts.world import Office, an_office
from zaguan.base.kit.database import Database
from zaguan.records.accounts import second_factor
from zaguan.records.accounts.credentials import RECOVERY_CODES, Totp
from zaguan.records.accounts.model import Permission, Principal, Role
from zaguan.records.accounts.refusals import (
    CodeNeeded,
    NotSignedIn,
    TooManyTries,
    TotpConfirmed,
    TotpNotBegun,
    WrongCode,
    WrongCredentials,
)
from zaguan.records.accounts.standing import recheck
from zaguan.records.accounts.tokens import Secret
from zaguan.records.accounts.tries import STRETCH, TRIES

STEP = timedelta(seconds=30)


def code_of(office: Office, secret: Secret) -> str:
    """Return what the authenticator shows now."""
    return pyotp.TOTP(secret.reveal()).at(office.clock.now())


def enrol(office: Office, by: Principal) -> tuple[Secret, tuple[Secret, ...]]:
    """Set up a second factor; return its secret and the recovery codes. The clock moves on to an unused code."""
    with office.database.session(office.organisation_id) as session:
        begun = second_factor.begin_totp(session, office.organisation_id, by=by, clock=office.clock)
    with office.database.session(office.organisation_id) as session:
        codes = second_factor.confirm_totp(
            session, office.organisation_id, code_of(office, begun.secret), by=by, clock=office.clock
        )
    office.clock.move(STEP)
    return begun.secret, codes


def test_the_code_is_asked_for_once_it_is_set_up(office: Office) -> None:
    """After enrolling, the password alone does not do; password and code do."""
    secret, _ = enrol(office, office.enter(office.admin).principal)
    with pytest.raises(CodeNeeded):
        office.enter(office.admin)
    assert office.enter(office.admin, code=code_of(office, secret)).principal.id == office.admin.id


def test_before_it_is_confirmed_nothing_changes(office: Office) -> None:
    """Whoever begins to enrol and stops is not locked out."""
    by = office.enter(office.admin).principal
    with office.database.session(office.organisation_id) as session:
        second_factor.begin_totp(session, office.organisation_id, by=by, clock=office.clock)
    assert office.enter(office.admin)


def test_a_code_counts_once(office: Office) -> None:
    """A code that was used, at the confirmation too, opens nothing a second time."""
    by = office.enter(office.admin).principal
    with office.database.session(office.organisation_id) as session:
        begun = second_factor.begin_totp(session, office.organisation_id, by=by, clock=office.clock)
        first = code_of(office, begun.secret)
        second_factor.confirm_totp(session, office.organisation_id, first, by=by, clock=office.clock)
    with pytest.raises(WrongCredentials):
        office.enter(office.admin, code=first)
    office.clock.move(STEP)
    second = code_of(office, begun.secret)
    assert office.enter(office.admin, code=second)
    with pytest.raises(WrongCredentials):
        office.enter(office.admin, code=second)


def test_a_wrong_code_is_a_wrong_try(office: Office) -> None:
    """Whoever has the password cannot go on guessing codes."""
    enrol(office, office.enter(office.admin).principal)
    for _ in range(TRIES):
        with pytest.raises(WrongCredentials):
            office.enter(office.admin, code="12345", address=office.abroad)
    with pytest.raises(TooManyTries):
        office.enter(office.admin, code="12345", address=office.abroad)


def test_being_asked_for_the_code_is_no_wrong_try(office: Office) -> None:
    """The first half of a right sign-in never counts against the user."""
    secret, _ = enrol(office, office.enter(office.admin).principal)
    for _ in range(TRIES + 1):
        with pytest.raises(CodeNeeded):
            office.enter(office.admin, address=office.abroad)
    assert office.enter(office.admin, code=code_of(office, secret), address=office.abroad)


def test_a_recovery_code_works_once(office: Office) -> None:
    """Each recovery code opens once, however it is typed; they are kept as hashes."""
    _, codes = enrol(office, office.enter(office.admin).principal)
    assert len({code.reveal() for code in codes}) == RECOVERY_CODES == office.count("recovery_codes")
    assert office.enter(office.admin, code=f" {codes[0].reveal().upper()} ")
    with pytest.raises(WrongCredentials):
        office.enter(office.admin, code=codes[0].reveal())
    assert office.enter(office.admin, code=codes[1].reveal())
    assert office.count("recovery_codes") == RECOVERY_CODES - 2


def test_new_recovery_codes_replace_the_old(office: Office) -> None:
    """Recovery codes are renewed by proving the second factor; those before are over."""
    by = office.enter(office.admin).principal
    secret, codes = enrol(office, by)
    renewed = second_factor.renew_recovery_codes(
        office.database, office.organisation_id, code_of(office, secret), by=by, clock=office.clock
    )
    with pytest.raises(WrongCredentials):
        office.enter(office.admin, code=codes[0].reveal())
    assert office.enter(office.admin, code=renewed[0].reveal())


def test_enrolling_ends_sessions_of_one_factor(office: Office) -> None:
    """Setting up the second factor ends all other sessions, which had only one."""
    here, there = office.enter(office.admin), office.enter(office.admin)
    enrol(office, here.principal)
    with office.database.session(office.organisation_id) as session:
        assert recheck(session, here.principal, clock=office.clock)
        with pytest.raises(NotSignedIn):
            recheck(session, there.principal, clock=office.clock)


def test_the_order_of_enrolling(office: Office) -> None:
    """Nothing is confirmed that was not begun, nothing begun that is confirmed; a wrong code confirms nothing."""
    by = office.enter(office.admin).principal
    with office.database.session(office.organisation_id) as session:
        with pytest.raises(TotpNotBegun):
            second_factor.confirm_totp(session, office.organisation_id, "123456", by=by, clock=office.clock)
        second_factor.begin_totp(session, office.organisation_id, by=by, clock=office.clock)
        with pytest.raises(WrongCode):
            second_factor.confirm_totp(session, office.organisation_id, "12345x", by=by, clock=office.clock)
    with pytest.raises(TotpNotBegun):
        second_factor.remove_totp(office.database, office.organisation_id, "123456", by=by, clock=office.clock)
    enrol(office, by)
    with office.database.session(office.organisation_id) as session:
        with pytest.raises(TotpConfirmed):
            second_factor.begin_totp(session, office.organisation_id, by=by, clock=office.clock)
        with pytest.raises(TotpConfirmed):
            second_factor.confirm_totp(session, office.organisation_id, "123456", by=by, clock=office.clock)


def test_removing_it_needs_a_code(office: Office) -> None:
    """Who only found an open screen cannot take the second factor away, nor guess for long; its owner can."""
    by = office.enter(office.admin).principal
    secret, _ = enrol(office, by)
    for _ in range(TRIES):
        with pytest.raises(WrongCode):
            second_factor.remove_totp(office.database, office.organisation_id, "000", by=by, clock=office.clock)
    with pytest.raises(TooManyTries):
        second_factor.remove_totp(
            office.database, office.organisation_id, code_of(office, secret), by=by, clock=office.clock
        )
    office.clock.move(STRETCH)
    second_factor.remove_totp(
        office.database, office.organisation_id, code_of(office, secret), by=by, clock=office.clock
    )
    assert office.enter(office.admin)
    assert office.count("recovery_codes") == 0


def test_an_admin_helps_whoever_lost_phone_and_codes(office: Office) -> None:
    """Another admin resets the second factor; the sessions of the one who lost it end."""
    lost = office.add(Role.ADMIN)
    entered = office.enter(lost)
    enrol(office, entered.principal)
    with office.database.session(office.organisation_id) as session:
        second_factor.reset_totp(session, office.organisation_id, lost.id, by=office.operator, clock=office.clock)
        with pytest.raises(NotSignedIn):
            recheck(session, entered.principal, clock=office.clock)
    assert office.enter(lost)


def test_where_admins_need_it_they_do_nothing_before(database: Database) -> None:
    """Where the organisation demands it, an admin may do nothing but enrol; a viewer is not asked."""
    office = an_office(database, admins_need_totp=True)
    entered = office.enter(office.admin)
    assert not entered.principal.may(Permission.USERS_MANAGE)
    enrol(office, entered.principal)
    with office.database.session(office.organisation_id) as session:
        assert recheck(session, entered.principal, clock=office.clock).may(Permission.USERS_MANAGE)
    assert office.enter(office.add(Role.VIEWER)).principal.may(Permission.ORDERS_READ)


def test_a_phone_half_a_minute_off_still_works(office: Office) -> None:
    """The codes just before and just after are taken, older and later ones are not."""
    totp = Totp.draw()
    now = office.clock.now()
    taken = [totp.matching_step(pyotp.TOTP(totp.secret).at(now + STEP * off), now) for off in range(-3, 4)]
    assert [step is not None for step in taken] == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "12 34 5x", "\ud800", "x" * 10_000])
def test_what_is_no_code(office: Office, code: str) -> None:
    """Whatever is typed for a code is refused and breaks nothing."""
    assert Totp.draw().matching_step(code, office.clock.now()) is None
    enrol(office, office.enter(office.admin).principal)
    with pytest.raises((WrongCredentials, CodeNeeded)):
        office.enter(office.admin, code=code)
