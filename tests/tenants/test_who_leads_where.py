"""Whatever leads an office's client to another register, or changes a seat, stands here with what holds it back.

Walked: every function of the database as it is now, every trigger on a seat, and every statement of our own code. The
stories (service/story) are left out: they fill databases of their own.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.house.reading import ROOT, name_of, python_files, tree

TABLES = "processing_agreement|escalation|agreed_service|membership"
WRITES = re.compile(rf"\b(update|insert\s+into|delete\s+from|merge\s+into)\s+((only\s+)?({TABLES})\b|{{table}})", re.I)
LEADS = rf"\y(insert into|delete from|merge into)\s+({TABLES})\y|\yupdate\s+({TABLES})\y[^;]*\ycontroller_id\s*="
SEATS = r"\y(insert into|delete from|merge into|update)\s+membership\y|\ynew\.(controller_id|role|counts_from)\s*:?="
FUNCTIONS = """
    select proname as name, prosrc as body, prosrc ~* :leads as leads, prosrc ~* :seats as seats,
           prosrc ~* '\\yexecute\\y' as is_put_together
      from pg_proc where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')
       and not exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')"""
MODELS = {"Membership", "Escalation", "ProcessingAgreement", "AgreedService"}
FIELDS = {"controller_id", "role", "counts_from", "ends_from"}


@dataclass(frozen=True)
class Led:
    """What becomes of a client whose register is verified, and of one whose register is not; and which tests try it."""

    verified: str
    unverified: str
    tried_by: tuple[str, ...]


