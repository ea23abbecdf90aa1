"""Clients with their agreements come from a file, which can be taken back until something rests on one of them."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0107"
down_revision = "0106"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0107_clients_of_a_file.sql").read_text("utf-8"))
    replace("clients_held_back", "register_clients", "take_back_clients")
