"""The mail to those whose turn it is names the processor that told about the breach.

The answer of take_turn_mail changes: the function of before is dropped first.
"""

from alembic import op

from migrations.schema import replace

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    op.execute("drop function if exists take_turn_mail(uuid)")
    replace("take_turn_mail")
