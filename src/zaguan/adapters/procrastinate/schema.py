"""The queue's own tables: procrastinate's, in a schema of their own, its functions bound to it."""

from typing import Final

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


def queue_statements() -> str:
    """Return what makes the tables and functions of the queue; a revision holds it as it was then."""
    return "\n".join(
        (
            f"CREATE SCHEMA {SCHEMA};",
            f"SET LOCAL search_path = {SCHEMA}, pg_catalog;",
            SchemaManager.get_schema(),
            "SET LOCAL search_path TO DEFAULT;",
            f"{_BIND.strip()};",
            f"{_SILENCE};",
            "",
        )
    )


def queue_grants(role: str) -> list[str]:
    """Return the statements that let a role enqueue and cancel."""
    jobs = f"{SCHEMA}.procrastinate_jobs"
    return [
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}",
        # a restored database has its functions, but nobody's rights
        f"REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {SCHEMA}.procrastinate_defer_jobs_v1 TO {role}",
        f"GRANT EXECUTE ON FUNCTION {SCHEMA}.procrastinate_cancel_job_v1 TO {role}",
        # of those that wait, one with a queueing lock is looked for, held, and brought forward
        f"GRANT SELECT (id, status, queueing_lock, scheduled_at), UPDATE (scheduled_at) ON {jobs} TO {role}",
    ]
