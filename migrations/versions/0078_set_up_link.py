"""A link sets up a new installation: whoever holds it makes the first organisation, which is admitted as an office.

One lock stands for all founding, so that two organisations that are founded at the same moment get two addresses.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0078"
down_revision = "0077"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0078_set_up_link.sql").read_text("utf-8"))
    replace_rules("set_up_link")
    replace("found_by_operator", "is_set_up", "make_set_up_link", "set_up_link_opens", "set_up_with_link")
