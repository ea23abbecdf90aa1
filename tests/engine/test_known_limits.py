"""Every SQL statement with a limit is known: which of them machines use, and why the others delay nobody."""

import ast
import re

from tests.conftest import Database
from tests.house.reading import nodes

LIMIT = re.compile(r"\blimit\s+(?::\w+|\d+|most|page)", re.I)
OF_MACHINES = {
    "organisations_with_due_clocks": "clocks, notices, failed steps",
    "organisations_with_work": "leaps from one organisation to the next",
    "free_lapsed": "leases of steps, leases of mail",
    "sweep": "leases of steps, leases of mail",
    "offices_with_contacts_to_ask": "contacts of an office without its key, in mail/test_asking_contacts.py",
    "take_heads_to_carry": "signed ends, in test_ends_in_turn.py",
    "workflows/engine/claims.py:CLAIM": "steps that fail",
    "workflows/engine/clocks.py:_due_clocks": "clocks, clocks of another definition, of one organisation",
    "workflows/decisions/failures.py:_untold_steps": "failed steps, failed steps of another definition",
    "workflows/decisions/failures.py:_untold_clocks": "failed steps",
    "workflows/mail/sending.py:CLAIM": "mail that cannot be written",
    "workflows/mail/unconfirmed.py:DUE": "notices",
    "people_with_turn_mail": "people who cannot be mailed, an organisation of theirs that cannot mail",
    "index_pending": "words of searches",
    "workflows/decisions/turn_mails.py:DUE": "waiting steps, waiting steps of another definition",
}
"""Each is tried in test_fair_turns.py, or in the file that is named, with a heap of these rows."""
OF_DELETIONS = {"end_lapsed", "end_lapsed_files"}
"""What lapsed goes in small sets and is in no queue: it delays no clock, and the next set is its next minute's."""
OF_COMMANDS = {"organisations_to_rewrap", "open_definitions", "history_diagnosis"}
"""A command of the operator goes on until nothing is left; the definitions are few."""
OF_ONE_ROW = {
    "keep_four_eyes", "record_mail_events", "leave_register", "open_stated_run", "found_by_operator",
    "is_decided_alone", "note_what_is_due", "make_test_client",
}  # fmt: skip
"""They look for the last or the first of something."""
ONE_ROW_EACH = {"take_heads_to_sign"}
"""An organisation has one head of its history, so these choose organisations."""
FOR_WHO_ASKS = (
    "service/", "tenants/", "workflows/decisions/overview.py", "workflows/decisions/going_on.py",
    "workflows/escalation/incident_board.py", "workflows/notice/listed_people.py",
    "workflows/dossiers/own_dossiers.py", "workflows/dossiers/client.py", "workflows/notice/held_notices.py",
    "workflows/decisions/open_decisions.py", "workflows/dossiers/own_dossiers.py",
    "workflows/evidence/exporting.py", "workflows/evidence/evidence.py",
    "workflows/engine/failed.py", "workflows/mail/limits.py", "processors_of_mine",
    "messages_of", "agreements_stated",
)  # fmt: skip
"""A page, a list or a file of one organisation, or a command that goes on until nothing is left."""


def statements_in_python() -> set[str]:
    """Every statement with a limit: by the name it is kept under, or by the function that builds it."""
    statements = set()
    for file, node in nodes("workflows", "tenants", "service"):
        if str(file).startswith(("service/story", "service/sandbox")):
            continue
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and LIMIT.search(words_of(node)):
            statements.add(f"{file}:{node.targets[0].id}")
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "limit"
            for node in ast.walk(node)
        ):
            statements.add(f"{file}:{node.name}")
    return statements


def words_of(node: ast.AST) -> str:
    return " ".join(
        node.value for node in ast.walk(node) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_every_statement_with_a_limit_is_known(database: Database):
    """Whoever adds one says whether a machine uses it, and then tries it with a heap of rows that fail."""
    functions = database.outside("""
        select distinct proname as name from pg_proc where pronamespace = 'public'::regnamespace
           and prosrc ~* '\\mlimit\\M'""")
    in_the_database, apart = {row["name"] for row in functions}, OF_COMMANDS | OF_DELETIONS | OF_ONE_ROW | ONE_ROW_EACH
    names = {name for name in in_the_database | statements_in_python() if not name.startswith(FOR_WHO_ASKS)}
    assert names - apart == set(OF_MACHINES)
    assert in_the_database >= apart
