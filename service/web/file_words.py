"""What pages say of a file and of its rows: where it belongs, and each value in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for

from service.admission.access import allowed, place, user
from service.files.purposes import CLIENTS, HITS, PURPOSES, RECIPIENTS, REGISTER
from service.reading.registers import ANSWERS, DAYS
from service.reading.values.services_in_cell import words_of_services
from service.web.layout import day_words, label, people_count
from service.words.moments import local_moment
from service.words.texts import catalogue, locale, t
from tenants.files.uploaded import UploadedFile, waiting_of

SUBJECTS = {
    RECIPIENTS: "web.notices.shown", CLIENTS: "web.agreements.listed", HITS: "web.incidents.ask",
    REGISTER: "web.breaches.listed",
}  # fmt: skip


def can_bring(purpose: str) -> bool:
    """Return whether this reader may bring in a file for this purpose."""
    return allowed(PURPOSES[purpose].act)


def subject_of(file: UploadedFile) -> str:
    """Return the address of the page for which a file was brought in."""
    return page_for(file.purpose, file.about_id)


def page_for(purpose: str, about_id: UUID | None) -> str:
    """Return the address of the page where files for this purpose, and about this notice, are brought in."""
    more: dict[str, Any] = {"notice_id": about_id} if about_id else {}
    return url_for(SUBJECTS[purpose], organisation=place().slug, **more)


def upload_names(purpose: str, about_id: UUID | None) -> dict[str, Any]:
    """Return what the form for a file (file_upload.html) needs to know of its purpose."""
    more: dict[str, Any] = {"notice_id": about_id} if about_id else {}
    send_to = url_for("web.files.send", organisation=place().slug, purpose=purpose, **more)
    return {
        "purpose": purpose, "send_to": send_to, "most_rows": PURPOSES[purpose].most,
        "waiting": lambda: waiting_of(purpose, about_id, user().id),
    }  # fmt: skip


PEOPLE, NUMBERS_OF_PEOPLE = "people", ("people_min", "people_max", "estimate")
"""How many people: one column of the page, and the values that say it together."""


def filled_names(rows: Sequence[Mapping[str, Any]], columns: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the values that any of these rows has; "unknown" counts where the file has its column. How
    many people there are is one of them."""
    used = {column["field"] for column in columns}
    names = [name for name in rows[0] if name not in ("row", "own_number")] if rows else []
    filled = (name for name in names if any(_is_filled(row[name], name in used) for row in rows))
    return list(dict.fromkeys(PEOPLE if name in NUMBERS_OF_PEOPLE else name for name in filled))


def _is_filled(value: Any, is_said: bool) -> bool:
    return value not in (None, "", [], False) and (is_said or value != "unknown")


def _day(value: str) -> str:
    return day_words(date.fromisoformat(value))


WORDS: Mapping[str, Callable[[Any], str]] = {
    "channel": lambda value: t(f"files.channel.{value}"),
    "informed_at": lambda value: local_moment(datetime.fromisoformat(value), "whole"),
    "informed_how": lambda value: label("how", value),
    "services": lambda value: words_of_services(value, catalogue(locale())),
    **dict.fromkeys(ANSWERS, lambda value: t(f"labels.old_answer.{value}")),
    **dict.fromkeys((*DAYS, "in_force_from", "in_force_to"), _day),
}
"""How the values of these names are said."""


def words_in_row(name: str, row: Mapping[str, Any]) -> str:
    """Return what a row says under a name of `filled_names`, in words."""
    if name == PEOPLE:
        return people_count(*(row[part] for part in NUMBERS_OF_PEOPLE))
    return value_words(name, row[name])


def value_words(name: str, value: Any) -> str:
    """Return a value of a row in words; blank for one that is not known."""
    if value and name in WORDS:
        return WORDS[name](value)
    if isinstance(value, list):
        return "; ".join(value_words(name, each) for each in value)
    if isinstance(value, dict):
        return ", ".join(str(each) for each in value.values() if each)
    return "" if value is None else str(value)
