"""The states of a recipient's mail stand in one table, and the functions that listed them join it."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0053"
down_revision = "0052"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0053_mail_states.sql").read_text("utf-8"))
    replace_rules("mail_state")
    replace("apply_mail_events", "record_mail_events")
    bare.exec_driver_sql("drop function mail_state_rank(text)")
