"""`zaguan key`, `zaguan driver` and `zaguan audit`: how programs and phones get in, and who did what."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import segno
import typer

from zaguan.app.cli.accounts import CLOCK, desk, scope_of
from zaguan.app.cli.accounts_shown import Json, Of, show, table, write_json
from zaguan.app.cli.terminal import out
from zaguan.base.kit.settings import read_settings
from zaguan.base.kit.words import say
from zaguan.records.accounts import api_keys, devices
from zaguan.records.accounts.audit import read_audit
from zaguan.records.accounts.credentials import ApiKey, Device, DeviceId
from zaguan.records.accounts.model import GRANTABLE, Permission, operator_of
from zaguan.records.drivers.service import get_driver

GRANTS = ", ".join(sorted(GRANTABLE))


def keys() -> typer.Typer:
    """Return the commands of `zaguan key`."""
    commands = typer.Typer()
    commands.command("create", help=say("accounts_cli.key_create"))(create_key)
    commands.command("list", help=say("accounts_cli.key_list"))(list_keys)
    commands.command("revoke", help=say("accounts_cli.key_revoke"))(revoke_key)
    return commands


def drivers() -> typer.Typer:
    """Return the commands of `zaguan driver`."""
    commands = typer.Typer()
    commands.command("link", help=say("accounts_cli.driver_link"))(link_driver)
    commands.command("devices", help=say("accounts_cli.driver_devices"))(list_devices)
    commands.command("revoke", help=say("accounts_cli.driver_revoke"))(revoke_device)
    return commands


def trail() -> typer.Typer:
    """Return the commands of `zaguan audit`."""
    commands = typer.Typer()
    commands.command("list", help=say("accounts_cli.audit_list"))(list_audit)
    # with a single command typer would leave its name out
    commands.callback()(lambda: None)
    return commands


def create_key(
    name: Annotated[str, typer.Argument(help=say("accounts_cli.key_name"))],
    grant: Annotated[list[str], typer.Option("--grant", help=say("accounts_cli.grant", known=GRANTS))],
    of: Of = "",
    hub: Annotated[str, typer.Option("--hub", help=say("accounts_cli.hub"))] = "",
    shipper: Annotated[str, typer.Option("--shipper", help=say("accounts_cli.shipper"))] = "",
    partner: Annotated[UUID | None, typer.Option("--partner", help=say("accounts_cli.partner"))] = None,
    days: Annotated[int | None, typer.Option("--days", help=say("accounts_cli.days"), min=1, max=1_800)] = None,
    as_json: Json = False,
) -> None:
    """Make an API key."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        created = api_keys.create_key(
            session,
            organisation.id,
            name=name,
            grants=frozenset(map(_permission, grant)),
            scope=scope_of(session, organisation.id, hub=hub, shipper=shipper, partner=partner),
            life=None if days is None else timedelta(days=days),
            by=operator_of(organisation.id),
            clock=CLOCK,
        )
    secret = created.secret.reveal()
    show(
        key_plain(created.key, CLOCK.now()) | {"secret": secret},
        say("accounts_cli.key_made", name=created.key.name, secret=secret),
        as_json=as_json,
    )


def list_keys(of: Of = "", as_json: Json = False) -> None:
    """Show the API keys."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        found = api_keys.list_keys(session, organisation.id, by=operator_of(organisation.id))
    table([key_plain(key, CLOCK.now()) for key in found], as_json=as_json)


def revoke_key(
    prefix: Annotated[str, typer.Argument(help=say("accounts_cli.key_prefix"))], of: Of = "", as_json: Json = False
) -> None:
    """Let an API key open nothing any more."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        key = api_keys.get_key_by_prefix(session, organisation.id, prefix)
        revoked = api_keys.revoke_key(session, organisation.id, key.id, by=operator_of(organisation.id), clock=CLOCK)
    show(key_plain(revoked, CLOCK.now()), say("accounts_cli.key_revoked", name=key.name), as_json=as_json)


