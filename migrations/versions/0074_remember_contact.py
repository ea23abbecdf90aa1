"""A client's own history says that its office changed a contact: the agreement is a row of both."""

from migrations.schema import replace

revision = "0074"
down_revision = "0073"


def upgrade() -> None:
    replace("remember_contact")
