"""Whose turn it is is mailed: a row for each person, step and occasion. Who gets which mail is the person's choice.

The kinds of browser of an account are kept, so that only a new kind is mailed about.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0064"
down_revision = "0063"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0064_turn_mail.sql").read_text("utf-8"))
    replace("end_lapsed", "note_turn_mail", "organisations_with_due_clocks", "people_with_turn_mail", "take_turn_mail")
    replace_rules("turn_mail")
