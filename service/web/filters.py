"""The filters above a list: what was chosen stands in the address, so that a list can be bookmarked."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from marshmallow import Schema

from service.web.forms import Form
from tenants.isolation import database_now
from tenants.lines import one_line
from workflows.law.periods import AMSTERDAM

MOST_YEARS = 11
"""Registers begin in 2016, when the duty to notify did in the Netherlands."""


@dataclass(frozen=True)
class Filters:
    """The form above a list, and what was chosen: by name, without what was left open. What cannot be right is a fault
    at its field, and is not applied."""

    form: Form
    chosen: dict[str, Any]

    def without(self, name: str) -> str:
        """Return the address of the same list without this choice."""
        kept = {other: value for other, value in self.chosen.items() if other != name}
        return f"{request.path}?{urlencode(kept)}" if kept else request.path

    @property
    def years(self) -> list[int]:
        """Return the years to choose from: the last ones, and the one that was chosen."""
        newest = database_now().astimezone(AMSTERDAM).year
        return sorted({*range(newest - MOST_YEARS + 1, newest + 1), self.chosen.get("year", newest)}, reverse=True)


def filters_of(shape: Schema) -> Filters:
    """Return what this request asks of a list, by the fields of the schema."""
    form = Form.beginning_with(_typed(shape))
    return Filters(form, _made(form.load(shape) or {}))


def choices_of(shape: Schema) -> dict[str, Any]:
    """Return what this request asks of a file, by name, without what was left open.

    Raises ValidationError for what cannot be right: without that choice the file would have other rows than were asked
    for, and nothing in it would say so.
    """
    return _made(shape.load({name: value for name, value in _typed(shape).items() if value}))


def _typed(shape: Schema) -> dict[str, str]:
    return {name: one_line(request.args.get(name, "")) for name in shape.fields}


def _made(loaded: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in loaded.items() if value}
