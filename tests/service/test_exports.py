"""What people take away as a file: the register, and whom the mail did not reach; the history tells who did."""

import csv
import io
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.admission.access import COOKIE
from service.downloads.csv_file import cell_of, csv_rows
from service.reading.values.name import undefused
from tenants.history.entries import of_subject
from tenants.identity.users import AUDITOR, HANDLER, OWNER
from tenants.isolation import acting_for
from tenants.keys.renewing import destroy_key
from tenants.register.breaches import breach
from tenants.register.notices import notice_of_breach
from tests import factories
from tests.conftest import Database
from tests.factories import FENNA, Office
from tests.open_decisions import a_sent_notice
from tests.service.caller import Caller, caller_for, refused
from workflows.dossiers.notice import GROUPS, grouped
from workflows.evidence.exporting import export_register
from workflows.mail.batches import Addressee, sums
from workflows.mail.listing import add_recipients
from workflows.mail.outbox import Outbox
from workflows.mail.states import NAMES, NOT_REACHED
from workflows.notice.bulk_notice import begin_by_choice


def lines(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/csv; charset=utf-8" and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def told(organisation: UUID, subject: UUID, what: str) -> list[tuple[str | None, dict[str, object]]]:
    with acting_for(organisation):
        return [(entry.actor_name, entry.details) for entry in of_subject(subject) if entry.what == what]


@pytest.fixture
def notice(office: Office, own_breach: UUID, database: Database) -> UUID:
    """One person in each state that mail can be in: reader n is in the n-th."""
    with acting_for(office.id):
        begun = begin_by_choice(breach(own_breach), office.officer)
        add_recipients(begun.id, [Addressee(f"=Lezer {n}", f"lezer{n}@example.nl") for n, _ in enumerate(NAMES)])
    for place, state in enumerate(NAMES):
        database.outside("""update recipient set state = :state, reason = 'no such mailbox' where id = (
            select id from recipient where about_id = :n order by id offset :place limit 1)""",
            state=state, n=begun.id, place=place)  # fmt: skip
    return begun.id


def test_the_register_is_a_file_with_every_breach_and_who_took_it_is_remembered(reader: Caller, office: Office):
    wanted = {str(factories.an_own_breach(office.id, office.officer)) for _ in range(3)}
    rows = lines(reader.get("breaches.csv"))
    assert len(rows) >= len(wanted) and len({row["Reference"] for row in rows}) == len(rows)
    assert rows[0]["Deadline"][-6] in "+-" and rows[0]["Deadline"] <= rows[0]["Legal deadline"]
    assert rows[0]["What happened"] and rows[0]["From"]
    assert told(office.id, office.id, "register.exported")[-1] == ("Riet", {"rows": len(rows), "filter": "all"})


def test_a_register_of_more_than_a_page_is_whole(app: Flask, database: Database):
    organisation = factories.an_organisation()
    factories.an_own_breach(organisation, FENNA)
    columns = "organisation_id, title, origin, found_at, description, created_at"
    database.outside(f"""
        insert into breach (reference, {columns}) select '2020-' || n, {columns} from breach, generate_series(1, 1200) n
         where organisation_id = :o""", o=organisation)
    seen: list[str] = []
    with acting_for(organisation):
        assert export_register(FENNA, lambda row: seen.append(row["reference"])) == 1_201
    assert len(set(seen)) == 1_201


def test_the_file_of_unreached_readers_is_recorded_with_who_took_it(
    officer: Caller, office: Office, notice: UUID
):
    rows = lines(officer.get(f"notices/{notice}/unreached.csv"))
    states = ("bounced", "dropped", "no_address", "rejected", "unconfirmed")
    places = [n for n, state in enumerate(NAMES) if state in states]
    assert {row["Email address"] for row in rows} == {f"lezer{n}@example.nl" for n in places}
    assert {row["Name"] for row in rows} == {f"'=Lezer {n}" for n in places}
    assert all(row["State"] and row["Since"] for row in rows)
    [(who, details)] = told(office.id, notice, "notice.unreached_read")
    assert who == office.officer.name and details == {"rows": 5, "filter": list(NOT_REACHED)}


def test_the_page_counts_as_not_reached_whom_the_file_has_and_each_state_is_in_one_group(
    officer: Caller, office: Office, notice: UUID
):
    rows = lines(officer.get(f"notices/{notice}/unreached.csv"))
    with acting_for(office.id):
        counted = grouped(sums(notice, "notice"))
    assert counted["not_reached"] == len(rows) and counted["total"] == len(NAMES)
    assert sorted(state for states in GROUPS.values() for state in states) == sorted(NAMES)


def test_who_may_not_read_people_reads_none_and_nothing_is_remembered(
    app: Flask, reader: Caller, approver: Caller, stranger: Caller, office: Office, notice: UUID
):
    for caller in (reader, approver):
        refused(caller.get(f"notices/{notice}/unreached.csv"), 403, "role.not_enough")
    assert stranger.get(f"notices/{notice}/unreached.csv").status_code == 404
    refused(approver.get("breaches.csv"), 403, "role.not_enough")
    assert told(office.id, notice, "notice.unreached_read") == []


def test_the_pages_offer_a_file_to_who_may_take_it(app: Flask, office: Office, outbox: Outbox, database: Database):
    notice = a_sent_notice(office.id, outbox)
    database.outside("update recipient set state = 'bounced' where about_id = :notice", notice=notice)
    for role, buttons in ((AUDITOR, (True, False)), (HANDLER, (False, True)), (OWNER, (True, True))):
        client, who = app.test_client(), factories.a_member(office.id, role)
        assert who.id
        caller = caller_for(app, who.id)
        client.set_cookie(COOKIE, caller.token)
        pages = [client.get(f"/o/{caller.slug}{path}").text for path in ("/register", f"/notices/{notice}")]
        offered = ("register.csv" in pages[0], f"notices/{notice}/unreached.csv" in pages[1])
        assert offered == buttons, role
        for path, may in zip(("/register.csv", f"/notices/{notice}/unreached.csv"), buttons, strict=True):
            answer = client.get(f"/o/{caller.slug}{path}")
            assert answer.status_code == (200 if may else 403)
            assert not may or answer.get_data().decode("utf-8-sig").startswith(("Kenmerk;Datalek", "Naam;E-mail"))


def test_an_unknown_notice_gives_no_file(officer: Caller):
    refused(officer.get(f"notices/{uuid4()}/unreached.csv"), 404, "notice.unknown")


def test_after_its_key_was_destroyed_that_is_what_is_said(app: Flask):
    office = factories.an_office(1)
    owner = factories.a_member(office.id, OWNER)
    assert owner.id
    own = factories.an_own_breach(office.id, office.officer)
    with acting_for(office.id):
        begin_by_choice(breach(own), office.officer)
        notice_id = notice_of_breach(own)
        assert notice_id and add_recipients(notice_id.id, [Addressee("Jan", "jan@example.nl")])
    with acting_for(office.id):
        destroy_key(FENNA)
    caller = caller_for(app, owner.id)
    refused(caller.get(f"notices/{notice_id.id}/unreached.csv"), 409, "key.destroyed")
    assert caller.get(f"notices/{notice_id.id}").status_code == 200
    assert lines(caller.get("breaches.csv"))


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_cell_is_a_formula(cell: str):
    assert cell_of(cell).startswith("'") and undefused(cell_of(cell)) == cell
    for between in (",", "\t", "\n", "\r\n", ',""', ",'", "\n''"):
        within = f"Jan{between}{cell.lstrip()}"
        assert cell_of(within) == f"Jan{between}'{cell.lstrip()}" and undefused(cell_of(within)) == within


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula_for_a_program_that_reads_with_another_separator(separator: str):
    hostile = [
        "Jan,=1+1", 'Els,"=1+1"', "Piet,+31", 'Wit,""-1', "regel\n=1", "regel\r\n@x", "tab\t=1", "a;=1", ",'=1",
        "x,＝1",
    ]  # fmt: skip
    file = io.BytesIO()
    with csv_rows(file, ["naam", "x"]) as write:
        for cell in hostile:
            write([cell, cell])
    rows = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=separator)
    assert not [cell for row in rows for cell in row if cell.lstrip('"').startswith(("=", "+", "-", "@", "＝"))]


def test_a_cell_is_what_it_says():
    assert cell_of(datetime(2026, 11, 20, 18, 40, tzinfo=UTC)) == "2026-11-20 19:40+01:00"
    assert (cell_of(None), cell_of(5), cell_of("a=b")) == ("", "5", "a=b")
