"""Steps of a run stand in the order in which they were done, also where a transaction that began first came last."""

from uuid import UUID

import pytest

from tenants.identity.users import PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import Office, an_incident, an_office, an_own_breach
from workflows.engine.runs import run_about
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import BULK_NOTICE, begin_by_choice, take_back_recipients, upload_recipients
from workflows.running.jobs import drain

ANS = [Addressee("Ans", "ans@elders.example")]


@pytest.fixture
def office() -> Office:
    return an_office(1)


def opened(notice: UUID) -> str | None:
    step = run_about(BULK_NOTICE.name, notice).open_step()
    return step.name if step else None


@pytest.mark.parametrize("is_first_taken_back", [True, False])
def test_who_waited_for_the_lock_comes_after_who_had_it(
    database: Database, office: Office, is_first_taken_back: bool
) -> None:
    """A list that is made while another act takes it back is there, whichever of the two began first; and the other way
    around."""
    own = an_own_breach(office.id, office.officer, title="Lijst kwijt")
    with acting_for(office.id):
        notice = begin_by_choice(breach(own), office.officer).id
        upload_recipients(notice, ANS, office.officer, PRIVACY_OFFICER)
        after_list = opened(notice)

    def make() -> None:
        upload_recipients(notice, ANS, office.officer, PRIVACY_OFFICER)

    def take_back() -> None:
        take_back_recipients(notice, office.officer, PRIVACY_OFFICER)

    first, last = (take_back, make) if is_first_taken_back else (make, take_back)

    def elsewhere() -> None:
        with acting_for(office.id):
            first()

    with acting_for(office.id):
        began = database_now()
        database.elsewhere(elsewhere).result()
        last()
        done = run_about(BULK_NOTICE.name, notice).done()
        assert done[-1].done_at == began < done[-2].done_at
        assert opened(notice) == (after_list if is_first_taken_back else "recipients")
    with acting_for(office.id):
        assert [step.id for step in run_about(BULK_NOTICE.name, notice).done()] == [step.id for step in done]
        assert opened(notice) == (after_list if is_first_taken_back else "recipients")


def test_steps_of_machines_and_of_an_earlier_release_have_their_place_too(
    database: Database, office: Office, outbox: Outbox
) -> None:
    an_incident(office)
    while drain(str(office.id)):
        pass
    places = "select run_id, array_agg(done_nth order by done_nth) as places from step where state = 'done' group by 1"
    rows = database.outside(places)
    assert rows and all(row["places"] == list(range(1, 1 + len(row["places"]))) for row in rows)
    run = rows[0]["run_id"]
    waiting = database.outside("select id from step where state in ('waiting', 'ready') limit 1")[0]["id"]
    database.outside("update step set run_id = :run, state = 'done', done_at = '2020-01-01', kind = 'job', round = 99 "
                     "where id = :id", run=run, id=waiting)  # fmt: skip
    assert database.outside("select done_nth from step where id = :id", id=waiting)[0]["done_nth"] == 1 + len(
        rows[0]["places"]
    )
