"""What is led elsewhere is locked at once, and marked at its moment; what nobody was told of yet comes along.

Functions of which the parameters change are dropped first. The triggers of the seats of owners as their file has them:
a database of before has them without what a seat that does not count yet may.
"""

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.execute("drop function if exists lock_between(uuid, uuid), state_breaches(uuid, uuid, uuid)")
    replace(
        "begin_elsewhere", "is_in_doubt", "join_register", "lead_elsewhere", "lead_with_doubt", "leave_register",
        "lock_between", "move_register", "part_offices", "release_claim", "state_breaches", "undo_of_strangers",
    )  # fmt: skip
    replace_rules("membership")
