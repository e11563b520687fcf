"""An organisation with people in it, for the tests of accounts."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from tests.fakes.still_clock import StillClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.records.accounts import service
from zaguan.records.accounts.model import EVERYTHING, Principal, Role, Scope, User, operator_of
from zaguan.records.accounts.sign_in import Attempt, SignedIn, sign_in

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD: Final = "el camión llegó tarde"


class CountingPasswords:
    """Hashes that hide nothing, and a count of the work done."""

    def __init__(self) -> None:
        self.verified: list[str] = []
        self.outdated = False

    @property
    def dummy(self) -> str:
        """A hash that no password has."""
        return "dummy"

    def hash(self, password: str) -> str:
        """Return the password in plain dress."""
        return f"{'old' if self.outdated else 'plain'}:{password}"

    def verify(self, hashed: str, password: str) -> bool:
        """Compare, and count."""
        self.verified.append(hashed)
        return hashed.partition(":")[2] == password and hashed != self.dummy

    def stale(self, hashed: str) -> bool:
        """Tell whether a hash is of the old kind."""
        return hashed.startswith("old:")


class Office(NamedTuple):
    """An organisation, its admin, and what is needed to sign in there."""

    database: Database
    clock: StillClock
    passwords: CountingPasswords
    organisation_id: OrganisationId
    admin: User

    def address(self, number: int) -> str:
        """Return an address that no other office uses; each number is a network of its own."""
        return f"fd00:{self.organisation_id.int >> 68 & 0xFFFF:x}:{self.organisation_id.int & 0xFFFF:x}:{number:x}::1"

    @property
    def home(self) -> str:
        """Where the people of the office sign in."""
        return self.address(1)

    @property
    def abroad(self) -> str:
        """Where they never were."""
        return self.address(2)

    @property
    def operator(self) -> Principal:
        """Whoever runs the server."""
        return operator_of(self.organisation_id)

    def add(self, role: Role, *, scope: Scope = EVERYTHING, password: str = PASSWORD, email: str = "") -> User:
        """Add a user of a role."""
        with self.database.session(self.organisation_id) as session:
            return service.add_user(
                session,
                self.organisation_id,
                email=email or an_email(),
                name=f"{role.value} of the office",
                role=role,
                scope=scope,
                password=password,
                by=self.operator,
                passwords=self.passwords,
                clock=self.clock,
            )

    def enter(
        self, user: User | str, password: str = PASSWORD, *, code: str = "", address: str = "", earlier: str = ""
    ) -> SignedIn:
        """Sign in."""
        attempt = Attempt(
            email=user if isinstance(user, str) else user.email,
            password=password,
            code=code,
            address=address or self.home,
            agent="a browser",
            earlier_token=earlier,
        )
        return sign_in(self.database, attempt, passwords=self.passwords, clock=self.clock)

    def count(self, table: str) -> int:
        """Return how many rows of the organisation a table has."""
        with self.database.session(self.organisation_id) as session:
            return int(session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0)


def an_email() -> str:
    """Return an e-mail that nobody else has: the tests share a database."""
    return f"{new_id().hex}@sur.cl"


def an_office(database: Database, *, admins_need_totp: bool = False) -> Office:
    """Make an organisation with one admin."""
    clock, passwords = StillClock(NOON), CountingPasswords()
    with database.system_session() as session:
        organisation = service.create_organisation(
            session,
            name=f"Reparto {new_id().hex}",
            locale="es",
            time_zone="America/Santiago",
            currency="CLP",
            admins_need_totp=admins_need_totp,
            clock=clock,
        )
        admin = service.add_user(
            session,
            organisation.id,
            email=an_email(),
            name="Ana Pérez",
            role=Role.ADMIN,
            password=PASSWORD,
            by=operator_of(organisation.id),
            passwords=passwords,
            clock=clock,
        )
    return Office(database, clock, passwords, organisation.id, admin)
