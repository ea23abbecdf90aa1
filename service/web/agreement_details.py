"""The details of an entry about a client's agreement: terms before and after, its end, its name, its contacts."""

from datetime import date
from typing import Any

from babel.dates import format_date

from service.web.layout import label
from service.words.texts import locale, t


def changed(details: dict[str, Any]) -> list[str]:
    """Return the terms before and after; in the client's own history there are those after alone."""
    after = details.get("after") or details
    before = [t("history.told.terms_before", terms=_terms(details["before"]))] if details.get("before") else []
    return [*before, t("history.told.terms_after", terms=_terms(after))]


def ended(details: dict[str, Any]) -> list[str]:
    """Return the last day, and why it ends."""
    last = t("history.told.last_day", day=_day(details["in_force_to"]))
    return [last, *([details["reason"]] if details.get("reason") else [])]


def renamed(details: dict[str, Any]) -> list[str]:
    """Return the name and number before and after; in the client's own history there is the new number alone."""
    if "new_number" in details:
        return [t("history.told.new_number", number=details["new_number"])]
    return [
        t("history.told.fact", name=t(f"agreements.field.{field}"), before=pair["before"], after=pair["after"])
        for field in ("name", "client_number") if (pair := details.get(field)) and pair["before"] != pair["after"]
    ]  # fmt: skip


def contacts_changed(details: dict[str, Any]) -> list[str]:
    """Return the contacts before and after; nothing in the client's own history, which does not have them."""
    if "contacts" not in details:
        return []
    before, after = (_contacts(details[name]) for name in ("contacts_before", "contacts"))
    return [t("history.told.fact", name=t("agreements.contacts"), before=before, after=after)]


def _terms(terms: dict[str, Any]) -> str:
    days = t("agreements.from_day", day=_day(terms["in_force_from"]))
    if terms.get("in_force_to"):
        days += " " + t("agreements.to_day", day=_day(terms["in_force_to"]))
    hours = terms.get("hours_to_notify")
    agreed = t("agreements.within", hours=hours) if hours else t("agreements.no_hours")
    roles = [f"{label('service', name)}: {label('office_role', role)}" for name, role in terms["services"].items()]
    return "; ".join([days, agreed, *roles])


def _contacts(contacts: list[dict[str, Any]]) -> str:
    each = (", ".join(filter(None, (c.get(way) for way in ("name", "email", "phone")))) for c in contacts)
    return "; ".join(each) or t("agreements.no_contacts")


def _day(day: str) -> str:
    return format_date(date.fromisoformat(day), "d MMMM y", locale=locale())
