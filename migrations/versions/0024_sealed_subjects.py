"""Entries prove which subject they are about; heads are signed and witnessed."""

from pathlib import Path

from alembic import op

revision = "0024"
down_revision = "0023"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    for part in ("0024_sealed_subjects", "0024_signed_heads", "0024_remembered", "0024_carried"):
        bare.exec_driver_sql((SQL / f"{part}.sql").read_text("utf-8"))
