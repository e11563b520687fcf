"""Signing in and out on the real database: who gets in, for how long, and how often one may try."""

import logging
import threading
from datetime import timedelta

import pytest

from tests.records.accounts.world import PASSWORD, Office, an_email, an_office
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import ZaguanError
from zaguan.records.accounts import service
from zaguan.records.accounts.credentials import SESSION_IDLE, SESSION_LIFE
from zaguan.records.accounts.model import Permission, Principal, Role, User
from zaguan.records.accounts.passwords import ArgonPasswords
from zaguan.records.accounts.privacy import SESSIONS_KEPT, sweep
from zaguan.records.accounts.refusals import NotSignedIn, TooManyTries, WrongCredentials
from zaguan.records.accounts.sign_in import (
    STRETCH_OF_EMAIL,
    TRIES_OF_ADDRESS,
    TRIES_OF_EMAIL,
    Attempt,
    authenticate_session,
    sign_in,
    sign_out,
)
from zaguan.records.accounts.standing import recheck
from zaguan.records.accounts.tries import STRETCH, TRIES


def known(office: Office, token: str) -> Principal:
    """Return who holds a token."""
    with office.database.system_session() as session:
        return authenticate_session(session, token, address=office.home, clock=office.clock)


def guess(office: Office, email: str, *, address: str, times: int) -> None:
    """Try wrong passwords."""
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            office.enter(email, "a wrong password", address=address)


def test_the_right_password_begins_a_session(office: Office) -> None:
    """Who signs in is known by the token from then on, with role and scope."""
    entered = office.enter(office.admin)
    principal = known(office, entered.token.reveal())
    assert principal == entered.principal
    assert (principal.role, principal.id, principal.address) == (Role.ADMIN, office.admin.id, office.home)
    assert principal.may(Permission.USERS_MANAGE)


def test_an_email_is_the_same_in_capitals(office: Office) -> None:
    """The e-mail may be typed in capitals, with a blank behind it."""
    assert office.enter(f"{office.admin.email.upper()} ").principal.id == office.admin.id


def test_unknown_wrong_and_disabled_are_one_answer_and_one_work(office: Office) -> None:
    """A wrong password, an unknown e-mail, what is no e-mail, and a disabled user: one answer, one hash verified."""
    disabled = office.add(Role.VIEWER)
    with office.database.session(office.organisation_id) as session:
        service.disable_user(session, office.organisation_id, disabled.id, by=office.operator, clock=office.clock)
    answers = []
    for email, password in (
        (office.admin.email, "a wrong password"),
        (an_email(), PASSWORD),
        ("no e-mail\x00", PASSWORD),
        (disabled.email, PASSWORD),
        (office.admin.email, "x" * 10_000),
        (office.admin.email, "\ud800"),
        (office.admin.email, ""),
    ):
        office.passwords.verified.clear()
        with pytest.raises(WrongCredentials) as refused:
            office.enter(email, password, address=office.abroad)
        answers.append((str(refused.value), refused.value.facts, len(office.passwords.verified)))
    assert len(set(map(str, answers))) == 1
    assert answers[0][2] == 1


def test_a_session_ends_when_nobody_uses_it(office: Office) -> None:
    """A session that is idle for too long is over; one that is used goes on."""
    token = office.enter(office.admin).token.reveal()
    office.clock.move(SESSION_IDLE - timedelta(minutes=1))
    known(office, token)
    office.clock.move(SESSION_IDLE - timedelta(minutes=1))
    known(office, token)
    office.clock.move(SESSION_IDLE)
    with pytest.raises(NotSignedIn):
        known(office, token)


def test_a_session_ends_at_last(office: Office) -> None:
    """However much it is used, a session ends after its longest life."""
    token = office.enter(office.admin).token.reveal()
    for _ in range(int(SESSION_LIFE / timedelta(hours=2)) - 1):
        office.clock.move(timedelta(hours=2))
        known(office, token)
    office.clock.move(timedelta(hours=2))
    with pytest.raises(NotSignedIn):
        known(office, token)


