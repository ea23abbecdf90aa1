"""A call is taken back only while nobody at the client did anything; an office without standing there reads so."""

from migrations.schema import replace

revision = "0070"
down_revision = "0069"


def upgrade() -> None:
    replace("somebody_acted", "take_back_informing")
