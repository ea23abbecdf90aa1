"""Mails that the version before planned, and that nobody had sent yet at the upgrade, are still sent, or wait."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, text

from service.embedded.servers import Embedded
from service.release import release
from tests.conftest import BASE_URL, SANDBOX_URL
from tests.tenants.carried import database_at
from workflows.mail.sending import Claimed, Reader, write_mail

NAME, LOCALES = "mails_of_before", ("nl", "en")
PLANNED = Path(__file__).parent / "mails_planned_at_0014.json"
"""By text: what that version filled in, at 0014."""


@pytest.fixture
def before(servers: Embedded) -> Iterator[Engine]:
    """A database at the version before; its superuser."""
    with database_at(servers, NAME, "0014") as carried:
        yield carried.superuser


def test_each_mail_that_was_planned_before_can_be_written_after(before: Engine, servers: Embedded):
    planned = {(key, locale): names for key, names in json.loads(PLANNED.read_text()).items() for locale in LOCALES}
    organisation, insert = uuid4(), text("""
        insert into mail_batch (organisation_id, purpose, about_id, text_key, locale, common, state)
        values (:organisation, :purpose, :organisation, :key, :locale, cast(:common as jsonb), 'planned')""")
    with before.begin() as there:
        there.execute(text("insert into organisation (id, slug, name) values (:o, 'x', 'X')"), {"o": organisation})
        for (key, locale), names in planned.items():
            common = {name: "https://x.nl/1" if name == "link" else "72" for name in names}
            purpose = key if key in ("invitation", "reset", "security") else "escalation"
            there.execute(insert, {"organisation": organisation, "purpose": purpose, "key": key, "locale": locale,
                                   "common": json.dumps(common)})  # fmt: skip
    release(servers.config(BASE_URL, SANDBOX_URL, NAME))
    with before.begin() as there:
        rows = there.execute(text("select text_key, locale, purpose, common from mail_batch")).all()
    assert {(row.text_key, row.locale) for row in rows} == set(planned)
    for row in rows:
        reader = Reader(uuid4(), uuid4(), "Anna", "anna@client.example", {})
        batch = (uuid4(), uuid4(), uuid4(), row.purpose, row.text_key, row.locale, row.common, (reader,))
        mail = write_mail(Claimed(*batch))
        assert not re.search("[{}]", mail.subject + mail.text), row.text_key
        if row.text_key.startswith("escalation"):
            hours = {"nl": "72 uur", "en": "72 hours"}[row.locale]
            assert hours in mail.subject and mail.text.count(hours) >= 1


def test_a_notice_that_was_planned_before_waits_for_the_proof_as_later_ones_do(before: Engine, servers: Embedded):
    """Before there was proof nobody had it. Other mail goes, and so does what an earlier proof let go."""
    with before.begin() as there:
        planned(there, "x", "notice", "reminder")
    release(servers.config(BASE_URL, SANDBOX_URL, NAME))
    assert states(before) == {"x notice": ("held", "not_verified"), "x reminder": ("planned", None)}


def test_a_notice_that_was_planned_with_a_proof_goes(servers: Embedded):
    with database_at(servers, NAME, "0038") as carried:
        with carried.superuser.begin() as there:
            planned(there, "proven", "notice", "reminder")
            there.execute(text("update organisation set verified_at = now(), verified_how = 'operator'"))
            planned(there, "x", "notice")
        release(servers.config(BASE_URL, SANDBOX_URL, NAME))
        assert states(carried.superuser) == {
            "proven notice": ("planned", None), "proven reminder": ("planned", None),
            "x notice": ("held", "not_verified"),
        }  # fmt: skip


def planned(there: Connection, slug: str, *purposes: str) -> None:
    """An organisation with a planned mail for each of these."""
    organisation = uuid4()
    there.execute(text("insert into organisation (id, slug, name) values (:o, :slug, 'X')"),
                  {"o": organisation, "slug": slug})  # fmt: skip
    for purpose in purposes:
        there.execute(
            text("""insert into mail_batch (organisation_id, purpose, about_id, text_key, locale, state)
                    values (:o, :purpose, uuidv7(), 'step_failed', 'nl', 'planned')"""),
            {"o": organisation, "purpose": purpose},
        )


def states(superuser: Engine) -> dict[str, tuple[str, str | None]]:
    """By organisation and purpose: the state of its mail, and why it waits."""
    query = text("""select o.slug, b.purpose, b.state, b.held_for
                      from mail_batch b join organisation o on o.id = b.organisation_id""")
    with superuser.begin() as there:
        return {f"{row.slug} {row.purpose}": (row.state, row.held_for) for row in there.execute(query)}
