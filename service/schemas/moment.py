"""Moments that people write: with an offset, or in local time, which must have existed once. Never ahead of now."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import g
from marshmallow import ValidationError, fields

from service.schemas.faults import Key
from service.schemas.fields import Keyed
from tenants.isolation import database_now
from workflows.moments import MomentIsTwice, read_local, refuse_future

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
HOW = (
    "ISO 8601 with an offset, or local time in Amsterdam. Beside it `<name>_fold`, 0 or 1, picks a pass of an hour "
    "that the clock passed twice."
)


class Written(str):
    """A moment as somebody wrote it, with the pass of the hour that was meant."""

    fold: int | None

    def __new__(cls, text: str, fold: Any) -> "Written":
        """Written("2026-10-25T02:30", "1")"""
        made = super().__new__(cls, text)
        made.fold = int(fold) if str(fold) in ("0", "1") else None
        return made


class Moment(Keyed, fields.DateTime):
    """Something that has happened."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", metadata={"description": HOW}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> datetime:
        if not isinstance(value, str):
            raise ValidationError([Key("moment.unreadable")])
        return read_past(value, getattr(value, "fold", None))


def read_past(text: str, fold: int | None = None) -> datetime:
    """The moment that was meant. Raises ValidationError when there is none, two, or one ahead of now."""
    try:
        moment = read_local(text, fold=fold)
        refuse_future(moment, _now())
    except MomentIsTwice as twice:
        both = {"first": twice.first.isoformat(), "second": twice.second.isoformat()}
        raise ValidationError([Key(twice.key, **both)]) from twice
    except ValueError as refusal:
        raise ValidationError([Key(getattr(refusal, "key", "moment.unreadable"))]) from refusal
    if moment < EARLIEST:
        raise ValidationError([Key("moment.too_long_ago")])
    return moment


def _now() -> datetime:
    """The database's moment, asked once a request: it is the same for the whole transaction."""
    if "now" not in g:
        g.now = database_now()
    moment: datetime = g.now
    return moment
