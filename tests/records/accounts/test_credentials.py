"""API keys, drivers' devices and tracking links on the real database."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.records.accounts.world import Office, an_office
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.ids import new_id
from zaguan.records.accounts import api_keys, devices, refusals, tracking_links
from zaguan.records.accounts.credentials import DEVICE_IDLE, DEVICE_LINK_LIFE, TRACKING_LIFE, ApiKeyId, DeviceId
from zaguan.records.accounts.model import Permission, Principal, PrincipalKind, Role, Scope
from zaguan.records.accounts.standing import recheck
from zaguan.records.accounts.tokens import NewKey, NewToken, Purpose, Secret, digest_of, key_prefix_of

READ = frozenset({Permission.ORDERS_READ})


def a_key(office: Office, **changes: Any) -> api_keys.CreatedKey:
    """Make an API key that reads orders."""
    plain: dict[str, Any] = {"name": "shop", "grants": READ, "by": office.operator, "clock": office.clock}
    with office.database.session(office.organisation_id) as session:
        return api_keys.create_key(session, office.organisation_id, **(plain | changes))


def knock(office: Office, secret: str) -> Principal:
    """Show an API key."""
    with office.database.system_session() as session:
        return api_keys.authenticate_key(session, secret, address=office.home, clock=office.clock)


def a_link(office: Office, **changes: Any) -> devices.DeviceLink:
    """Make a link for a driver's phone."""
    plain: dict[str, Any] = {"driver_id": new_id(), "by": office.operator, "clock": office.clock}
    with office.database.session(office.organisation_id) as session:
        return devices.link_device(session, office.organisation_id, **(plain | changes))


def bind(office: Office, token: str) -> devices.BoundDevice:
    """Follow a link."""
    with office.database.system_session() as session:
        return devices.bind_device(session, token, name="Moto G", address=office.home, clock=office.clock)


def ride(office: Office, token: str) -> Principal:
    """Show a device's token."""
    with office.database.system_session() as session:
        return devices.authenticate_device(session, token, address=office.home, clock=office.clock)


def a_tracking_link(office: Office, **changes: Any) -> tracking_links.NewTrackingLink:
    """Make a tracking link to some order."""
    plain: dict[str, Any] = {"order_id": new_id(), "clock": office.clock}
    with office.database.session(office.organisation_id) as session:
        return tracking_links.issue_tracking_token(session, office.organisation_id, **(plain | changes))


def follow(office: Office, secret: str, address: str = "") -> Principal:
    """Follow a tracking link."""
    return tracking_links.follow_tracking_link(
        office.database, secret, address=address or office.home, clock=office.clock
    )


def test_a_key_opens_what_it_was_granted(office: Office) -> None:
    """Whoever shows a key is a program with its grants and its scope, and no role."""
    scope = Scope(shipper_id=new_id())
    created = a_key(office, scope=scope)
    principal = knock(office, created.secret.reveal())
    assert (principal.kind, principal.role, principal.scope) == (PrincipalKind.KEY, None, scope)
    assert principal.permissions == READ
    assert principal.organisation_id == office.organisation_id


def test_a_key_says_when_it_was_used(office: Office) -> None:
    """The list of keys tells when each was last used, to the minute."""
    created = a_key(office)
    office.clock.move(timedelta(hours=1))
    used_at = office.clock.now()
    knock(office, created.secret.reveal())
    office.clock.move(timedelta(seconds=30))
    knock(office, created.secret.reveal())
    with office.database.session(office.organisation_id) as session:
        listed = api_keys.list_keys(session, office.organisation_id, by=office.operator)
    assert [(key.id, key.used_at, key.prefix) for key in listed] == [(created.key.id, used_at, created.key.prefix)]


def test_only_the_hash_of_a_key_is_kept(office: Office) -> None:
    """The secret stands nowhere in the database and in no repr; the prefix does."""
    created = a_key(office)
    with office.database.session(office.organisation_id) as session:
        stored = str(session.execute(sa.text("SELECT * FROM api_keys")).all())
    secret = created.secret.reveal().rpartition(f"{created.key.prefix}_")[2]
    assert created.key.prefix in stored
    assert secret not in stored
    assert secret not in f"{created!r} {created.secret}"


