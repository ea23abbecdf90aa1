"""An organisation keeps its own settings, and a person their function and telephone number, for the authority's form.

A register that a stranger opened loses with its release what was set there. The grants on the new columns
come with 0098, because they name its column too.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0083"
down_revision = "0082"

KINDS = "('invitation', 'notice', 'reset', 'security', 'contact', 'contact_check', 'reply_address')"
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0083_settings.sql").read_text("utf-8"))
    for table in ("mail_count", "mail_to_address"):
        bare.exec_driver_sql(f"alter table {table} drop constraint {table}_purpose_check")
        bare.exec_driver_sql(f"alter table {table} add constraint {table}_purpose_check check (purpose in {KINDS})")
    replace("describe_as_registered", "keep_proven_name", "organisation_of_reply_link", "proof_of")
