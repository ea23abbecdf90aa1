"""An upgrade of a database in which offices shared registers: each has its own, what ran goes on, and each is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, select, text

from service import create_app
from service.config import Config
from service.embedded.servers import Embedded
from service.release import release
from tenants.agreements.consents import Consent
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.history.entries import of_subject
from tenants.history.witness import verify
from tenants.isolation import acting_for
from tenants.organisations.admission import is_admitted, release_claim
from tenants.organisations.news import News, news_by_id
from tenants.register.breaches import breach
from tests.conftest import BASE_URL, SANDBOX_URL
from tests.tenants.carried import database_at, insert
from workflows.trust.news import tell

NAME = "trust_of_before"


@pytest.fixture
def before(servers: Embedded) -> Iterator[Engine]:
    """A database at the version before; its superuser."""
    with database_at(servers, NAME, "0014") as carried:
        yield carried.superuser


def an_escalation(there: Connection, office: UUID, register: UUID, number: str) -> UUID:
    """An agreement, an incident and its breach with a clock that runs, as an office had them; the breach."""
    agreement = insert(
        there, "processing_agreement", id=UUID(int=int(number[1:])), processor_id=office, controller_id=register,
        client_number=number, controller_name=f"Klant {number}", in_force_from="2020-01-01",
    )  # fmt: skip
    moment = "2026-11-20T10:00Z"
    incident = insert(
        there, "incident", organisation_id=office, reference="2026-0001", title=number, services=["audit"],
        found_at=moment, became_aware_at=moment, description="d", contact_name="n", contact_email="e",
        created_by=office,
    )  # fmt: skip
    escalation = uuid4()
    breach = insert(
        there, "breach", organisation_id=register, reference=f"2026-{number}", title=number, origin="escalated",
        processor_id=office, escalation_id=escalation, processor_name="Kantoor", incident_id=incident, found_at=moment,
        description="d", became_aware_at=moment, aware_how="mail", alarm_at=moment, due_at=moment,
    )  # fmt: skip
    insert(
        there, "escalation", id=escalation, processor_id=office, controller_id=register, incident_id=incident,
        agreement_id=agreement, breach_id=breach, controller_name="Klant", became_aware_at=moment, alarm_at=moment,
        contacts="[]",
    )  # fmt: skip
    run = insert(there, "run", organisation_id=register, workflow="ap_notification", version=2, subject_id=breach)
    insert(there, "step", organisation_id=register, run_id=run, name="assess", kind="human", state="waiting")
    insert(there, "clock", organisation_id=register, run_id=run, name="notify-authority", state="running",
           started_at=moment, alarm_at=moment, due_at=moment, next_at=moment)  # fmt: skip
    insert(there, "invitation", token_hash=uuid4().bytes, organisation_id=register, email="a@x.nl", role="owner",
           breach_id=breach, expires_at="2099-01-01T00:00Z")  # fmt: skip
    return breach


def test_a_shared_register_is_split_and_one_in_use_accepts_who_was_there(before: Engine, servers: Embedded):
    with before.begin() as there:
        first, other, idle = (insert(there, "organisation", slug=slug, name=slug) for slug in ("een", "ander", "niets"))
        shared = insert(there, "organisation", slug="gedeeld", name="Gedeeld", kvk_number="12345678")
        used = insert(there, "organisation", slug="gebruikt", name="In gebruik", kvk_number="12345679",
                      claimed_at="2026-01-01T00:00Z")  # fmt: skip
        for office in (first, other, idle):
            there.execute(text("update organisation set claimed_at = now() where id = :o"), {"o": office})
            person = insert(there, "app_user", email=f"a@{office}.example", name="Anna", password_hash="-")
            there.execute(text("insert into membership (organisation_id, user_id, role) values (:o, :p, 'owner')"),
                          {"o": office, "p": person})  # fmt: skip
        kept, moved = an_escalation(there, first, shared, "K1"), an_escalation(there, other, shared, "K2")
        insert(there, "processing_agreement", processor_id=other, controller_id=used, client_number="K3",
               controller_name="In gebruik", in_force_from="2020-01-01")  # fmt: skip
        own = insert(there, "organisation", slug="eigen", name="Zelf begonnen", kvk_number="12345670",
                     claimed_at="2026-01-01T00:00Z", created_at="2025-01-01T00:00Z")  # fmt: skip
        insert(there, "processing_agreement", processor_id=first, controller_id=own, client_number="K4",
               controller_name="Zelf begonnen", in_force_from="2020-01-01")  # fmt: skip
    config = servers.config(BASE_URL, SANDBOX_URL, NAME)
    release(config)
    expect(before, config, Carried(first, other, idle, shared, used, kept, moved))
    with before.begin() as there:
        made = dict(there.execute(text("select slug, made_by from organisation where claimed_at is not null")).all())
        assert made == {"een": None, "ander": None, "niets": None, "eigen": None, "gebruikt": other}
        assert release_claim(there, "gebruikt", "Een vreemde opende het") == used
        assert release_claim(there, "eigen", "Een vergissing") is None


@dataclass(frozen=True)
class Carried:
    """Two offices that shared a register, one that has nobody, the two registers, and a breach of each office."""

    one: UUID
    other: UUID
    idle: UUID
    shared: UUID
    used: UUID
    kept: UUID
    moved: UUID


def expect(before: Engine, config: Config, was: Carried) -> None:
    with create_app(config).app_context():
        registers = {}
        for office, number in ((was.one, "K1"), (was.other, "K2")):
            with acting_for(office):
                mine = ProcessingAgreement.client_number == number
                registers[number] = db.session.query(ProcessingAgreement.controller_id).filter(mine).scalar()
                assert is_admitted() and "office.admitted" in [e.what for e in of_subject(office)]
                [split] = [e for e in of_subject(office) if e.what == "register.split"]
                assert split.details["clients"] == [number]
                tell(list(news_by_id(db.session.scalars(select(News.id))).values()))
                assert db.session.scalars(text("select text_key from mail_batch")).all() == ["register_split"]
                assert db.session.scalar(text("select controller_id from escalation")) == registers[number]
        assert registers["K1"] == was.shared != registers["K2"]
        with acting_for(registers["K2"]):
            assert breach(was.moved).title == "K2" and breach(was.moved).became_aware_at is not None
            clocks = "select count(*) from clock where state = 'running' and next_at is not null"
            assert db.session.scalar(text(clocks)) == 1
            [entry] = of_subject(was.moved)
            assert (entry.what, entry.details["from_register"]) == ("breach.moved_in", str(was.shared))
        with acting_for(was.shared):
            assert breach(was.kept).title == "K1"
            running = "select subject_id from run where state = 'running'"
            assert db.session.scalars(text(running)).all() == [was.kept]
            # Whoever opens it by the link of one office reads nothing that the other wrote.
            for rows in ("select id from breach", "select subject_id from run", "select r.subject_id from step s join "
                         "run r on r.id = s.run_id", "select r.subject_id from clock c join run r on r.id = c.run_id"):
                assert db.session.scalars(text(rows)).all() == [was.kept], rows
        with acting_for(was.used):
            assert [(c.processor_id, c.state, c.how) for c in db.session.query(Consent)] == [
                (was.other, "accepted", "carried_over")
            ]
        with acting_for(was.idle):
            assert not is_admitted()
        assert all(verify(o).ok for o in (was.one, was.other, was.idle, was.shared, was.used, registers["K2"]))
    with before.begin() as there:
        links = there.execute(text("select organisation_id, expires_at - created_at from invitation")).all()
    assert {row[0] for row in links} == {was.shared, registers["K2"]} and {row[1].days for row in links} == {7}
