"""Whatever offices, organisations, strangers and the operator do, in whatever order: a breach stands once, and its
escalation leads to one register."""

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from tenants.agreements.consents import ACCEPTED, ENDED, REFUSED, processors
from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.errors import Refused
from tenants.history.entries import Actor
from tenants.history.witness import verify_acting_organisation
from tenants.identity.users import OWNER, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.organisations import claim_acting_organisation, found_organisation
from tenants.register.escalations import Escalation, acknowledge_receipt
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_incident, an_office, proven, sendgrid_tells, verified
from tests.operating import know, released
from workflows.mail.outbox import Outbox
from workflows.running import jobs
from workflows.trust.consenting import answer, confirm_receipt
from workflows.trust.joining import join, joinable

STEPS = 24
SEEDS = (0, 3, 9, 19)
"""Of these the last two end in a second copy where what was left behind comes along with a register."""
LIVE = """
    select e.id, e.processor_id, e.controller_id, e.incident_id, e.breach_id, a.controller_id as agreed,
           (select count(*) from breach b where b.organisation_id = e.controller_id and b.id = e.breach_id) as breaches,
           (select count(*) from run r where r.organisation_id = e.controller_id and r.subject_id = e.breach_id
               and r.workflow = 'ap_notification' and r.state <> 'cancelled') as dossiers
      from escalation e join processing_agreement a on a.processor_id = e.processor_id and a.id = e.agreement_id
     where e.processor_id = any (:offices)"""
RUNNING = """
    select b.id from breach b join organisation o on o.id = b.organisation_id
      join run r on r.organisation_id = b.organisation_id and r.subject_id = b.id and r.workflow = 'ap_notification'
      join clock c on c.organisation_id = r.organisation_id and c.run_id = r.id and c.state in ('waiting', 'running')
     where b.processor_id = any (:offices)
       and (o.claimed_at is null or o.joined_into is not null
            or exists (select from escalation e where e.breach_id = b.id and e.controller_id = b.organisation_id))"""
FINISHED = (
    "update clock set state = 'cancelled', next_at = null where organisation_id = :o",
    "update step set state = 'cancelled' where organisation_id = :o and state in ('ready', 'running', 'waiting')",
    "update run set state = 'done', finished_at = now() where organisation_id = :o and state = 'running'",
)
OF_NUMBER = "select * from organisation where kvk_number = :n and not (made_by is null and claimed_at is null)"


class Walk:
    """Two admitted offices that work for one number, its own verified organisation, and who gets hold of links."""

    def __init__(self, database: Database, outbox: Outbox, seed: int) -> None:
        self.database, self.outbox, self.choose = database, outbox, random.Random(seed)
        self.number, self.told = f"{44_000_000 + seed}", 0
        with acting_for_nobody():
            self.home = found_organisation(f"thuis-{seed}", "Bakkerij Jansen", self.number)
        know(self.home)
        self.owner = a_member(self.home, OWNER, "Eva")
        self.people: dict[UUID, Actor] = {self.home: self.owner}
        self.offices = [self._office() for _ in range(2)]
        self.done: list[str] = []

    def _office(self) -> Office:
        office = an_office(clients=0)
        with acting_for(office.id):
            register_clients([a_client(1, kvk_number=self.number)], office.officer)
        return Office(office.id, office.officer, 1)

    def registers(self, **wanted: bool) -> list[dict[str, Any]]:
        """In the order in which they were made; `wanted`: what must be so of each."""
        rows = self.database.outside(f"{OF_NUMBER} order by id", n=self.number)
        about: dict[str, Callable[[Any], bool]] = {
            "is_open": lambda o: o["claimed_at"] is not None and o["id"] in self.people,
            "is_verified": lambda o: o["verified_at"] is not None,
            "is_made": lambda o: o["made_by"] is not None,
            "is_claimed": lambda o: o["claimed_at"] is not None,
        }
        return [o for o in rows if o["joined_into"] is None and all(about[w](o) == so for w, so in wanted.items())]

    def readers(self) -> list[UUID]:
        """Every organisation that this is about."""
        rows = self.database.outside("select id from organisation where kvk_number = :n", n=self.number)
        return [o["id"] for o in rows] + [office.id for office in self.offices]

    def step(self) -> None:
        """One act, by whoever may do it at this moment; what is refused with a reason changes nothing."""
        act = self.choose.choice(ACTS)
        self.done.append(act.__name__)
        try:
            act(self)
        except Refused as refusal:
            self.done[-1] += f" refused: {refusal.key}"
        self.check()

    def one(self, **wanted: bool) -> UUID | None:
        registers = self.registers(**wanted)
        return self.choose.choice(registers)["id"] if registers else None

    def by(self, register: UUID) -> Actor:
        return proven(self.people[register])

    def check(self) -> None:
        """Each invariant, with the acts that led here in the message."""
        offices = [office.id for office in self.offices]
        live = self.database.outside(LIVE, offices=offices)
        assert all(row["breaches"] == row["dossiers"] == 1 for row in live), self.done
        clocks = [row["id"] for row in self.database.outside(RUNNING, offices=offices)]
        assert len(clocks) == len(set(clocks)), self.done
        assert len({(row["processor_id"], row["incident_id"]) for row in live}) == len(live), self.done
        agreed = self.database.outside("""
            select processor_id from processing_agreement where processor_id = any (:offices)
             group by processor_id having count(distinct controller_id) > 1""", offices=offices)  # fmt: skip
        assert agreed == [], self.done
        self._see(live)

    def _see(self, live: list[dict[str, Any]]) -> None:
        """Its office and its register see an escalation, and nobody else does."""
        for reader in self.readers():
            with acting_for(reader):
                seen = set(db.session.scalars(select(Escalation.id)))
            assert seen == {row["id"] for row in live if reader in (row["processor_id"], row["controller_id"])}, (
                self.done)  # fmt: skip

    def end(self) -> None:
        """No step of a machine failed, and each history holds."""
        deliver(self)
        self.check()
        for organisation in self.readers():
            with acting_for(organisation):
                assert verify_acting_organisation().ok, self.done
                assert db.session.scalar(text("select count(*) from step where state = 'failed'")) == 0, self.done