def link_driver(
    driver: Annotated[str, typer.Argument(help=say("accounts_cli.driver_ref"))],
    of: Of = "",
    hours: Annotated[int, typer.Option("--hours", help=say("accounts_cli.hours"), min=1, max=720)] = 24,
    picture: Annotated[Path | None, typer.Option("--qr", help=say("accounts_cli.qr"))] = None,
    as_json: Json = False,
) -> None:
    """Make a link, and its QR code, by which a driver binds a phone."""
    if picture is not None and picture.suffix.lower() not in {".svg", ".png"}:
        raise typer.BadParameter(say("accounts_cli.bad_qr"))
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        kept = get_driver(session, organisation.id, driver)
        link = devices.link_device(
            session,
            organisation.id,
            kept.id,
            life=timedelta(hours=hours),
            by=operator_of(organisation.id),
            clock=CLOCK,
        )
    url = link.url(_base()).reveal()
    code = segno.make(url, micro=False)
    if picture is not None:
        code.save(str(picture), scale=8)
    values = device_plain(link.device, CLOCK.now()) | {"url": url, "qr": None if picture is None else str(picture)}
    show(values, say("accounts_cli.linked", driver=kept.value.name, hours=hours, url=url), as_json=as_json)
    if picture is None and not as_json:
        drawn = StringIO()
        code.terminal(out=drawn, compact=True)
        out.print(drawn.getvalue(), markup=False, highlight=False)


def list_devices(
    driver: Annotated[str, typer.Option("--driver", help=say("accounts_cli.driver_ref"))] = "",
    of: Of = "",
    as_json: Json = False,
) -> None:
    """Show the phones of drivers."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        driver_id = get_driver(session, organisation.id, driver).id if driver else None
        found = devices.list_devices(session, organisation.id, driver_id=driver_id, by=operator_of(organisation.id))
    table([device_plain(device, CLOCK.now()) for device in found], as_json=as_json)


def revoke_device(
    device: Annotated[UUID, typer.Argument(help=say("accounts_cli.device_id"))], of: Of = "", as_json: Json = False
) -> None:
    """Let a phone open nothing any more."""
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        devices.revoke_device(session, organisation.id, DeviceId(device), by=operator_of(organisation.id), clock=CLOCK)
    show({"id": str(device), "state": "revoked"}, say("accounts_cli.device_revoked"), as_json=as_json)


def list_audit(
    of: Of = "",
    actor: Annotated[str | None, typer.Option("--actor", help=say("accounts_cli.actor"))] = None,
    record: Annotated[str, typer.Option("--record", help=say("accounts_cli.record"))] = "",
    cursor: Annotated[str | None, typer.Option("--cursor", help=say("accounts_cli.cursor"))] = None,
    limit: Annotated[int, typer.Option("--limit", help=say("accounts_cli.limit"), min=1, max=1_000)] = 50,
    as_json: Json = False,
) -> None:
    """Show who did what, the newest first."""
    kind, colon, record_id = record.partition(":")
    if record and not (kind and colon and record_id):
        raise typer.BadParameter(say("accounts_cli.bad_record"))
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        page = read_audit(
            session,
            organisation.id,
            by=operator_of(organisation.id),
            cursor=cursor,
            actor=actor,
            record=(kind, record_id) if record else None,
            limit=limit,
        )
    rows = [
        {
            "at": _text(entry.at),
            "actor": entry.actor,
            "action": entry.action,
            "record": f"{entry.record_kind}:{entry.record_id}",
            "address": entry.address,
        }
        for entry in page.entries
    ]
    if as_json:
        write_json({"entries": rows, "next_cursor": page.next_cursor})
        return
    table(rows, as_json=False)
    if page.next_cursor is not None:
        out.print(say("accounts_cli.more", cursor=page.next_cursor), highlight=False, soft_wrap=True)


def key_plain(key: ApiKey, at: datetime) -> dict[str, Any]:
    """Return a key as it is shown."""
    return {
        "prefix": f"zk_{key.prefix}",
        "name": key.name,
        "grants": sorted(grant.value for grant in key.grants),
        "state": "good" if key.good(at) else "revoked" if key.revoked_at is not None else "expired",
        "created_at": _text(key.created_at),
        "expires_at": _text(key.expires_at),
        "used_at": _text(key.used_at),
    }


def device_plain(device: Device, at: datetime) -> dict[str, Any]:
    """Return a driver's phone as it is shown."""
    if device.revoked_at is not None:
        state = "revoked"
    elif device.bound_at is not None:
        state = "bound" if device.good(at) else "silent"
    else:
        state = "linked" if device.awaits_binding(at) else "expired"
    return {
        "id": str(device.id),
        "driver_id": str(device.driver_id),
        "name": device.name,
        "state": state,
        "created_at": _text(device.created_at),
        "seen_at": _text(device.seen_at),
    }


def _permission(text: str) -> Permission:
    try:
        return Permission(text.strip().lower())
    except ValueError:
        raise typer.BadParameter(say("accounts_cli.no_permission", known=GRANTS)) from None


def _base() -> str:
    """Return the address under which drivers reach this server."""
    settings = read_settings()
    return settings.public_url or f"http://{settings.host}:{settings.port}"


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
