"""The steps of people and the scopes of tokens stand in two tables that a release fills from the catalogue.

They take the place of table four_eyes, of the checks that named steps and acts, and of the names in a trigger.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0058"
down_revision = "0057"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0058_declared_steps.sql").read_text("utf-8"))
    replace(
        "approved_by_a_person", "holder_of_token", "keep_four_eyes", "keep_new_deciders_waiting",
        "keep_steps_of_people", "keep_to_scopes",
    )  # fmt: skip
    replace_rules("api_token", "human_step", "token_scope")  # those of "step" come with 0110
    bare.exec_driver_sql("drop function acts_of_a_person()")
