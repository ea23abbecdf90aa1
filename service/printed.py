"""How what somebody typed stands on a page: a name keeps to its place, and a long text keeps its line breaks."""

from typing import Any

from markupsafe import Markup, escape

from tenants.lines import isolated


class Typed(str):
    """What somebody typed, as a form gives it back in its field: nothing is put around it."""


def in_its_place(value: Any) -> Any:
    """What a template prints: a line that runs from right to left does not turn the words around it."""
    return isolated(value) if type(value) is str else value


def paragraphs(value: object) -> Markup:
    """A text, each of its lines on a line of its own; nothing for what is not known."""
    if value is None or "\n" not in str(value):
        return escape(in_its_place(value or ""))
    return Markup('<span class="long">{}</span>').format(value)


FILTERS = {"isolated": isolated, "paragraphs": paragraphs}
