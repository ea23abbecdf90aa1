"""A breach is called ready only where nothing is due: its page, the register, the overview and the notice agree."""

import re
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from migrations.release import FOLDER
from tenants.history.entries import Entry, record
from tenants.identity.users import APPROVER, HANDLER
from tenants.isolation import acting_for
from tenants.register.notices import notice_of_breach
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, a_member, an_own_breach
from tests.pages.conftest import typed_assessment
from tests.pages.forms import visible
from tests.pages.worlds import READERS, SUBMITTED, WHY, Controller, Login, OneOwner
from tests.service.caller import Caller, caller_for
from workflows.dossiers.own_dossiers import SUBMIT, own_dossiers, unready_among
from workflows.mail.outbox import Outbox
from workflows.running import jobs

READY = "Klaar: "


def stands(shop: OneOwner) -> tuple[bool, bool, bool, str]:
    """Whether the breach is called ready, whether its page names what is due, whether the overview counts it or its
    notice as open, and how the register names it."""
    page, home = shop.wim.see(shop.page), shop.wim.see(f"{shop.base}/")
    register = visible(shop.wim.see(f"{shop.base}/register"))
    states = ("nog geen besluit", "wacht op goedkeuring", "goedgekeurd, nog versturen", "gemeld bij de AP",
              "besloten niet te melden", "niet melden")  # fmt: skip
    said = next((state for state in states if state in register), register)
    return READY in visible(page), 'id="due-' in page, 'id="own"' in home, said


