"""`zaguan organisation` and `zaguan user`: who works here, and who may sign in."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from sqlalchemy.orm import Session

from zaguan.app.cli.accounts_shown import Json, Of, show, table
from zaguan.app.storage import ready_database
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.settings import read_settings
from zaguan.base.kit.words import LOCALES, Locale, as_locale, current_locale, say
from zaguan.records.accounts import second_factor, service
from zaguan.records.accounts.model import Organisation, Role, Scope, User, operator_of
from zaguan.records.accounts.passwords import ArgonPasswords
from zaguan.records.accounts.privacy import erase_person, export_person
from zaguan.records.accounts.refusals import BadLocale
from zaguan.records.network.service import get_hub
from zaguan.records.orders.terms import find_shipper

DRAWN_BYTES: Final = 15
CLOCK: Final = SystemClock()

type Act = Callable[[Session, OrganisationId, User], dict[str, Any] | None]

StdIn = Annotated[bool, typer.Option("--password-stdin", help=say("accounts_cli.password_stdin"))]
Email = Annotated[str, typer.Argument(help=say("accounts_cli.email"))]


def organisations() -> typer.Typer:
    """Return the commands of `zaguan organisation`."""
    commands = typer.Typer()
    commands.command("create", help=say("accounts_cli.organisation_create"))(create_organisation)
    commands.command("change", help=say("accounts_cli.organisation_change"))(change_organisation)
    commands.command("list", help=say("accounts_cli.organisation_list"))(list_organisations)
    return commands


def users() -> typer.Typer:
    """Return the commands of `zaguan user`."""
    commands = typer.Typer()
    commands.command("add", help=say("accounts_cli.user_add"))(add_user)
    commands.command("list", help=say("accounts_cli.user_list"))(list_users)
    commands.command("disable", help=say("accounts_cli.user_disable"))(disable_user)
    commands.command("enable", help=say("accounts_cli.user_enable"))(enable_user)
    commands.command("password", help=say("accounts_cli.user_password"))(set_password)
    commands.command("reset-code", help=say("accounts_cli.user_reset_code"))(reset_code)
    commands.command("export", help=say("accounts_cli.user_export"))(export_user)
    commands.command("erase", help=say("accounts_cli.user_erase"))(erase_user)
    return commands


@contextmanager
def database() -> Iterator[Database]:
    """Give the database of this installation."""
    with ready_database(read_settings(), CLOCK) as opened:
        yield opened


@contextmanager
def desk(name: str) -> Iterator[tuple[Database, Organisation]]:
    """Give the database and the organisation of that name, or the only one."""
    with database() as opened:
        with opened.system_session() as session:
            organisation = service.find_organisation(session, name)
        yield opened, organisation


def create_organisation(
    name: Annotated[str, typer.Argument(help=say("accounts_cli.organisation_name"))],
    time_zone: Annotated[str, typer.Option("--time-zone", help=say("accounts_cli.time_zone"))] = "America/Santiago",
    currency: Annotated[str, typer.Option("--currency", help=say("accounts_cli.currency"))] = "CLP",
    locale: Annotated[str, typer.Option("--locale", help=say("accounts_cli.locale"))] = "",
    admins_need_totp: Annotated[bool, typer.Option("--admins-need-code", help=say("accounts_cli.need_code"))] = False,
    as_json: Json = False,
) -> None:
    """Make an organisation."""
    with database() as opened, opened.system_session() as session:
        made = service.create_organisation(
            session,
            name=name,
            locale=_locale(locale) if locale else current_locale(),
            time_zone=time_zone,
            currency=currency.upper(),
            admins_need_totp=admins_need_totp,
            clock=CLOCK,
        )
    show(organisation_plain(made), say("accounts_cli.organisation_made", name=made.name, id=made.id), as_json=as_json)


def change_organisation(
    of: Of = "",
    name: Annotated[str | None, typer.Option("--name", help=say("accounts_cli.organisation_name"))] = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone", help=say("accounts_cli.time_zone"))] = None,
    currency: Annotated[str | None, typer.Option("--currency", help=say("accounts_cli.currency"))] = None,
    locale: Annotated[str | None, typer.Option("--locale", help=say("accounts_cli.locale"))] = None,
    admins_need_totp: Annotated[
        bool | None, typer.Option("--admins-need-code/--admins-need-no-code", help=say("accounts_cli.need_code"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Change what is given of an organisation."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        after = service.change_organisation(
            session,
            organisation.id,
            name=name,
            locale=None if locale is None else _locale(locale),
            time_zone=time_zone,
            currency=None if currency is None else currency.upper(),
            admins_need_totp=admins_need_totp,
            by=operator_of(organisation.id),
            clock=CLOCK,
        )
    show(organisation_plain(after), say("accounts_cli.organisation_changed", name=after.name), as_json=as_json)


def list_organisations(as_json: Json = False) -> None:
    """Show all organisations."""
    with database() as opened, opened.system_session() as session:
        found = service.list_organisations(session)
    table([organisation_plain(one) for one in found], as_json=as_json)


def add_user(
    email: Email,
    role: Annotated[Role, typer.Option("--role", help=say("accounts_cli.role"))],
    name: Annotated[str, typer.Option("--name", help=say("accounts_cli.name"))] = "",
    of: Of = "",
    hub: Annotated[str, typer.Option("--hub", help=say("accounts_cli.hub"))] = "",
    shipper: Annotated[str, typer.Option("--shipper", help=say("accounts_cli.shipper"))] = "",
    partner: Annotated[UUID | None, typer.Option("--partner", help=say("accounts_cli.partner"))] = None,
    password_stdin: StdIn = False,
    as_json: Json = False,
) -> None:
    """Let somebody sign in."""
    if role in {Role.RECIPIENT, Role.DRIVER}:
        raise typer.BadParameter(say(f"accounts_cli.role_{role.value}"))
    password, drawn = _password(typed=password_stdin)
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        user = service.add_user(
            session,
            organisation.id,
            email=email,
            name=name or email.partition("@")[0],
            role=role,
            scope=scope_of(session, organisation.id, hub=hub, shipper=shipper, partner=partner),
            password=password,
            by=operator_of(organisation.id),
            passwords=ArgonPasswords(),
            clock=CLOCK,
        )
    told = say("accounts_cli.user_added", email=user.email, role=role.value, organisation=organisation.name)
    show(user_plain(user) | _shown_once(password, drawn), _with_password(told, password, drawn), as_json=as_json)


def list_users(of: Of = "", as_json: Json = False) -> None:
    """Show the users of an organisation."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        found = service.list_users(session, organisation.id, by=operator_of(organisation.id))
    table([user_plain(user) for user in found], as_json=as_json)


