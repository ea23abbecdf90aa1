"""Rows of before one-line text was one line: cleaned once, and history stays as it was."""

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.embedded.servers import Embedded
from tests.tenants.carried import database_at

BEFORE = """
insert into organisation (id, slug, name) values
  ('00000000-0000-0000-0000-000000000001', 'kapot', E'Kapot\\nBV'),
  ('00000000-0000-0000-0000-000000000002', 'klant', E'Klant \\u202Etxt.exe\\t2');
insert into app_user (email, name, password_hash) values
  ('rob@x.example', E'Rob\\u2028Pol', '!'), ('niemand@x.example', E'\\u200B\\u2060', '!');
insert into processing_agreement
  (processor_id, controller_id, client_number, controller_name, contacts, in_force_from) values
  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', '00457', E'Klant\\r\\n2',
   E'[{"name": "Lida Vos\\u0085directie", "email": null}, {"name": "Bo"}]', '2020-01-01'),
  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', E'00457\\u200B', 'Klant 2',
   '[]', '2020-01-01');
insert into incident
  (organisation_id, reference, title, services, found_at, became_aware_at, description, contact_name, contact_email,
   created_by) values
  ('00000000-0000-0000-0000-000000000001', '2026-0001', E'Lek\\nin twee', '{}', now(), now(),
   E'Een\\r\\ntwee\\u2029drie', 'F', 'f@x.example', uuidv7());
"""


def test_what_was_there_is_cleaned_once(servers: Embedded):
    with database_at(servers, "lines_of_before", "0016") as before:
        with before.superuser.begin() as there:
            there.execute(text(BEFORE.replace(":", "\\:")))
        command.upgrade(before.alembic, "0017")
        with before.superuser.begin() as there:
            names = there.scalars(text("select name from organisation order by slug")).all()
            people = there.scalars(text("select name from app_user order by email")).all()
            agreed = there.execute(text("select client_number, controller_name, contacts from processing_agreement"))
            numbers = {row.client_number: row for row in agreed}
            incident = there.execute(text("select title, description from incident")).one()
            walls = there.scalar(text("select count(*) from pg_class where relrowsecurity and not relforcerowsecurity"))
    assert names == ["Kapot BV", "Klant txt.exe 2"] and people == ["-", "Rob Pol"]
    assert numbers["00457"].controller_name == "Klant 2"
    assert [contact["name"] for contact in numbers["00457"].contacts] == ["Lida Vos directie", "Bo"]
    assert numbers["00457"].contacts[0]["email"] is None
    assert len(numbers) == 2 and incident.title == "Lek in twee" and incident.description == "Een\ntwee\ndrie"
    assert walls == 0


def test_two_accounts_that_become_one_address_stop_the_upgrade_and_are_named(servers: Embedded):
    with database_at(servers, "two_of_one_address", "0016") as before:
        with before.superuser.begin() as there:
            there.execute(text("""
                insert into app_user (id, email, name, password_hash) values
                  ('00000000-0000-0000-0000-00000000000a', 'rob@x.example', 'Rob', '!'),
                  ('00000000-0000-0000-0000-00000000000b', U&'rob@x.example\\200B', 'Rob', '!')""".replace(":", "\\:")))
        with pytest.raises(DBAPIError, match="00000000000a and 00000000-0000-0000-0000-00000000000b"):
            command.upgrade(before.alembic, "0017")
        with before.superuser.begin() as there:
            emails = there.scalars(text("select email from app_user")).all()
    assert sorted(emails) == ["rob@x.example", "rob@x.example\u200b"]
