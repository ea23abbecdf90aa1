"""Who proves its number later hears of each breach that waits, with the moment of finding.

The answer of asked_of_me changes: the function of before is dropped first.
"""

from alembic import op

from migrations.schema import replace

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.execute("drop function if exists asked_of_me(uuid[])")
    replace("asked_of_me", "claim_register", "mark_verified", "word_of_waiting")