def test_signing_out_kills_the_token(office: Office) -> None:
    """After signing out the token opens nothing; signing out again is nothing; other sessions go on."""
    token, other = office.enter(office.admin).token.reveal(), office.enter(office.admin).token.reveal()
    for _ in range(2):
        with office.database.system_session() as session:
            sign_out(session, token, clock=office.clock)
    with pytest.raises(NotSignedIn):
        known(office, token)
    assert known(office, other).id == office.admin.id


@pytest.mark.parametrize("token", ["", "zs_", "zs_" + "A" * 43, "\x00", "\ud800", "x" * 100_000])
def test_a_token_that_is_none(office: Office, token: str) -> None:
    """Whatever is sent for a token is refused and breaks nothing."""
    with pytest.raises(NotSignedIn):
        known(office, token)


def test_a_disabled_user_is_out_at_once(office: Office) -> None:
    """Disabling ends every session: the next request and the next look of an open stream are refused."""
    viewer = office.add(Role.VIEWER)
    entered = office.enter(viewer)
    with office.database.session(office.organisation_id) as session:
        assert recheck(session, entered.principal, clock=office.clock) == entered.principal
        service.disable_user(session, office.organisation_id, viewer.id, by=office.operator, clock=office.clock)
    with pytest.raises(NotSignedIn):
        known(office, entered.token.reveal())
    with office.database.session(office.organisation_id) as session, pytest.raises(NotSignedIn):
        recheck(session, entered.principal, clock=office.clock)
    with office.database.session(office.organisation_id) as session:
        service.enable_user(session, office.organisation_id, viewer.id, by=office.operator, clock=office.clock)
    with pytest.raises(NotSignedIn):
        known(office, entered.token.reveal())
    assert office.enter(viewer).principal.id == viewer.id


def test_a_new_role_counts_in_a_running_session(office: Office) -> None:
    """Who is given another role has it from the next request on."""
    viewer = office.add(Role.VIEWER)
    entered = office.enter(viewer)
    with office.database.session(office.organisation_id) as session:
        service.change_role(
            session, office.organisation_id, viewer.id, role=Role.DISPATCHER, by=office.operator, clock=office.clock
        )
        assert recheck(session, entered.principal, clock=office.clock).role is Role.DISPATCHER
    assert known(office, entered.token.reveal()).role is Role.DISPATCHER


def test_a_guesser_is_stopped(office: Office) -> None:
    """After some wrong tries e-mail and address have to wait, even with the right password; then they may again."""
    guess(office, office.admin.email, address=office.abroad, times=TRIES)
    office.passwords.verified.clear()
    with pytest.raises(TooManyTries) as refused:
        office.enter(office.admin, address=office.abroad)
    assert refused.value.facts == {"wait_s": STRETCH.total_seconds()}
    assert office.passwords.verified == []
    office.clock.move(STRETCH)
    assert office.enter(office.admin, address=office.abroad).principal.id == office.admin.id


def test_being_turned_away_does_not_prolong_the_wait(office: Office) -> None:
    """Whoever goes on trying while it is too often waits no longer for that."""
    guess(office, office.admin.email, address=office.abroad, times=TRIES)
    for _ in range(5):
        office.clock.move(STRETCH / 6)
        with pytest.raises(TooManyTries):
            office.enter(office.admin, address=office.abroad)
    office.clock.move(STRETCH / 6)
    assert office.enter(office.admin, address=office.abroad)


def test_an_unknown_email_is_limited_alike(office: Office) -> None:
    """Limits tell nothing about which e-mails exist."""
    email = an_email()
    guess(office, email, address=office.abroad, times=TRIES)
    with pytest.raises(TooManyTries):
        office.enter(email, address=office.abroad)


def test_a_right_password_empties_the_count(office: Office) -> None:
    """Whoever mistypes now and then is never stopped."""
    for _ in range(3):
        guess(office, office.admin.email, address=office.home, times=TRIES - 1)
        office.enter(office.admin)


