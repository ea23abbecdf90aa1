"""What a person typed into a form and did not send in yet: their own, sealed, for thirty days or until it is sent in.

Each page of a form has a mark of its own, its `tab`. A page that saves onto a draft that another page changed
meanwhile begins a draft of its own beside it, so neither replaces what the other holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.errors import NotAllowed
from tenants.isolation import acting_organisation
from tenants.sealing import NUMBER, seal_of_acting_organisation, seal_unless_destroyed

JOINED = text("select joined_into is not null from organisation where id = :me")
Typed = dict[str, list[str]]
"""The values that somebody typed, by the name of the field."""
MOST_BYTES = 2 * 1024 * 1024
"""The most bytes of a draft, as JSON. A row of a list of clients takes about 150."""
MOST_TOGETHER = 10 * 1024 * 1024
"""The most bytes of all drafts of one person at one organisation, sealed. What is there stays; no more is kept. A form
that waits for a login is kept while all drafts, itself among them, are at most twice as many. So there is room for it
when the drafts are full; and while it waits, it leaves them less room."""
MOST_DRAFTS = 100
"""The most drafts of one person at one organisation. The oldest ones end when there are more."""
NO_KEY = bytes(NUMBER)
"""The label of a draft of before version 0081, which was kept without a seal."""
BY_QUESTION = "by_question"
"""The answers of an assessment by question. There is one draft of them for each person and breach, with its id."""


class FormDraft(Record):
    """What one person typed into one form about one subject; `sealed` is None once it was sent in or thrown away."""

    __tablename__ = "form_draft"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    form: Mapped[str]
    subject_id: Mapped[UUID | None]
    sealed: Mapped[bytes | None]
    number: Mapped[int]
    tab: Mapped[UUID | None]
    saved_at: Mapped[datetime]


@dataclass(frozen=True)
class About:
    """Which form of which person a draft is of, and about which subject; None for a form that makes a new one."""

    user_id: UUID
    form: str
    subject_id: UUID | None = None


@dataclass(frozen=True)
class Page:
    """What a page continues: the draft that it shows, the number of that draft then, and the mark of the page."""

    draft_id: UUID
    number: int
    tab: UUID


@dataclass(frozen=True)
class Saved:
    """What a save led to. `is_beside`: another page changed the draft meanwhile, so this is a new one beside it."""

    draft_id: UUID
    number: int
    saved_at: datetime
    is_beside: bool = False


@dataclass(frozen=True)
class Draft:
    """A draft without what was typed, which `typed_in` returns."""

    id: UUID
    number: int
    saved_at: datetime


class DraftEnded(Exception):
    """The form of this draft was sent in, or the draft was thrown away."""


class DraftTooLarge(Exception):
    """What was typed takes more than MOST_BYTES."""


class DraftsFull(Exception):
    """The other drafts of this person leave no room for this one."""


def save_draft(about: About, page: Page, typed: Typed, most: int | None = MOST_BYTES) -> Saved:
    """Keep what a page holds, in place of what the same page kept before.

    `most`: its most bytes as JSON; None for a form that was sent in, which is bounded by what a form may be. Raises
    DraftEnded, DraftTooLarge, DraftsFull, KeyDestroyed when the organisation has no key any more, and NotAllowed in a
    register that was joined into another one, where nothing new comes in.
    """
    if db.session.scalar(JOINED, {"me": acting_organisation()}):
        raise NotAllowed("role.not_enough")
    if most is not None and len(orjson.dumps(typed)) > most:
        raise DraftTooLarge()
    sealed, room = seal_of_acting_organisation().close(typed), MOST_TOGETHER * (1 if most is not None else 2)
    _refuse_beyond(about.user_id, page.draft_id, len(sealed), room)
    saved = _begun(about, page.draft_id, page.tab, sealed) or _continued(about, page, sealed)
    if saved is None:
        beside = uuid4()
        _refuse_beyond(about.user_id, beside, len(sealed), room)
        saved = _begun(about, beside, page.tab, sealed)
        assert saved is not None
        saved = Saved(saved.draft_id, saved.number, saved.saved_at, is_beside=True)
    _end_beyond(about.user_id)
    return saved


def _begun(about: About, draft_id: UUID, tab: UUID, sealed: bytes) -> Saved | None:
    """Return a new draft; None when there is one with this id."""
    values = {"form": about.form, "subject_id": about.subject_id, "sealed": sealed, "number": 1, "tab": tab}
    key = {"organisation_id": acting_organisation(), "user_id": about.user_id, "id": draft_id}
    begin = insert(FormDraft).values(**key, **values, saved_at=func.clock_timestamp()).on_conflict_do_nothing()
    row = db.session.execute(begin.returning(FormDraft.saved_at)).first()
    return None if row is None else Saved(draft_id, 1, row.saved_at)


def _continued(about: About, page: Page, sealed: bytes) -> Saved | None:
    """Return the draft with what this page holds; None when another page saved it since this page read it."""
    query = select(FormDraft).where(_own(about.user_id), FormDraft.id == page.draft_id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if row.sealed is None or (row.form, row.subject_id) != (about.form, about.subject_id):
        raise DraftEnded()
    if row.tab != page.tab and row.number != page.number:
        return None
    row.sealed, row.tab, row.number = sealed, page.tab, row.number + 1
    row.saved_at = db.session.execute(select(func.clock_timestamp())).scalar_one()
    db.session.flush()
    return Saved(row.id, row.number, row.saved_at)


def drafts_of(about: About) -> list[Draft]:
    """Return this person's drafts of this form about this subject, newest first."""
    mine = _own(about.user_id) & (FormDraft.form == about.form) & FormDraft.sealed.is_not(None)
    query = select(FormDraft.id, FormDraft.number, FormDraft.saved_at).where(
        mine, FormDraft.subject_id.is_not_distinct_from(about.subject_id)
    )
    return [Draft(*row) for row in db.session.execute(query.order_by(FormDraft.saved_at.desc()))]


