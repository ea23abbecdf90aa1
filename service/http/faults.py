"""What was refused, in words and at its field: one reading of every refusal, for the pages and the API.

Marshmallow's own errors become the domain's first (service/schemas/faults.py); a refusal of the law is a ValueError
with a `key`, and its text may mention what it carries.
"""

from typing import Any, TypedDict

from marshmallow import ValidationError

from service.schemas.faults import faults_of
from service.words.texts import has_text, in_words, t
from tenants.errors import ManyInvalid, Refused


class Fault(TypedDict):
    """One fault: its field and the line of a list, where it has them; its message key, and its words."""

    field: str
    line: int | None
    key: str
    message: str


def message(key: str, values: dict[str, Any]) -> str:
    """The words for a message key, for the person who must act."""
    return t(f"errors.{key}", **in_words(values)) if has_text(f"errors.{key}") else t("errors.http.422")


def refusal_in(error: Exception) -> Exception:
    """The domain's refusal that this error means; an error of another kind as it is."""
    return faults_of(error) if isinstance(error, ValidationError) else error


def values_of(refusal: Exception) -> dict[str, Any]:
    """What the text of a refusal may mention, by name."""
    if isinstance(refusal, Refused):
        return refusal.values
    return {name: value for name, value in vars(refusal).items() if not name.startswith("_")}


def faults_in(error: Exception) -> list[Fault]:
    """Each fault of a refusal; several where the input had several."""
    refusal = refusal_in(error)
    if isinstance(refusal, ManyInvalid):
        return [fault for each in refusal.faults for fault in faults_in(each)]
    key, values = getattr(refusal, "key", "invalid"), values_of(refusal)
    field = getattr(refusal, "field", None) or ""
    return [Fault(field=field, line=values.get("line"), key=key, message=message(key, values))]


def at_fields(error: Exception) -> list[dict[str, Any]]:
    """The faults that have a field, as the API tells them: without a line where there is none."""
    faults = [fault for fault in faults_in(error) if fault["field"]]
    return [{name: value for name, value in fault.items() if value is not None} for fault in faults]
