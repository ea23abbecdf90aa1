"""A breach's row says whether something may be due about it, so that an overview costs as much as there is to do."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0076"
down_revision = "0075"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for name in ("0076_may_be_due", "0076_judged_before"):
        bare.exec_driver_sql((SQL / f"{name}.sql").read_text("utf-8"))
    replace("breach_standing", "note_what_is_due", "judge_what_is_due")
    replace("note_to_search")  # named by the newest rules of these tables
    replace_rules("breach", "notice", "run", "recipient")
