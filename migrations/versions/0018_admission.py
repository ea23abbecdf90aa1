"""Who may register clients, whose register a client gets, and which processors it accepts."""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in ("0018_admission", "0018_admission_doors", "0018_asked", "0018_escalating", "0018_consent",
                 "0018_moving", "0018_released", "0018_joining", "0018_carried"):
        bare.exec_driver_sql((SQL / f"{part}.sql").read_text("utf-8"))
