"""One chain of history per organisation."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"

PARTS = ("", "_carried", "_doors")
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in PARTS:
        bare.exec_driver_sql((SQL / f"0010_witness{part}.sql").read_text("utf-8"))