def test_a_revoked_key_opens_nothing(office: Office) -> None:
    """Revoking counts from the next request on, for open streams too; revoking twice is nothing."""
    created = a_key(office)
    principal = knock(office, created.secret.reveal())
    with office.database.session(office.organisation_id) as session:
        assert recheck(session, principal, clock=office.clock) == principal
        for _ in range(2):
            api_keys.revoke_key(session, office.organisation_id, created.key.id, by=office.operator, clock=office.clock)
        with pytest.raises(refusals.NotSignedIn):
            recheck(session, principal, clock=office.clock)
    with pytest.raises(refusals.NotSignedIn):
        knock(office, created.secret.reveal())


def test_a_key_expires(office: Office) -> None:
    """A key with a life opens until it is over."""
    created = a_key(office, life=timedelta(days=1))
    office.clock.move(timedelta(days=1) - timedelta(seconds=1))
    assert knock(office, created.secret.reveal())
    office.clock.move(timedelta(seconds=1))
    with pytest.raises(refusals.NotSignedIn):
        knock(office, created.secret.reveal())


def test_a_right_prefix_with_a_wrong_secret(office: Office) -> None:
    """The prefix may be known to all: without the secret it opens nothing."""
    created = a_key(office)
    forged = NewKey.draw().secret.reveal().rpartition("_")[2].rjust(43, "A")[-43:]
    for secret in (f"zk_{created.key.prefix}_{forged}", created.key.prefix, f"zk_{created.key.prefix}_", "", "\ud800"):
        with pytest.raises(refusals.NotSignedIn):
            knock(office, secret)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"grants": frozenset()}, refusals.NothingGranted),
        ({"grants": frozenset({Permission.USERS_MANAGE})}, refusals.NotGrantable),
        ({"grants": frozenset({Permission.ROUTE_DRIVE})}, refusals.NotGrantable),
        ({"grants": frozenset({Permission.PLANS_WRITE}), "scope": Scope(shipper_id=new_id())}, refusals.NotGrantable),
        ({"name": ""}, refusals.BadName),
        ({"life": timedelta(0)}, refusals.BadLife),
        ({"life": timedelta(days=10_000)}, refusals.BadLife),
    ],
)
def test_a_key_that_is_refused(office: Office, changes: dict[str, Any], refusal: type[ZaguanError]) -> None:
    """A key without grants, with those of persons, with more than its shipper may, or without an end is refused."""
    with pytest.raises(refusal):
        a_key(office, **changes)
    assert office.count("api_keys") == 0


def test_a_key_of_another_organisation_is_not_there(office: Office) -> None:
    """Keys are found and revoked in their own organisation only."""
    created = a_key(an_office(office.database))
    with office.database.session(office.organisation_id) as session:
        assert api_keys.list_keys(session, office.organisation_id, by=office.operator) == []
        for key_id in (created.key.id, ApiKeyId(new_id())):
            with pytest.raises(refusals.KeyNotFound):
                api_keys.revoke_key(session, office.organisation_id, key_id, by=office.operator, clock=office.clock)
    with office.database.system_session() as session, pytest.raises(refusals.KeyNotFound):
        api_keys.get_key_by_prefix(session, office.organisation_id, created.key.prefix)


def test_a_dispatcher_makes_no_keys(office: Office) -> None:
    """Keys are for admins to make, list and revoke."""
    by = office.enter(office.add(Role.DISPATCHER)).principal
    created = a_key(office)
    with pytest.raises(refusals.NotPermitted):
        a_key(office, by=by)
    with office.database.session(office.organisation_id) as session:
        with pytest.raises(refusals.NotPermitted):
            api_keys.list_keys(session, office.organisation_id, by=by)
        with pytest.raises(refusals.NotPermitted):
            api_keys.revoke_key(session, office.organisation_id, created.key.id, by=by, clock=office.clock)


def test_a_phone_is_bound_by_its_link(office: Office) -> None:
    """Who follows the link is the driver from then on, and sees the driver's records only."""
    driver_id = new_id()
    link = a_link(office, driver_id=driver_id)
    bound = bind(office, link.token.reveal())
    principal = ride(office, bound.token.reveal())
    assert (principal.kind, principal.role) == (PrincipalKind.DEVICE, Role.DRIVER)
    assert principal.scope == Scope(driver_id=driver_id)
    assert (bound.device.name, bound.device.id) == ("Moto G", link.device.id)


