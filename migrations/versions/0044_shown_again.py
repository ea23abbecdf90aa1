"""What stands is shown: a term before acceptance, a decision taken up again, and who registered an organisation."""

from pathlib import Path

from alembic import op

revision = "0044"
down_revision = "0043"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0044_shown_again.sql").read_text("utf-8"))
