"""An end of an incident is written once: only a door says of it that it does not stand any more."""

from migrations.schema import replace, replace_rules

revision = "0073"
down_revision = "0072"


def upgrade() -> None:
    replace_rules("incident_end")
    replace("open_incident_again")
