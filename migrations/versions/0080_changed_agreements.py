"""An office changes, ends and renews its agreements from a day on, and never what an open message rests on."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0080"
down_revision = "0079"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0080_changed_agreements.sql").read_text("utf-8"))
    replace(
        "relied_on", "refuse_overlap", "own_agreement", "tell_client", "change_agreement", "end_agreement",
        "rename_client", "count_version", "clients_with_numbers", "remember_contact", "register_clients",
    )  # fmt: skip
    replace_rules("processing_agreement", "agreed_service")
