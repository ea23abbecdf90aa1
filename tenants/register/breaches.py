"""The register (Art. 33(5)): every breach with its facts, effects and measures, and what was decided and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Column, Table, Uuid, bindparam, false, func, literal_column, select, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Owned, Record, db
from tenants.driver_reads import as_text, rows_of
from tenants.errors import AlreadyDone, Invalid, NotFound, OfOldRegister, OutOfDate
from tenants.isolation import acting_organisation
from tenants.register.prepared import Prepared

LISTED = {"listed": True, "answered": True}
EXPORTED = {"exported": True, "answered": True}
ANSWERED = {"answered": True}
"""Where a column of the breach is shown: in lists of the register; in the files of the register and of the evidence; in
the API's answer about one breach alone. A column without a mark is not shown as it is."""


class Breach(Prepared, Owned, Record):
    """One personal data breach (Art. 4(12)) in one controller's register. Legal moments are set once."""

    __tablename__ = "breach"

    reference: Mapped[str] = mapped_column(info=LISTED | EXPORTED)
    title: Mapped[str] = mapped_column(info=LISTED | EXPORTED)
    origin: Mapped[str] = mapped_column(info=LISTED)
    processor_id: Mapped[UUID | None]
    escalation_id: Mapped[UUID | None]
    processor_name: Mapped[str | None] = mapped_column(info=LISTED | EXPORTED)
    incident_id: Mapped[UUID | None]
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    found_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    happened_from: Mapped[datetime | None] = mapped_column(info=EXPORTED)
    happened_until: Mapped[datetime | None] = mapped_column(info=EXPORTED)
    became_aware_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    aware_how: Mapped[str | None] = mapped_column(info=ANSWERED)
    stated_aware_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    stated_aware_how: Mapped[str | None] = mapped_column(info=LISTED | EXPORTED)
    stated_by: Mapped[str | None] = mapped_column(info=LISTED | EXPORTED)
    own_aware_reason: Mapped[str | None] = mapped_column(info=EXPORTED)
    own_aware_stated_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    earliest_aware_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    later_aware_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    later_aware_reason: Mapped[str | None] = mapped_column(info=EXPORTED)
    later_aware_stated_at: Mapped[datetime | None] = mapped_column(info=LISTED)
    later_aware_by: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    alarm_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    due_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    terms: Mapped[dict[str, Any] | None] = mapped_column(info=ANSWERED)
    description: Mapped[str] = mapped_column(info=EXPORTED)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, info=EXPORTED)
    people_min: Mapped[int | None] = mapped_column(info=LISTED | EXPORTED)
    people_max: Mapped[int | None] = mapped_column(info=LISTED | EXPORTED)
    people_estimate: Mapped[bool] = mapped_column(default=False, info=LISTED | EXPORTED)
    cause: Mapped[str | None] = mapped_column(info=EXPORTED)
    consequences: Mapped[str | None] = mapped_column(info=EXPORTED)
    measures: Mapped[str | None] = mapped_column(info=EXPORTED)
    financial_undertaking: Mapped[bool | None] = mapped_column(info=ANSWERED)
    risk: Mapped[str | None] = mapped_column(info=LISTED | EXPORTED)
    risk_reason: Mapped[str | None] = mapped_column(info=EXPORTED)
    people_exception: Mapped[str | None] = mapped_column(info=EXPORTED)
    people_reason: Mapped[str | None] = mapped_column(info=EXPORTED)
    advice: Mapped[dict[str, Any] | None] = mapped_column(info=ANSWERED)
    departure_reason: Mapped[str | None] = mapped_column(info=ANSWERED)
    assessed_on: Mapped[str | None]
    decided_on: Mapped[str | None]
    seen_on: Mapped[str | None]
    severity_answers: Mapped[dict[str, Any] | None] = mapped_column(info=ANSWERED)
    enisa: Mapped[dict[str, Any] | None]
    authority_severity: Mapped[str | None] = mapped_column(info=ANSWERED)
    edpb_severity: Mapped[str | None] = mapped_column(info=ANSWERED)
    moved_term: Mapped[dict[str, Any] | None] = mapped_column(info=ANSWERED)
    decision: Mapped[str | None] = mapped_column(info=LISTED | EXPORTED)
    decision_reason: Mapped[str | None] = mapped_column(info=EXPORTED)
    decided_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    draft: Mapped[dict[str, Any] | None] = mapped_column(info=ANSWERED)
    submitted_at: Mapped[datetime | None] = mapped_column(info=LISTED | EXPORTED)
    questions_open: Mapped[int | None]
    authority_number: Mapped[str | None] = mapped_column(info=EXPORTED)
    late_reason: Mapped[str | None] = mapped_column(info=EXPORTED)
    acknowledged_at: Mapped[datetime | None] = mapped_column(info=ANSWERED)
    approved_on: Mapped[dict[str, Any] | None]
    sent_as: Mapped[dict[str, Any] | None]
    taken_over: Mapped[dict[str, Any] | None] = mapped_column(info=LISTED | EXPORTED)
    taken_over_key: Mapped[str | None]
    taken_over_file: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1, info=EXPORTED)

    def refuse_old(self) -> None:
        """Raise OfOldRegister when it was taken over from an old register: nothing is done about it here."""
        if self.taken_over is not None:
            raise OfOldRegister()

    @property
    def terms_name(self) -> str | None:
        """Return under which terms of Art. 33(1) it stands; None while nobody is aware."""
        return (self.terms or {}).get("name")

    @property
    def preparers(self) -> frozenset[UUID | None]:
        """Return who answered the form or moved the term since the draft, and for whom they stood in."""
        return frozenset(self.prepared_by or ())

    @property
    def changed_after_approval(self) -> bool:
        """Whether facts became known after the approval and before it was sent, so that the two differ."""
        return self.sent_as is not None and self.approved_on is not None and self.sent_as != self.approved_on

    @property
    def is_aware_as_stated(self) -> bool:
        """Whether the clock runs on the processor's statement; the controller itself has not said when it was aware."""
        return self.stated_aware_at is not None and self.own_aware_stated_at is None

    @property
    def first_aware_at(self) -> datetime | None:
        """Return the earliest moment that anybody stated, which the database keeps; None while nobody stated one."""
        stated = (self.earliest_aware_at, self.stated_aware_at, self.became_aware_at)
        return min((moment for moment in stated if moment is not None), default=None)

    def state_awareness(self, aware_at: datetime, reason: str, stated_at: datetime) -> None:
        """Set when the controller was aware, by its own statement; the processor's statement stays beside it.

        A later moment that waited for a second person is withdrawn.
        """
        self.became_aware_at, self.aware_how = aware_at, "stated"
        self.own_aware_reason, self.own_aware_stated_at = reason, stated_at
        self.later_aware_at = self.later_aware_reason = self.later_aware_stated_at = self.later_aware_by = None

    def state_later_awareness(self, aware_at: datetime, reason: str, stated_at: datetime, *by: UUID | None) -> None:
        """Let a moment later than the one that counts wait for a second person; `by` is who stated it, and for whom."""
        self.later_aware_at, self.later_aware_reason, self.later_aware_stated_at = aware_at, reason, stated_at
        self.later_aware_by = [who for who in by if who is not None]
        self.note_preparer(*by)

    def agree_to_later_awareness(self) -> None:
        """Make the later moment the controller's own, on a second person's agreement. Does nothing when none waits."""
        aware_at, reason, stated_at = self.later_aware_at, self.later_aware_reason, self.later_aware_stated_at
        if aware_at is not None and reason is not None and stated_at is not None:
            self.state_awareness(aware_at, reason, stated_at)

    def know_facts(
        self, facts: dict[str, Any] | None, least: int | None, most: int | None, estimate: bool | None = None
    ) -> None:
        """Set the known facts, as a whole: a fact that is left out is not known (any more).

        `estimate`: whether the number of people is one; None: as before while the numbers are the same, else not.
        """
        same = (least, most) == (self.people_min, self.people_max) and self.people_estimate
        self.people_estimate = (same if estimate is None else estimate) and (least, most) != (None, None)
        self.facts, self.people_min, self.people_max = dict(facts or {}), least, most
        self.financial_undertaking = self.facts.pop("financial_undertaking", self.financial_undertaking)

    def assess_risk(self, risk: str, reason: str, people_exception: str | None, people_reason: str | None) -> None:
        """Set the risk as a person assessed it, and why. A decision on an earlier assessment is open again. Raises
        Invalid."""
        if people_exception and not people_reason:
            raise Invalid("field.reason_required", "people_reason")
        self.risk, self.risk_reason = risk, reason
        self.people_exception, self.people_reason = people_exception, people_reason
        self.decision = self.decision_reason = self.decided_at = self.decided_on = None

    def rest_on(self, advice: dict[str, Any], digest: str, departure_reason: str | None) -> None:
        """Store the advice and the facts on which the assessment was made, and why it departs from the advice."""
        self.advice, self.assessed_on, self.departure_reason = advice, digest, departure_reason

    def draft_decision(self, decision: str, reason: str) -> None:
        """Draft the decision for the second person: notify or not, with the reasons, and a later moment that waits."""
        self.decision, self.decision_reason = decision, reason
        self.decided_at, self.decided_on, self.prepared_by = None, None, list(self.later_aware_by or ())

    def answer_form(self, answers: dict[str, Any]) -> None:
        """Add answers to the authority's form, by question, to the earlier ones."""
        earlier = (self.draft or {}).get("answers", {})
        self.draft = {"answers": {**earlier, **answers}}

    def approve_decision(self, at: datetime, digest: str, parts: dict[str, str]) -> None:
        """Approve the decision, with this digest of the facts and of everything else that it rests on."""
        self.decided_at, self.decided_on, self.approved_on = at, digest, parts

    def record_submission(self, at: datetime, authority_number: str, late_reason: str | None) -> None:
        """Record that the authority's form was sent in: its moment and number are final. Raises AlreadyDone when it was
        before."""
        if self.submitted_at is not None:
            raise AlreadyDone()
        self.submitted_at, self.authority_number, self.late_reason = at, authority_number, late_reason