def disable_user(email: Email, of: Of = "", as_json: Json = False) -> None:
    """Let a user sign in no more."""

    def act(session: Session, organisation_id: OrganisationId, user: User) -> None:
        service.disable_user(session, organisation_id, user.id, by=operator_of(organisation_id), clock=CLOCK)

    _with_user(email, of, act, told="accounts_cli.user_disabled", as_json=as_json)


def enable_user(email: Email, of: Of = "", as_json: Json = False) -> None:
    """Let a disabled user sign in again."""

    def act(session: Session, organisation_id: OrganisationId, user: User) -> None:
        service.enable_user(session, organisation_id, user.id, by=operator_of(organisation_id), clock=CLOCK)

    _with_user(email, of, act, told="accounts_cli.user_enabled", as_json=as_json)


def set_password(email: Email, of: Of = "", password_stdin: StdIn = False, as_json: Json = False) -> None:
    """Give a user another password."""
    password, drawn = _password(typed=password_stdin)

    def act(session: Session, organisation_id: OrganisationId, user: User) -> dict[str, Any]:
        by, passwords = operator_of(organisation_id), ArgonPasswords()
        service.set_password(session, organisation_id, user.id, password, by=by, passwords=passwords, clock=CLOCK)
        return _shown_once(password, drawn)

    _with_user(email, of, act, told="accounts_cli.password_set", as_json=as_json)


