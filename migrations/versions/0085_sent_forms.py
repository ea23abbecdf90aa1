"""Where the form of a page led is kept for 30 days, so that sent again it leads there."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0085"
down_revision = "0084"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0085_sent_forms.sql").read_text("utf-8"))
    replace("end_lapsed")
