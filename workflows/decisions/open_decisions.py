"""The decisions that wait for a person: about mail that was stopped or has no known outcome, and about failed steps.

Each names its subject and the kind of fault. The message of a fault is not shown: it may hold personal data.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.driver_reads import as_text, rows_of
from tenants.isolation import acting_organisation
from workflows.engine.failed import STUCK, kind_of_fault
from workflows.engine.runs import Run
from workflows.mail.decisions import Question, questions
from workflows.mail.unconfirmed import UnconfirmedNotice, unconfirmed_notices

FAILED = as_text(text(f"""
select r.id as run_id, r.workflow, r.version, r.subject_id, s.name as step, s.attempt, s.error,
       count(*) over () as total
  {STUCK}
   and (cast(:incident as uuid) is null
        or r.subject_id in (select e.id from escalation e
                             where e.processor_id = :organisation and e.incident_id = :incident))
 order by s.id limit :most
"""))
SUBJECTS = text("""
select e.id, 'escalation' as kind, i.id as within, i.reference, e.controller_name as title
  from escalation e join incident i on i.organisation_id = e.processor_id and i.id = e.incident_id
 where e.processor_id = :organisation and e.id = any(:ids)
 union all
select n.id, 'notice', b.id, b.reference, b.title
  from notice n join breach b on b.organisation_id = n.organisation_id and b.id = n.breach_id
 where n.organisation_id = :organisation and n.id = any(:ids)
 union all
select b.id, 'breach', b.id, b.reference, b.title from breach b
 where b.organisation_id = :organisation and b.id = any(:ids)
""")


@dataclass(frozen=True)
class Subject:
    """The subject of a decision: an escalation within an incident, a notice within a breach, or a breach.

    `within` is the id of that incident or breach; of a breach its own id.
    """

    id: UUID
    kind: str
    within: UUID
    reference: str
    title: str


@dataclass(frozen=True)
class Failed:
    """A machine's step that failed MOST_ATTEMPTS times. Its run goes on only when a person has it tried again."""

    run_id: UUID
    workflow: str
    version: int
    subject_id: UUID
    step: str
    attempt: int
    error: str | None
    about: Subject | None = None

    @property
    def kind(self) -> str:
        """Return the kind of fault (workflows/engine/failed.py)."""
        return kind_of_fault(self.error)


def mail_to_decide() -> list[tuple[Question, Subject | None]]:
    """Return every batch of mail that waits for a person, with its subject; an invitation has None as its subject."""
    waiting = questions()
    subjects = subjects_of(question.about_id for question in waiting)
    return [(question, subjects.get(question.about_id)) for question in waiting]


def unconfirmed_to_decide() -> list[tuple[UnconfirmedNotice, Subject | None]]:
    """Return every notice with readers whose last event never came, with its subject."""
    notices = unconfirmed_notices()
    subjects = subjects_of(notice.notice_id for notice in notices)
    return [(notice, subjects.get(notice.notice_id)) for notice in notices]


def people_asked_about(subject_id: UUID) -> int:
    """Return for how many people mail waits for a decision, of this notice or of this incident's escalations. No mail
    about anything else is read."""
    return _people(questions(subject_id), unconfirmed_notices(subject_id))


def people_asked_in(incident_id: UUID) -> int:
    """Return for how many people mail of this incident's escalations waits for a decision."""
    return _people(questions(incident_id), [])


def people_asked() -> int:
    """Return for how many people mail waits for a decision, over all subjects."""
    return _people(questions(), unconfirmed_notices())


def _people(waiting: list[Question], notices: list[UnconfirmedNotice]) -> int:
    return sum(question.people for question in waiting) + sum(notice.people for notice in notices)


def kind_of_mail_fault(question: Question) -> str:
    """Return the kind of fault, which tells the person who decides whether the mail may have been sent."""
    status = (question.error or "").partition(" ")[0]
    if question.state == "stopped":
        return {"0": "unwritable", "401": "key", "403": "key"}.get(status, "refused")
    return {"lease": "interrupted", "status": "odd_answer"}.get(status, "no_answer")


def failed_steps(most: int = 20, incident_id: UUID | None = None) -> tuple[list[Failed], int]:
    """Return at most `most` failed steps, the oldest first, and how many there are: of one incident's escalations, or
    all."""
    values = {"organisation": acting_organisation(), "incident": incident_id, "most": most}
    rows = rows_of(FAILED, values)
    failed = [Failed(*row[:-1]) for row in rows]
    subjects = subjects_of(step.subject_id for step in failed)
    return [replace(step, about=subjects.get(step.subject_id)) for step in failed], rows[0][-1] if rows else 0


def failed_in(run: Run) -> Failed | None:
    """Return the failed step at which this run is stuck, without its subject; None when the run goes on."""
    last = max(run.steps, key=lambda row: row.id, default=None)
    if run.state != "running" or last is None or last.state != "failed":
        return None
    return Failed(run.id, run.workflow, run.version, run.subject_id, last.name, last.attempt, last.error)


def subjects_of(ids: Iterable[UUID]) -> dict[UUID, Subject]:
    """Return the acting organisation's subjects with these ids, by id, in one query. Unknown ids are left out."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    rows = db.session.execute(SUBJECTS, {"organisation": acting_organisation(), "ids": wanted})
    return {row.id: Subject(*row) for row in rows}
