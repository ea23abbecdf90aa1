"""Second factors, passkeys, recovery codes, mailed resets, attempts."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0008_signing_in.sql").read_text("utf-8"))
