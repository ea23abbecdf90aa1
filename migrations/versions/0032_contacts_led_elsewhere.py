"""A breach stands once in a register; contacts whose mail led to a stranger wait for the office's word."""

from pathlib import Path

from alembic import op

revision = "0032"
down_revision = "0031"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in ("0032_accepted_again", "0032_contacts_led_elsewhere"):
        bare.exec_driver_sql((SQL / f"{part}.sql").read_text("utf-8"))
