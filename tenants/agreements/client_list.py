"""The acting office's clients as a list: all of them, or those that match a search; by name, or by what is urgent.

A search is a few words, each of which stands somewhere in the name or in what is known of a contact (name, mail,
telephone); accents and capitals do not matter. They are compared as plain text, so no character is a wildcard. A
telephone number is found in any notation. What is compared stands in columns that PostgreSQL keeps. A part of a client
number is found too, and the whole Chamber of Commerce number (KvK): the one that the office itself typed, and the one
that the client has proven. An office may read no other.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select, text, tuple_
from sqlalchemy.orm import aliased

from tenants.agreements.client_filters import ALL, Filters, conditions
from tenants.agreements.client_standing import standing_among
from tenants.agreements.contact_standing import has_working_contact
from tenants.agreements.contact_states import states_of
from tenants.agreements.processing_agreements import LISTED, OF_TESTS, ProcessingAgreement, services_of
from tenants.agreements.searched_phones import has_phone
from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_organisation
from tenants.organisations.kvk_numbers import is_kvk_number, kvk_number
from tenants.register.escalations import Escalation

REGISTERED, NEWEST, NAME, NUMBER, ATTENTION = "registered", "newest", "name", "number", "attention"
ORDERS = (REGISTERED, NEWEST, NAME, NUMBER, ATTENTION)
"""The orders: the oldest first; the newest first; by name; by client number; first those whom an incident did not reach
yet, then those without a contact that works."""
LONGEST_SEARCH, MOST_WORDS = 100, 5
ACCENTS = "[\u0300-\u036f]"
OWN, LAST = "processing_agreement", "last_agreement"
PROVEN = text("""
    select p.organisation_id from proofs_among(array(
        select controller_id from processing_agreement where processor_id = acting_organisation())) p
     where p.proof->>'kvk_number' = :kvk_number""")


def agreements(
    most: int, after: tuple[datetime, UUID] | None = None, search: str = "", order: str = REGISTERED,
    chosen: Filters = ALL,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return a page of the acting office's agreements, with their services and how each client and contact stands.

    `chosen`: which of them; `after`: the last one of the page before, in the same order; `search`: at most
    LONGEST_SEARCH signs count. Raises Invalid for a search of more than MOST_WORDS words.
    """
    query = _page(most, after, search[:LONGEST_SEARCH], order, chosen)
    rows = [dict(row) for row in db.session.execute(query).mappings()]
    services = services_of(row["id"] for row in rows)
    standing = standing_among(row["controller_id"] for row in rows)
    states = states_of(row["contacts"] for row in rows)
    return [
        row | standing.of(row.pop("controller_id"), row["controller_name"]) | {"services": services.get(row["id"], {})}
        | {"contacts_standing": states_of_row}
        for row, states_of_row in zip(rows, states, strict=True)
    ]  # fmt: skip


def _page(most: int, after: tuple[datetime, UUID] | None, search: str, order: str, chosen: Filters) -> Any:
    columns: list[Any] = [ProcessingAgreement.controller_id, *(getattr(ProcessingAgreement, name) for name in LISTED)]
    key = _key(order, ProcessingAgreement)
    columns += [OF_TESTS.label("is_test"), _uninformed(ProcessingAgreement).label("uninformed")]
    query = select(*columns).where(_mine(ProcessingAgreement))
    if words_of(search):
        query = query.where(_found(search))
    directed = [column.desc() for column in key] if order == NEWEST else key
    query = query.where(*conditions(chosen)).order_by(*directed).limit(most)
    return _after(query, after[1], key, order) if after else query


def _after(query: Any, last_id: UUID, key: list[Any], order: str) -> Any:
    """Return the query from behind this agreement: by scalars of its own, so that the index begins there."""
    last = aliased(ProcessingAgreement, name=LAST)
    scalars = [select(part).where(_mine(last), last.id == last_id).scalar_subquery() for part in _key(order, last)]
    here, there = tuple_(*key), tuple_(*scalars)
    return query.where(here < there if order == NEWEST else here > there)


