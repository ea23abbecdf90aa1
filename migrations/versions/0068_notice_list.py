"""A notice's list keeps people without an address of their own. Who checks a code is told whom to contact."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0068"
down_revision = "0067"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0068_notice_list.sql").read_text("utf-8"))
    replace("notice_with_code")
