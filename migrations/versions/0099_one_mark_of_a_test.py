"""The register of a test client says alone that it is one: nobody opens it, and its agreement stays as it was made."""

from pathlib import Path

from alembic import op

from migrations.schema import replace

revision = "0099"
down_revision = "0098"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0099_one_mark_of_a_test.sql").read_text("utf-8"))
    replace(
        "my_test_register", "answer_processor", "claim_register", "make_test_client", "offices_decided",
        "own_agreement", "register_clients",
    )  # fmt: skip
