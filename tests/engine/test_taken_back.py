"""A call that was recorded by mistake is taken back: what that does to the clocks of both, and when it is refused."""

from datetime import timedelta
from typing import Any

import pytest

from tenants.errors import AlreadyDone, Invalid
from tenants.history.entries import of_subject
from tenants.isolation import acting_for, database_now
from tenants.register.escalations import escalation
from tests.conftest import Database
from tests.worlds.informed_client import InformedClient
from workflows.escalation.conversations import Conversation, conversations, record_conversation, take_back
from workflows.mail.outbox import Outbox


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
