"""What a search compares of a client's contacts is kept with its agreement, so that no search computes it again.

Four functions get a text of their own in place of a parsed one, which the listing of `meldketen doctor` left out.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0102"
down_revision = "0101"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    replace("contact_words", "contact_phones")
    replace("is_one_line", "is_long_text", "contacts_are_lines", "start_of_mail_day")
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0102_searched_contacts.sql").read_text("utf-8"))
