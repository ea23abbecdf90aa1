"""A line may hold a picture that is made of several signs, such as that of a family."""

from migrations.schema import replace

revision = "0094"
down_revision = "0093"


def upgrade() -> None:
    replace("is_one_line")
