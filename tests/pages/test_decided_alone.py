"""An office sees that one person of a client decided alone; of a decision by several people it sees no such mark."""

import json

import pytest
from flask import Flask

from service.words.moments import moment_on_page
from tenants.identity.users import APPROVER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.factories import a_member
from tests.pages.worlds import SUBMITTED, WHY, Login, OfficeOfDeciders
from tests.service.caller import caller_for


@pytest.fixture
def chain(reader: Login, app: Flask) -> OfficeOfDeciders:
    return OfficeOfDeciders(reader)


def decides_together(chain: OfficeOfDeciders) -> None:
    _, page = chain.opened(chain.together, "unlikely")
    adam = chain.reader(a_member(chain.together.controller_id, APPROVER, "Adam"))
    adam.done(f"{page}/steps/approve", {"agrees": "true"}, seen=page)


def test_a_notification_that_was_done_alone_is_marked_wherever_the_office_looks(
    chain: OfficeOfDeciders, app: Flask
) -> None:
    decides_together(chain)
    who, page = chain.opened(chain.alone)
    who.done(f"{page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=page)
    assert "alleen gedaan" in who.see(f"{page.partition('/breaches')[0]}/register"), "as the register itself says"
    assert [(row.decision, row.decided_alone) for row in chain.rows()] == [
        ("notified", True), ("not_notified", False), (None, None),
    ]  # fmt: skip
    with acting_for(chain.alone.controller_id):
        sent_at = breach(chain.alone.breach_id).submitted_at
    assert sent_at and chain.rows()[0].decided_at == sent_at, "the moment of sending, not of recording it"
    fenna = chain.reader(chain.office.officer)
    shown = fenna.see(chain.at)
    assert 'data-sum="decided_alone">1<' in shown and 'data-sum="decided">2<' in shown
    printed = fenna.see(f"{chain.at}/print")
    with_moment = f"gemeld bij de AP {moment_on_page(sent_at, 'short', sent_at).__html__()}"
    assert with_moment in shown and f"{with_moment}, alleen gedaan" in printed
    rows = [row for row in shown.split('<th scope="row">') if "alleen gedaan</strong>" in row]
    assert len(rows) == 1 and chain.alone.controller_name in rows[0]
    sums = json.loads(fenna.see(f"{chain.at}/board.json"))
    assert sums["sums"]["decided_alone"] == 1 and sums["shown"]["decided_alone"] == "1"
    pages = [fenna.see(f"{chain.at}/escalations/{row.id}") for row in chain.rows()]
    assert ["zonder tweede persoon" in words for words in pages] == [True, False, False]
    assert [words.count("Alleen gedaan.") for words in pages] == [2, 0, 0], "at the decision and in its history"
    assert WHY not in "".join([shown, *pages]), "the reason is the client's own"


def test_programs_read_it_in_the_list_the_escalation_and_the_sums(chain: OfficeOfDeciders, app: Flask) -> None:
    who, page = chain.opened(chain.alone)
    who.done(f"{page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=page)
    decides_together(chain)
    assert chain.office.officer.id
    officer = caller_for(app, chain.office.officer.id)
    listed = officer.get(f"incidents/{chain.incident}/escalations").json["items"]
    marks = {row["controller_name"]: row["decided_alone"] for row in listed}
    names = [row.controller_name for row in (chain.alone, chain.together, chain.open)]
    assert marks == dict(zip(names, (True, False, None), strict=True))
    assert officer.get(f"escalations/{chain.alone.id}").json["decided_alone"] is True
    assert officer.get(f"incidents/{chain.incident}/board").json["decided_alone"] == 1
    [alone], [together] = chain.told(chain.alone), chain.told(chain.together)
    assert alone["alone"] is True and "alone" not in together and chain.told(chain.open) == []


def test_not_to_notify_that_was_approved_alone_is_marked_too(chain: OfficeOfDeciders) -> None:
    who, page = chain.opened(chain.alone, "unlikely")
    who.done(f"{page}/alone/approve", {"agrees": "true", "alone_reason": WHY}, seen=page)
    first = chain.rows()[0]
    assert (first.decision, first.decided_alone) == ("not_notified", True)
