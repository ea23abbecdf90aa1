"""The rows of a file that did not fit stay for a day after the others were taken."""

from migrations.schema import replace, replace_rules

revision = "0111"
down_revision = "0110"


def upgrade() -> None:
    replace("end_lapsed_files")
    replace_rules("uploaded_part")
