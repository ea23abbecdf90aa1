"""An address keeps its standing when one agreement takes it up while another lets it go."""

from migrations.schema import replace

revision = "0090"
down_revision = "0089"


def upgrade() -> None:
    replace("keep_contact_standing")
