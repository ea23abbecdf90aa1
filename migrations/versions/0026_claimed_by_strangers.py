"""A register that somebody else opened hides no office from the organisation itself."""

from pathlib import Path

from alembic import op

revision = "0026"
down_revision = "0025"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in ("0026_claimed_by_strangers", "0026_led_elsewhere", "0026_released"):
        bare.exec_driver_sql((SQL / f"{part}.sql").read_text("utf-8"))