def breach(breach_id: UUID, version: int | None = None, lock: bool = False) -> Breach:
    """Return the acting organisation's breach, to do something about it. Raises NotFound; OfOldRegister for one of an
    old register; OutOfDate when `version` is no longer the newest."""
    row = breach_of_any_age(breach_id, lock)
    row.refuse_old()
    if version is not None and row.version != version:
        raise OutOfDate()
    return row


def breach_of_any_age(breach_id: UUID, lock: bool = False) -> Breach:
    """Return the acting organisation's breach, also one of an old register, to show it. Raises NotFound."""
    query = select(Breach).where(Breach.organisation_id == acting_organisation(), Breach.id == breach_id)
    if lock:  # what waited for the lock reads it anew
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None:
        raise NotFound("breach.unknown")
    return row


def refuse_old(breach_id: UUID) -> None:
    """Raise OfOldRegister when the acting organisation took this breach over from an old register."""
    of_old = select(Breach.id).where(
        Breach.organisation_id == acting_organisation(), Breach.id == breach_id, Breach.taken_over.is_not(None)
    )
    if db.session.scalar(of_old):
        raise OfOldRegister()


def breaches_by_id(ids: Iterable[UUID]) -> dict[UUID, Breach]:
    """Return the acting organisation's breaches with these ids, in one query."""
    mine = Breach.organisation_id == acting_organisation()
    return {b.id: b for b in db.session.scalars(select(Breach).where(mine, Breach.id.in_(list(ids))))}


