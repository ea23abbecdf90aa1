"""A number of people can be an estimate: at the client, in the escalation, and in the breach at the controller."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0108"
down_revision = "0107"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0108_estimated_people.sql").read_text("utf-8"))
    replace("controllers_hit", "numbered_hits", "open_breaches", "open_escalations", "messages_of", "register_text")
    replace("open_anew", "state_breaches", "undo_of_strangers")
