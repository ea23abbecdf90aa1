"""What a person typed into a form is kept sealed until it is sent in; answers to assessments go there too."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0081"
down_revision = "0080"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0081_form_draft.sql").read_text("utf-8"))
    replace_rules("form_draft")
    bare.exec_driver_sql((SQL / "0081_form_draft_of_before.sql").read_text("utf-8"))
    replace("end_lapsed")
