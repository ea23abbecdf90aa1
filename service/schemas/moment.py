"""Moments that people write: with an offset, or in local time. A local time must have existed exactly once.

A moment may not be in the future, unless its field says so.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from service.admission.admission import admission
from service.schemas.faults import Key
from service.schemas.fields import Keyed
from service.schemas.unread import refuse_unread
from tenants.isolation import database_now
from workflows.law.moments import MomentInFuture, MomentIsTwice, read_local, refuse_future

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
HOW = (
    "ISO 8601 with an offset, or local time in Amsterdam. Beside it `<name>_fold`, 0 or 1, picks a pass of an hour "
    "that the clock passed twice."
)


class Written(str):
    """A moment as somebody wrote it, with which pass is meant of an hour that the clock passes twice."""

    fold: int | None

    def __new__(cls, text: str, fold: Any) -> "Written":
        made = super().__new__(cls, text)
        made.fold = {"0": 0, "1": 1, 0: 0, 1: 1}.get(fold) if isinstance(fold, str | int) else None
        return made


class Moment(Keyed, fields.DateTime):
    """Something that has happened or, with `may_be_ahead`, something that is to come."""

    def __init__(self, may_be_ahead: bool = False, **options: Any) -> None:
        super().__init__(format="iso", metadata={"description": HOW}, **options)
        self.may_be_ahead = may_be_ahead

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> datetime:
        if not isinstance(value, str):
            raise ValidationError([Key("moment.unreadable")])
        refuse_unread(value)
        moment = read_moment(value, getattr(value, "fold", None))
        return _in_reach(moment) if self.may_be_ahead else past(moment)


def read_moment(text: str, fold: int | None = None) -> datetime:
    """Return the aware moment that was meant.

    Raises ValidationError when there is no such moment, or when there are two.
    """
    try:
        return read_local(text, fold=fold)
    except MomentIsTwice as twice:
        both = {"first": twice.first.isoformat(), "second": twice.second.isoformat()}
        raise ValidationError([Key(twice.key, **both)]) from twice
    except ValueError as refusal:
        raise ValidationError([Key(getattr(refusal, "key", "moment.unreadable"))]) from refusal


def past(moment: datetime) -> datetime:
    """Return the moment. Raises ValidationError when it is in the future, or too long ago to be right."""
    try:
        refuse_future(moment, now_of_request())
    except MomentInFuture as refusal:
        raise ValidationError([Key(refusal.key, earlier=moment, later=refusal.now)]) from refusal
    return _in_reach(moment)


def _in_reach(moment: datetime) -> datetime:
    if moment < EARLIEST:
        raise ValidationError([Key("moment.too_long_ago")])
    if moment >= LATEST:
        raise ValidationError([Key("moment.too_far_ahead")])
    return moment


def now_of_request() -> datetime:
    """Return the database's moment, asked once in a request. It is the same during the whole transaction."""
    known = admission()
    if known.now is None:
        known.now = database_now()
    return known.now
