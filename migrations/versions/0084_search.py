"""Searches find breaches, incidents, notices and clients by their words, which are kept word by word.

What stands in the registers already is noted here and read in sets by the clock process, so that a large register does
not hold up the release.
"""

from pathlib import Path

from alembic import op

from migrations.schema import replace, replace_rules

revision = "0084"
down_revision = "0083"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    bare = op.get_bind().execution_options(no_parameters=True)
    bare.exec_driver_sql((SQL / "0084_search.sql").read_text("utf-8"))
    replace("words_of", "words_of_subjects", "keep_words", "index_pending", "note_to_search")
    replace_rules("search_word", "search_subject", "search_vocabulary", "search_pending")
    # Those of "incident" came with 0112, which adds a column that they name.
    replace_rules("breach", "notice", "processing_agreement")
    bare.exec_driver_sql((SQL / "0084_search_noted_before.sql").read_text("utf-8"))
