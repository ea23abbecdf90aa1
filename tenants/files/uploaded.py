"""A file that somebody brought in: it waits, sealed, until it is taken, left alone, or a day old."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Uuid, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Owned, Record, db
from tenants.errors import AlreadyDone, Invalid, NotFound, OutOfDate
from tenants.isolation import acting_organisation, database_now
from tenants.sealing import seal_of_acting_organisation

WAITING, TAKEN, UNDONE = "waiting", "taken", "undone"
WAITS = timedelta(days=1)
"""How long a file waits that nobody took."""
FAULTS_KEPT = timedelta(days=1)
"""How long the rows that did not fit can be had after the others were taken."""
MOST_WAITING, MOST_IN_ALL = 20, 200
"""How many files of one person wait at one organisation: for one purpose and about one subject, and in all."""


class UploadedFile(Owned, Record):
    """A file for one purpose: recipients (of the notice `about_id`), clients, hits or register.

    `hash` is the SHA-256 of its bytes. `is_confirmed`: somebody said which column is which. `result` says what came of
    a file that was taken, in counts and words of our own.
    """

    __tablename__ = "uploaded_file"

    purpose: Mapped[str]
    about_id: Mapped[UUID | None] = mapped_column(Uuid)
    uploaded_by: Mapped[UUID]
    hash: Mapped[bytes]
    sealed: Mapped[bytes]
    state: Mapped[str] = mapped_column(default=WAITING)
    is_confirmed: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any] | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def words(self) -> dict[str, Any]:
        """The name of the file, what was chosen about it, and what reading it proposed. Raises KeyDestroyed."""
        return seal_of_acting_organisation().open(bytes(self.sealed))

    @property
    def waits_until(self) -> datetime:
        """Until when the file can be taken."""
        return self.created_at + WAITS

    def faults_until(self, now: datetime) -> datetime | None:
        """Return until when the rows of a file that was taken that did not fit can be had; None when they cannot."""
        if self.state != TAKEN or self.ended_at is None or not (self.result or {}).get("wrong_rows"):
            return None
        until = self.ended_at + FAULTS_KEPT
        return until if now < until else None

    def keep_words(self, words: dict[str, Any]) -> None:
        """Seal these words in place of those before. Raises KeyDestroyed."""
        self.sealed = seal_of_acting_organisation().close_bytes(orjson.dumps(words))

    def end(self, state: str, result: dict[str, Any]) -> None:
        """Say that the file was taken or undone, and what came of it."""
        self.state, self.result, self.ended_at = state, result, database_now()
        self.version += 1


def keep_file(
    purpose: str, about_id: UUID | None, by: UUID, digest: bytes, words: dict[str, Any], ends_oldest: bool = True
) -> UploadedFile:
    """Keep a new file; its parts are kept by parts.py. `ends_oldest`: beyond MOST_WAITING the oldest one of this
    person for the same purpose and subject ends, as on pages, which show the newest only.

    Raises KeyDestroyed, and Invalid for more files than may wait.
    """
    file = UploadedFile(
        organisation_id=acting_organisation(), purpose=purpose, about_id=about_id, uploaded_by=by, hash=digest,
        state=WAITING, is_confirmed=False, version=1,
    )  # fmt: skip
    file.keep_words(words)
    db.session.add(file)
    db.session.flush()
    _refuse_beyond(file, ends_oldest)
    return file


def uploaded_file(file_id: UUID, version: int | None = None, lock: bool = False) -> UploadedFile:
    """Return the acting organisation's file. Raises NotFound; OutOfDate when `version` is no longer the newest."""
    query = select(UploadedFile).where(_mine(), UploadedFile.id == file_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    file = db.session.scalars(query).one_or_none()
    if file is None:
        raise NotFound("file.unknown")
    if version is not None and version != file.version:
        raise OutOfDate()
    return file


def waiting_file(file_id: UUID, version: int | None = None) -> UploadedFile:
    """Return a file that nobody took yet, locked. Raises NotFound, OutOfDate, and AlreadyDone when it was taken."""
    file = uploaded_file(file_id, lock=True)
    if file.state != WAITING:
        raise AlreadyDone("file.taken_already")
    if version is not None and version != file.version:
        raise OutOfDate()
    return file


def waiting_alike(purpose: str, by: UUID, digest: bytes) -> UploadedFile | None:
    """Return the file with these bytes, about nothing else, that this person brought in for this purpose and nobody
    took yet, locked; None when there is none."""
    query = select(UploadedFile).where(
        _mine(), UploadedFile.purpose == purpose, UploadedFile.uploaded_by == by, UploadedFile.hash == digest,
        UploadedFile.about_id.is_(None), UploadedFile.state == WAITING,
    )  # fmt: skip
    return db.session.scalars(query.order_by(UploadedFile.created_at.desc()).limit(1).with_for_update()).one_or_none()


def taken_files(purpose: str, about_id: UUID | None, most: int) -> list[UploadedFile]:
    """Return the files for this purpose, and about this subject, that were taken and of which something can be undone,
    the last one that was taken first, at most so many."""
    adds = UploadedFile.result["new"].as_string()
    query = select(UploadedFile).where(
        _mine(), UploadedFile.purpose == purpose, UploadedFile.state == TAKEN,
        UploadedFile.about_id.is_(None) if about_id is None else UploadedFile.about_id == about_id,
        adds.is_(None) | (adds != "0"), UploadedFile.result["incident"].as_string().is_(None),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(UploadedFile.ended_at.desc()).limit(most)))


