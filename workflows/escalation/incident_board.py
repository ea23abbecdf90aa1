"""The office's board of one incident, read in one statement: sums, a letter per client, and the rows of one page.

They are of one moment, that of the transaction. The sums are counted from the letters, so they always add up.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    column,
    func,
    literal,
    literal_column,
    not_,
    null,
    or_,
    select,
    table,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from tenants.agreements.contact_standing import has_working_contact
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation
from workflows.escalation.board_list import Asked, conditions, key_of, words_to_compare
from workflows.escalation.board_states import ASKS, CODES, NOT_INFORMED, SAYS_CALL, SOON, STATES, TERMS, counted
from workflows.escalation.calling import CALLED, OF_INCIDENT, TAKEN_BACK, Caller, calls_now
from workflows.escalation.people_in_all import PEOPLE, PeopleInAll, people_summed, sums_of_people
from workflows.mail.rows import MailBatch, Recipient
from workflows.mail.set_aside import not_set_aside
from workflows.mail.states import NOT_REACHED
from workflows.mail.states import UNKNOWN as UNKNOWN_OUTCOME

# Named by what `calling.CALLERS` asks for too.
OFFICE, INCIDENT = bindparam("office", type_=Uuid()), bindparam("incident", type_=Uuid())
HAS_MAIL = """escalation.contacts @? '$[*] ? (@.email like_regex ".")'"""
OUT_OF_REACH = and_(Escalation.informed_at.is_(None), not_(has_working_contact("escalation"))).label("is_out_of_reach")


@dataclass(frozen=True)
class Row:
    """One client in the list, with the number that the office knows it by."""

    escalation: Escalation
    code: int
    client_number: str
    caller: Caller | None = None
    mails: tuple[str, ...] = ()
    """The mails that were sent to its contacts, the oldest first: the address's fingerprint, a colon, and what became
    of it. Mail that led to somebody else is left out."""
    newest_call: int | None = None
    """The newest entry about a conversation with a client whom a conversation informed."""
    is_out_of_reach: bool = False
    """Nobody informed it, and none of its contacts works."""

    @property
    def state(self) -> str:
        """Return its state, one of STATES."""
        return CODES[self.code][0]

    @property
    def term(self) -> str | None:
        """Return its term, one of TERMS; None when it is informed."""
        return CODES[self.code][1]

    @property
    def shown(self) -> tuple[object, ...]:
        """Return what the list shows of it that may change while somebody looks."""
        of = self.escalation
        milestones = (of.informed_at, of.informed_how, of.acknowledged_at, of.decision, of.decided_at, of.decided_alone)
        people = (of.people_min, of.people_max, of.people_estimate, of.contacts, of.acknowledged_by, self.caller)
        mails = (of.rung, self.mails, self.newest_call, self.is_out_of_reach)
        return of.id, self.code, self.client_number, of.call_needed_at, of.alarm_at, *mails, *people, *milestones

    @property
    def asks_for_an_act(self) -> bool:
        """Return whether somebody at the office must do something before it can be informed."""
        return self.state in ASKS

    @property
    def is_also_to_call(self) -> bool:
        """Return whether the client is on the call list while the words of its state do not say so."""
        return self.escalation.call_needed_at is not None and self.state in NOT_INFORMED and self.state not in SAYS_CALL


@dataclass(frozen=True)
class Reading:
    """The board at the moment of the transaction.

    letters: one per client (board_states.LETTERS), the tightest term first. order: changes when clients come or their
    order does. names: as many, in the same order; empty when they were not asked for. matching: how many clients the
    list has on all its pages. more: whether another page follows.
    """

    letters: str
    order: str
    sums: dict[str, int]
    people: PeopleInAll
    matching: int
    rows: list[Row] = field(default_factory=list)
    more: bool = False
    names: list[str] = field(default_factory=list)


def read_board(incident_id: UUID, asked: Asked, with_names: bool = False) -> Reading:
    """Return the board of the acting office's incident. Raises Invalid for a search of too many words."""
    values = {"office": acting_organisation(), "incident": incident_id, **OF_INCIDENT}
    return _reading(db.session.execute(_statement(asked, with_names), values).mappings().all(), asked)


