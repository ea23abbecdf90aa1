"""Which page is asked for: a token of ours and nothing else, and as many rows as we answer at once."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from marshmallow import ValidationError

from service.schemas.faults import faults_of
from service.schemas.paging import DEFAULT, MOST, PageSchema, token_after

MOMENT, ROW = datetime(2026, 11, 27, 9, 30, 15, 123456, tzinfo=UTC), UUID(int=7)


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


OURS = token_after(MOMENT, ROW)
UNREADABLE = {
    "no base64": "?" * 20, "with a sign between": OURS[:4] + "!" + OURS[4:], "with a break": OURS[:4] + "\n" + OURS[4:],
    "cut off": OURS[:-9], "no text": base64.urlsafe_b64encode(b"\xff" * 30).decode(), "nothing": packed("|"),
    "no row": packed(MOMENT.isoformat()), "no id": packed(f"{MOMENT.isoformat()}|7"),
    "no moment": packed(f"gisteren|{ROW}"),
    "a moment without its place": packed(f"{MOMENT.replace(tzinfo=None).isoformat()}|{ROW}"),
    "very long": packed("9" * 100_000), "no ASCII": "é" * 12,
}  # fmt: skip


def refused(**asked: Any) -> list[tuple[str | None, str]]:
    with pytest.raises(ValidationError) as refusal:
        PageSchema().load(asked)
    return [(fault.field, fault.key) for fault in faults_of(refusal.value).faults]


@pytest.mark.parametrize("token", UNREADABLE.values(), ids=UNREADABLE)
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    assert refused(after=token) == [("after", "page.after_unreadable")]


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=-9, minutes=-30))])
def test_our_own_token_is_read_back(zone: timezone) -> None:
    there = MOMENT.astimezone(zone)
    assert PageSchema().load({"after": token_after(there, ROW)})["after"] == (there, ROW)


@pytest.mark.parametrize("limit", ["0", "-1", str(MOST + 1), "9" * 5000, "1.5", "x", "1e2"])
def test_no_more_rows_than_we_answer_at_once(limit: str) -> None:
    [(field, key)] = refused(limit=limit)
    assert field == "limit" and key in ("field.out_of_range", "field.not_a_number")


def test_as_many_as_are_asked_for_or_as_we_think_best() -> None:
    asked: list[dict[str, str]] = [{"limit": "1"}, {"limit": str(MOST)}, {}]
    assert [PageSchema().load(query)["limit"] for query in asked] == [1, MOST, DEFAULT]