def folded(words: str) -> str:
    """Return the text without capitals and accents, as `folded_column` does in the database."""
    return "".join(sign for sign in normalize("NFKD", words.lower()) if not "\u0300" <= sign <= "\u036f")


def words_of(search: str) -> list[str]:
    """Return the different words of a search, folded. Raises Invalid when they are more than MOST_WORDS."""
    words = list(dict.fromkeys(folded(search).split()))
    if len(words) > MOST_WORDS:
        raise Invalid("search.too_many_words", field="search")
    return words


def folded_column(column: Any) -> ColumnElement[str]:
    """Return the text of a column without capitals and accents, as `folded` returns that of a search."""
    return func.regexp_replace(func.normalize(func.lower(column), literal_column("NFKD")), ACCENTS, "", "g")


def has_number(part: str) -> ColumnElement[bool]:
    """Return whether the client number of an agreement contains this text."""
    return func.strpos(func.lower(ProcessingAgreement.client_number), part.lower()) > 0


def _mine(row: Any) -> ColumnElement[bool]:
    return row.processor_id == acting_organisation()  # type: ignore[no-any-return]


def _found(search: str) -> ColumnElement[bool]:
    compared = ProcessingAgreement.folded_name + "\n" + ProcessingAgreement.contact_words
    in_words = and_(*(func.strpos(compared, word) > 0 for word in words_of(search)))
    either = [in_words, has_number(search.strip())]
    if (by_phone := has_phone(ProcessingAgreement.contact_phones, search)) is not None:
        either.append(by_phone)
    if is_kvk_number(number := kvk_number(search)):
        either.append(ProcessingAgreement.kvk_number_stated == number)
        either.append(ProcessingAgreement.controller_id.in_(PROVEN.bindparams(kvk_number=number)))
    return or_(*either)


def _uninformed(row: Any) -> ColumnElement[bool]:
    """Whether an incident hit this client about which nobody reached it yet."""
    untold = (Escalation.processor_id == acting_organisation()) & Escalation.informed_at.is_(None)
    return row.controller_id.in_(select(Escalation.controller_id).where(untold))  # type: ignore[no-any-return]


def _key(order: str, row: Any) -> list[Any]:
    """Return what the list is sorted by; the id, which grows with time, makes the order unique."""
    if order in (REGISTERED, NEWEST):
        return [row.id]
    if order == NUMBER:
        return [row.folded_number, row.id]
    name = [row.folded_name, row.id]
    if order == NAME:
        return name
    works = has_working_contact(OWN if row is ProcessingAgreement else LAST)
    return [case((_uninformed(row), 0), (~works, 1), else_=2), *name]


def names_by_number(numbers: Iterable[str]) -> dict[str, str]:
    """Return the name of each client of the acting office whose number is exactly one of these."""
    mine = ProcessingAgreement.processor_id == acting_organisation()
    wanted = list(numbers)
    query = select(ProcessingAgreement.client_number, ProcessingAgreement.controller_name)
    if not wanted:
        return {}
    rows = db.session.execute(query.where(mine, ProcessingAgreement.client_number.in_(wanted)))
    return {client_number: name for client_number, name in rows}


def my_client_names() -> dict[str, str]:
    """Return the name of each client of the acting office by its number, in one query."""
    mine = ProcessingAgreement.processor_id == acting_organisation()
    query = select(ProcessingAgreement.client_number, ProcessingAgreement.controller_name).distinct()
    return {client_number: name for client_number, name in db.session.execute(query.where(mine))}


def numbers_of(agreement_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the client number of each of these agreements of the acting office, in one query."""
    mine = ProcessingAgreement.processor_id == acting_organisation()
    query = select(ProcessingAgreement.id, ProcessingAgreement.client_number)
    rows = db.session.execute(query.where(mine, ProcessingAgreement.id.in_(list(agreement_ids))))
    return {agreement_id: client_number for agreement_id, client_number in rows}
