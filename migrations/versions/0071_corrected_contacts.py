"""Who corrects a contact mails it each time: these mails are counted, and have a limit a day."""

from alembic import op

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    kinds = "('invitation', 'notice', 'reset', 'security', 'contact')"
    for table in ("mail_count", "mail_to_address"):
        op.execute(f"alter table {table} drop constraint {table}_purpose_check")
        op.execute(f"alter table {table} add constraint {table}_purpose_check check (purpose in {kinds})")
