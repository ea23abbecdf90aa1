"""An office has one test client, to which a test escalation goes in the same way as a real one.

An owner can put the list of first steps away.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0087"
down_revision = "0086"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0087_test_client.sql").read_text("utf-8"))
    replace("end_first_steps", "make_test_client", "numbered_hits", "offices_decided", "register_clients")
