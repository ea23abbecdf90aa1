"""A page of a list: how many rows, and after which one. The token is opaque: the moment and id of the last row."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields

from service.schemas.faults import Key
from service.schemas.fields import Keyed, Whole

DEFAULT, MOST = 50, 200


def token_after(moment: datetime, row_id: UUID) -> str:
    """Return the token of the page that comes after this row."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{row_id}".encode()).decode().rstrip("=")


class After(Keyed, fields.String):
    """One of our tokens, read back into (moment, id)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        try:
            padded = value + "=" * (-len(value) % 4)
            moment, _, row_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition("|")
            read = datetime.fromisoformat(moment)
            if read.utcoffset() is None:
                raise ValueError(moment)
            return read, UUID(row_id)
        except (ValueError, TypeError) as error:
            raise ValidationError([Key("page.after_unreadable")]) from error


class PageSchema(Schema):
    """The number of rows in `limit`, and the token of the page before."""

    limit = Whole(least=1, most=MOST, load_default=DEFAULT, allow_none=False)
    after = After()


def page_of(row: type[Schema]) -> Schema:
    """Return the schema of a list's answer: its rows, and the token of the next page, null on the last page."""
    shape = {"items": fields.List(fields.Nested(row)), "next": fields.String(allow_none=True)}
    return Schema.from_dict(shape, name=f"{row.__name__}Page")()  # type: ignore[arg-type]
