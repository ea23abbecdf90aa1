"""What whoever watches over the house may see: the processes' pulse, what handlers take, the engine's state."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

PARTS = ("pulse_tables", "doors_pulse")
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in PARTS:
        bare.exec_driver_sql((SQL / f"0003_{part}.sql").read_text("utf-8"))