BREACH = Breach.__table__.c


def columns_shown(where: str) -> tuple[Column[Any], ...]:
    """Return the columns that are shown there ("listed", "exported", "answered"), in the order of the class."""
    columns = cast(Table, Breach.__table__).columns
    return tuple(column for column in columns if column.info.get(where))


# As Breach.changed_after_approval, where only columns are read.
CHANGED_AFTER_APPROVAL = func.coalesce(
    func.nullif(BREACH.sent_as, text("'null'")) != func.nullif(BREACH.approved_on, text("'null'")), false()
).label("changed_after_approval")
LIST_COLUMNS = (BREACH.id, BREACH.created_at, *columns_shown("listed"), CHANGED_AFTER_APPROVAL)
NAMES = tuple(column.name for column in LIST_COLUMNS)
# Answered once for the whole page: most registers have no act that somebody did alone, so nobody looks for its rows.
ANY_DONE_ALONE = text("exists (select from broken_glass g where g.organisation_id = :organisation) as any_done_alone")
# Written once, by columns: the most asked of all questions.
NEWEST = (
    select(*LIST_COLUMNS, ANY_DONE_ALONE).where(BREACH.organisation_id == bindparam("organisation"))
    .order_by(BREACH.created_at.desc(), BREACH.id.desc())
)  # fmt: skip
AFTER = NEWEST.where(func.row(BREACH.created_at, BREACH.id) < func.row(bindparam("moment"), bindparam("breach")))


AMONG = as_text(NEWEST.where(BREACH.id == func.any(bindparam("ids"))))


@dataclass(frozen=True)
class RegisterPage:
    """Rows of a register by LIST_COLUMNS, and whether its organisation has any act that was done alone."""

    rows: list[dict[str, Any]]
    any_done_alone: bool


def newest_breaches(most: int, after: tuple[datetime, UUID] | None = None) -> RegisterPage:
    """Return a page of the acting organisation's register, newest first, only the columns that a list shows.

    At most `most` rows, those that come after the row with this moment and id.
    """
    asked: dict[str, Any] = {"organisation": acting_organisation()}
    if after:
        asked |= {"moment": after[0], "breach": after[1]}
    return _as_page(rows_of(_page_statement(most, after is not None), asked))


def breaches_among(ids: Iterable[UUID]) -> RegisterPage:
    """Return the acting organisation's breaches with these ids, newest first, only the columns that a list shows."""
    wanted = list(ids)
    rows = rows_of(AMONG, {"organisation": acting_organisation(), "ids": wanted}) if wanted else []
    return _as_page(rows)


def _as_page(rows: list[tuple[Any, ...]]) -> RegisterPage:
    shown = [dict(zip(NAMES, row, strict=False)) for row in rows]  # the last column is of the page, not of a row
    return RegisterPage(shown, bool(rows) and rows[0][-1])


@lru_cache(maxsize=512)
def _page_statement(most: int, is_following: bool) -> str:
    """Return the statement of a page. The number of rows stands in its text, because with the number as a value
    PostgreSQL plans the statement anew at each request, which takes twice as long as the rows."""
    return as_text((AFTER if is_following else NEWEST).limit(literal_column(f"{most:d}")))
