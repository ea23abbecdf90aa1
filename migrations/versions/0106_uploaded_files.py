"""A file with rows of people, clients or old breaches is looked at before anything of it is kept."""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0106"
down_revision = "0105"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0106_uploaded_files.sql").read_text("utf-8"))
    replace("end_lapsed_files")
    replace_rules("uploaded_file", "uploaded_part", "chosen_columns")