def reset_code(email: Email, of: Of = "", as_json: Json = False) -> None:
    """Take away the second factor of somebody who lost it."""

    def act(session: Session, organisation_id: OrganisationId, user: User) -> None:
        second_factor.reset_totp(session, organisation_id, user.id, by=operator_of(organisation_id), clock=CLOCK)

    _with_user(email, of, act, told="accounts_cli.code_reset", as_json=as_json)


def export_user(email: Email, of: Of = "") -> None:
    """Write all that is known of a user to standard output."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        user = service.get_user_by_email(session, organisation.id, email)
        told = export_person(session, organisation.id, user.id, by=operator_of(organisation.id), clock=CLOCK)
    show(told, "", as_json=True)


def erase_user(
    email: Email,
    of: Of = "",
    sure: Annotated[bool, typer.Option("--yes", help=say("accounts_cli.sure"))] = False,
    as_json: Json = False,
) -> None:
    """Take out who a user was; there is no way back."""
    if not sure:
        raise typer.BadParameter(say("accounts_cli.not_sure"))

    def act(session: Session, organisation_id: OrganisationId, user: User) -> None:
        erase_person(session, organisation_id, user.id, by=operator_of(organisation_id), clock=CLOCK)

    _with_user(email, of, act, told="accounts_cli.user_erased", as_json=as_json)


def scope_of(
    session: Session, organisation_id: OrganisationId, *, hub: str = "", shipper: str = "", partner: UUID | None = None
) -> Scope:
    """Return the scope that options name, by the refs of hub and shipper. Refused: what is not there."""
    hub_id = get_hub(session, organisation_id, hub).id if hub else None
    sender = find_shipper(session, organisation_id, shipper) if shipper else None
    if shipper and sender is None:
        raise typer.BadParameter(say("accounts_cli.no_shipper", ref=shipper))
    return Scope(hub_id=hub_id, shipper_id=None if sender is None else sender.id, partner_id=partner)


def organisation_plain(organisation: Organisation) -> dict[str, Any]:
    """Return an organisation as it is shown."""
    return {
        "name": organisation.name,
        "id": str(organisation.id),
        "locale": organisation.locale,
        "time_zone": organisation.time_zone,
        "currency": organisation.currency,
        "admins_need_code": organisation.admins_need_totp,
        "created_at": organisation.created_at.isoformat(timespec="seconds"),
    }


def user_plain(user: User) -> dict[str, Any]:
    """Return a user as it is shown."""
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "state": "active" if user.active else "disabled",
        "id": str(user.id),
        "created_at": user.created_at.isoformat(timespec="seconds"),
    }


def _locale(text: str) -> Locale:
    """Return the language that an option names. Refused: BadLocale."""
    if (chosen := as_locale(text)) is None:
        raise BadLocale(known=", ".join(LOCALES))
    return chosen


def _with_user(email: str, of: str, act: Act, *, told: str, as_json: bool) -> None:
    """Do something with the user of an e-mail, and say so."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        user = service.get_user_by_email(session, organisation.id, email)
        more = act(session, organisation.id, user) or {}
        after = service.get_user(session, organisation.id, user.id)
    text = _with_password(say(told, email=user.email), str(more.get("password", "")), "password" in more)
    show(user_plain(after) | more, text, as_json=as_json)


def _password(*, typed: bool) -> tuple[str, bool]:
    """Return the password of standard input, or one that is drawn, and whether it is."""
    if typed:
        return sys.stdin.readline().rstrip("\r\n"), False
    return secrets.token_urlsafe(DRAWN_BYTES), True


def _shown_once(password: str, drawn: bool) -> dict[str, str]:
    return {"password": password} if drawn else {}


def _with_password(told: str, password: str, drawn: bool) -> str:
    return f"{told}\n{say('accounts_cli.password_drawn', password=password)}" if drawn else told
