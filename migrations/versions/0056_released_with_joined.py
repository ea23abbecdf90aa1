"""A release closes what was joined into the register as well, and an acceptance takes in what stands there.

What a register without proof was told begins anew when it ends its office.

The parameters of part_offices change: the function of before is dropped first.
"""

from alembic import op

from migrations.schema import replace

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.execute("drop function if exists part_offices(organisation)")
    op.execute("create index organisation_joined on organisation (joined_into) where joined_into is not null")
    replace(
        "answer_processor", "came_through", "close_alone", "closed_with", "confirm_waiting", "describe_as_registered",
        "goes_on_at", "joined_with", "lead_all_elsewhere", "leave_register", "lock_for_release", "messages_of",
        "part_offices", "receipts_of_proven", "register_led_to", "release_claim", "requests_in_full", "word_of_led",
    )  # fmt: skip
