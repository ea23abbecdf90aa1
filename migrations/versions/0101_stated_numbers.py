"""The Chamber of Commerce number that an office typed for a client stands with its agreements, and is searched there.

Rows from before are filled where the number is known to be the office's own word.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0101"
down_revision = "0100"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0101_stated_numbers.sql").read_text("utf-8"))
    replace("register_clients", "change_agreement", "words_of_subjects")
    bare.exec_driver_sql((SQL / "0101_stated_before.sql").read_text("utf-8"))
