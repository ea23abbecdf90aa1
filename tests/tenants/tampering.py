"""What somebody with all rights on the database would do to history."""

from uuid import UUID

from sqlalchemy import text

from tests.conftest import Database

SEAL = "(select s from history_seal s where s.organisation_id = h.organisation_id)"
CHAIN_ANEW = f"""with anew as (select seq, history_chained(''::bytea, history_leaf(h, h.seq, {SEAL})) over (order by seq
    rows unbounded preceding) as hash from history h where organisation_id = :organisation)
    update history h set hash = anew.hash from anew where h.organisation_id = :organisation and h.seq = anew.seq"""
ROWS = "where organisation_id = :organisation and"
MOVE_HEAD = """update history_head k set (seq, hash) = (select h.seq, h.hash from history h
    where h.organisation_id = k.organisation_id order by h.seq desc limit 1) where organisation_id = :organisation"""
OPENED = f"{ROWS} seq = (select min(seq) from history {ROWS} what = 'escalation.opened')"
ANEW = f"update history set details = details || '{{\"people_min\": 1}}' {OPENED}; {CHAIN_ANEW}; {MOVE_HEAD}"


def tamper(database: Database, sql: str, organisation: UUID) -> None:
    """As the superuser, with every trigger out of the way."""
    with database.superuser.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for statement in sql.split(";"):
            named = {"organisation": organisation} if ":organisation" in statement else {}
            connection.execute(text(statement), named)
