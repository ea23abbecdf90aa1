"""The row of a breach says whether anything may be due about it, so that an overview reads no others."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tenants.database import db
from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER
from tenants.isolation import acting_for, acting_for_nobody
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import BRAM, FENNA, JORIS, NOTICE_TEXT, a_member, an_organisation, delivery_events, proven
from tests.pages.conftest import slug_of
from tests.pages.forms import visible
from tests.pages.worlds import Login
from tests.worlds.many_breaches import add_ended
from workflows.dossiers.own_dossiers import MOST, SUMS, own_dossiers, unready_among
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee
from workflows.mail.events import record
from workflows.mail.outbox import Outbox
from workflows.mail.states import DELIVERED, STATES, UNCONFIRMED
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, upload_recipients
from workflows.running.jobs import drain

NOTED = "select may_be_due from breach where organisation_id = :o and id = :breach"
RULE = """
    select runs or due or unread or notice_unsent or notice_under_way as may_be, due
      from breach_standing(:o, array[cast(:breach as uuid)])"""


class Ended:
    """A register with one breach, submitted years ago, about which nothing is due."""

    def __init__(self, database: Database) -> None:
        self.database, self.id = database, an_organisation("Archief")
        add_ended(database, self.id, 2)
        [row] = self.outside("select id from breach where organisation_id = :o and submitted_at is not null")
        self.breach: UUID = row["id"]

    def outside(self, statement: str, **values: Any) -> list[Any]:
        """As the superuser; `:o` is the register and `:breach` the breach."""
        known = {"o": self.id, "breach": getattr(self, "breach", None)}
        return self.database.outside(statement, **{k: v for k, v in known.items() if f":{k}" in statement}, **values)

    def assert_due(self, *, is_due: bool, may_be: bool | None = None) -> None:
        """The row, the rule, the list and the sums say the same."""
        [noted], [rule] = self.outside(NOTED), self.outside(RULE)
        assert rule["due"] == is_due
        assert noted["may_be_due"] == rule["may_be"] == (is_due if may_be is None else may_be)
        with acting_for(self.id):
            assert unready_among([self.breach]) == ({self.breach} if is_due else set())
            assert own_dossiers().decided == int(is_due)

    def let(self, change: str, **values: Any) -> None:
        """Change the breach from outside."""
        self.outside(f"update breach set {change} where organisation_id = :o and id = :breach", **values)


@pytest.fixture
def ended(database: Database, outbox: Outbox) -> Ended:
    """Of this test alone."""
    return Ended(database)


def test_each_event_that_makes_something_due_again_is_noted(ended: Ended, outbox: Outbox) -> None:
    ended.assert_due(is_due=False)
    with acting_for(ended.id):
        new = begin_by_choice(breach(ended.breach), FENNA)
    ended.assert_due(is_due=True)
    with acting_for(ended.id):
        upload_recipients(new.id, [Addressee("A", "a@x.nl"), Addressee("B", "b@x.nl")], FENNA, PRIVACY_OFFICER)
        complete(BULK_NOTICE, new.id, "text", FENNA, PRIVACY_OFFICER, dict(NOTICE_TEXT))
        complete(BULK_NOTICE, new.id, "approve", proven(BRAM), APPROVER, {"agrees": True})
        complete(BULK_NOTICE, new.id, "release", proven(JORIS), HANDLER, {})
    ended.assert_due(is_due=True)
    while drain(str(ended.id)):
        pass
    ended.assert_due(is_due=True)
    first, second = delivery_events(outbox.mails)
    tell(first, second)
    ended.assert_due(is_due=False, may_be=True)
    while drain(str(ended.id)):
        pass
    ended.assert_due(is_due=False)
    tell(first | {"event": "bounce", "sg_event_id": "came back"})
    ended.assert_due(is_due=True)
    ended.outside("update recipient set state = 'unconfirmed' where organisation_id = :o and state = 'bounced'")
    ended.outside("update recipient set state = 'delivered' where organisation_id = :o and state = 'unconfirmed'")
    ended.assert_due(is_due=False)
    ended.let("risk = 'high'")
    ended.assert_due(is_due=False)
    ended.outside("update run set state = 'cancelled' where organisation_id = :o and workflow = 'bulk_notice'")
    ended.assert_due(is_due=True)


def tell(*events: dict[str, Any]) -> None:
    with acting_for_nobody():
        record(list(events))


RUN = "update run set state = :state where organisation_id = :o and subject_id = :breach"


def test_what_is_written_at_the_breach_and_its_run_is_noted(ended: Ended) -> None:
    for change, is_due in (
        ("measures = ''", True), ("measures = 'Gewist'", False), ("risk = 'high'", True),
        ("people_exception = 'measures'", False), ("people_exception = null", True),
        ("financial_undertaking = true", False), ("financial_undertaking = null", True), ("risk = 'risk'", False),
        ("questions_open = 2", True), ("questions_open = 0", False),
    ):  # fmt: skip
        ended.let(change)
        ended.assert_due(is_due=is_due)
    ended.outside(RUN, state="cancelled")
    ended.assert_due(is_due=False)
    ended.outside(RUN, state="running")
    [noted] = ended.outside(NOTED)
    assert noted["may_be_due"]
    ended.outside(RUN, state="done")
    ended.assert_due(is_due=False)


def test_of_two_changes_at_the_same_time_the_later_one_sees_the_earlier(ended: Ended) -> None:
    ended.let("measures = ''")
    first, second = (ended.database.superuser.connect() for _ in range(2))
    asked = {"o": ended.id, "breach": ended.breach}
    change = "update breach set {} where organisation_id = :o and id = :breach"
    with first, second:
        first.execute(text("""update run set state = 'running' where organisation_id = :o and subject_id = :breach
                              and workflow = 'ap_notification'"""), asked)  # fmt: skip
        second.execute(text(change.format("measures = 'Gewist'")), asked)
        second.commit()
        assert ended.outside(NOTED)[0]["may_be_due"] is False
        first.commit()
    assert ended.outside(NOTED)[0]["may_be_due"] is True


def test_a_form_of_before_is_read_once_until_the_breach_changes(ended: Ended) -> None:
    ended.let("questions_open = null")
    kept = "select questions_open from breach where organisation_id = :o and id = :breach"
    assert ended.outside(kept)[0]["questions_open"] is None
    with acting_for(ended.id):
        assert own_dossiers().decided == 1
    ended.assert_due(is_due=True)
    assert ended.outside(kept)[0]["questions_open"] > 0
    ended.let("version = version + 1")
    assert ended.outside(kept)[0]["questions_open"] is None
    with acting_for(ended.id):
        assert unready_among([ended.breach]) == {ended.breach}
    assert ended.outside(kept)[0]["questions_open"] > 0


def test_only_from_these_states_an_event_moves_a_reader_of_an_ended_notice() -> None:
    highest = max(state.rank for state in STATES)
    assert {s.name for s in STATES if not s.on_the_way and s.rank < highest} == {DELIVERED, UNCONFIRMED}


def pages_read(organisation: UUID) -> int:
    """How many pages of the database the overview's sums read, wherever they lie."""
    explain = text(f"explain (analyze, buffers, format json) {SUMS.text}")
    with acting_for(organisation):
        asked = {"organisation": organisation, "most": MOST + 1}
        plan = db.session.execute(explain, asked).scalar_one()
    [read] = plan if isinstance(plan, list) else json.loads(plan)
    return int(read["Plan"]["Shared Hit Blocks"] + read["Plan"]["Shared Read Blocks"])


def test_the_overview_reads_no_more_when_more_breaches_are_ready(database: Database) -> None:
    archive = an_organisation("Archief")
    add_ended(database, archive, 100)
    before = pages_read(archive)
    add_ended(database, archive, 1_000)
    assert pages_read(archive) <= before + 5


def test_of_many_that_are_not_ready_it_counts_the_first(database: Database, reader: Login) -> None:
    archive = an_organisation("Achterstand")
    add_ended(database, archive, MOST, measures=None)
    with acting_for(archive):
        assert (own_dossiers().breaches, own_dossiers().are_more) == (MOST, False)
    add_ended(database, archive, MOST, measures=None)
    assert pages_read(archive) < 10 * MOST, "of each breach that is counted less than 10 pages, of the others none"
    with acting_for(archive):
        assert (own_dossiers().breaches, own_dossiers().are_more) == (MOST, True)
    home = visible(reader(a_member(archive)).see(f"/o/{slug_of(archive)}/"))
    assert "Nog niet klaar: meer dan 1.000 van uw datalekken" in home and "Besluit genomen, nog niet klaar" not in home
