"""What is known against an address of a contact stays for half a year after it left the office's agreements; answers by
the link of the yearly mail are counted."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0100"
down_revision = "0099"

SQL = Path(__file__).parent.parent / "sql"
KINDS = """
    ('invitation', 'notice', 'reset', 'security', 'contact', 'contact_check', 'reply_address', 'contact_answer')"""


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0100_left_contacts.sql").read_text("utf-8"))
    for table in ("mail_count", "mail_to_address"):
        bare.exec_driver_sql(f"alter table {table} drop constraint {table}_purpose_check")
        bare.exec_driver_sql(f"alter table {table} add constraint {table}_purpose_check check (purpose in {KINDS})")
    replace("keep_contact_standing", "office_of_contact_link", "end_lapsed")
