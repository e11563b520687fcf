"""The audit trail and the removal of a person's data, on the real database."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.records.accounts.world import Office, an_office
from zaguan.base.kit.ids import new_id
from zaguan.records.accounts import audit, privacy, service
from zaguan.records.accounts.model import Role, User, UserId
from zaguan.records.accounts.refusals import (
    BadCursor,
    LastAdmin,
    NotPermitted,
    NotSignedIn,
    UserNotFound,
    WrongCredentials,
)
from zaguan.records.accounts.sign_in import authenticate_session

EVERYWHERE = ["organisations", "users", "recovery_codes", "user_sessions", "api_keys", "driver_devices"]
EVERYWHERE += ["tracking_tokens", "audit_entries", "journal"]


def trail(office: Office, *, cursor: str | None = None, limit: int = 100, **wanted: object) -> audit.AuditPage:
    """Read the trail."""
    with office.database.session(office.organisation_id) as session:
        return audit.read_audit(
            session,
            office.organisation_id,
            by=office.operator,
            cursor=cursor,
            limit=limit,
            **wanted,  # type: ignore[arg-type]
        )


def dump(office: Office) -> str:
    """Return all rows of the organisation as text."""
    with office.database.session(office.organisation_id) as session:
        return "".join(str(session.execute(sa.text(f"SELECT * FROM {table}")).all()) for table in EVERYWHERE)


def erase(office: Office, user: User) -> None:
    """Take a person's data out."""
    with office.database.session(office.organisation_id) as session:
        privacy.erase_person(session, office.organisation_id, user.id, by=office.operator, clock=office.clock)


def test_the_trail_tells_who_did_what_from_where(office: Office) -> None:
    """An act is written down with actor, record, moment and address."""
    by = office.enter(office.admin).principal
    viewer = office.add(Role.VIEWER)
    office.clock.move(timedelta(minutes=1))
    with office.database.session(office.organisation_id) as session:
        service.disable_user(session, office.organisation_id, viewer.id, by=by, clock=office.clock)
    entry = trail(office).entries[0]
    assert (entry.actor, entry.action) == (f"user:{office.admin.id}", "user.disabled")
    assert (entry.record_kind, entry.record_id) == ("user", str(viewer.id))
    assert (entry.at, entry.address) == (office.clock.now(), office.home)


def test_an_act_that_is_undone_leaves_no_trace(office: Office) -> None:
    """What was refused did not happen, and is not in the trail."""
    before = trail(office)
    with office.database.session(office.organisation_id) as session, pytest.raises(LastAdmin):
        service.disable_user(session, office.organisation_id, office.admin.id, by=office.operator, clock=office.clock)
    assert trail(office) == before


def test_the_trail_is_read_in_pages(office: Office) -> None:
    """Pages lead from the newest line to the oldest without a gap and without a double, while new ones come in."""
    for _ in range(4):
        office.add(Role.VIEWER)
    whole = trail(office).entries
    page = trail(office, limit=2)
    seen = list(page.entries)
    office.add(Role.VIEWER)
    while page.next_cursor is not None:
        page = trail(office, cursor=page.next_cursor, limit=2)
        seen += page.entries
    assert tuple(seen) == whole
    assert [entry.action for entry in whole][-2:] == ["user.added", "organisation.created"]


def test_the_trail_is_searched(office: Office) -> None:
    """The trail is read of one actor, or about one record."""
    by = office.enter(office.admin).principal
    viewer = office.add(Role.VIEWER)
    about = trail(office, record=("user", str(viewer.id))).entries
    assert [entry.action for entry in about] == ["user.added"]
    assert [entry.action for entry in trail(office, actor=by.actor).entries] == ["user.signed_in"]


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "\ud800", "ñ", "A" * 10_000])
def test_a_cursor_that_is_none(office: Office, cursor: str) -> None:
    """A cursor that no page gave is refused."""
    with pytest.raises(BadCursor):
        trail(office, cursor=cursor)


