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
WRITTEN = "ISO 8601 with an offset, or local time in Amsterdam (then `<name>_fold` 0 or 1 picks a pass of an hour that is twice)"


def read_past(text: str, fold: int | None = None) -> datetime:
    """The moment that was meant. Raises ValidationError with a key when there is none, two, or one ahead of now."""
    try:
        moment = read_local(text, fold=fold)
        refuse_future(moment, _now())
    except MomentIsTwice as twice:
        first, second = twice.first.isoformat(), twice.second.isoformat()
        raise ValidationError([Key(twice.key, first=first, second=second)]) from twice
    except ValueError as refusal:
        raise ValidationError([Key(getattr(refusal, "key", "moment.unreadable"))]) from refusal
    if moment < EARLIEST:
        raise ValidationError([Key("moment.too_long_ago")])
    return moment


class Moment(Keyed, fields.DateTime):
    """Something that has happened, to the minute or finer. `<name>_fold` beside it tells which of two it was."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", metadata={"description": WRITTEN}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> datetime:
        if not isinstance(value, str):
            raise ValidationError([Key("moment.unreadable")])
        fold = str((data or {}).get(f"{attr}_fold", "")).strip()
        return read_past(value, int(fold) if fold in ("0", "1") else None)


def _now() -> datetime:
    """The database's moment, asked once a request: it is the same for the whole transaction."""
    if "now" not in g:
        g.now = database_now()
    moment: datetime = g.now
    return moment
