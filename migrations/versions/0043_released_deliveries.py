"""What was mailed to a stranger is no moment any more, where the operator took the register back."""

from pathlib import Path

from alembic import op

revision = "0043"
down_revision = "0042"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in ("0043_doubted_contacts", "0043_released_deliveries"):
        bare.exec_driver_sql((SQL / f"{part}.sql").read_text("utf-8"))
