"""What belongs to a test says so wherever it stands: every page, answer and file that names its client is walked."""

import csv
import io
import re
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from flask import Flask

from service.admission.access import COOKIE
from tenants.identity.users import OWNER
from tests.conftest import Database
from tests.factories import Office, a_member, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.escalation_tests import Login, begin, sent, work_on
from tests.pages.forms import visible
from workflows.mail.outbox import Outbox

CALLED, NUMBER = "Bakkerij Vandamme", "K9999"
"""A name and a number that do not tell what they are: what says so is the mark alone."""
OF_TESTS = "processor_id = :o and controller_id = (select id from organisation where made_by = :o and is_test)"
IDS = {
    "incident_id": "select id from incident where organisation_id = :o and is_test",
    "escalation_id": "select id from escalation where processor_id = :o",
    "agreement_id": f"select id from processing_agreement where {OF_TESTS}",
    "breach_id": "select id from breach where organisation_id = :o",
    "contact_id": f"""select s.id from contact_standing s where s.organisation_id = :o and s.address in (
                       select c ->> 'email' from processing_agreement a, jsonb_array_elements(a.contacts) c
                        where {OF_TESTS})""",
}  # fmt: skip
BAND, MARK, IN_JSON = "Dit is een proef.", "(Proef)", '"is_test":true'
FORMS_OF_A_FILE = ("csv", "json")
PARTS = ".json"
"""A page that stays open asks for its parts by such an address. The page around them has the band."""
NAMING = 11
"""At least so many pages and answers of the office name the client: the walk reaches them."""


@pytest.fixture
def office(app: Flask, database: Database, outbox: Outbox, reader: Login) -> Office:
    """An office that sent itself a test. Its test client was renamed, and its contact says no and is in doubt."""
    office = an_office(2)
    there = reader(office.officer)
    sent(there, begin(there, office))
    work_on(office, outbox)
    for table, column in (("processing_agreement", "processor_id"), ("escalation", "processor_id")):
        database.outside(f"""update {table} set controller_name = :name where {column} = :o
                                and controller_id in (select id from organisation where is_test)""",
                         name=CALLED, o=office.id)  # fmt: skip
    database.outside(f"update processing_agreement set client_number = :n where {OF_TESTS}", n=NUMBER, o=office.id)
    database.outside("update contact_standing set says_no_at = now() where organisation_id = :o and address in ("
                     "select c ->> 'email' from processing_agreement a, jsonb_array_elements(a.contacts) c"
                     f" where {OF_TESTS})", o=office.id)  # fmt: skip
    database.outside(f"""update processing_agreement set contacts = jsonb_set(contacts, '{{0,led_elsewhere_at}}',
                          to_jsonb(now())) where {OF_TESTS}""", o=office.id)
    return office


def addresses(app: Flask, database: Database, office: Office) -> Iterator[str]:
    """Every page and answer of the office whose address this world can fill in."""
    known = {"organisation": slug_of(office.id)}
    for name, query in IDS.items():
        rows = database.outside(query, o=office.id)
        known |= {name: str(rows[0]["id"])} if rows else {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and {"organisation"} <= rule.arguments <= {*known, "place", "ending"}:
            for ending in FORMS_OF_A_FILE if "ending" in rule.arguments else ("",):
                values = {name: known.get(name, ending or "1") for name in rule.arguments}
                if not rule.rule.endswith(PARTS):
                    yield app.url_map.bind("localhost").build(rule.endpoint, values)
    for base in (f"/o/{known['organisation']}", f"/api/o/{known['organisation']}"):
        yield f"{base}/search?q=vandamme"
        yield f"{base}/agreements?search=vandamme"
    yield f"/o/{known['organisation']}/incidents/new?search=vandamme&look=1"


def test_whatever_names_the_client_of_a_test_marks_it(
    app: Flask, database: Database, reader: Login, office: Office
) -> None:
    there, naming = reader(a_member(office.id, OWNER, "Olga")), []
    unmarked = []
    token = there.client.get_cookie(COOKIE)
    assert token
    for address in addresses(app, database, office):
        bearer = {"Authorization": f"Bearer {token.value}"} if address.startswith("/api/") else {}
        answer = there.client.get(address, headers=bearer)
        if answer.status_code == 200 and CALLED in answer.text:
            naming.append(address)
            if not is_marked(answer.mimetype, answer.text):
                unmarked.append(address)
    assert not unmarked, "\n".join(unmarked)
    assert len(naming) >= NAMING, naming
    assert any("search?q=" in address for address in naming) and any("csv" in address for address in naming), naming


def is_marked(kind: str, words: str) -> bool:
    """Whether a page has the band, or each naming of the client in it its mark; an answer or a file says it as well."""
    if kind == "application/json":
        return IN_JSON in words.replace(" ", "") or BAND in words or MARK in words
    if kind == "text/csv":
        rows = csv.DictReader(io.StringIO(words.lstrip("\ufeff")), delimiter=";")
        return all(row["Proef"] == "Ja" for row in rows if CALLED in row.values())
    seen = visible(re.sub(r'<span class="hidden">.*?</span>', "", words))
    rows = [seen[match.start() : match.end() + 40] for match in re.finditer(CALLED, seen)]
    return BAND in seen or all(MARK in row for row in rows)


def test_the_register_of_a_test_and_its_evidence_say_so(
    app: Flask, database: Database, reader: Login, office: Office
) -> None:
    [row] = database.outside("select controller_id, breach_id from escalation where processor_id = :o", o=office.id)
    anna = reader(a_member(row["controller_id"], OWNER, "Anna"))
    base = f"/o/{slug_of(row['controller_id'])}"
    for path in ("/", "/register", f"/breaches/{row['breach_id']}", f"/breaches/{row['breach_id']}/form", "/settings"):
        assert BAND in anna.see(f"{base}{path}"), path
    lines = anna.see(f"{base}/register.csv").splitlines()
    assert len(lines) == 2 and "PROEF-" in lines[1]
    whole = anna.client.get(f"{base}/breaches/{row['breach_id']}/evidence.zip")
    with ZipFile(io.BytesIO(whole.data)) as file:
        texts = {name: file.read(name).decode() for name in file.namelist() if name.endswith((".html", ".json"))}
    assert any(BAND in text for text in texts.values())
    assert any(IN_JSON in text.replace(" ", "") for text in texts.values())


def test_each_place_that_offers_a_test_has_its_button(reader: Login, app: Flask) -> None:
    office = an_office(0)
    owner, at = reader(a_member(office.id, OWNER, "Olga")), f"/o/{slug_of(office.id)}"
    for path in ("/", "/agreements", "/incidents"):
        assert f'action="{at}/test"' in owner.see(f"{at}{path}"), path
    reading: Reader = reader(a_member(office.id, "auditor", "Ab"))
    assert not [path for path in ("/", "/agreements", "/incidents") if f'"{at}/test"' in reading.see(f"{at}{path}")]