def typed_in(user_id: UUID, draft_id: UUID) -> Typed | None:
    """Return what this person typed in this draft of theirs; None when nobody can open it any more."""
    query = select(FormDraft.sealed).where(_own(user_id), FormDraft.id == draft_id)
    return opened(db.session.scalar(query))


def opened(sealed: bytes | None) -> Typed | None:
    """Return what was typed; None for nothing kept, and when nobody can open it any more."""
    if sealed is None:
        return None
    if sealed[:NUMBER] == NO_KEY:
        plain: Typed = orjson.loads(sealed[NUMBER:])
        return plain
    seal = seal_unless_destroyed()
    try:
        return None if seal is None else seal.open(bytes(sealed))
    except InvalidTag:
        return None


def end_draft(user_id: UUID, draft_id: UUID) -> None:
    """End this person's draft, because its form was sent in or they threw it away. A late save adds nothing to it."""
    key = {"organisation_id": acting_organisation(), "user_id": user_id, "id": draft_id}
    ended = insert(FormDraft).values(**key, form="ended", number=0, saved_at=func.now())
    over = {"sealed": None, "saved_at": func.now()}
    db.session.execute(ended.on_conflict_do_update(index_elements=list(key), set_=over))


def _refuse_beyond(user_id: UUID, draft_id: UUID, size: int, most: int) -> None:
    """Raise DraftsFull when this draft of `size` bytes and the others of this person are together more than `most`."""
    others = _own(user_id) & (FormDraft.id != draft_id)
    if size + (db.session.scalar(select(func.sum(func.octet_length(FormDraft.sealed))).where(others)) or 0) > most:
        raise DraftsFull()


def _end_beyond(user_id: UUID) -> None:
    """End the oldest drafts of this person when there are more than MOST_DRAFTS."""
    mine = _own(user_id) & FormDraft.sealed.is_not(None)
    old = select(FormDraft.id).where(mine).order_by(FormDraft.saved_at.desc()).offset(MOST_DRAFTS)
    db.session.execute(update(FormDraft).where(_own(user_id), FormDraft.id.in_(old)).values(sealed=None))


def keep_answers(breach_id: UUID, user_id: UUID, typed: Typed) -> None:
    """Keep the answers to an assessment by question, in place of what this person answered about this breach."""
    key = {"organisation_id": acting_organisation(), "user_id": user_id, "id": breach_id}
    values: dict[str, Any] = {
        "form": BY_QUESTION, "subject_id": breach_id, "sealed": seal_of_acting_organisation().close(typed),
        "saved_at": func.now(),
    }  # fmt: skip
    kept = insert(FormDraft).values(**key, **values, number=1)
    db.session.execute(kept.on_conflict_do_update(index_elements=list(key), set_=values))


def end_answers(breach_id: UUID, user_id: UUID) -> None:
    """Delete the answers of this person about this breach, which are recorded now."""
    db.session.execute(delete(FormDraft).where(_own(user_id), FormDraft.id == breach_id))


def _own(user_id: UUID) -> Any:
    return (FormDraft.organisation_id == acting_organisation()) & (FormDraft.user_id == user_id)


def sealed_with_older_key(label: bytes, most: int) -> Sequence[FormDraft]:
    """Return drafts of the acting organisation that another key than the one with this label sealed, locked."""
    old = func.substr(FormDraft.sealed, 1, NUMBER) != label
    query = select(FormDraft).where(FormDraft.organisation_id == acting_organisation(), old).limit(most)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
