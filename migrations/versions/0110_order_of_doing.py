"""The steps of a run keep the order in which they were done under its lock. Their moments are those of transactions, of
which one that began later may come first."""

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0110"
down_revision = "0109"


def upgrade() -> None:
    op.execute("alter table step add column done_nth integer")
    replace("keep_order_of_doing", "is_decided_alone")
    replace_rules("step")