def test_strangers_do_not_lock_the_real_user_out(office: Office) -> None:
    """While many addresses guess at an e-mail, its user gets in from where they signed in before."""
    office.enter(office.admin, address=office.home)
    _besiege(office, office.admin)
    with pytest.raises(TooManyTries):
        office.enter(office.admin, address=office.abroad)
    assert office.enter(office.admin, address=office.home)


def test_a_known_browser_gets_in_from_a_new_address(office: Office) -> None:
    """Under siege the user gets in from a new address with the cookie of an earlier session, an ended one too."""
    cookie = office.enter(office.admin, address=office.home).token.reveal()
    with office.database.system_session() as session:
        sign_out(session, cookie, clock=office.clock)
    _besiege(office, office.admin)
    assert office.enter(office.admin, address=office.abroad, earlier=cookie)


def test_the_cookie_of_another_user_is_no_way_round(office: Office) -> None:
    """An earlier session counts for its own user only, and has its own limit."""
    viewer = office.add(Role.VIEWER)
    cookie = office.enter(viewer, address=office.abroad).token.reveal()
    _besiege(office, office.admin)
    with pytest.raises(TooManyTries):
        office.enter(office.admin, address=office.abroad, earlier=cookie)
    for _ in range(TRIES):
        with pytest.raises(WrongCredentials):
            office.enter(viewer, "a wrong password", address=office.abroad, earlier=cookie)
    with pytest.raises(TooManyTries):
        office.enter(viewer, address=office.abroad, earlier=cookie)


def test_one_address_that_tries_many_emails_is_stopped(office: Office) -> None:
    """An address that guesses at many e-mails has to wait, but for those who are known there."""
    office.enter(office.admin, address=office.home)
    newcomer = office.add(Role.VIEWER)
    for _ in range(TRIES_OF_ADDRESS):
        guess(office, an_email(), address=office.home, times=1)
    with pytest.raises(TooManyTries):
        office.enter(newcomer, address=office.home)
    assert office.enter(office.admin, address=office.home)
    assert office.enter(newcomer, address=office.abroad)


def test_a_network_of_many_addresses_is_one(office: Office) -> None:
    """Guesses from the addresses of one IPv6 network count together."""
    for last in range(TRIES):
        guess(office, office.admin.email, address=office.address(3).replace("::1", f"::{last:x}"), times=1)
    with pytest.raises(TooManyTries):
        office.enter(office.admin, address=office.address(3).replace("::1", ":ffff::1"))


def test_an_old_hash_is_renewed(office: Office) -> None:
    """A password that was hashed with other parameters is hashed anew at the next sign-in."""
    office.passwords.outdated = True
    viewer = office.add(Role.VIEWER)
    office.passwords.outdated = False
    for expected in (f"old:{PASSWORD}", f"plain:{PASSWORD}"):
        office.passwords.verified.clear()
        office.enter(viewer)
        assert office.passwords.verified == [expected]


def test_a_user_who_was_disabled_while_signing_in(office: Office) -> None:
    """Whoever is disabled between the look at the password and the session does not get in."""
    viewer = office.add(Role.VIEWER)

    class Slow(type(office.passwords)):  # type: ignore[misc]
        def verify(self, hashed: str, password: str) -> bool:
            with office.database.session(office.organisation_id) as session:
                service.disable_user(session, office.organisation_id, viewer.id, by=office.operator, clock=office.clock)
            return bool(super().verify(hashed, password))

    attempt = Attempt(email=viewer.email, password=PASSWORD, address=office.home)
    with pytest.raises(WrongCredentials):
        sign_in(office.database, attempt, passwords=Slow(), clock=office.clock)


def test_a_changed_password_ends_other_sessions(office: Office) -> None:
    """Whoever changes the own password stays in; all other sessions end, and the old password is over."""
    here, there = office.enter(office.admin), office.enter(office.admin)
    service.change_password(
        office.database,
        office.organisation_id,
        old=PASSWORD,
        new="otra frase bien larga",
        by=here.principal,
        passwords=office.passwords,
        clock=office.clock,
    )
    assert known(office, here.token.reveal())
    with pytest.raises(NotSignedIn):
        known(office, there.token.reveal())
    with pytest.raises(WrongCredentials):
        office.enter(office.admin)
    assert office.enter(office.admin, "otra frase bien larga")


