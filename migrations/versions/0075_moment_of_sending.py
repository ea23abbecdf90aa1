"""The office is told the moment at which the notification was sent, as the register has it; earlier rows keep theirs.

Two parameters have a name that says what they are, which takes dropping the functions first.
"""

from alembic import op

from migrations.schema import replace

revision = "0075"
down_revision = "0074"


def upgrade() -> None:
    op.execute("drop function if exists take_back_informing(uuid, timestamptz), count_to_inform(uuid, uuid)")
    replace("take_back_informing", "count_to_inform", "report_decision")
