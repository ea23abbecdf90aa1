"""What is known of a contact's address is compared alike everywhere, in the database and in the code."""

import re
from datetime import timedelta

from sqlalchemy import text

from tenants.agreements.contact_standing import as_contact
from tenants.agreements.contact_states import UNCONFIRMED_AFTER, contact_counts, states_of
from tenants.database import db
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import an_office
from tests.house.reading import ROOT

COMPARED_OTHERWISE = {
    "limits.py": "counts mail of a day under a fingerprint of the address, and compares it with no contact",
    "likeness.py": "finds addresses that look like each other",
}  # fmt: skip


def test_an_address_of_a_contact_is_compared_in_the_database_as_in_the_code(database: Database) -> None:
    """Blanks of other kinds than a space stay, in both: the database trims spaces alone."""
    typed = ["A@x.example", "  a@X.example ", "\ta@x.example", "a@x.example\u00a0", "a@x.example\n", " ", ""]
    with acting_for_nobody():
        rows = db.session.scalars(text("select lower(trim(a)) from unnest(cast(:typed as text[])) a"), {"typed": typed})
        assert list(rows) == [as_contact(address) for address in typed]


def test_no_code_compares_addresses_of_contacts_in_a_way_of_its_own() -> None:
    places = [*(ROOT / "tenants/agreements").glob("*.py"), *(ROOT / "workflows").rglob("*.py")]
    own = re.compile(r"(?:mail|address|contact)[^\n]*\.strip\([^)]*\)\.(?:lower|casefold)\(")
    found = [(path.name, line.strip()) for path in places for line in path.read_text("utf-8").splitlines()
             if own.search(line) and path.name not in COMPARED_OTHERWISE]  # fmt: skip
    assert found == [("contact_standing.py", 'return address.strip(" ").lower()')]


def test_a_contact_that_did_not_answer_is_so_for_a_list_as_for_a_row(database: Database) -> None:
    office = an_office(1, contacts=[{"name": "A", "email": "a@x.example"}])
    asked = "update contact_standing set asked_at = now() - cast(:ago as interval) where organisation_id = :o"
    for ago, did_not_answer in ((UNCONFIRMED_AFTER - timedelta(hours=1), 0), (UNCONFIRMED_AFTER, 1)):
        database.outside(asked, ago=ago, o=office.id)
        with acting_for(office.id):
            [[state]] = states_of([[{"email": "a@x.example"}]])
            in_both = (contact_counts().unconfirmed, int(state.state == "unconfirmed"))
            assert in_both == (did_not_answer, did_not_answer)
