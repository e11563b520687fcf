"""The queue's own tables: procrastinate's, in a schema of their own, its functions bound to it."""

from typing import Final

import sqlalchemy as sa
from procrastinate.schema import SchemaManager

SCHEMA: Final = "queue"

# Its functions name their tables without a schema. They are called from sessions that look elsewhere, as a role that
# owns nothing there: they look into their own schema and work as its owner, and only what enqueues may be called.
_BIND: Final = f"""
DO $$
DECLARE found regprocedure;
BEGIN
    FOR found IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = '{SCHEMA}'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = {SCHEMA}, pg_catalog, pg_temp', found);
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', found);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', found);
    END LOOP;
END $$
"""
# A NOTIFY makes all transactions of the server that have one commit one after the other. The queue's trigger would put
# one into each transaction that enqueues anything: workers are woken after the commit instead, over the live bus.
_SILENCE: Final = (
    f"ALTER TABLE {SCHEMA}.procrastinate_jobs DISABLE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1"
)


def make_queue(connection: sa.Connection, *, role: str) -> None:
    """Make the tables and functions of the queue, and let a role enqueue and cancel."""
    statements = SchemaManager.get_schema().replace("%", "%%")
    connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    before = connection.exec_driver_sql("SELECT current_setting('search_path')").scalar_one()
    connection.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}, pg_catalog")
    connection.exec_driver_sql(statements)
    connection.execute(sa.text("SELECT set_config('search_path', :before, true)"), {"before": before})
    for statement in (_BIND, _SILENCE, *_grants(role)):
        connection.exec_driver_sql(statement.replace("%", "%%"))


def _grants(role: str) -> tuple[str, ...]:
    jobs = f"{SCHEMA}.procrastinate_jobs"
    return (
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}",
        f"GRANT EXECUTE ON FUNCTION {SCHEMA}.procrastinate_defer_jobs_v1 TO {role}",
        f"GRANT EXECUTE ON FUNCTION {SCHEMA}.procrastinate_cancel_job_v1 TO {role}",
        # of those that wait, one with a queueing lock is looked for, held, and brought forward
        f"GRANT SELECT (id, status, queueing_lock, scheduled_at), UPDATE (scheduled_at) ON {jobs} TO {role}",
    )