def escalate(walk: Walk) -> None:
    an_incident(walk.choose.choice(walk.offices))


def deliver(walk: Walk) -> None:
    organisations = [office.id for office in walk.offices] + [o["id"] for o in walk.registers()]
    for _ in range(2):
        for organisation in organisations:
            while jobs.drain(str(organisation)):
                pass
        fresh, walk.told = walk.outbox.mails[walk.told :], len(walk.outbox.mails)
        sendgrid_tells(fresh)


def _answer(walk: Walk, answered: str) -> None:
    """By whoever can answer so to one of the offices; when nobody can, somebody tries."""
    asked = []
    for register in walk.registers(is_open=True):
        with acting_for(register["id"]):
            asked += [
                (register["id"], processor.processor_id, answered in processor.answers) for processor in processors()
            ]
    able = [each for each in asked if each[2]] or asked
    if able:
        register_id, office_id, _ = walk.choose.choice(able)
        with acting_for(register_id):
            answer(office_id, answered, walk.by(register_id))


def accept(walk: Walk) -> None:
    _answer(walk, ACCEPTED)


def refuse(walk: Walk) -> None:
    _answer(walk, REFUSED)


def end(walk: Walk) -> None:
    _answer(walk, ENDED)


def _claim(walk: Walk, person: Actor | None) -> None:
    register = walk.one(is_claimed=False)
    if register is None:
        return
    if person is None:
        person = a_member(register, OWNER)
    else:
        with acting_for_nobody():
            assert person.id
            make_member(person.id, register, OWNER)
    with acting_for(register):
        claim_acting_organisation()
    walk.people[register] = person


def claim_by_own_people(walk: Walk) -> None:
    _claim(walk, walk.owner)


def claim_by_stranger(walk: Walk) -> None:
    _claim(walk, None)


def release(walk: Walk) -> None:
    register = walk.one(is_open=True, is_made=True)
    if register is not None:
        released(register)
        del walk.people[register]


def verify(walk: Walk) -> None:
    register = walk.one(is_open=True, is_verified=False)
    if register is not None:
        verified(walk.database.config.owner_url(), register)


def join_another(walk: Walk) -> None:
    """What is open in the other one is finished first, as they are asked to."""
    register = walk.one(is_open=True)
    assert register
    with acting_for(register):
        registers = joinable(walk.by(register))
    if registers:
        other = registers[0].register
        for finished in FINISHED:
            walk.database.outside(finished, o=other)
        with acting_for(register):
            join(other, walk.by(register))
        del walk.people[other]


def confirm(walk: Walk) -> None:
    """A receipt, of what waits at an office or of what came into the register."""
    register = walk.one(is_open=True)
    assert register
    with acting_for(register):
        for processor in processors():
            for message in processor.messages:
                if message["acknowledged_at"] is None:
                    confirm_receipt(processor.processor_id, UUID(message["breach_id"]), walk.by(register))
        mine = (Escalation.controller_id == register) & Escalation.acknowledged_at.is_(None)
        for breach_id in db.session.scalars(select(Escalation.breach_id).where(mine)).all():
            acknowledge_receipt(breach_id, walk.by(register))


ACTS = (escalate, escalate, deliver, accept, accept, accept, refuse, end, end, end, claim_by_own_people,
        claim_by_stranger, claim_by_stranger, release, release, verify, join_another, confirm)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_a_breach_stands_once_and_its_escalation_leads_to_one_register(
    database: Database, outbox: Outbox, seed: int
):  # fmt: skip
    walk = Walk(database, outbox, seed)
    for _ in range(STEPS):
        walk.step()
    walk.end()
