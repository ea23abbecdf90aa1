"""Notes which walled rows a transaction of the app changes, and of which party the history got no entry in it."""

from sqlalchemy import text

from migrations.release import APP_ROLE
from tests.conftest import Database
from tests.tenants.tables import SHARED, WALLED

EXEMPT = {
    "the history itself, and proofs of it": (
        "history_head", "history_person", "history_personal", "history_seal", "signed_head", "carried_head"),
    "keys, made at their first use; renewing and destroying them has entries": ("organisation_key", "signing_key"),
    "what machines do about an act that has its entry": (
        "run", "step", "clock", "mail_batch", "recipient", "mail_event", "mail_count", "operator_act"),
    "what somebody typed into a form and did not send in": ("form_draft",),
    "a file that is looked at; what is taken of it has its entry": (
        "uploaded_file", "uploaded_part", "chosen_columns"),
    "up to where somebody has read the history": ("history_seen",),
    "counters, and answers kept for a request that is repeated": ("register_counter", "idempotent_answer", "refusal"),
}  # fmt: skip
"""Why a change of these leaves no entry of its own."""
WATCHED = [name for name in (*WALLED, "membership", "invitation")
           if name not in {exempt for some in EXEMPT.values() for exempt in some}]  # fmt: skip
WATCH = f"""
    create schema watch;
    grant usage on schema watch to public;
    create table watch.touched (xact xid8, name text, organisation uuid);
    create function watch.note() returns trigger language plpgsql security definer as $$
    declare
      was constant jsonb := to_jsonb(old);
      is_now constant jsonb := to_jsonb(new);
    begin
      if session_user = '{APP_ROLE}' and was is distinct from is_now then
        insert into watch.touched
        select distinct pg_current_xact_id(), tg_table_name, (coalesce(is_now, was)->>name)::uuid
          from unnest(tg_argv) name;
      end if;
      return null;
    end $$;"""
ON_TABLE = "create trigger watch after insert or update or delete on {} for each row execute function watch.note({})"
FORGOTTEN = """
    select distinct t.name from watch.touched t
     where not exists (select from watch.touched h where h.name = 'history' and h.xact = t.xact
                          and h.organisation = t.organisation)"""


def begin_watch(database: Database) -> None:
    """From now on every change by the app is noted. Of a row of two parties, both are; but of a refusal the office
    learns nothing, so a consent is the controller's (an office that was accepted is looked at by its agreements)."""
    with database.superuser.begin() as connection:
        connection.execute(text(WATCH))
        for table in WATCHED:
            owners = ["id"] if table == "organisation" else ["organisation_id"]
            if table in SHARED:
                owners = ["controller_id"] if table == "consent" else ["processor_id", "controller_id"]
            connection.execute(text(ON_TABLE.format(table, ", ".join(f"'{owner}'" for owner in owners))))


def begin_act(database: Database) -> None:
    """What was done before does not count."""
    database.outside("delete from watch.touched")  # truncating makes new files, for a dozen rows


def forgotten(database: Database) -> list[str]:
    """In which tables this act changed rows of an organisation in whose history it left no entry."""
    return [row["name"] for row in database.outside(FORGOTTEN)]


def touched(database: Database) -> set[str]:
    """Which tables this act changed."""
    return {row["name"] for row in database.outside("select distinct name from watch.touched")}
