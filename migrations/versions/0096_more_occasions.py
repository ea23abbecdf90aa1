"""People are told of a waiting step as often as its moments ask, also when days are closed."""

from pathlib import Path

from alembic import op

revision = "0096"
down_revision = "0095"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0096_more_occasions.sql").read_text("utf-8"))
