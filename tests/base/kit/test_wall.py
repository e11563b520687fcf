"""The wall between organisations holds in the database itself, whatever a query forgets."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from zaguan.base.kit.database import Database, WallMissing
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.wall import APPLICATION_ROLE, grant_statements, wall_of

OURS, THEIRS = OrganisationId(new_id()), OrganisationId(new_id())
EVERY_NOTE = sa.text("SELECT text FROM notes ORDER BY text")


@pytest.fixture
def notes(own_database: Database) -> Database:
    """A database with a walled table of notes: one of ours, one of theirs."""
    owner = sa.create_engine(own_database.url)
    with owner.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE notes (organisation_id UUID, text TEXT, PRIMARY KEY (organisation_id, text))"
        )
        for statement in (*wall_of("notes"), *grant_statements()):
            connection.exec_driver_sql(statement)
    owner.dispose()
    for organisation_id, text in ((OURS, "ours"), (THEIRS, "theirs")):
        with own_database.session(organisation_id) as session:
            write(session, organisation_id, text)
    return own_database


def write(session: Session, organisation_id: OrganisationId, text: str) -> None:
    session.execute(sa.text("INSERT INTO notes VALUES (:owner, :text)"), {"owner": organisation_id, "text": text})


def test_raw_sql_reads_only_its_own_organisation(notes: Database) -> None:
    """A session that asks for every row, naming no organisation, reads the rows of its own only."""
    with notes.session(OURS) as session:
        assert session.scalars(EVERY_NOTE).all() == ["ours"]
    with notes.session(THEIRS) as session:
        assert session.scalars(EVERY_NOTE).all() == ["theirs"]


def test_raw_sql_changes_only_its_own_organisation(notes: Database) -> None:
    """A session that changes or removes every row leaves the rows of others as they were."""
    with notes.session(OURS) as session:
        session.execute(sa.text("UPDATE notes SET text = 'changed'"))
        session.execute(sa.text("DELETE FROM notes"))
    with notes.system_session() as session:
        assert session.scalars(EVERY_NOTE).all() == ["theirs"]


def test_a_row_of_another_organisation_cannot_be_written(notes: Database) -> None:
    """A session can neither write a row for another organisation nor give one of its own away."""
    with pytest.raises(ProgrammingError, match="row-level security"), notes.session(OURS) as session:
        write(session, THEIRS, "slipped in")
    with pytest.raises(ProgrammingError, match="row-level security"), notes.session(OURS) as session:
        session.execute(sa.text("UPDATE notes SET organisation_id = :owner"), {"owner": THEIRS})


def test_a_session_without_an_organisation_sees_nothing(notes: Database) -> None:
    """A connection that set no organisation reads no row and writes none, also after one that had set it."""
    with notes.session(OURS), notes.engine.begin() as connection:
        assert connection.scalars(EVERY_NOTE).all() == []
    with Session(notes.engine) as session:
        assert session.scalars(EVERY_NOTE).all() == []
        with pytest.raises(ProgrammingError, match="row-level security"):
            write(session, OURS, "nobody's")


def test_the_system_sees_every_organisation(notes: Database) -> None:
    """A session of the system reads and writes across organisations, and the next session does not inherit that."""
    with notes.system_session() as session:
        assert session.scalars(EVERY_NOTE).all() == ["ours", "theirs"]
        write(session, OURS, "also ours")
    with notes.session(OURS) as session:
        assert session.scalars(EVERY_NOTE).all() == ["also ours", "ours"]


def test_sessions_work_as_a_role_that_is_bound_by_the_wall(notes: Database) -> None:
    """A session is the application role: no superuser, bound by row-level security, and unable to change tables."""
    with notes.session(OURS) as session:
        facts = session.execute(
            sa.text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
        assert tuple(facts) == (APPLICATION_ROLE, False, False)
        with pytest.raises(ProgrammingError, match="must be owner"):
            session.execute(sa.text("ALTER TABLE notes DISABLE ROW LEVEL SECURITY"))


def test_a_role_that_walks_through_the_wall_is_refused(empty_database: sa.URL) -> None:
    """A connection as a superuser who may not take the application role is refused, not used."""
    owner = sa.create_engine(empty_database, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        # renamed, so that nobody finds it: roles are shared by the databases of a server
        connection.exec_driver_sql(f"ALTER ROLE {APPLICATION_ROLE} RENAME TO hidden_role")
    try:
        with Database(empty_database) as database, pytest.raises(WallMissing), database.system_session():
            raise AssertionError("opened")
    finally:
        with owner.connect() as connection:
            connection.exec_driver_sql(f"ALTER ROLE hidden_role RENAME TO {APPLICATION_ROLE}")
        owner.dispose()
