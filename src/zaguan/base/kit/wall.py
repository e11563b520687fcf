"""The second wall between organisations: PostgreSQL's row-level security on every `Owned` table.

The first wall is that every store asks for the organisation. The second holds even where a query forgets it: a session
sees and writes rows of its own organisation, one that names none sees nothing. The policies read two settings that live
as long as a transaction: whose session it is, and whether it crosses organisations.
"""

from typing import Final

import sqlalchemy as sa

from zaguan.base.kit.tables import ORGANISATION, is_owned

# sessions work as this role: it owns no table and is under row-level security, whoever has signed in
APPLICATION_ROLE: Final = "zaguan_application"
OWN_POLICY: Final = "own_organisation"
SYSTEM_POLICY: Final = "all_organisations"
# in `Table.info`: statements that hold a table's rows to what is promised of them; they may be repeated
GUARDS: Final = "guards"
_ORGANISATION_SETTING: Final = "zaguan.organisation_id"
_SCOPE_SETTING: Final = "zaguan.scope"
_SYSTEM_SCOPE: Final = "system"

# a setting that was set in an earlier transaction reads as '' afterwards, hence nullif: no organisation, no row
_OWN_ROWS: Final = f"{ORGANISATION} = nullif(current_setting('{_ORGANISATION_SETTING}', true), '')::uuid"
_ALL_ROWS: Final = f"current_setting('{_SCOPE_SETTING}', true) = '{_SYSTEM_SCOPE}'"

ENTER_ORGANISATION: Final = sa.text(f"SELECT set_config('{_ORGANISATION_SETTING}', :organisation_id, true)")
ENTER_SYSTEM: Final = sa.text(f"SELECT set_config('{_SCOPE_SETTING}', '{_SYSTEM_SCOPE}', true)")

# taken by each new connection, where the one who signed in may take it
TAKE_ROLE: Final = f"""
    SELECT set_config('role', rolname, false) FROM pg_roles
    WHERE rolname = '{APPLICATION_ROLE}' AND pg_has_role(session_user, oid, 'MEMBER')
"""
MAY_TAKE_ROLE: Final = f"""
    SELECT EXISTS (
        SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}' AND pg_has_role(session_user, oid, 'MEMBER')
    )
"""
# superusers and roles with BYPASSRLS walk through every policy
WALKS_THROUGH: Final = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def walled(metadata: sa.MetaData) -> list[str]:
    """Return the names of the tables that stand behind the wall."""
    return sorted(table.name for table in metadata.tables.values() if is_owned(table))


def wall_of(table: str) -> list[str]:
    """Return the statements that put a table behind the wall. They may be repeated."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        # without this the owner of the table would not be bound
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS {OWN_POLICY} ON {table}",
        f"DROP POLICY IF EXISTS {SYSTEM_POLICY} ON {table}",
        f"CREATE POLICY {OWN_POLICY} ON {table} USING ({_OWN_ROWS}) WITH CHECK ({_OWN_ROWS})",
        f"CREATE POLICY {SYSTEM_POLICY} ON {table} USING ({_ALL_ROWS}) WITH CHECK ({_ALL_ROWS})",
    ]


def role_statements() -> list[str]:
    """Return the statements that make the application role and let the one who runs them take it."""
    return [
        f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
                CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server, at once
        END $$
        """,
        f"GRANT {APPLICATION_ROLE} TO CURRENT_USER",
    ]


def grant_statements() -> list[str]:
    """Return the statements that let the application role read and write rows, but change no table."""
    return [
        f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION_ROLE}",
    ]
