"""How the API answers: the rows of a list with the columns that its schema names, and versions as ETags."""

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
    """Return the first `limit` rows; when there are more, with the token of the next page."""
    shown = rows[:limit]
    following = token_after(shown[-1][moment], shown[-1]["id"]) if len(rows) > limit else None
    return json_answer({"items": shown, "next": following})


def json_answer(content: Any, status: int = 200) -> Response:
    """Return the body as JSON; ids and moments are written as they are."""
    return Response(orjson.dumps(content), status, mimetype="application/json")


def columns_of(records: Iterable[object], shape: type[Schema]) -> list[Row]:
    """Return, for each record, the columns that the shape has."""
    names = tuple(shape._declared_fields)
    return [{name: getattr(record, name) for name in names} for record in records]


def all_columns(record: Any) -> dict[str, Any]:
    """Return every column of one record by its name, for an answer that adds more to them."""
    return {name: getattr(record, name) for name in inspect(type(record)).columns.keys()}  # noqa: SIM118


def etag(version: int) -> dict[str, str]:
    """Return the version in the form of an ETag header."""
    return {"ETag": f'"{version}"'}


def expected_version() -> int | None:
    """Return the version that the client looked at (If-Match), or None without one.

    Raises OutOfDate for a header that names no version, or several.
    """
    match = request.if_match
    if match.star_tag or not request.headers.get("If-Match", "").strip():
        return None
    # The parser returns None for an empty tag.
    versions = [version for tag in match if tag and (version := whole_of(tag, MOST_IN_A_COLUMN)) is not None]
    if len(versions) != 1:
        raise OutOfDate()
    return versions[0]


def version_looked_at() -> int:
    """Return the version that the sender looked at (If-Match), before they decide or send.

    Raises VersionMissing (428) without a version, and OutOfDate (412) for one that is no number.
    """
    version = expected_version()
    if version is None:
        raise VersionMissing()
    return version
