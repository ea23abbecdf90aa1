"""A refusal in words, each fault at its field. Pages and API read every refusal here.

service/schemas/faults.py first turns marshmallow's own errors into the domain's. A refusal of the law is a ValueError
with a `key`, and its text may mention the values that the error carries.
"""

from typing import Any, NotRequired, TypedDict

from marshmallow import ValidationError

from service.schemas.faults import faults_of
from service.words.moments import in_words
from service.words.texts import has_text, t
from tenants.errors import ManyInvalid, Refused


class Fault(TypedDict):
    """One fault: its message key and its words, with its field, the line of a list and the name of that list where it
    has them. `href`: where a page leads from it, instead of to the field."""

    field: str
    line: int | None
    list: str | None
    key: str
    message: str
    href: NotRequired[str]


def message(key: str, values: dict[str, Any]) -> str:
    """Return the words for a message key, for the person who must act."""
    return t(f"errors.{key}", **in_words(values)) if has_text(f"errors.{key}") else t("errors.http.422")


def refusal_in(error: Exception) -> Exception:
    """Return the domain's refusal that this error means; an error of another kind is returned as it is."""
    return faults_of(error) if isinstance(error, ValidationError) else error


def values_of(refusal: Exception) -> dict[str, Any]:
    """Return the values that the text of a refusal may mention, by name."""
    if isinstance(refusal, Refused):
        return refusal.values
    return {name: value for name, value in vars(refusal).items() if not name.startswith("_")}


def faults_in(error: Exception) -> list[Fault]:
    """Return each fault of a refusal. One input may have several."""
    refusal = refusal_in(error)
    if isinstance(refusal, ManyInvalid):
        return [fault for each in refusal.faults for fault in faults_in(each)]
    key, values = getattr(refusal, "key", "invalid"), values_of(refusal)
    field = getattr(refusal, "field", None) or ""
    line, name = values.get("line"), values.get("list") or None
    return [Fault(field=field, line=line, list=name, key=key, message=message(key, values))]


def at_fields(error: Exception) -> list[dict[str, Any]]:
    """Return the faults that have a field, for the API: a fault without a line has no key `line`."""
    faults = [fault for fault in faults_in(error) if fault["field"]]
    return [{name: value for name, value in fault.items() if value is not None} for fault in faults]