def test_what_is_submitted_is_not_ready_while_its_notice_is_not_sent(reader: Login, outbox: Outbox) -> None:
    shop = OneOwner(reader)
    shop.do("assess", **typed_assessment("high"))
    assert stands(shop) == (False, False, True, "nog geen besluit")
    shop.do("draft", decision="notify", reason="Een hoog risico")
    assert stands(shop) == (False, False, True, "wacht op goedkeuring")
    shop.wim.done(f"{shop.page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=shop.page)
    assert stands(shop) == (False, True, True, "gemeld bij de AP"), "the notice counts, before it has begun too"
    jobs.drain(str(shop.id))
    assert stands(shop) == (False, True, True, "gemeld bij de AP")
    with acting_for(shop.id):
        notice = notice_of_breach(shop.breach)
    assert notice is not None
    there = f"{shop.base}/notices/{notice.id}"
    assert "in voorbereiding" in visible(shop.wim.see(f"{shop.base}/notices")).lower()
    shop.wim.done(f"{there}/steps/recipients", READERS, seen=there)
    shop.wim.done(f"{there}/steps/text", NOTICE_TEXT, seen=there)
    adam, hugo = (reader(a_member(shop.id, role, name)) for role, name in ((APPROVER, "Adam"), (HANDLER, "Hugo")))
    approve = visible(adam.see(there))
    assert "Een derde collega verstuurt het daarna: Hugo." in approve
    adam.done(f"{there}/steps/approve", {"agrees": "true"}, seen=there)
    page = hugo.done(f"{there}/steps/release", {}, seen=there)
    machine = visible(page[page.index('id="machine"') :])
    assert "Hierna is er geen stap meer van een collega" in machine and "data-renews" in page
    assert stands(shop)[:3] == (False, True, True)


def test_not_to_notify_is_open_nowhere_and_is_ready_or_says_what_is_due(reader: Login, outbox: Outbox) -> None:
    shop = OneOwner(reader)
    shop.do("assess", **typed_assessment("unlikely"))
    shop.do("draft", decision="do_not_notify", reason="Geen risico")
    adam = reader(a_member(shop.id, APPROVER, "Adam"))
    assert "derde collega" not in visible(adam.see(shop.page)), "nobody sends a decision not to notify"
    adam.done(f"{shop.page}/steps/approve", {"agrees": "true"}, seen=shop.page)
    jobs.drain(str(shop.id))
    ready, is_due, is_open, said = stands(shop)
    assert ready != is_due and is_open == is_due, said
    page = visible(shop.wim.see(shop.page))
    assert "U beoordeelde het risico" not in page and "goedgekeurd door Adam (goedkeurder)" in page


MEASURES = {"measures": "De map is gewist"}
COMPOSED = (
    # the risk and the decision, how far it went, what was known of it, what is due or "step", whether it is decided
    ("risk", "notify", "", {}, "step", False),
    ("risk", "notify", "draft", {}, "step", False),
    ("risk", "notify", "approve", MEASURES, "step", True),
    ("risk", "notify", "submit", {}, "questions measures", True),
    ("risk", "notify", "submit", MEASURES, "questions", True),
    ("high", "notify", "submit", MEASURES, "notice questions", True),
    ("unlikely", "do_not_notify", "approve", {}, "measures", True),
    ("unlikely", "do_not_notify", "approve", MEASURES, "", True),
)


def test_page_register_overview_and_api_call_the_same_breaches_ready(
    reader: Login, app: Flask, database: Database, outbox: Outbox
) -> None:
    bakery = Controller(reader)
    api = caller_for(app, bakery.officer.id)  # type: ignore[arg-type]
    table = {bakery.breach: COMPOSED[0]}
    for risk, decision, until, known, *expected in COMPOSED[1:]:
        breach = an_own_breach(bakery.id, bakery.officer, **known)
        table[breach] = (risk, decision, until, known, *expected)  # type: ignore[assignment]
        bakery.page = f"{bakery.base}/breaches/{breach}"
        steps = (
            (bakery.olga, "assess", typed_assessment(risk)),
            (bakery.olga, "draft", {"decision": decision, "reason": "Zo is het"}),
            (bakery.adam, "approve", {"agrees": "true"}), (bakery.hugo, "submit", SUBMITTED),
        )  # fmt: skip
        for who, step, form in steps[: ("assess", "draft", "approve", "submit").index(until) + 1]:
            bakery.do(who, step, **form)
            while jobs.drain(str(bakery.id)):
                pass
    assert_agree(bakery, api, table)
    kept = noted(database, bakery.id)
    assert {breach for breach, (may_be, _) in kept.items() if may_be} == {b for b, row in table.items() if row[4]}
    assert as_upgraded(database, bakery.id) == kept
    with acting_for(bakery.id):
        submitted = [breach for breach, row in table.items() if row[2] == "submit"]
        record([Entry("breach", breach, SUBMIT, bakery.handler) for breach in submitted])
    assert_agree(bakery, api, table)


NOTED = text("select id, may_be_due, questions_open from breach where organisation_id = :o")


def noted(database: Database, organisation: UUID) -> dict[UUID, tuple[bool, int | None]]:
    """What the row of each breach says of what may be due."""
    return {
        row["id"]: (row["may_be_due"], row["questions_open"]) for row in database.outside(NOTED.text, o=organisation)
    }


def as_upgraded(database: Database, organisation: UUID) -> dict[UUID, tuple[bool, int | None]]:
    """What the upgrade would have noted at them; taken back."""
    upgrade = (FOLDER / "sql" / "0076_judged_before.sql").read_text("utf-8")
    with database.superuser.connect() as there:
        there.execute(text("set local session_replication_role = replica"))
        there.execute(text("update breach set may_be_due = true, questions_open = null"))
        for statement in upgrade.split(";\n")[:-1]:
            there.exec_driver_sql(statement)
        return {row.id: (row.may_be_due, row.questions_open) for row in there.execute(NOTED, {"o": organisation})}


def assert_agree(bakery: Controller, api: Caller, table: dict[UUID, tuple[Any, ...]]) -> None:
    """Overview, register, API and each breach's page say of the same breaches that they are not ready."""
    due = {breach: row[4].split() for breach, row in table.items()}
    ended = {breach for breach, row in table.items() if "step" not in row[4]}
    for breach in table:
        page = bakery.olga.see(f"{bakery.base}/breaches/{breach}")
        answer = api.get(f"breaches/{breach}").json
        assert [row["what"] for row in answer["still_due"]] == [what for what in due[breach] if what != "step"]
        assert (answer["run"]["state"] == "running") == ("step" in due[breach])
        assert re.findall('id="due-([a-z_]+)"', page) == [what for what in due[breach] if what != "step"], due[breach]
        assert (READY in visible(page)) == (not due[breach])
    rows = bakery.olga.see(f"{bakery.base}/register").split("<tr>")
    marked = {breach for breach in table for row in rows if str(breach) in row and "nog niet klaar" in row}
    unready = {breach for breach, what in due.items() if what}
    with acting_for(bakery.id):
        assert unready_among(table) == unready and marked == unready & ended
        own = own_dossiers()
    decided = {breach for breach, row in table.items() if row[5]}
    assert (own.breaches, own.undecided) == (len(unready), len(unready - decided))
    assert own.notices_unsent == sum("notice" in what for what in due.values())
    assert f"{len(unready)} datalekken zijn nog niet klaar" in visible(bakery.olga.see(f"{bakery.base}/"))
