"""Breaches of an old register become rows of the register: no moment of the law, what its file said, the file itself.

They can be removed again by the door `take_back_breaches`, as long as nothing rests on them.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0105"
down_revision = "0104"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0105_old_registers.sql").read_text("utf-8"))
    replace("register_text", "take_back_breaches")
    replace_rules("breach")
