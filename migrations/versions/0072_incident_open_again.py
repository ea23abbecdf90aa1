"""An incident is open again when a client of it is not informed any more; who lost a role gets no mail for a turn."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0072"
down_revision = "0071"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0072_incident_open_again.sql").read_text("utf-8"))
    replace_rules("incident_end")
    replace("places_with_turn_mail", "drop_turn_mail")