def test_a_link_works_once(office: Office) -> None:
    """A link that was followed, revoked, is over or never was: all answer alike."""
    used, revoked, over = a_link(office), a_link(office), a_link(office)
    bind(office, used.token.reveal())
    with office.database.session(office.organisation_id) as session:
        devices.revoke_device(
            session, office.organisation_id, revoked.device.id, by=office.operator, clock=office.clock
        )
    answers = set()
    for token in (used.token.reveal(), revoked.token.reveal(), "A" * 27, "", "\x00", "\ud800"):
        with pytest.raises(refusals.LinkSpent) as refused:
            bind(office, token)
        answers.add((str(refused.value), str(refused.value.facts)))
    office.clock.move(DEVICE_LINK_LIFE)
    with pytest.raises(refusals.LinkSpent) as refused:
        bind(office, over.token.reveal())
    assert answers == {(str(refused.value), str(refused.value.facts))}


def test_of_two_phones_one_is_bound(office: Office) -> None:
    """Of phones that follow one link at the same moment exactly one is bound."""
    token, gate, ended = a_link(office).token.reveal(), threading.Barrier(4), list[type]()

    def act() -> None:
        gate.wait()
        try:
            ended.append(type(bind(office, token)))
        except ZaguanError as refusal:
            ended.append(type(refusal))

    acts = [threading.Thread(target=act) for _ in range(4)]
    for thread in acts:
        thread.start()
    for thread in acts:
        thread.join()
    assert sorted(ended, key=str) == sorted([devices.BoundDevice, *[refusals.LinkSpent] * 3], key=str)


def test_the_link_keeps_its_token_behind_the_hash() -> None:
    """The token of a link stands where browsers send it to no server."""
    link = devices.DeviceLink(device=None, token=Secret("drawn"))  # type: ignore[arg-type]
    assert link.url("https://sur.cl/").reveal() == "https://sur.cl/driver/#bind=drawn"
    assert "drawn" not in f"{link!r} {link.url('https://sur.cl')}"


def test_a_revoked_phone_is_out_at_once(office: Office) -> None:
    """A revoked device opens nothing, for open streams too; another phone of the same driver goes on."""
    driver_id = new_id()
    lost, kept = (bind(office, a_link(office, driver_id=driver_id).token.reveal()) for _ in range(2))
    with office.database.session(office.organisation_id) as session:
        assert recheck(session, lost.principal, clock=office.clock)
        devices.revoke_device(session, office.organisation_id, lost.device.id, by=office.operator, clock=office.clock)
        with pytest.raises(refusals.NotSignedIn):
            recheck(session, lost.principal, clock=office.clock)
    with pytest.raises(refusals.NotSignedIn):
        ride(office, lost.token.reveal())
    assert ride(office, kept.token.reveal())


def test_a_driver_who_leaves_has_no_phone(office: Office) -> None:
    """Revoking a driver ends all phones and open links of that driver, and nobody else's."""
    driver_id = new_id()
    bound, waiting = (
        bind(office, a_link(office, driver_id=driver_id).token.reveal()),
        a_link(office, driver_id=driver_id),
    )
    other = bind(office, a_link(office).token.reveal())
    with office.database.session(office.organisation_id) as session:
        args = (session, office.organisation_id, driver_id)
        assert devices.revoke_devices_of(*args, by=office.operator, clock=office.clock) == 2
        assert devices.revoke_devices_of(*args, by=office.operator, clock=office.clock) == 0
    with pytest.raises(refusals.NotSignedIn):
        ride(office, bound.token.reveal())
    with pytest.raises(refusals.LinkSpent):
        bind(office, waiting.token.reveal())
    assert ride(office, other.token.reveal())


def test_a_phone_that_is_silent_for_long_is_out(office: Office) -> None:
    """A device that nobody used for a month opens nothing; one in use goes on."""
    bound = bind(office, a_link(office).token.reveal())
    for _ in range(2):
        office.clock.move(DEVICE_IDLE - timedelta(minutes=1))
        ride(office, bound.token.reveal())
    office.clock.move(DEVICE_IDLE)
    with pytest.raises(refusals.NotSignedIn):
        ride(office, bound.token.reveal())


def test_a_forgotten_driver_has_no_named_phone(office: Office) -> None:
    """Forgetting a driver revokes the devices and forgets what they were called."""
    driver_id = new_id()
    bind(office, a_link(office, driver_id=driver_id).token.reveal())
    with office.database.session(office.organisation_id) as session:
        devices.forget_driver(session, office.organisation_id, driver_id, by=office.operator, clock=office.clock)
        listed = devices.list_devices(session, office.organisation_id, driver_id=driver_id, by=office.operator)
    assert [(device.name, device.revoked_at) for device in listed] == [("", office.clock.now())]


def test_a_device_that_is_not_there(office: Office) -> None:
    """An id of no device is refused."""
    with office.database.session(office.organisation_id) as session, pytest.raises(refusals.DeviceNotFound):
        devices.revoke_device(
            session, office.organisation_id, DeviceId(new_id()), by=office.operator, clock=office.clock
        )


