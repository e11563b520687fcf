"""`zaguan organisation`, `user`, `key`, `driver` and `audit`, as they are typed."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from tests.databases import TestServer
from tests.fakes.still_clock import StillClock
from zaguan.app.cli.main import make_app
from zaguan.app.cli.terminal import EXIT_STATUS
from zaguan.app.migrations.runner import migrate
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import Kind
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.accounts.api_keys import authenticate_key
from zaguan.records.accounts.devices import bind_device
from zaguan.records.accounts.model import Permission
from zaguan.records.accounts.passwords import ArgonPasswords
from zaguan.records.accounts.refusals import NotSignedIn, WrongCredentials
from zaguan.records.accounts.sign_in import Attempt, sign_in
from zaguan.records.drivers.model import Driver, Shift
from zaguan.records.drivers.service import save_driver

type Typed = Callable[..., Result]

# the commands ask the machine's clock: what is looked at afterwards is looked at then
NOW = StillClock(datetime.now(UTC))
PASSWORD = "una frase bien larga"


@pytest.fixture(scope="module")
def desk(database_server: TestServer) -> Iterator[Database]:
    """A database for the tests of this file, made as the first command would make it."""
    with database_server.empty() as url:
        migrate(url, before_change=lambda _before, _after: None)
        with Database(url, pool_size=5) as database:
            yield database


@pytest.fixture
def typed(desk: Database, tmp_path: Path) -> Typed:
    """Type a command in front of that database."""
    environment = {
        "ZAGUAN_DATABASE_URL": desk.url.render_as_string(hide_password=False),
        "ZAGUAN_DATA_DIR": str(tmp_path),
        "ZAGUAN_PUBLIC_URL": "https://reparto.cl",
    }

    def run(*words: object, lang: str = "en", stdin: str = "") -> Result:
        return CliRunner().invoke(make_app(), ["--lang", lang, *map(str, words)], env=environment, input=stdin)

    return run


@pytest.fixture
def organisation(typed: Typed, request: pytest.FixtureRequest) -> str:
    """The name of an organisation of this test."""
    name = f"Reparto {request.node.name}"
    assert typed("organisation", "create", name).exit_code == 0
    return name


def told(result: Result) -> Any:
    """Return what a command wrote as JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def enter(desk: Database, email: str, password: str) -> None:
    """Sign in."""
    attempt = Attempt(email=email, password=password, address="10.0.0.1")
    sign_in(desk, attempt, passwords=ArgonPasswords(memory_kib=64, passes=1), clock=NOW)


def test_an_organisation_is_made_and_listed(typed: Typed) -> None:
    """An organisation is made in the language of the command, with zone and currency, and listed."""
    made = told(
        typed(
            "organisation",
            "create",
            "Entregas Sul",
            "--time-zone",
            "America/Sao_Paulo",
            "--currency",
            "brl",
            "--json",
            lang="pt",
        )
    )
    assert (made["locale"], made["time_zone"], made["currency"]) == ("pt", "America/Sao_Paulo", "BRL")
    assert made in told(typed("organisation", "list", "--json"))
    assert "Entregas Sul" in typed("organisation", "list").stdout
    again = typed("organisation", "create", "ENTREGAS SUL", lang="pt")
    assert again.exit_code == EXIT_STATUS[Kind.CONFLICT]
    assert "já existe" in again.stderr


def test_an_organisation_is_changed(typed: Typed, organisation: str) -> None:
    """What is given is changed, the rest stays; admins may be made to set up a second factor."""
    of = ("--organisation", organisation)
    after = told(typed("organisation", "change", *of, "--currency", "eur", "--admins-need-code", "--json"))
    assert (after["currency"], after["admins_need_code"], after["time_zone"]) == ("EUR", True, "America/Santiago")
    after = told(typed("organisation", "change", *of, "--locale", "pt", "--admins-need-no-code", "--json"))
    assert (after["currency"], after["admins_need_code"], after["locale"]) == ("EUR", False, "pt")
    refused = typed("organisation", "change", *of, "--time-zone", "Marte")
    assert refused.exit_code == EXIT_STATUS[Kind.INVALID]


def test_what_is_wrong_is_said_in_the_users_language(typed: Typed) -> None:
    """A zone, a currency or a language that does not exist is refused with what to do."""
    for words, hint in (
        (("--time-zone", "Santiago"), "America/Santiago"),
        (("--currency", "pesos"), "CLP"),
        (("--locale", "fr"), "es, en, pt"),
    ):
        refused = typed("organisation", "create", "Otra", *words, lang="es")
        assert refused.exit_code == EXIT_STATUS[Kind.INVALID]
        assert hint in refused.stderr


