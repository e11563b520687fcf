"""What a revision does: the SQL in the file beside it, run in the transaction of the migration."""

from pathlib import Path

from alembic import op


def run_beside(file: str) -> None:
    """Run the statements of the `.sql` file that is called like a revision's module."""
    statements = Path(file).with_suffix(".sql").read_bytes()
    # by the driver's own cursor: nothing in the statements is taken for a parameter
    op.get_bind().connection.cursor().execute(statements)
