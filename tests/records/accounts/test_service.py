"""Organisations and users on the real database."""

import threading

import pytest

from tests.records.accounts.world import PASSWORD, Office, an_office
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.ids import new_id
from zaguan.records.accounts import service
from zaguan.records.accounts.model import Role, Scope, User, UserId
from zaguan.records.accounts.refusals import (
    BadEmail,
    BadName,
    BadPassword,
    EmailTaken,
    LastAdmin,
    NotPermitted,
    OrganisationNotFound,
    OrganisationTaken,
    OrganisationUnclear,
    ScopeMissing,
    UserNotFound,
    WrongCredentials,
)


def disable(office: Office, user: User) -> None:
    """Disable a user in a transaction of its own."""
    with office.database.session(office.organisation_id) as session:
        service.disable_user(session, office.organisation_id, user.id, by=office.operator, clock=office.clock)


def test_the_only_organisation_is_found_without_a_name(own_database: Database) -> None:
    """Where there is one organisation it is meant; with several one must be named, by name or id."""
    with own_database.system_session() as session, pytest.raises(OrganisationNotFound):
        service.find_organisation(session)
    first = an_office(own_database)
    with own_database.system_session() as session:
        assert service.find_organisation(session).id == first.organisation_id
    second = an_office(own_database)
    with own_database.system_session() as session:
        with pytest.raises(OrganisationUnclear) as refused:
            service.find_organisation(session)
        names = {one.name for one in service.list_organisations(session)}
        assert set(str(refused.value.facts["known"]).split(", ")) == names
        chosen = service.get_organisation(session, second.organisation_id)
        assert service.find_organisation(session, chosen.name.upper()) == chosen
        assert service.find_organisation(session, str(chosen.id)) == chosen
        with pytest.raises(OrganisationNotFound):
            service.find_organisation(session, "no such name")


def test_a_name_names_one_organisation(office: Office) -> None:
    """Two organisations have no name in common, not even in another case."""
    with office.database.system_session() as session:
        name = service.get_organisation(session, office.organisation_id).name
        with pytest.raises(OrganisationTaken):
            service.create_organisation(
                session,
                name=name.upper(),
                locale="es",
                time_zone="America/Santiago",
                currency="CLP",
                clock=office.clock,
            )


def test_an_organisation_changes(office: Office) -> None:
    """What is given is changed and told by its field; what is the same already is no change."""
    with office.database.session(office.organisation_id) as session:
        for _ in range(2):
            after = service.change_organisation(
                session,
                office.organisation_id,
                currency="EUR",
                time_zone="Europe/Madrid",
                by=office.operator,
                clock=office.clock,
            )
        assert service.get_organisation(session, office.organisation_id) == after
        entries = journal.read_stream(session, office.organisation_id, Stream("organisation", office.organisation_id))
    assert (after.currency, after.time_zone, after.locale) == ("EUR", "Europe/Madrid", "es")
    assert [entry.type for entry in entries] == ["organisation.created", "organisation.changed"]
    assert entries[-1].data["fields"] == ["currency", "time_zone"]


def test_an_organisation_takes_no_name_of_another(office: Office) -> None:
    """A name that another organisation has is refused, though that one is out of sight, and nothing else is undone."""
    stranger = an_office(office.database)
    with office.database.system_session() as session:
        taken = service.get_organisation(session, stranger.organisation_id).name
    with office.database.session(office.organisation_id) as session:
        with pytest.raises(OrganisationTaken):
            service.change_organisation(
                session, office.organisation_id, name=taken.upper(), by=office.operator, clock=office.clock
            )
        assert service.get_user(session, office.organisation_id, office.admin.id)


def test_an_organisation_sees_no_other(office: Office) -> None:
    """In the session of an organisation there is no other one, and none of its users."""
    stranger = an_office(office.database)
    with office.database.session(office.organisation_id) as session:
        assert [one.id for one in service.list_organisations(session)] == [office.organisation_id]
        with pytest.raises(UserNotFound):
            service.get_user(session, stranger.organisation_id, stranger.admin.id)
        with pytest.raises(UserNotFound):
            service.get_user_by_email(session, office.organisation_id, stranger.admin.email)
        assert [one.id for one in service.list_users(session, office.organisation_id, by=office.operator)] == [
            office.admin.id
        ]


def test_a_user_is_kept_as_added(office: Office) -> None:
    """Name, e-mail, role and scope come back as they went in."""
    scope = Scope(shipper_id=new_id())
    added = office.add(Role.SHIPPER, scope=scope)
    with office.database.session(office.organisation_id) as session:
        assert service.get_user(session, office.organisation_id, added.id) == added
        assert service.get_user_by_email(session, office.organisation_id, added.email.upper()) == added
    assert added.scope == scope


def test_users_are_paged(office: Office) -> None:
    """Pages follow each other without a gap and without a double."""
    added = [office.admin, *(office.add(Role.VIEWER) for _ in range(4))]
    seen: list[User] = []
    with office.database.session(office.organisation_id) as session:
        while page := service.list_users(
            session, office.organisation_id, by=office.operator, after=seen[-1].id if seen else None, limit=2
        ):
            seen += page
    assert seen == added


