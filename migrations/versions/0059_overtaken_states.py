"""Delivery events list once what a state overtakes, in place of one look into `mail_state` for each recipient."""

from migrations.schema import replace

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    replace("apply_mail_events")
