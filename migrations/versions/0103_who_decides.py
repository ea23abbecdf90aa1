"""Whoever filled in an address for answers prepared the notices that it stands in; no preparer releases a notice.

Mail to whoever had an address of a client is counted, once a day to one address.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0103"
down_revision = "0102"

SQL = Path(__file__).parent.parent / "sql"
KINDS = """
    ('invitation', 'notice', 'reset', 'security', 'contact', 'contact_check', 'contact_gone', 'reply_address',
     'contact_answer')"""


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0103_who_decides.sql").read_text("utf-8"))
    for table in ("mail_count", "mail_to_address"):
        bare.exec_driver_sql(f"alter table {table} drop constraint {table}_purpose_check")
        bare.exec_driver_sql(f"alter table {table} add constraint {table}_purpose_check check (purpose in {KINDS})")
    replace("approve_unprepared", "describe_as_registered", "register_clients")
    replace_rules("organisation")  # those of "step" came with 0110, which adds a column that they name