def test_an_email_signs_in_at_one_place(office: Office) -> None:
    """An e-mail that is taken, in another organisation too, is refused, and the transaction goes on."""
    stranger = an_office(office.database)
    for taken in (office.admin.email, stranger.admin.email.upper()):
        with office.database.session(office.organisation_id) as session:
            with pytest.raises(EmailTaken):
                service.add_user(
                    session,
                    office.organisation_id,
                    email=taken,
                    name="Somebody",
                    role=Role.VIEWER,
                    password=PASSWORD,
                    by=office.operator,
                    passwords=office.passwords,
                    clock=office.clock,
                )
            assert service.get_user(session, office.organisation_id, office.admin.id) == office.admin


@pytest.mark.parametrize(
    ("email", "name", "role", "password", "refusal"),
    [
        ("ana", "Ana", Role.VIEWER, PASSWORD, BadEmail),
        ("ana@sur.cl", " ", Role.VIEWER, PASSWORD, BadName),
        ("ana@sur.cl", "Ana", Role.VIEWER, "secret", BadPassword),
        ("ana@sur.cl", "Ana", Role.SHIPPER, PASSWORD, ScopeMissing),
    ],
)
def test_bad_data_adds_nobody(
    office: Office, email: str, name: str, role: Role, password: str, refusal: type[ZaguanError]
) -> None:
    """A user without e-mail, name, good password or scope is refused."""
    with office.database.session(office.organisation_id) as session, pytest.raises(refusal):
        service.add_user(
            session,
            office.organisation_id,
            email=email,
            name=name,
            role=role,
            password=password,
            by=office.operator,
            passwords=office.passwords,
            clock=office.clock,
        )
    assert office.count("users") == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ADMIN, Role.RECIPIENT}])
def test_only_admins_handle_users(office: Office, role: Role) -> None:
    """Nobody but an admin adds, lists, disables or changes users."""
    field = {Role.SHIPPER: "shipper_id", Role.PARTNER: "partner_id", Role.DRIVER: "driver_id"}.get(role)
    scope = Scope() if field is None else Scope(**{field: new_id()})
    by = office.enter(office.add(role, scope=scope)).principal
    one, user_id, clock, passwords = office.organisation_id, office.admin.id, office.clock, office.passwords
    with office.database.session(one) as session:
        for act in (
            lambda: service.list_users(session, one, by=by),
            lambda: service.disable_user(session, one, user_id, by=by, clock=clock),
            lambda: service.enable_user(session, one, user_id, by=by, clock=clock),
            lambda: service.change_role(session, one, by.id, role=Role.ADMIN, by=by, clock=clock),  # type: ignore[arg-type]
            lambda: service.set_password(session, one, user_id, PASSWORD, by=by, passwords=passwords, clock=clock),
        ):
            with pytest.raises(NotPermitted):
                act()


def test_the_last_admin_stays(office: Office) -> None:
    """An organisation never loses its last admin who can sign in, by disabling or by another role."""
    with pytest.raises(LastAdmin):
        disable(office, office.admin)
    other = office.add(Role.ADMIN)
    disable(office, other)
    with office.database.session(office.organisation_id) as session, pytest.raises(LastAdmin):
        service.change_role(
            session, office.organisation_id, office.admin.id, role=Role.VIEWER, by=office.operator, clock=office.clock
        )


def test_two_admins_cannot_remove_each_other_at_once(office: Office) -> None:
    """Of two acts at the same time that would each leave the other as the last admin, one is refused."""
    other = office.add(Role.ADMIN)
    gate, refused = threading.Barrier(2), []

    def act(user: User) -> None:
        gate.wait()
        try:
            disable(office, user)
        except LastAdmin as refusal:
            refused.append(refusal)

    acts = [threading.Thread(target=act, args=(user,)) for user in (office.admin, other)]
    for thread in acts:
        thread.start()
    for thread in acts:
        thread.join()
    assert len(refused) == 1


def test_a_user_who_is_not_there(office: Office) -> None:
    """An id of nobody is refused, and so is an id of another organisation."""
    stranger = an_office(office.database)
    for user_id in (UserId(new_id()), stranger.admin.id):
        with office.database.session(office.organisation_id) as session, pytest.raises(UserNotFound):
            service.disable_user(session, office.organisation_id, user_id, by=office.operator, clock=office.clock)


def test_an_admin_sets_another_password(office: Office) -> None:
    """A password that was set anew counts; the one before does not, and sessions have ended."""
    viewer = office.add(Role.VIEWER)
    office.enter(viewer)
    with office.database.session(office.organisation_id) as session:
        service.set_password(
            session,
            office.organisation_id,
            viewer.id,
            "una frase muy distinta",
            by=office.operator,
            passwords=office.passwords,
            clock=office.clock,
        )
    with pytest.raises(WrongCredentials):
        office.enter(viewer)
    assert office.enter(viewer, "una frase muy distinta")


def test_what_happens_to_users_is_told(office: Office) -> None:
    """Adding, disabling and enabling are facts of the user's stream, told once each, without name or e-mail."""
    viewer = office.add(Role.VIEWER)
    for _ in range(2):
        disable(office, viewer)
    with office.database.session(office.organisation_id) as session:
        service.enable_user(session, office.organisation_id, viewer.id, by=office.operator, clock=office.clock)
        entries = journal.read_stream(session, office.organisation_id, Stream("user", viewer.id))
    assert [entry.type for entry in entries] == ["user.added", "user.disabled", "user.enabled"]
    assert {entry.actor for entry in entries} == {"operator"}
    assert viewer.name not in str(entries)
    assert viewer.email not in str(entries)
