"""Make the first tables."""

from zaguan.app.migrations.scripts import run_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    run_beside(__file__)
