"""The text of each function has lines of at most 120 characters, as its file in migrations/schema has it."""

from migrations.schema import replace

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    replace(
        "apply_mail_events", "approved_by_a_person", "carry_heads", "chain_history", "forget_person",
        "forget_personal", "heads_held_of_me", "heads_that_i_hold", "keep_destroyed", "keep_four_eyes",
        "keep_glass_for_owners", "keep_history", "mail_state_rank", "master_keys_in_use", "provider_at",
        "record_mail_events", "refuse_change",
    )  # fmt: skip
