"""A mail that returned is said to be no fault of the address; mail of a client's own register marks its contact too."""

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0093"
down_revision = "0092"


def upgrade() -> None:
    op.execute("drop index contact_due")
    op.execute("create index contact_due on contact_standing (organisation_id, next_at) where next_at is not null")
    replace("is_contact_between", "contacts_at_offices", "note_contact_mail", "record_mail_events",
            "offices_with_contacts_to_ask", "lead_with_doubt")  # fmt: skip
    replace_rules("contact_standing")
