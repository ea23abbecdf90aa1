"""How the API answers: lists by columns and without ceremony, versions as ETags."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from flask import Response, request
from marshmallow import Schema
from sqlalchemy import inspect

from service.schemas.paging import token_after
from service.words.whole_numbers import MOST_IN_A_COLUMN, whole_of
from tenants.errors import OutOfDate, VersionMissing

Row = Mapping[str, Any]


def page(rows: Sequence[Row], limit: int, moment: str) -> Response:
    """The first `limit` of the rows; where there are more, the token of the page that follows."""
    shown = rows[:limit]
    following = token_after(shown[-1][moment], shown[-1]["id"]) if len(rows) > limit else None
    return json_answer({"items": shown, "next": following})


def json_answer(content: Any, status: int = 200) -> Response:
    """Return the body as JSON; ids and moments are written as they are."""
    return Response(orjson.dumps(content), status, mimetype="application/json")


def columns_of(records: Iterable[object], shape: type[Schema]) -> list[Row]:
    """Return for each record the columns that the shape has."""
    names = tuple(shape._declared_fields)
    return [{name: getattr(record, name) for name in names} for record in records]


def all_columns(record: Any) -> dict[str, Any]:
    """Every column of one record, to be dumped with what belongs to it."""
    return {name: getattr(record, name) for name in inspect(type(record)).columns.keys()}  # noqa: SIM118


def etag(version: int) -> dict[str, str]:
    """Return the version in the form of an ETag header."""
    return {"ETag": f'"{version}"'}


def expected_version() -> int | None:
    """The version that the client looked at (If-Match); None when it does not say. Raises OutOfDate for no version."""
    match = request.if_match
    if not match or match.star_tag:
        return None
    versions = [version for tag in match if (version := whole_of(tag, MOST_IN_A_COLUMN)) is not None]
    if len(versions) != 1:
        raise OutOfDate()
    return versions[0]


def version_looked_at() -> int:
    """The version that whoever decides or sends looked at (If-Match). Raises VersionMissing (428), OutOfDate (412)."""
    version = expected_version()
    if version is None:
        raise VersionMissing()
    return version
