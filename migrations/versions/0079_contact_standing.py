"""Each address of an office's contacts has its standing: whether mail returned, and what its holder answered."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0079"
down_revision = "0078"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0079_contact_standing.sql").read_text("utf-8"))
    # The newest rules of processing_agreement name count_version; nothing is updated before 0080 adds its column.
    replace("keep_contact_standing", "note_contact_mail", "record_mail_events", "count_version")
    replace_rules("contact_standing", "processing_agreement")