@lru_cache(maxsize=100)
def _statement(asked: Asked, with_names: bool) -> Select[Any]:
    """Return the statement for any office and incident; kept, because a page that stays open asks it every time."""
    standing = _standing(asked, with_names)
    totals, page, calls = _totals(standing, asked, with_names), _page(standing, asked), calls_now().cte("calls")
    first = case((page.c.nth > 1, None), else_=totals.c.letters).label("letters")
    names = case((page.c.nth > 1, None), else_=totals.c.names).label("names")
    of_rows = [column for column in totals.c if column.name not in ("letters", "names")]
    caller = [calls.c.actor_id, calls.c.name.label("caller_name"), calls.c.at]
    return (
        select(first, names, *of_rows, page.c.code, *caller, _mails_to(page).label("mails"), OUT_OF_REACH,
               _newest_call().label("newest_call"), Escalation, ProcessingAgreement.client_number)
        .select_from(totals).outerjoin(page, true())
        .outerjoin(Escalation, and_(Escalation.processor_id == OFFICE, Escalation.id == page.c.id))
        .outerjoin(ProcessingAgreement, and_(ProcessingAgreement.processor_id == OFFICE,
                                             ProcessingAgreement.id == Escalation.agreement_id))
        .outerjoin(calls, calls.c.subject_id == page.c.id).order_by(page.c.nth)
    )  # fmt: skip


def sums(incident_id: UUID) -> dict[str, int]:
    """Return how many clients are in each state and term, also 0, and the other numbers of the board."""
    return read_board(incident_id, Asked(most=0)).sums


def call_list(incident_id: UUID, most: int | None = None) -> list[Escalation]:
    """Return the escalations to call about: not informed, and no contact left to write to, or the time has run out.

    Those with the least time left come first; at most `most` of them, all without it.
    """
    query = select(Escalation).where(
        Escalation.processor_id == acting_organisation(), Escalation.incident_id == incident_id,
        Escalation.call_needed_at.is_not(None), Escalation.informed_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Escalation.alarm_at, Escalation.id).limit(most)))


def _reading(answer: Any, asked: Asked) -> Reading:
    head = answer[0]
    rows = [_row(row) for row in answer if row["Escalation"]]
    letters = head["letters"] or ""
    by_state = counted(letters)
    by_hand = {name: head[name] for name in ("decided_alone", "informed_in_time", "call")}
    informed = sum(by_state[name] for name in STATES) - sum(by_state[name] for name in TERMS)
    of_informed = {"informed_in_all": informed, "informed_late": informed - head["informed_in_time"]}
    return Reading(
        letters, head["order"], {**by_state, **by_hand, "total": len(letters), **of_informed}, people_summed(head),
        head["matching"], rows[: asked.most], asked.most is not None and len(rows) > asked.most, head["names"] or [],
    )  # fmt: skip


def _row(row: Any) -> Row:
    caller = Caller(row["actor_id"], row["caller_name"], row["at"]) if row["at"] else None
    mails = tuple(row["mails"] or ())
    newest_call, out_of_reach = row["newest_call"], row["is_out_of_reach"]
    return Row(row["Escalation"], row["code"], row["client_number"], caller, mails, newest_call, out_of_reach)


def _mails_to(page: CTE) -> Any:
    """Return the mails to the contacts of one client of the page, for `Row.mails`."""
    each = func.encode(Recipient.address_hash, "hex") + ":" + Recipient.state
    return select(func.array_agg(aggregate_order_by(each, Recipient.created_at, Recipient.id))).where(
        Recipient.organisation_id == OFFICE, Recipient.purpose == "escalation", Recipient.about_id == page.c.id,
        _counts(),
    ).scalar_subquery()  # fmt: skip


def _counts() -> ColumnElement[bool]:
    """Return whether a mail counts: it was sent, or still may be, and it did not lead to somebody else."""
    here = or_(Escalation.led_elsewhere_at.is_(None), Recipient.created_at > Escalation.led_elsewhere_at)
    return and_(here, not_set_aside())


def _newest_call() -> Any:
    """Return the newest entry about a conversation with a client of the page that was informed by one."""
    ids = (column("organisation_id", Uuid()), column("subject_id", Uuid()))
    of = table("history", *ids, column("what"), column("seq"))
    newest = select(func.max(of.c.seq)).where(
        of.c.organisation_id == OFFICE, of.c.subject_id == Escalation.id, of.c.what.in_((CALLED, TAKEN_BACK))
    )
    return case((Escalation.informed_how.in_(("phone", "letter")), newest.correlate(Escalation).scalar_subquery()))


def _standing(asked: Asked, with_names: bool) -> CTE:
    """Return one row per client: its code and what is counted, compared or sorted by."""
    mails = _mails()
    untold = Escalation.informed_at.is_(None)
    query = select(
        Escalation.id, Escalation.alarm_at, Escalation.created_at, *(getattr(Escalation, name) for name in PEOPLE),
        Escalation.decided_alone.is_(True).label("decided_alone"), _code(mails).label("code"),
        and_(~untold, Escalation.informed_at < Escalation.alarm_at).label("in_time"),
        and_(untold, Escalation.call_needed_at.is_not(None)).label("call"), *words_to_compare(asked),
        *([Escalation.controller_name] if with_names else []),
    ).outerjoin(mails, mails.c.about_id == Escalation.id)
    if asked.search:
        query = query.join(ProcessingAgreement, and_(ProcessingAgreement.processor_id == OFFICE,
                                                     ProcessingAgreement.id == Escalation.agreement_id))  # fmt: skip
    return query.where(*_of()).cte("standing").prefix_with("materialized")