def test_the_old_password_is_asked_for(office: Office) -> None:
    """Nobody changes a password without knowing the one before, and nobody at an open screen guesses it for long."""
    here = office.enter(office.admin)

    def change(old: str) -> None:
        service.change_password(
            office.database,
            office.organisation_id,
            old=old,
            new="otra frase bien larga",
            by=here.principal,
            passwords=office.passwords,
            clock=office.clock,
        )

    for _ in range(TRIES):
        with pytest.raises(WrongCredentials):
            change("something else")
    with pytest.raises(TooManyTries):
        change(PASSWORD)
    office.clock.move(STRETCH)
    change(PASSWORD)


def test_many_tries_at_once_are_no_way_round(office: Office) -> None:
    """Of many tries at the same moment no more are judged than of as many one after the other."""
    gate, refused = threading.Barrier(2 * TRIES), []

    def act() -> None:
        gate.wait()
        try:
            office.enter(office.admin, "a wrong password", address=office.abroad)
        except ZaguanError as refusal:
            refused.append(type(refusal))

    acts = [threading.Thread(target=act) for _ in range(2 * TRIES)]
    for thread in acts:
        thread.start()
    for thread in acts:
        thread.join()
    assert len(refused) == 2 * TRIES
    assert len(office.passwords.verified) == TRIES
    assert set(refused) == {WrongCredentials, TooManyTries}


def test_sweeping_keeps_what_still_counts(own_database: Database) -> None:
    """Sweeping removes counts whose time is over and sessions that nobody used for long, and nothing else."""
    office = an_office(own_database)
    guess(office, an_email(), address=office.abroad, times=1)
    office.enter(office.admin)
    office.clock.move(STRETCH_OF_EMAIL)
    with office.database.system_session() as session:
        assert sweep(session, clock=office.clock) > 0
        assert sweep(session, clock=office.clock) == 0
    assert office.count("user_sessions") == 1
    office.clock.move(SESSIONS_KEPT + timedelta(hours=1))
    with office.database.system_session() as session:
        assert sweep(session, clock=office.clock) == 1


def test_no_secret_is_shown(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Neither what was typed nor what was drawn is in a repr, in an error or in the log."""
    attempt = Attempt(
        email=office.admin.email, password=PASSWORD, code="123456", address=office.home, earlier_token="zs_old"
    )
    with caplog.at_level(logging.DEBUG):
        entered = office.enter(office.admin)
        with pytest.raises(WrongCredentials) as refused:
            office.enter(office.admin, "some wrong thing", address=office.abroad)
    shown = f"{attempt!r} {attempt} {entered!r} {entered.token} {entered.token:>50} {refused.value!r} {refused.value}"
    shown += caplog.text
    for secret in (
        PASSWORD,
        "123456",
        "zs_old",
        entered.token.reveal(),
        "some wrong thing",
        office.admin.email,
        office.home,
    ):
        assert secret not in shown


def test_passwords_are_hashed_with_argon2id() -> None:
    """A hash is Argon2id, salted, verified, and renewed when the parameters change."""
    quick = ArgonPasswords(memory_kib=64, passes=1)
    hashed = quick.hash(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert hashed != quick.hash(PASSWORD)
    assert quick.verify(hashed, PASSWORD)
    assert not quick.verify(hashed, PASSWORD + "!")
    assert not quick.verify("no hash", PASSWORD)
    assert not quick.stale(hashed)
    assert ArgonPasswords(memory_kib=128, passes=1).stale(hashed)
    assert PASSWORD not in quick.dummy


def _besiege(office: Office, user: User) -> None:
    """Let many addresses guess at a user's password, until the e-mail has to wait."""
    for number in range(TRIES_OF_EMAIL):
        guess(office, user.email, address=office.address(number + 100), times=1)
