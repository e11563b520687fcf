"""Make the queue of work: what the library procrastinate 3.10 needs, as it was when this was written."""

from zaguan.app.migrations.scripts import run_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_beside(__file__)
