"""Tables, policies, history and doors of the first house."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

PARTS = (
    "roles", "tables", "engine_tables", "history", "policies",
    "doors_identity", "doors_chain", "doors_mail", "doors_owner",
)  # fmt: skip
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in PARTS:
        bare.exec_driver_sql((SQL / f"0001_{part}.sql").read_text("utf-8"))
