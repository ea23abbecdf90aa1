"""Delivery events are recorded as fast in tables that have just grown as in those that PostgreSQL has looked at."""

from migrations.schema import replace

revision = "0095"
down_revision = "0094"


def upgrade() -> None:
    replace("record_mail_events")
