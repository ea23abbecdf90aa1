"""A call that was recorded by mistake is taken back, and colleagues see who is calling a client."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0065"
down_revision = "0064"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0065_conversations.sql").read_text("utf-8"))
    replace("somebody_acted", "stop_counting", "count_to_inform", "take_back_informing")
