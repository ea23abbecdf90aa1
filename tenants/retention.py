"""Deletes by age what names people and has served its purpose: links, sessions, attempts, kept answers, news.

How long each stays is written in migrations/schema/functions/: end_lapsed.sql, and end_lapsed_files.sql for uploaded
files.
"""

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_for_nobody

END = text("""
    select what, gone from end_lapsed(:most) union all select what, gone from end_lapsed_files(:most)""")


def end_lapsed(most: int) -> dict[str, int]:
    """Delete what lapsed, at most this many rows of each table; return how many of each. Not inside acting_for."""
    with acting_for_nobody():
        return {row.what: row.gone for row in db.session.execute(END, {"most": most})}
