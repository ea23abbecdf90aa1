"""A call that was recorded by mistake is taken back: what that does to the clocks of both, and when it is refused."""

from datetime import timedelta
from typing import Any

import pytest

from tenants.errors import AlreadyDone, Invalid
from tenants.history.entries import SYSTEM, Entry, of_subject, record
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import breach as breach_of
from tenants.register.escalations import escalation
from tests.conftest import Database
from tests.worlds.informed_client import InformedClient
from workflows.escalation.conversations import Conversation, conversations, record_conversation, take_back
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import begin_by_choice
from workflows.notification.form_answers import write_answers
from workflows.notification.supplement import supplement_facts


@pytest.fixture
def client(own_database: Database, outbox: Outbox) -> InformedClient:
    return InformedClient(own_database, outbox)


def take_the_call_back(client: InformedClient, reason: str = "Verkeerde opdrachtgever") -> None:
    with acting_for(client.office.id):
        [made] = [m for m in of(client) if m.outcome == "spoken"]
        take_back(client.escalation["id"], made.seq, reason, client.office.officer)
    client.work()


def of(client: InformedClient) -> list[Any]:
    about = client.escalation["id"]
    return conversations([about]).get(about, [])


def breach(client: InformedClient) -> Any:
    return client.database.outside("select * from breach where id = :b", b=client.escalation["breach_id"])[0]


def office_clocks(client: InformedClient) -> dict[str, Any]:
    clocks = "select name, state, next_at from clock where organisation_id = :o"
    rows = client.database.outside(clocks, o=client.office.id)
    return {row["name"]: (row["state"], row["next_at"] is not None) for row in rows}


def test_the_clock_of_the_client_waits_again_and_the_office_must_call(client: InformedClient):
    moment = client.called(0.5)
    assert client.clock["state"] == "running" and breach(client)["became_aware_at"] == moment
    take_the_call_back(client)
    assert client.clock["state"] == "waiting" and client.clock["alarm_at"] is None
    assert [breach(client)[name] for name in ("became_aware_at", "stated_aware_at", "due_at")] == [None, None, None]
    with acting_for(client.office.id):
        row = escalation(client.escalation["id"])
        assert (row.informed_at, row.informed_how) == (None, None) and row.call_needed_at is not None
    assert office_clocks(client) == {"inform-controller": ("running", True), "receipt": ("waiting", False)}


def test_both_histories_keep_what_was_stated_and_that_it_was_taken_back(client: InformedClient):
    moment = client.called(0.5)
    take_the_call_back(client)
    with acting_for(client.office.id):
        [taken] = [e for e in of_subject(client.escalation["id"]) if e.what == "escalation.call_taken_back"]
        assert taken.details["reason"] == "Verkeerde opdrachtgever" and taken.actor_name == "Fenna de Wit"
        [made] = of(client)
        assert made.called_at == moment and made.taken_back.reason == "Verkeerde opdrachtgever"
    with acting_for(client.client):
        whats = [entry.what for entry in of_subject(client.escalation["breach_id"])]
        assert whats.index("breach.aware") < whats.index("breach.awareness_taken_back")


def test_a_later_call_informs_it_from_its_own_moment(client: InformedClient):
    client.called(0.9)
    take_the_call_back(client)
    moment = client.called(0.2)
    assert client.clock["state"] == "running" and breach(client)["became_aware_at"] == moment
    assert office_clocks(client)["inform-controller"] == ("met", False)


def test_another_call_that_stands_informs_it(client: InformedClient):
    client.called(0.9)
    with acting_for(client.office.id):
        second = database_now() - timedelta(hours=0.3)
        made = Conversation("letter", second, "Bo")
        record_conversation(client.escalation["id"], made, client.office.officer)
    take_the_call_back(client)
    assert breach(client)["became_aware_at"] == second and breach(client)["aware_how"] == "letter"


def test_it_stands_once_somebody_there_stated_a_moment(client: InformedClient):
    moment = client.called(0.5)
    client.states(0.8)
    with pytest.raises(Invalid, match=r"call\.client_acted"):
        take_the_call_back(client)
    with acting_for(client.office.id):
        assert escalation(client.escalation["id"]).informed_at == moment


@pytest.mark.parametrize("act", ["facts", "form", "notice"])
def test_it_stands_once_somebody_there_did_anything_about_the_breach(client: InformedClient, act: str):
    moment, about = client.called(0.5), client.escalation["breach_id"]
    with acting_for(client.client):
        if act == "facts":
            supplement_facts(about, {}, 5, 9, client.by)
        if act == "form":
            write_answers(about, {"summary": "Een bestand ging naar een ander."}, client.by)
        if act == "notice":
            begin_by_choice(breach_of(about), client.by)
    with pytest.raises(Invalid, match=r"call\.client_acted"):
        take_the_call_back(client)
    assert breach(client)["became_aware_at"] == moment


def test_what_strangers_did_there_and_was_undone_does_not_count(client: InformedClient):
    client.called(0.5)
    with acting_for(client.client):
        supplement_facts(client.escalation["breach_id"], {}, 5, 9, client.by)
        record([Entry("breach", client.escalation["breach_id"], "breach.released", SYSTEM)])
    take_the_call_back(client)
    assert breach(client)["became_aware_at"] is None


def test_it_stands_where_the_office_may_not_write_any_more(client: InformedClient):
    moment = client.called(0.5)
    client.database.outside("update consent set state = 'ended', ended_at = now()")
    with pytest.raises(Invalid, match=r"call\.no_standing"):
        take_the_call_back(client)
    assert breach(client)["became_aware_at"] == moment


@pytest.mark.parametrize(("arrived", "how"), [(0.6, "mail"), (0.1, "phone")], ids=["before", "after"])
def test_the_earliest_that_stands_informs_another_call_or_a_mail_that_arrived(
    client: InformedClient, arrived: float, how: str
):
    client.called(0.9)
    second = client.called(0.3)
    delivered = client.database.outside(
        """update recipient set state = 'delivered', state_at = now() - make_interval(secs => 3600 * :hours)
            where purpose = 'escalation' returning state_at""", hours=arrived)[0]["state_at"]  # fmt: skip
    with acting_for(client.office.id):
        [first] = [made for made in of(client) if made.informed]
        take_back(client.escalation["id"], first.seq, "Verkeerde opdrachtgever", client.office.officer)
    client.work()
    moment = delivered if how == "mail" else second
    assert (breach(client)["became_aware_at"], breach(client)["aware_how"]) == (moment, how)
    with acting_for(client.office.id):
        row = escalation(client.escalation["id"])
        assert (row.informed_at, row.informed_how, row.call_needed_at) == (moment, how, None)


def test_it_is_taken_back_once(client: InformedClient):
    client.called(0.5)
    take_the_call_back(client)
    with pytest.raises(AlreadyDone):
        take_the_call_back(client)


@pytest.mark.parametrize("outcome", ["nobody", "voicemail", "wrong_number"])
def test_only_a_conversation_or_a_letter_informs(client: InformedClient, outcome: str):
    with acting_for(client.office.id):
        row = record_conversation(
            client.escalation["id"], Conversation(outcome, database_now()), client.office.officer
        )
        assert row.informed_at is None
    client.work()
    assert client.clock["state"] == "waiting"
