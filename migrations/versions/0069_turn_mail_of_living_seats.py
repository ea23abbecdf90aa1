"""No organisation that a person left, or whose key is gone, stops the mail of their other organisations."""

from migrations.schema import replace

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    replace("has_living_seat")
    replace("people_with_turn_mail")
    replace("take_turn_mail")
    replace("note_turn_mail")
