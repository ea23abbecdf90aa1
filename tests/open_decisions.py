"""Makes decisions that wait for a person, by the real machinery: mail of unknown outcome, and steps that failed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER
from tenants.isolation import acting_for
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.engine.toy import let_waits_end
from tests.factories import BRAM, FENNA, JORIS, NOTICE_TEXT, an_own_breach, proven
from workflows.catalogue import CATALOGUE
from workflows.engine.advance import complete
from workflows.engine.claims import MOST_ATTEMPTS
from workflows.engine.drain import drain_steps
from workflows.engine.steps import Job, Start
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Answer, Unknown
from workflows.notice.bulk_notice import BULK_NOTICE, begin, upload_recipients
from workflows.running.jobs import drain


def fail_for_good(database: Database, organisation: UUID, workflow: str, name: str) -> UUID:
    """Let this step fail as often as it may; return the id of the run that is stuck at it."""

    def burns(_: list[Any]) -> Iterable[UUID]:
        raise RuntimeError("anna@klant.example")

    declared = CATALOGUE[workflow]
    steps = tuple(replace(s, does=burns) if isinstance(s, Job) and s.name == name else s for s in declared.steps)
    catalogue = CATALOGUE | {workflow: replace(declared, steps=steps)}
    step = declared.step(name)
    if isinstance(step, Start):
        catalogue[step.workflow] = replace(CATALOGUE[step.workflow], begin=burns)
    for _ in range(MOST_ATTEMPTS):
        let_waits_end(database, organisation)
        drain_steps(organisation, catalogue, uuid4())
    failed = "select run_id from step where organisation_id = :o and name = :name and state = 'failed' order by id"
    run_id: UUID = database.outside(failed, o=organisation, name=name)[0]["run_id"]
    return run_id


def send_with_unknown_outcome(organisation: UUID, outbox: Outbox, *answers: Answer) -> None:
    """Let a worker send what is ready, with an answer that does not say what became of it."""
    outbox.answer_next(*(answers or (Unknown("TimeoutError"),)))
    while drain(str(organisation)):
        pass


def let_an_hour_pass(database: Database, organisation: UUID) -> None:
    """Date the answers back by more than an hour, in which no event came."""
    past = "update mail_batch set answered_at = now() - interval '61 minutes' where organisation_id = :o"
    database.outside(f"{past} and state = 'unknown'", o=organisation)


def a_sent_notice(organisation: UUID, outbox: Outbox, people: int = 2) -> UUID:
    """Send a notice to this many people by a worker; no event about it has come. Returns its id."""
    breach_id = an_own_breach(organisation)
    with acting_for(organisation):
        new = begin(breach(breach_id))
        listed = [Addressee(f"Lezer {n}", f"lezer{n}@geheim.example") for n in range(people)]
        upload_recipients(new.id, listed, FENNA, PRIVACY_OFFICER)
        complete(BULK_NOTICE, new.id, "text", FENNA, PRIVACY_OFFICER, dict(NOTICE_TEXT))
        complete(BULK_NOTICE, new.id, "approve", proven(BRAM), APPROVER, {"agrees": True})
        complete(BULK_NOTICE, new.id, "release", proven(JORIS), HANDLER, {})
    while drain(str(organisation)):
        pass
    return new.id


def let_days_pass(database: Database, organisation: UUID, days: float = 4.1) -> None:
    """Date everything about the organisation's notices and mail back by this many days.

    The mails about whose turn a step is have gone by then.
    """
    past = f"interval '{days} days'"
    database.outside(f"""
        with n as (update notice set sent_at = sent_at - {past}, look_at = look_at - {past} where organisation_id = :o)
        update mail_batch set answered_at = answered_at - {past} where organisation_id = :o""", o=organisation)
    database.outside("update step set turn_at = null where organisation_id = :o", o=organisation)


def let_another_build_begin_them(database: Database, organisation: UUID) -> None:
    """Give the organisation's runs a version of the definition that only another build has."""
    database.outside("update run set version = 99 where organisation_id = :o", o=organisation)