def _mails() -> Any:
    """Return what became of the mail to those clients whose mail is not simply on its way, which are few.

    Mail that does not count is left out, so such a client may have no row.
    """
    halted = select(MailBatch.id).where(MailBatch.organisation_id == OFFICE, MailBatch.state == "stopped")
    stopped = and_(Recipient.state == "planned", Recipient.batch_id.in_(halted))
    mine = (Recipient.organisation_id == OFFICE, Recipient.purpose == "escalation", Escalation.informed_at.is_(None))
    whose = and_(Escalation.id == Recipient.about_id, *_of())
    unusual = or_(Recipient.state.in_((UNKNOWN_OUTCOME, *NOT_REACHED)), stopped)
    asked = union_all(
        select(Recipient.about_id).join(Escalation, whose).where(*mine, unusual),
        select(Escalation.id).where(*_of(), Escalation.led_elsewhere_at.is_not(None)),
    )
    return (
        select(
            Recipient.about_id, func.bool_or(Recipient.state == UNKNOWN_OUTCOME).label("unknown"),
            func.bool_or(stopped).label("stopped"), func.bool_and(Recipient.state.in_(NOT_REACHED)).label("came_back"),
        )
        .join(Escalation, whose).where(*mine, _counts(), Recipient.about_id.in_(asked))
        .group_by(Recipient.about_id).subquery("mails")
    )  # fmt: skip


def _code(mails: Any) -> ColumnElement[int]:
    """Return the place of a client's state and term in CODES; the furthest state counts."""
    term = case((Escalation.alarm_at <= func.now(), 0), (Escalation.alarm_at <= func.now() + SOON, 1), else_=2)
    written = and_(Escalation.rung > 0, or_(Escalation.led_elsewhere_at.is_(None), mails.c.about_id.is_not(None)))
    # The contacts are looked into last, and only of a client that was not written to: that costs most.
    phone_only = and_(Escalation.rung == 0, not_(literal_column(HAS_MAIL)))
    never_written = and_(Escalation.call_needed_at.is_not(None), not_(literal_column(HAS_MAIL)))
    untold = case(
        (mails.c.unknown, STATES.index("unknown")), (mails.c.stopped, STATES.index("stopped")),
        (mails.c.came_back, STATES.index("bounced")), (never_written, STATES.index("phone_only")),
        (Escalation.call_needed_at.is_not(None), STATES.index("call_now")),
        (written, STATES.index("under_way")), (phone_only, STATES.index("phone_only")),
        else_=STATES.index("to_write"),
    )  # fmt: skip
    return case(
        (Escalation.decision.is_not(None), CODES.index(("decided", None))),
        (Escalation.acknowledged_at.is_not(None), CODES.index(("acknowledged", None))),
        (Escalation.informed_at.is_not(None), CODES.index(("informed", None))),
        else_=untold * len(TERMS) + term,
    )


def _totals(standing: CTE, asked: Asked, with_names: bool) -> CTE:
    c = standing.c
    # No statement of the service moves the end of the contract hours, so clients that come or go change the order.
    order = func.concat_ws(" ", func.count(), func.max(c.created_at), func.max(c.alarm_at), func.min(c.alarm_at))
    letter, blank = func.chr(ord("a") + c.code), literal("")
    names = func.array_agg(aggregate_order_by(c.controller_name, c.alarm_at, c.id)) if with_names else null()
    return select(
        func.string_agg(letter, aggregate_order_by(blank, c.alarm_at, c.id)).label("letters"),
        names.label("names"), order.label("order"),
        func.count().filter(*conditions(standing, asked)).label("matching"),
        func.count().filter(c.decided_alone).label("decided_alone"),
        func.count().filter(c.in_time).label("informed_in_time"), func.count().filter(c.call).label("call"),
        *sums_of_people(c),
    ).cte("totals")  # fmt: skip


def _page(standing: CTE, asked: Asked) -> CTE:
    key = key_of(standing, asked.sort)
    query = select(standing.c.id, standing.c.code, *(column.label(f"key_{nth}") for nth, column in enumerate(key)))
    query = query.where(*conditions(standing, asked))
    if asked.after:
        last = standing.alias("last")
        query = query.join(last, last.c.id == asked.after).where(tuple_(*key) > tuple_(*key_of(last, asked.sort)))
    page = query.order_by(*key).limit(None if asked.most is None else asked.most + 1).cte("unnumbered")
    nth = func.row_number().over(order_by=[page.c[f"key_{nth}"] for nth in range(len(key))])
    return select(page.c.id, page.c.code, nth.label("nth")).cte("page")


def _of() -> tuple[ColumnElement[Any], ...]:
    return Escalation.processor_id == OFFICE, Escalation.incident_id == INCIDENT
