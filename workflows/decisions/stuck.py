"""What waits for a person: mail of unknown fate, stopped or never heard of, and steps that failed for good.

Each comes with what it is about and with what went wrong by its kind: the fault's own words may hold people's data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation
from workflows.engine.failed import STUCK, kind_of_fault
from workflows.engine.runs import Run
from workflows.mail.decisions import Question, questions
from workflows.mail.silence import Silence, silences

FAILED = text(f"""
select r.id as run_id, r.workflow, r.version, r.subject_id, s.name as step, s.attempt, s.error,
       count(*) over () as total
  {STUCK}
   and (cast(:incident as uuid) is null
        or r.subject_id in (select e.id from escalation e
                             where e.processor_id = :organisation and e.incident_id = :incident))
 order by s.id limit :most
""")
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
    """What something is about: an escalation within an incident, a notice within a breach, or a breach."""

    id: UUID
    kind: str
    within: UUID
    reference: str
    title: str


@dataclass(frozen=True)
class Failed:
    """A machine's step that was tried as often as it may be, on a run that does not go on without a person."""

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
        """What sort of fault it was."""
        return kind_of_fault(self.error)


def asked() -> list[tuple[Question, Subject | None]]:
    """Every batch of mail that waits for a person, with what it is about; invitations are about nothing else."""
    found = questions()
    subjects = subjects_of(question.about_id for question in found)
    return [(question, subjects.get(question.about_id)) for question in found]


def unheard() -> list[tuple[Silence, Subject | None]]:
    """Every notice with readers whose last event never came, with the breach that it is about."""
    found = silences()
    subjects = subjects_of(silence.notice_id for silence in found)
    return [(silence, subjects.get(silence.notice_id)) for silence in found]


def people_asked_about(subject_id: UUID) -> int:
    """About how many people's mail somebody must decide, of this notice or of this incident."""
    waiting: list[tuple[Question | Silence, Subject | None]] = [*asked(), *unheard()]
    return sum(one.people for one, about in waiting if about and subject_id in (about.id, about.within))


def people_asked() -> int:
    """About how many people's mail somebody must decide in all."""
    return sum(question.people for question in questions()) + sum(silence.people for silence in silences())


def kind_of_mail_fault(question: Question) -> str:
    """What sort of fault it was: who is asked must know whether it may have been sent."""
    status = (question.error or "").partition(" ")[0]
    if question.state == "stopped":
        return {"0": "unwritable", "401": "key", "403": "key"}.get(status, "refused")
    return {"lease": "interrupted", "status": "odd_answer"}.get(status, "no_answer")


def failed_steps(most: int = 20, incident_id: UUID | None = None) -> tuple[list[Failed], int]:
    """The steps that failed for good, the oldest first, of one incident's escalations or of all; and how many."""
    values = {"organisation": acting_organisation(), "incident": incident_id, "most": most}
    rows = db.session.execute(FAILED, values).mappings().all()
    subjects = subjects_of(row["subject_id"] for row in rows)
    return [_failed(row, subjects) for row in rows], rows[0]["total"] if rows else 0


def _failed(row: Mapping[Any, Any], subjects: Mapping[UUID, Subject]) -> Failed:
    own = {name: value for name, value in row.items() if name != "total"}
    return Failed(**own, about=subjects.get(row["subject_id"]))


def failed_in(run: Run) -> Failed | None:
    """The step that this run is stuck at; it does not say what the run is about."""
    last = max(run.steps, key=lambda row: row.id, default=None)
    if run.state != "running" or last is None or last.state != "failed":
        return None
    return Failed(run.id, run.workflow, run.version, run.subject_id, last.name, last.attempt, last.error)


def subjects_of(ids: Iterable[UUID]) -> dict[UUID, Subject]:
    """What these ids of the acting organisation are, in one query; unknown ones are left out."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    rows = db.session.execute(SUBJECTS, {"organisation": acting_organisation(), "ids": wanted})
    return {row.id: Subject(*row) for row in rows}