def waiting_of(purpose: str, about_id: UUID | None, by: UUID) -> list[UploadedFile]:
    """Return the files for this purpose, and about this subject, of this person that nobody took yet, the newest first;
    at most MOST_WAITING of them are kept."""
    query = select(UploadedFile).where(
        _mine(), UploadedFile.purpose == purpose, UploadedFile.uploaded_by == by, UploadedFile.state == WAITING,
        UploadedFile.about_id.is_(None) if about_id is None else UploadedFile.about_id == about_id,
        UploadedFile.created_at > database_now() - WAITS,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(UploadedFile.created_at.desc(), UploadedFile.id.desc())))


def leave_file(file_id: UUID) -> None:
    """End a file that nobody took, with all that is in it."""
    db.session.execute(delete(UploadedFile).where(_mine(), UploadedFile.id == file_id, UploadedFile.state == WAITING))


def with_older_key(label: bytes, most: int) -> list[UploadedFile]:
    """Return some files whose words are sealed with an earlier key, locked."""
    query = select(UploadedFile).where(_mine(), func.substr(UploadedFile.sealed, 1, len(label)) != label)
    return list(db.session.scalars(query.order_by(UploadedFile.id).limit(most).with_for_update()))


def _refuse_beyond(file: UploadedFile, ends_oldest: bool) -> None:
    """Raise Invalid when too many files of a person wait, after the oldest like this one ended where it may."""
    waiting = select(UploadedFile.id).where(
        _mine(), UploadedFile.uploaded_by == file.uploaded_by, UploadedFile.state == WAITING
    ).order_by(UploadedFile.created_at.desc(), UploadedFile.id.desc())
    alike = waiting.where(UploadedFile.purpose == file.purpose, _about(file.about_id)).offset(MOST_WAITING)
    if ends_oldest:
        db.session.execute(delete(UploadedFile).where(_mine(), UploadedFile.id.in_(alike)))
    for beyond, most in ((alike, MOST_WAITING), (waiting.offset(MOST_IN_ALL), MOST_IN_ALL)):
        if db.session.scalars(beyond.limit(1)).first() is not None:
            raise Invalid("file.too_many_waiting", "file", most=most)


def _about(about_id: UUID | None) -> Any:
    return UploadedFile.about_id.is_(None) if about_id is None else UploadedFile.about_id == about_id


def _mine() -> Any:
    return UploadedFile.organisation_id == acting_organisation()
