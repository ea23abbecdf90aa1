"""What a search of the acting organisation finds: breaches, incidents, notices and clients, each kind a page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, select

from tenants.agreements.processing_agreements import OF_TESTS, ProcessingAgreement
from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.breaches import Breach
from tenants.register.incident_ends import ended_among
from tenants.register.incidents import Incident
from tenants.register.notices import Notice
from tenants.search.finding import BREACH, CLIENT, INCIDENT, KINDS, NOTICE, Page, Search
from tenants.search.terms import Term
from tenants.search.words import words_of
from workflows.notification.decision_state import decision_state


@dataclass(frozen=True)
class Hit:
    """One row that was found. `at`: when it was recorded. `state`: one word of its kind, None for a client. `beside`:
    what holds the search, where reference and title do not show it. `is_test`: a client or an incident of a test."""

    kind: str
    id: UUID
    reference: str
    title: str
    state: str | None
    at: datetime
    beside: tuple[str, ...] = ()
    is_test: bool = False


@dataclass(frozen=True)
class Hits:
    """A page of one kind, the newest first. `after`: the id after which the next page comes, None on the last one;
    `is_cut`: older ones were not read yet."""

    kind: str
    rows: list[Hit]
    after: UUID | None
    is_cut: bool


@dataclass(frozen=True)
class Found:
    """What was found, and the terms by which: where typing errors were forgiven they say for which word.
    `unknown`: what was typed that no word here is like."""

    terms: list[Term]
    hits: list[Hits]
    unknown: list[str]
    more_is_pending: bool

    @property
    def forgiven(self) -> list[Term]:
        """The terms that stand for words which differ from what was typed."""
        return [term for term in self.terms if term.is_alike]


def found(typed: str, most: int, kinds: Iterable[str] = KINDS, after: UUID | None = None) -> Found:
    """Return what the acting organisation has with these words, at most `most` of each kind, after `after`.

    Raises Invalid for a search that is too long.
    """
    search = Search(typed, tuple(kinds))
    pages = [(kind, search.page(kind, most, after)) for kind in search.kinds]
    hits = [_hits(kind, page, search.terms) for kind, page in pages]
    return Found(search.terms, hits, search.unknown, search.more_is_pending)


def _hits(kind: str, page: Page, terms: list[Term]) -> Hits:
    rows = {hit.id: hit for hit in READ[kind](page.ids, terms)} if page.ids else {}
    return Hits(kind, [rows[id] for id in page.ids if id in rows], page.after, page.is_cut)


def _breaches(ids: Iterable[UUID], terms: list[Term]) -> list[Hit]:
    shown = (Breach.id, Breach.reference, Breach.title, Breach.created_at, Breach.decision, Breach.decided_at,
             Breach.submitted_at, Breach.processor_name, Breach.authority_number, Breach.taken_over)  # fmt: skip
    rows = _rows(select(*shown).where(Breach.organisation_id == acting_organisation(), Breach.id.in_(ids)))
    return [
        Hit(BREACH, row.id, row.reference, row.title, _state_of_breach(row), row.created_at,
            _beside(f"{row.reference} {row.title}", (row.processor_name, row.authority_number), terms))
        for row in rows
    ]  # fmt: skip


def _state_of_breach(row: Any) -> str:
    return decision_state(row.decision, row.decided_at, row.submitted_at, row.taken_over is not None)


def _incidents(ids: Iterable[UUID], _: list[Term]) -> list[Hit]:
    shown = (Incident.id, Incident.reference, Incident.title, Incident.created_at, Incident.is_test)
    rows = _rows(select(*shown).where(Incident.organisation_id == acting_organisation(), Incident.id.in_(ids)))
    ended = ended_among(ids)
    return [
        Hit(INCIDENT, row.id, row.reference, row.title, "ended" if row.id in ended else "open", row.created_at,
            is_test=row.is_test)
        for row in rows
    ]


def _notices(ids: Iterable[UUID], terms: list[Term]) -> list[Hit]:
    shown = (Notice.id, Breach.reference, Breach.title, Notice.subject, Notice.created_at, Notice.approved_at,
             Notice.sent_at)  # fmt: skip
    of_breach = (Breach.organisation_id == Notice.organisation_id) & (Breach.id == Notice.breach_id)
    rows = _rows(
        select(*shown).join(Breach, of_breach)
        .where(Notice.organisation_id == acting_organisation(), Notice.id.in_(ids))
    )  # fmt: skip
    return [
        Hit(NOTICE, row.id, row.reference, row.title, _state_of_notice(row), row.created_at,
            _beside(f"{row.reference} {row.title}", (row.subject,), terms))
        for row in rows
    ]  # fmt: skip


def _state_of_notice(row: Any) -> str:
    return "sent" if row.sent_at else "approved" if row.approved_at else "in_preparation"


def _clients(ids: Iterable[UUID], terms: list[Term]) -> list[Hit]:
    client = ProcessingAgreement
    shown = (client.id, client.client_number, client.controller_name, client.created_at, client.kvk_number_stated,
             OF_TESTS.label("is_test"))  # fmt: skip
    rows = _rows(select(*shown).where(client.processor_id == acting_organisation(), client.id.in_(ids)))
    return [
        Hit(CLIENT, row.id, row.client_number, row.controller_name, None, row.created_at,
            _beside(f"{row.client_number} {row.controller_name}", (row.kvk_number_stated,), terms), row.is_test)
        for row in rows
    ]  # fmt: skip


READ: Mapping[str, Callable[[Iterable[UUID], list[Term]], list[Hit]]] = {
    BREACH: _breaches, INCIDENT: _incidents, NOTICE: _notices, CLIENT: _clients,
}  # fmt: skip


def _rows(query: Executable) -> list[Any]:
    return list(db.session.execute(query))


def _beside(shown: str, others: Iterable[str | None], terms: list[Term]) -> tuple[str, ...]:
    """Return which of the other texts hold a term that what is shown does not hold."""
    words = words_of(shown)
    missing = [term for term in terms if not term.is_in(words)]
    return tuple(text for text in others if text and any(term.is_in(words_of(text)) for term in missing))
