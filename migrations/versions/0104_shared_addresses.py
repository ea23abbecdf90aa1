"""People who share an address are on a notice's list each, and follow the state of the one mail that greets them all.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0104"
down_revision = "0103"

SQL = Path(__file__).parent.parent / "sql" / "0104_shared_addresses.sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(SQL.read_text("utf-8"))
    replace("apply_mail_events")