def test_a_tracking_link_opens_one_order(office: Office) -> None:
    """Who follows a link is the recipient of its order, and may do nothing else."""
    order_id = new_id()
    principal = follow(office, a_tracking_link(office, order_id=order_id).secret.reveal())
    assert (principal.kind, principal.role) == (PrincipalKind.RECIPIENT, Role.RECIPIENT)
    assert principal.scope == Scope(order_id=order_id)
    assert not principal.may(Permission.ORDERS_READ)
    with office.database.session(office.organisation_id) as session:
        assert recheck(session, principal, clock=office.clock) == principal


def test_unknown_expired_and_malformed_answer_alike(office: Office) -> None:
    """A tracking link that is unknown, revoked, over or nonsense: one answer."""
    revoked, over = a_tracking_link(office), a_tracking_link(office)
    with office.database.session(office.organisation_id) as session:
        tracking_links.revoke_tracking_tokens(
            session, office.organisation_id, revoked.token.order_id, clock=office.clock
        )
    office.clock.move(TRACKING_LIFE)
    answers = set()
    for secret in (
        revoked.secret.reveal(),
        over.secret.reveal(),
        "A" * 27,
        "",
        "\x00",
        "\ud800",
        "x" * 100_000,
        "../a",
    ):
        with pytest.raises(refusals.TrackingGone) as refused:
            follow(office, secret)
        answers.add((str(refused.value), str(refused.value.facts), refused.value.kind))
    assert len(answers) == 1


def test_whoever_guesses_links_is_stopped(office: Office) -> None:
    """Within sixty guesses a minute an address has to wait; other addresses do not, and a minute later it may again."""
    link = a_tracking_link(office)
    assert tracking_links.GUESSES < 60
    for _ in range(tracking_links.GUESSES):
        with pytest.raises(refusals.TrackingGone):
            follow(office, NewToken.draw(Purpose.TRACKING).secret.reveal(), office.abroad)
    with pytest.raises(refusals.TooManyTries) as refused:
        follow(office, link.secret.reveal(), office.abroad)
    assert refused.value.facts == {"wait_s": 60}
    assert follow(office, link.secret.reveal(), office.home)
    office.clock.move(timedelta(minutes=1))
    assert follow(office, link.secret.reveal(), office.abroad)


def test_a_tracking_secret_has_bits_enough() -> None:
    """A tracking secret is drawn from at least 128 bits, each another, and fits a text message."""
    drawn = {NewToken.draw(Purpose.TRACKING).secret.reveal() for _ in range(1_000)}
    assert len(drawn) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{27}", secret) for secret in drawn)  # 27 signs of 6 bits: 160 bits


def test_only_hashes_of_tokens_are_kept(office: Office) -> None:
    """No token of a session, device, link or tracking link stands in the database."""
    session_token = office.enter(office.admin).token
    link, tracking = a_link(office), a_tracking_link(office)
    device_token = bind(office, link.token.reveal()).token
    with office.database.session(office.organisation_id) as session:
        names = ("user_sessions", "driver_devices", "tracking_tokens", "journal", "audit_entries")
        stored = "".join(str(session.execute(sa.text(f"SELECT * FROM {name}")).all()) for name in names)
    assert [
        secret
        for secret in (session_token, link.token, tracking.secret, device_token)
        if secret.reveal().removeprefix("zs_").removeprefix("zd_") in stored
    ] == []


def test_a_token_of_one_kind_is_none_of_another() -> None:
    """The same text has another hash for each purpose."""
    assert len({digest_of(purpose, "text") for purpose in Purpose}) == len(Purpose)


def test_endless_texts_have_a_hash_of_their_own() -> None:
    """A token with something behind it is another token, however long."""
    token = NewToken.draw(Purpose.SESSION)
    assert digest_of(Purpose.SESSION, token.secret.reveal()) == token.digest
    assert digest_of(Purpose.SESSION, token.secret.reveal() + " " * 1_000) != token.digest


def test_the_prefix_of_a_key_is_read() -> None:
    """A new key is recognised by its form, and what is none is not."""
    key = NewKey.draw()
    assert key_prefix_of(key.secret.reveal()) == key.prefix
    assert key_prefix_of(key.secret.reveal() + "x") is None


def test_a_secret_cannot_be_written_down() -> None:
    """A secret is not pickled into a job or a cache."""
    import pickle

    with pytest.raises(TypeError):
        pickle.dumps(Secret("text"))
