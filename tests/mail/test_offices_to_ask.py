"""The clock process asks each second which offices have contacts to ask: only admitted ones are read."""

import re

from migrations.schema import FUNCTIONS
from tenants.agreements.processing_agreements import register_clients
from tenants.isolation import acting_for
from tenants.organisations.admission import SUSPENDED
from tests.conftest import Database
from tests.factories import a_client, an_office
from tests.operating import admit
from workflows.escalation.asking_contacts import offices_to_ask


def test_due_contacts_of_offices_that_are_not_admitted_are_not_read(own_database: Database):
    """Their rows are never put off: the clock process passes them over by their office, each second."""
    waiting, admitted = an_office(0), an_office(1, contacts=[{"name": "Anna", "email": "anna@client.example"}])
    with acting_for(waiting.id):
        register_clients([a_client(n) for n in range(500)])
    own_database.outside("update contact_standing set next_at = now() - interval '1 day'")
    admit(waiting.id, SUSPENDED)
    own_database.outside("analyze")
    body = (FUNCTIONS / "offices_with_contacts_to_ask.sql").read_text("utf-8").split("$$")[1]
    explained = f"explain (analyze, timing off, costs off) {body.replace('limit most', 'limit 8')}"
    lines = [row["QUERY PLAN"] for row in own_database.outside(explained)]
    reads = [line for line in lines if "contact_standing" in line]
    assert offices_to_ask(8) == [admitted.id]
    assert reads and all(re.search(r"rows=[01](?:\.\d+)? loops=1\b", line) for line in reads), "\n".join(lines)