COMPARES = "changes no register: it names the one that it is about"
E = "tests/engine/"
LEADING = {
    "open_breaches": Led(
        "the breach comes where the agreement leads", "the same",
        (E + "test_consent.py::test_after_acceptance_an_incident_comes_into_the_register",
         E + "test_released_meanwhile.py::test_its_breach_comes_where_its_agreement_leads"),
    ),
    "register_clients": Led(
        "where it accepted this office; else a register of the office's own", "a register of the office's own",
        ("tests/tenants/test_doors.py::test_registering_a_number_that_others_have_makes_a_register_of_ones_own",
         "tests/tenants/test_office_doors.py::"
         "test_an_agreement_leads_to_a_register_that_the_office_made_only_while_it_is_accepted"),
    ),
    "lead_elsewhere": Led(
        "keeps its office", "makes way for a verified one that accepts, and for the operator who closes it",
        (E + "test_claimed_by_strangers.py::test_who_opened_it_and_is_verified_too_keeps_it",
         E + "test_claimed_by_strangers.py::test_accepting_leads_the_office_to_the_verified_register_alone",
         E + "test_answered_meanwhile.py::test_a_register_that_proves_its_number_meanwhile_keeps_its_office"),
    ),
    "lead_with_doubt": Led(
        "is closed by the operator alone", "its contacts wait for the office's word",
        (E + "test_contacts_led_elsewhere.py::"
         "test_the_contact_it_came_through_waits_for_the_office_and_is_on_the_call_list",
         E + "test_released_deliveries.py::test_the_contact_it_came_through_waits_and_its_delivery_falls_away"),
    ),
    "leave_register": Led(
        "ends its office, whose contacts stay, and keeps what it received",
        "ends its office, whose contacts wait for its word; what it received begins anew",
        (E + "test_ended_by_strangers.py::test_a_verified_register_that_ends_its_office_puts_no_contact_in_doubt",
         E + "test_ended_by_strangers.py::"
         "test_the_next_incident_is_not_mailed_to_the_contact_the_stranger_came_through"),
    ),
    "move_register": Led(
        "takes in what nobody opened", "is taken in while nobody opened it",
        (E + "test_consent.py::test_accepting_moves_what_waited_with_its_clock_in_one_act",
         E + "test_moved_registers.py::test_a_register_whose_breaches_went_on_elsewhere_is_not_opened_any_more"),
    ),
    "join_register": Led(
        "is joined into a verified one alone", "is joined by an owner of both",
        (E + "test_joining.py::test_a_verified_register_is_not_joined_into_one_that_proved_nothing",
         E + "test_joining.py::test_agreements_and_consent_move_and_both_histories_name_the_other",
         E + "test_joining.py::test_only_an_owner_of_both_registers_may_join_them"),
    ),
    "change_agreement": Led(
        "the changed agreement leads where the one before it leads", "the same",
        (E + "test_changed_agreements.py::test_other_hours_begin_on_their_day_and_what_was_agreed_before_stays",
         E + "test_changed_agreements.py::test_an_agreement_of_another_office_is_not_there"),
    ),
    "end_agreement": Led(
        "planned agreements of the office itself are withdrawn", "the same",
        (E + "test_changed_agreements.py::test_what_was_planned_is_withdrawn_when_the_client_leaves_before",
         E + "test_changed_agreements.py::test_an_agreement_of_another_office_is_not_there"),
    ),
    "take_back_clients": Led(
        "stays: its register is in use", "agreements of a file go while nothing rests on one of them",
        (E + "test_clients_of_file.py::test_a_file_stays_where_something_rests_on_one_of_its_clients",
         E + "test_clients_of_file.py::test_taken_back_nothing_is_left_but_what_history_says",
         E + "test_clients_of_file.py::test_another_office_has_no_part_in_it"),
    ),
    "rename_client": Led(
        COMPARES, COMPARES,
        (E + "test_changed_agreements.py::test_a_name_and_a_number_change_in_all_agreements_of_the_client",)),
    "make_test_client": Led(
        "a new register, which nobody has", "the same",
        ("tests/pages/test_escalation_tests.py::"
         "test_the_button_again_makes_no_second_client_and_writes_to_who_pressed_it",)),
    "note_receipt": Led(COMPARES, COMPARES, ("tests/tenants/test_doors.py::test_a_receipt_is_confirmed_once",)),
    "report_decision": Led(
        COMPARES, COMPARES, ("tests/tenants/test_doors.py::test_nobody_acknowledges_or_decides_anothers_breach",)),
    "keep_doubt": Led(
        COMPARES, COMPARES,
        (E + "test_contacts_led_elsewhere.py::test_no_mail_and_no_link_goes_there_whatever_happens_next",)),
}  # fmt: skip
"""By the function of the database; what it calls stands here too."""
DAY = "tests/service/test_ending_owners.py::test_the_database_keeps_the_day_too"
ASKED = "tests/service/test_ending_owners.py::test_a_seat_ends_a_day_after_it_was_asked"
NEW = "tests/service/test_invitations_of_ended_seats.py::test_a_link_from_before_the_seat_changes_no_role"
WAITS = "tests/tenants/test_waiting_seats.py::test_a_seat_that_waits_changes_nothing_of_the_house"
IN_CODE = {
    ("tenants/identity/users.py", "make_member"): ("an owner's role is kept for a day by the database", DAY),
    ("tenants/identity/invitations.py", "accept"): ("a new account: nobody had this seat", NEW),
    ("tenants/identity/invitations.py", "accept_as"): ("refused for whoever has a seat", NEW),
    ("tenants/organisations/admission.py", "END_SEATS"): (
        "the operator closes a register of a stranger",
        E + "test_released_registers.py::test_of_several_offices_each_has_its_own_register_again"),
    ("tenants/register/escalations.py", "need_a_call"): (
        "the call list alone", E + "test_planned_to_strangers.py::"
        "test_a_message_whose_link_leads_nowhere_is_not_sent_and_a_later_one_is"),
    ("tenants/agreements/replaced_contacts.py", "REPLACED"): (
        "contacts and their order alone, by who may register clients, with a second factor",
        "tests/pages/test_conversations.py::test_a_corrected_contact_gets_the_link_also_after_a_call"),
    **dict.fromkeys(
        (("tenants/agreements/corrected_contacts.py", "ADDED"),
         ("tenants/agreements/corrected_contacts.py", "ADDED_HERE")),
        ("contacts alone, and none in doubt", "tests/pages/test_conversations.py::"
         "test_a_contact_is_added_and_one_in_doubt_is_settled_elsewhere")),
    ("tenants/agreements/changed_agreements.py", "CONTACTS"): (
        "contacts alone, and none in doubt", E + "test_changed_agreements.py::"
        "test_an_agreement_of_another_office_is_not_there"),
    ("tenants/identity/passkeys.py", "remove_passkey"): (
        "a passkey of one's own: no seat",
        "tests/service/test_ending_owners.py::test_an_owner_changes_their_own_at_once"),
    ("workflows/accounts/membership.py", "change_role"): (
        "an owner has a day to object", "tests/service/test_ending_owners.py::"
        "test_lowering_the_role_a_day_later_ends_the_request"),
    ("workflows/accounts/membership.py", "_end_seat"): ("an owner has a day to object", ASKED),
    ("workflows/accounts/ending_owners.py", "ask_to_end"): ("the day begins", ASKED),
    ("workflows/accounts/ending_owners.py", "object_to_end"): (
        "an objection ends it, once in thirty days", "tests/service/test_ending_owners.py::"
        "test_an_objection_counts_once"),
    ("workflows/accounts/seating.py", "seat"): ("who weighs more waits a day", WAITS),
    ("workflows/accounts/seating.py", "agree"): ("a second owner, whose own seat counts", WAITS),
}  # fmt: skip
"""By file and function, or name of the statement: what holds it back, and a test that tries that."""
OF_A_SEAT = {
    "owner_has_a_day": DAY, "owner_has_a_day_to_go": DAY, "owner_has_a_day_in_role": DAY,
    "owner_is_asked_once_a_day": "tests/service/test_ending_owners.py::"
    "test_the_database_keeps_the_day_between_two_requests",
    "seat_counts_for_house": WAITS,
}  # fmt: skip
"""The triggers on membership."""
TRIED = {
    *(test for led in LEADING.values() for test in led.tried_by), *(test for _, test in IN_CODE.values()),
    *OF_A_SEAT.values(),
}  # fmt: skip


