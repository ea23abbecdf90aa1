"""An office's contacts are asked once a year whether they still are: a kind of mail, the offices that ask, the link."""

from alembic import op

from migrations.schema import replace

revision = "0082"
down_revision = "0081"


def upgrade() -> None:
    mails = "('escalation', 'reminder', 'invitation', 'notice', 'reset', 'security', 'contact_check')"
    _allow("mail_batch", mails)
    counted = "('invitation', 'notice', 'reset', 'security', 'contact', 'contact_check')"
    for table in ("mail_count", "mail_to_address"):
        _allow(table, counted)
    replace("offices_with_contacts_to_ask", "office_of_contact_link", "note_receipt")


def _allow(table: str, purposes: str) -> None:
    op.execute(f"alter table {table} drop constraint {table}_purpose_check")
    op.execute(f"alter table {table} add constraint {table}_purpose_check check (purpose in {purposes})")
