"""One tenant's heap of rows that fail delays nobody else: at every SQL statement with a limit that machines use."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tenants.errors import AlreadyDone
from tenants.identity.users import PRIVACY_OFFICER, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tenants.sealing import seal_of_acting_organisation
from tenants.search.indexing import EACH, index_pending
from tests.conftest import Database
from tests.engine.heaps import clocks, mails, notices, poison, states, steps
from tests.factories import FENNA, a_member, an_incident, an_office, an_organisation, an_own_breach
from workflows.catalogue import CATALOGUE
from workflows.decisions.turn_mails import note_turns, people_to_mail
from workflows.decisions.unheard_clocks import hear_at_once, unheard_clocks
from workflows.engine.claims import BATCH
from workflows.engine.clocks import TOLD_AFTER, organisations_to_hear
from workflows.engine.hints import NoHints, use_hints
from workflows.mail.outbox import Outbox
from workflows.running import jobs

MOST = 8
"""What a tick takes here of each; in the house it is `workflows.engine.clocks.MOST`."""
ENDED = {
    "left": "delete from membership where organisation_id = :o",
    "without a key": """
        update organisation_key set wrapped_key = null, destroyed_at = now() where organisation_id = :o""",
}
"""How an organisation can mail a person no more."""


@pytest.fixture
def heavy(own_database: Database, outbox: Outbox) -> UUID:
    use_hints(NoHints())
    return an_organisation()


@pytest.fixture
def good(own_database: Database, outbox: Outbox) -> UUID:
    organisation = an_organisation()
    a_member(organisation)
    return organisation


@pytest.mark.parametrize("workflow", ["escalation", "of-tomorrow"], ids=["known", "of another definition"])
def test_failing_clocks_delay_none_of_another(own_database: Database, heavy: UUID, good: UUID, workflow: str):
    clocks(own_database, heavy, MOST + 1, workflow)
    an_own_breach(good, hours_ago=30)
    jobs.sweep(MOST)
    assert states(own_database, good, "mail_batch") == {"planned"}


def test_many_words_of_one_organisation_delay_none_of_another(own_database: Database, heavy: UUID, good: UUID):
    own_database.outside("""
        insert into search_pending (organisation_id, kind, subject_id)
        select :o, 'breach', gen_random_uuid() from generate_series(1, :many)""", o=heavy, many=EACH + 100)
    an_own_breach(good)
    index_pending()
    waiting = own_database.outside("select organisation_id as o, count(*) as n from search_pending group by 1")
    assert [(row["o"], row["n"]) for row in waiting if row["o"] in (heavy, good)] == [(heavy, 100)]


def test_what_is_of_another_definition_takes_nobodys_turn(own_database: Database, heavy: UUID, good: UUID):
    """Nobody could hear or tell it: it is left out before organisations are counted."""
    for organisation in (heavy, other := an_organisation()):
        clocks(own_database, organisation, 1, "of-tomorrow")
    steps(own_database, other, 1, "failed", "of-tomorrow")
    own_database.outside("update clock set failed_at = now() where organisation_id = :o", o=other)
    an_own_breach(good, hours_ago=30)
    assert organisations_to_hear(CATALOGUE) == [good]
    steps(own_database, other, 1, "failed")
    assert set(organisations_to_hear(CATALOGUE)) == {good, other}


def test_clocks_of_which_no_row_can_be_changed(own_database: Database, heavy: UUID, good: UUID):
    clocks(own_database, heavy, MOST + 1, "escalation")
    poison(own_database, heavy, "clock")
    an_own_breach(good, hours_ago=30)
    jobs.sweep(MOST)
    assert states(own_database, good, "mail_batch") == {"planned"}


def test_failing_notices_delay_none_of_another(own_database: Database, heavy: UUID, good: UUID):
    notices(own_database, heavy, MOST + 1)
    poison(own_database, heavy, "notice")
    notices(own_database, good, 1)
    jobs.sweep(MOST)
    assert own_database.outside("select look_at from notice where organisation_id = :o", o=good)[0]["look_at"] is None


@pytest.mark.parametrize("workflow", ["escalation", "of-tomorrow"], ids=["known", "of another definition"])
def test_failed_steps_delay_no_failure_of_another(own_database: Database, heavy: UUID, good: UUID, workflow: str):
    steps(own_database, heavy, MOST + 1, "failed", workflow)
    steps(own_database, good, 1, "failed")
    if workflow == "escalation":
        poison(own_database, heavy, "step")
    else:
        steps(own_database, good, MOST + 1, "failed", workflow)
        own_database.outside("update step set id = uuidv7() where organisation_id = :o and name = 'inform'", o=good)
    jobs.sweep(MOST)
    assert states(own_database, good, "mail_batch") == {"planned"}


@pytest.mark.parametrize("workflow", ["escalation", "of-tomorrow"], ids=["known", "of another definition"])
def test_waiting_steps_delay_no_turn_of_another(own_database: Database, heavy: UUID, good: UUID, workflow: str):
    """Those of the heap have no breach, so that nobody can say whose turn they are."""
    steps(own_database, heavy, MOST + 1, "waiting", workflow)
    own_database.outside("update step set kind = 'human', turn_at = now() - interval '9 days'")
    an_own_breach(good)
    jobs.sweep(MOST)
    assert len(own_database.outside("select from turn_mail where organisation_id = :o", o=good)) == 1


def test_people_who_cannot_be_mailed_delay_no_mail_of_another(own_database: Database, heavy: UUID, good: UUID):
    """Who is beyond the limit of one tick has a turn in a later one: the order is random."""
    for _ in range(MOST + 1):
        a_member(heavy)
    for organisation in (heavy, good):
        an_own_breach(organisation)
    jobs.sweep()
    own_database.outside("update turn_mail set created_at = now() - interval '1 hour'")
    poison(own_database, heavy, "turn_mail")
    while states(own_database, good, "mail_batch") != {"planned"}:
        jobs.sweep(MOST)
    assert states(own_database, heavy, "mail_batch") == set()


@pytest.mark.parametrize("what", ENDED)
def test_an_organisation_that_cannot_mail_a_person_stops_no_mail_of_their_others(
    own_database: Database, heavy: UUID, good: UUID, what: str
):
    """The other way round, a person for whom no organisation is left is done with, and takes no turn of another."""
    person, alone = a_member(heavy), a_member(heavy)
    with acting_for_nobody():
        make_member(person.id, good, PRIVACY_OFFICER)  # type: ignore[arg-type]
    for organisation in (heavy, good):
        with acting_for(organisation):
            seal_of_acting_organisation()
        an_own_breach(organisation)
        note_turns(organisation, CATALOGUE, MOST)
    own_database.outside("update turn_mail set created_at = now() - interval '1 minute'")
    older = "update turn_mail set created_at = now() - interval '1 hour' where organisation_id = :o"
    for statement in (older, ENDED[what]):
        own_database.outside(statement, o=heavy)
    jobs.sweep()
    mailed = own_database.outside("select about_id from mail_batch where organisation_id = :o", o=good)
    assert person.id in {row["about_id"] for row in mailed}
    assert own_database.outside("select from turn_mail where user_id = :u and mailed_at is null", u=alone.id) == []
    own_database.outside("update step set turn_at = now() where organisation_id = :o", o=heavy)
    note_turns(heavy, CATALOGUE, MOST)
    assert people_to_mail(MOST, gathered_s=0) == [] and states(own_database, heavy, "mail_batch") == set()


@pytest.mark.parametrize(("table", "heap", "after"), [("step", steps, "ready"), ("mail_batch", mails, "unknown")])
def test_lapsed_leases_delay_none_of_another(
    own_database: Database, heavy: UUID, good: UUID, table: str, heap: Callable[..., None], after: str
):
    state = "running" if table == "step" else "sending"
    heap(own_database, heavy, 1001, state)
    poison(own_database, heavy, table)
    heap(own_database, good, 1, state)
    jobs.sweep()
    assert after in states(own_database, good, table)


def test_failing_steps_delay_none_of_another(own_database: Database, heavy: UUID, outbox: Outbox):
    steps(own_database, heavy, BATCH + 1, "ready")
    poison(own_database, heavy, "step")
    office = an_office()
    an_incident(office)
    jobs.poll()
    assert [mail.purpose for mail in outbox.mails] == ["escalation"]


def test_mail_that_cannot_be_written(own_database: Database, heavy: UUID, good: UUID, outbox: Outbox):
    mails(own_database, heavy, 2)
    poison(own_database, heavy, "mail_batch")
    mails(own_database, good, 1)
    jobs.poll()
    assert states(own_database, good, "mail_batch") == {"accepted"}


def test_failing_rows_delay_no_row_of_their_own_organisation(own_database: Database, good: UUID):
    """The heap is put off, so the good clock of the same organisation is heard in the tick that follows."""
    clocks(own_database, good, MOST, "escalation")
    an_own_breach(good, hours_ago=30)
    jobs.sweep(MOST)
    jobs.sweep(MOST)
    assert states(own_database, good, "mail_batch") == {"planned"}


def test_a_clock_that_fails_does_not_silence_those_that_are_heard_with_it(own_database: Database, good: UUID):
    for _ in range(4):
        an_own_breach(good, hours_ago=30)
    own_database.outside("""
        update run set subject_id = uuidv7() where id = (select max(id::text)::uuid from run)""")
    jobs.sweep()
    clocks_now = own_database.outside("select attempt, heard, error from clock order by attempt")
    assert [row["heard"] > 0 for row in clocks_now] == [True, True, True, False]
    assert clocks_now[-1]["attempt"] == 1 and clocks_now[-1]["error"] == "KeyError"
    assert states(own_database, good, "mail_batch") == {"planned"}


def test_people_are_told_of_a_clock_that_cannot_be_heard_and_it_is_tried_on(own_database: Database, good: UUID):
    clocks(own_database, good, 1, "escalation")
    for attempt in range(1, TOLD_AFTER + 1):
        jobs.sweep()
        assert own_database.outside("select attempt from clock")[0]["attempt"] == attempt
        own_database.outside("update clock set next_at = now() - interval '1 second'")
    jobs.sweep()
    jobs.sweep()
    clock = own_database.outside("select * from clock")[0]
    assert clock["failed_at"] and clock["told_at"] and clock["next_at"] > clock["failed_at"]
    written = own_database.outside("select text_key from mail_batch")
    assert [row["text_key"] for row in written] == ["clock_unheard"]
    state = own_database.outside("select engine_state() as s")[0]["s"]["clocks"]
    assert (state["due"], state["failed"]) == (1, 1) and state["late_s"] > 5 * 24 * 3600


def test_a_person_has_it_tried_at_once(own_database: Database, good: UUID):
    an_own_breach(good, hours_ago=30)
    own_database.outside("""
        update clock set attempt = 9, failed_at = now(), told_at = now(), next_at = now() + interval '1 hour'""")
    jobs.sweep()
    assert states(own_database, good, "mail_batch") == set()
    with acting_for(good):
        assert [clock.about.title for clock in unheard_clocks() if clock.about] == ["Verkeerd verstuurd"]
        assert hear_at_once(FENNA, "De sleutel is terug") == 1
    jobs.sweep()
    assert states(own_database, good, "mail_batch") == {"planned"}
    with acting_for(good), pytest.raises(AlreadyDone):
        assert unheard_clocks() == [] and hear_at_once(FENNA, "Nog eens")