def test_every_function_that_leads_a_client_to_a_register_is_in_the_table(database: Database):
    rows = database.outside(FUNCTIONS, leads=LEADS, seats=SEATS)
    assert len(rows) > 150
    assert {row["name"] for row in rows if row["leads"]} == set(LEADING)
    assert [row["name"] for row in rows if row["seats"]] == [], "no function of the database gives or takes a seat"
    assert [row["name"] for row in rows if row["is_put_together"]] == [], "what it writes would not be seen here"


def test_every_statement_of_ours_that_changes_a_seat_or_leads_elsewhere_is_in_the_table():
    assert set(written_in_code()) == set(IN_CODE)


def test_every_trigger_that_keeps_a_seat_is_in_the_table(database: Database):
    rows = database.outside("""
        select tgname as name, tgenabled::text as on from pg_trigger
         where tgrelid = 'membership'::regclass and not tgisinternal""")
    assert {row["name"]: row["on"] for row in rows} == dict.fromkeys(OF_A_SEAT, "O")


def test_the_app_itself_leads_no_client_elsewhere(database: Database):
    """Only the doors write to which register an agreement or a message leads."""
    may = database.outside("""
        select table_name, column_name, privilege_type from information_schema.column_privileges
         where grantee = 'meldketen_app' and privilege_type <> 'SELECT'
           and table_name in ('processing_agreement', 'escalation', 'agreed_service')""")
    assert {(row["table_name"], row["column_name"], row["privilege_type"]) for row in may} == {
        ("escalation", column, "UPDATE")
        for column in ("call_needed_at", "contacts", "informed_at", "informed_how", "rung")
    } | {("processing_agreement", "contacts", "UPDATE")}


@pytest.mark.parametrize("tried", sorted(TRIED))
def test_what_the_table_says_is_tried(tried: str):
    """It is a test that pytest runs, of that file itself; it judges something, or a function there that it calls."""
    file, _, name = tried.partition("::")
    assert Path(file).name.startswith("test_") and name.startswith("test_")
    there = {node.name: node for node in tree(ROOT / file).body if isinstance(node, ast.FunctionDef)}
    called = {name_of(node.func) for node in ast.walk(there[name]) if isinstance(node, ast.Call)}
    judged = [there[name], *(there[each] for each in called & there.keys())]
    assert any(judges(node) for function in judged for node in ast.walk(function)), f"{tried} judges nothing"


def judges(node: ast.AST) -> bool:
    """Whether this is an assertion, or expects an error."""
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and name_of(node.func) == "raises")


@pytest.mark.parametrize("written", [
    "update membership set role = 'reader'", "delete from escalation", "merge into agreed_service a using x on true",
    "insert into\n processing_agreement values (1)", "update {table} set a = 1", "UPDATE ONLY membership SET x = 1",
])  # fmt: skip
def test_the_walk_sees_a_statement(written: str):
    assert WRITES.search(f"with a as (select 1) {written}")


def written_in_code() -> Iterator[tuple[str, str]]:
    """Each place in our own code that writes to one of these tables, by file and function or name."""
    for file in python_files("tenants", "workflows", "service"):
        if "story" not in file.parts:
            place = str(file.relative_to(ROOT))
            yield from ((place, scope) for scope, node in placed(file) if writes(node))


def placed(file: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every node of this file, with the outermost function or name that it is in."""
    for top in tree(file).body:
        named = top.targets[0] if isinstance(top, ast.Assign) else top
        scope = getattr(named, "name", getattr(named, "id", ""))
        for part in top.body if isinstance(top, ast.ClassDef) else [top]:
            inner = part.name if isinstance(part, ast.FunctionDef) else scope
            yield from ((inner, node) for node in ast.walk(part))


def writes(node: ast.AST) -> bool:
    """Whether this writes to one of the tables: in SQL, by a model, by a field of one, or by make_member."""
    match node:
        case ast.Constant(value=str() as said):
            return bool(WRITES.search(said))
        case ast.Attribute(attr=field, ctx=ast.Store()):
            return field in FIELDS
        case ast.Call(func=called, args=args):
            name = name_of(called)
            of_a_model = name in ("insert", "update", "delete") and bool(args) and name_of(args[0]) in MODELS
            of_the_session = name in ("delete", "merge") and "session" in ast.unparse(called)
            return name in MODELS or name == "make_member" or of_a_model or of_the_session
    return False