def test_a_user_with_a_drawn_password_signs_in(typed: Typed, desk: Database, organisation: str) -> None:
    """The password that is drawn is shown once, and signs in."""
    added = told(typed("user", "add", "Ana@Sur.cl", "--role", "admin", "--organisation", organisation, "--json"))
    assert (added["email"], added["role"], added["state"]) == ("ana@sur.cl", "admin", "active")
    enter(desk, "ana@sur.cl", added["password"])
    listed = told(typed("user", "list", "--organisation", organisation, "--json"))
    assert [user["email"] for user in listed] == ["ana@sur.cl"]
    assert added["password"] not in str(listed)


def test_a_password_comes_from_standard_input(typed: Typed, desk: Database, organisation: str) -> None:
    """With --password-stdin the password is read, and shown nowhere."""
    of = ("--organisation", organisation)
    added = typed("user", "add", "eva@sur.cl", "--role", "viewer", *of, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert added.exit_code == 0
    assert PASSWORD not in added.output
    enter(desk, "eva@sur.cl", PASSWORD)
    refused = typed("user", "add", "leo@sur.cl", "--role", "viewer", *of, "--password-stdin", stdin="secret\n")
    assert refused.exit_code == EXIT_STATUS[Kind.INVALID]
    assert "12 to 256" in refused.stderr


def test_users_are_disabled_enabled_and_given_passwords(typed: Typed, desk: Database, organisation: str) -> None:
    """A disabled user does not get in; an enabled one does, with the password that was set last."""
    of = ("--organisation", organisation)
    typed("user", "add", "jefa@sur.cl", "--role", "admin", *of)
    typed("user", "add", "beto@sur.cl", "--role", "dispatcher", *of)
    assert told(typed("user", "disable", "beto@sur.cl", *of, "--json"))["state"] == "disabled"
    drawn = told(typed("user", "password", "beto@sur.cl", *of, "--json"))["password"]
    with pytest.raises(WrongCredentials):
        enter(desk, "beto@sur.cl", drawn)
    assert told(typed("user", "enable", "beto@sur.cl", *of, "--json"))["state"] == "active"
    enter(desk, "beto@sur.cl", drawn)
    assert typed("user", "reset-code", "beto@sur.cl", *of).exit_code == 0
    assert "puede entrar" in typed("user", "list", *of, lang="es").stdout
    assert typed("user", "disable", "jefa@sur.cl", *of).exit_code == EXIT_STATUS[Kind.CONFLICT]
    assert typed("user", "disable", "nadie@sur.cl", *of).exit_code == EXIT_STATUS[Kind.NOT_FOUND]


def test_a_person_is_exported_and_erased(typed: Typed, organisation: str) -> None:
    """All that is known of a person is written out, and erased when one is sure."""
    of = ("--organisation", organisation)
    typed("user", "add", "ido@sur.cl", "--role", "viewer", "--name", "Ido Rojas", *of)
    assert told(typed("user", "export", "ido@sur.cl", *of))["name"] == "Ido Rojas"
    unsure = typed("user", "erase", "ido@sur.cl", *of)
    assert unsure.exit_code == EXIT_STATUS[Kind.INVALID]
    assert typed("user", "erase", "ido@sur.cl", *of, "--yes").exit_code == 0
    assert told(typed("user", "list", *of, "--json")) == []
    assert typed("user", "export", "ido@sur.cl", *of).exit_code == EXIT_STATUS[Kind.NOT_FOUND]


@pytest.mark.parametrize("role", ["recipient", "driver", "boss"])
def test_roles_that_do_not_sign_in(typed: Typed, organisation: str, role: str) -> None:
    """Recipients have links and drivers have phones: neither is given a password."""
    refused = typed("user", "add", "x@sur.cl", "--role", role, "--organisation", organisation)
    assert refused.exit_code == EXIT_STATUS[Kind.INVALID]


def test_one_of_several_organisations_must_be_named(typed: Typed, organisation: str) -> None:
    """Where there are several organisations the refusal names them; one that is not there is not found."""
    typed("organisation", "create", "Segunda")
    refused = typed("user", "list")
    assert refused.exit_code == EXIT_STATUS[Kind.INVALID]
    assert "Segunda" in refused.stderr.replace("\n", " ")
    assert typed("user", "list", "--organisation", "Ninguna").exit_code == EXIT_STATUS[Kind.NOT_FOUND]
    assert typed("user", "list", "--organisation", organisation.upper()).exit_code == 0


def test_a_key_is_made_used_and_revoked(typed: Typed, desk: Database, organisation: str) -> None:
    """The secret of a key is shown once; the list shows its prefix; revoked, it opens nothing."""
    of = ("--organisation", organisation)
    made = told(
        typed(
            "key", "create", "tienda", "--grant", "orders:read", "--grant", "ORDERS:WRITE", *of, "--days", 30, "--json"
        )
    )
    with desk.system_session() as session:
        principal = authenticate_key(session, made["secret"], address="10.0.0.1", clock=NOW)
    assert principal.permissions == {Permission.ORDERS_READ, Permission.ORDERS_WRITE}
    (listed,) = told(typed("key", "list", *of, "--json"))
    assert (listed["prefix"], listed["state"], listed["name"]) == (made["prefix"], "good", "tienda")
    assert made["secret"] not in typed("key", "list", *of).stdout
    assert told(typed("key", "revoke", made["prefix"], *of, "--json"))["state"] == "revoked"
    with desk.system_session() as session, pytest.raises(NotSignedIn):
        authenticate_key(session, made["secret"], address="10.0.0.1", clock=NOW)
    assert typed("key", "revoke", "zk_nothing", *of).exit_code == EXIT_STATUS[Kind.NOT_FOUND]


def test_a_key_of_what_does_not_exist(typed: Typed, organisation: str) -> None:
    """A permission, a shipper or a hub that is not there is refused by name, and no key is made."""
    of = ("--organisation", organisation)
    unknown = typed("key", "create", "x", "--grant", "everything", *of)
    assert unknown.exit_code == EXIT_STATUS[Kind.INVALID]
    assert "orders:read" in unknown.stderr
    persons = typed("key", "create", "x", "--grant", "users:manage", *of)
    assert persons.exit_code == EXIT_STATUS[Kind.FORBIDDEN]
    nobody = typed("key", "create", "x", "--grant", "orders:read", "--shipper", "nadie", *of)
    assert nobody.exit_code == EXIT_STATUS[Kind.INVALID]
    assert (
        typed("key", "create", "x", "--grant", "orders:read", "--hub", "h", *of).exit_code
        == EXIT_STATUS[Kind.NOT_FOUND]
    )
    assert told(typed("key", "list", *of, "--json")) == []


def test_a_driver_binds_a_phone(typed: Typed, desk: Database, organisation: str, tmp_path: Path) -> None:
    """The link is shown with its QR code, binds one phone, and is listed; revoked, it opens nothing."""
    of = ("--organisation", organisation)
    home = OrganisationId(_id_of(typed, organisation))
    with desk.session(home) as session:
        shift = Shift(starts_s=8 * 3_600, ends_s=18 * 3_600)
        driver = Driver(ref="pepe", name="Pepe Soto", vehicle_ref="moto", shift=shift)
        save_driver(session, home, driver, clock=NOW, actor="operator")
    linked = told(typed("driver", "link", "pepe", *of, "--qr", tmp_path / "pepe.svg", "--json"))
    assert linked["url"].startswith("https://reparto.cl/driver/#bind=")
    assert "<svg" in (tmp_path / "pepe.svg").read_text()
    with desk.system_session() as session:
        bind_device(session, linked["url"].partition("=")[2], name="Moto G", address="10.0.0.1", clock=NOW)
    (phone,) = told(typed("driver", "devices", "--driver", "pepe", *of, "--json"))
    assert (phone["state"], phone["name"]) == ("bound", "Moto G")
    assert typed("driver", "revoke", phone["id"], *of).exit_code == 0
    (phone,) = told(typed("driver", "devices", *of, "--json"))
    assert phone["state"] == "revoked"
    shown = typed("driver", "link", "pepe", *of)
    assert "█" in shown.stdout
    assert "Pepe Soto" in shown.stdout
    assert typed("driver", "link", "nadie", *of).exit_code == EXIT_STATUS[Kind.NOT_FOUND]
    assert typed("driver", "link", "pepe", "--qr", "x.pdf", *of).exit_code == EXIT_STATUS[Kind.INVALID]


def test_the_trail_is_shown_in_pages(typed: Typed, organisation: str) -> None:
    """The audit trail tells what the operator did, the newest first, page by page."""
    of = ("--organisation", organisation)
    added = told(typed("user", "add", "rita@sur.cl", "--role", "admin", *of, "--json"))
    page = told(typed("audit", "list", "--limit", 1, *of, "--json"))
    assert [entry["action"] for entry in page["entries"]] == ["user.added"]
    rest = told(typed("audit", "list", "--cursor", page["next_cursor"], *of, "--json"))
    assert [entry["action"] for entry in rest["entries"]] == ["organisation.created"]
    assert rest["next_cursor"] is None
    about = told(typed("audit", "list", "--record", f"user:{added['id']}", "--actor", "operator", *of, "--json"))
    assert len(about["entries"]) == 1
    assert "--cursor" in typed("audit", "list", "--limit", 1, *of).stdout
    for words in (("--record", "nothing"), ("--cursor", "nothing!")):
        assert typed("audit", "list", *words, *of).exit_code == EXIT_STATUS[Kind.INVALID]


def test_commands_that_need_no_database_do_not_load_it() -> None:
    """Knowing all commands loads no library of the database; using one of these does."""
    look = "import sys; from zaguan.app.cli.main import make_app; make_app(); print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def _id_of(typed: Typed, name: str) -> Any:
    return next(UUID(one["id"]) for one in told(typed("organisation", "list", "--json")) if one["name"] == name)