def test_only_who_may_reads_the_trail(office: Office) -> None:
    """The trail is for admins."""
    by = office.enter(office.add(Role.DISPATCHER)).principal
    with office.database.session(office.organisation_id) as session, pytest.raises(NotPermitted):
        audit.read_audit(session, office.organisation_id, by=by)


def test_an_organisation_reads_its_own_trail(office: Office) -> None:
    """No line of another organisation is ever in the trail."""
    stranger = an_office(office.database)
    assert {entry.organisation_id for entry in trail(office).entries} == {office.organisation_id}
    assert stranger.organisation_id != office.organisation_id


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET actor = 'nobody'",
        "UPDATE audit_entries SET address = '10.0.0.1'",
        "UPDATE audit_entries SET address = NULL, action = 'nothing'",
    ],
)
def test_the_trail_cannot_be_changed(office: Office, statement: str) -> None:
    """The database itself refuses to change or remove a line."""
    with pytest.raises(IntegrityError), office.database.session(office.organisation_id) as session:
        session.execute(sa.text(statement))


def test_an_erased_person_is_nowhere(office: Office) -> None:
    """After erasure neither name, e-mail, address nor browser stands in any table; what was done stays."""
    person = office.add(Role.DISPATCHER)
    token = office.enter(person, address=office.abroad).token.reveal()
    acts = len(trail(office, actor=f"user:{person.id}").entries)
    assert {person.name in dump(office), person.email in dump(office), office.abroad in dump(office)} == {True}
    erase(office, person)
    erase(office, person)
    left = dump(office)
    assert [text for text in (person.name, person.email, office.abroad) if text in left] == []
    assert len(trail(office, actor=f"user:{person.id}").entries) == acts == 1
    with pytest.raises(WrongCredentials):
        office.enter(person)
    with office.database.system_session() as session, pytest.raises(NotSignedIn):
        authenticate_session(session, token, address="", clock=office.clock)
    with office.database.session(office.organisation_id) as session:
        users = service.list_users(session, office.organisation_id, by=office.operator)
    assert person.id not in {user.id for user in users}


def test_an_email_is_free_after_erasure(office: Office) -> None:
    """Whoever was erased may come back as somebody new."""
    person = office.add(Role.VIEWER)
    erase(office, person)
    again = office.add(Role.VIEWER, email=person.email)
    assert again.id != person.id
    assert office.enter(again)


def test_the_last_admin_is_not_erased(office: Office) -> None:
    """Erasing the last admin is refused: somebody must take over first."""
    with pytest.raises(LastAdmin):
        erase(office, office.admin)


def test_a_person_gets_all_that_is_known(office: Office) -> None:
    """The export of a person's data has the account, the sessions and the acts, and no secret."""
    person = office.add(Role.DISPATCHER)
    token = office.enter(person, address=office.abroad).token.reveal()
    with office.database.session(office.organisation_id) as session:
        told = privacy.export_person(session, office.organisation_id, person.id, by=office.operator, clock=office.clock)
    assert (told["email"], told["name"], told["role"]) == (person.email, person.name, "dispatcher")
    assert [one["address"] for one in told["sessions"]] == [office.abroad]
    assert [one["action"] for one in told["acts"]] == ["user.signed_in"]
    assert token not in str(told)


def test_nobody_is_erased_who_is_not_there(office: Office) -> None:
    """An id of nobody is refused, and so is somebody who may not erase."""
    by = office.enter(office.add(Role.DISPATCHER)).principal
    with office.database.session(office.organisation_id) as session:
        with pytest.raises(UserNotFound):
            privacy.erase_person(
                session, office.organisation_id, UserId(new_id()), by=office.operator, clock=office.clock
            )
        with pytest.raises(NotPermitted):
            privacy.erase_person(session, office.organisation_id, office.admin.id, by=by, clock=office.clock)
        with pytest.raises(NotPermitted):
            privacy.export_person(session, office.organisation_id, office.admin.id, by=by, clock=office.clock)
