"""A register without proof that ends its office leaves its contacts in doubt; an own earlier register does not."""

from pathlib import Path

from alembic import op

revision = "0049"
down_revision = "0048"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0049_ended_unproven.sql").read_text("utf-8"))
