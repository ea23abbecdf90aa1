"""Upgrading to 0101 fills the KvK number of a client where it is known that the office typed it, and nowhere else."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import text

from service.embedded.servers import Embedded
from tests.tenants.carried import Before, database_at

ROWS = text("""
    with office as (insert into organisation (slug, name, kvk_number) values ('o', 'O', '11111111') returning id),
    register as (
      insert into organisation (slug, name, kvk_number, made_by, is_test)
      select v.slug, v.slug, v.number, case when v.made then office.id end, v.is_test
        from office cross join (values ('made', '22222222', true, false), ('moved', '33333333', false, false),
               ('was', '33333333', true, false), ('unknown', '44444444', false, false), ('proef', null, true, true))
             v(slug, number, made, is_test) returning id, slug)
    insert into processing_agreement (processor_id, controller_id, client_number, controller_name, contacts,
                                      in_force_from)
    select office.id, register.id, register.slug, register.slug, '[]', '2026-01-01'
      from office cross join register where register.slug <> 'was'""")
STATED = text("select client_number, kvk_number_stated, version from processing_agreement")
VERSIONS = text("select client_number, version from processing_agreement")
NOTED = text("""
    select a.client_number from search_pending p join processing_agreement a on a.id = p.subject_id
     where p.kind = 'client'""")


@pytest.fixture
def before(servers: Embedded) -> Iterator[Before]:
    """At the version before the column."""
    with database_at(servers, "stated_numbers", "0100") as there:
        yield there


def test_the_number_is_filled_where_the_office_typed_it(before: Before) -> None:
    with before.superuser.begin() as there:
        there.execute(text("set local session_replication_role = replica"))
        there.execute(ROWS)
        versions = {row.client_number: row.version for row in there.execute(VERSIONS)}
    command.upgrade(before.alembic, "head")
    with before.superuser.begin() as there:
        rows = {row.client_number: row for row in there.execute(STATED)}
        noted = set(there.execute(NOTED).scalars())
    assert {number: row.kvk_number_stated for number, row in rows.items()} == {
        "made": "22222222", "moved": "33333333", "unknown": None, "proef": None}  # fmt: skip
    assert {number: row.version for number, row in rows.items()} == versions and noted == {"made", "moved"}
