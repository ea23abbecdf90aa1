"""A person may leave an own seat; a seat elsewhere stops no recovery for ever."""

from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0026"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for name in ("own_seats", "news_ends"):
        bare.exec_driver_sql((SQL / f"0027_{name}.sql").read_text("utf-8"))
