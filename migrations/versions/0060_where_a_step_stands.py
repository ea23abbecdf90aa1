"""A comment in `claim_register` names the module where its step stands now."""

from migrations.schema import replace

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    replace("claim_register")
