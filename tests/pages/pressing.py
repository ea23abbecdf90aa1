"""What a browser without a script sends when somebody presses one of the buttons of a form."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from tests.pages.conftest import Reader

Pair = tuple[str, str]
TYPED = ("text", "search", "email", "tel", "number", "hidden")


@dataclass(frozen=True)
class Button:
    """A button that sends its form: where to, and what it adds."""

    to: str
    name: str
    value: str


@dataclass
class Sendable:
    """A form of a page, as it stands there: its fields and its buttons."""

    action: str
    fields: list[Pair] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def holds(self, name: str) -> bool:
        """Whether the page has a field of this name, be it without a value."""
        return any(name == there for there, _ in self.fields)

    def value(self, name: str) -> str:
        return next((value for there, value in self.fields if there == name), "")

    def each_way(self) -> Iterator[Button]:
        """One button of each kind: those that go to one address by one name do the same."""
        yield from {(button.to, button.name): button for button in reversed(self.buttons)}.values()

    def press(self, who: Reader, button: Button, **typed: str) -> TestResponse:
        data: dict[str, Any] = {}
        for name, value in [*self.fields, *([(button.name, button.value)] if button.name else [])]:
            data.setdefault(name, []).append(value)
        return who.client.post(button.to.partition("#")[0], data=data | typed)


class _Forms(HTMLParser):
    def __init__(self, page: str, at: str) -> None:
        super().__init__()
        self.forms: list[Sendable] = []
        self._own, self._form, self._text, self._select = at, None, None, ""  # type: ignore[var-annotated]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Sendable(has.get("action") or self._own)
            self.forms.append(self._form)
        if self._form is None or "disabled" in has:
            return
        name, kind, value = has.get("name", ""), has.get("type", "text"), has.get("value", "")
        if tag == "input" and (kind in TYPED or (kind in ("checkbox", "radio") and "checked" in has)):
            self._form.fields.append((name, value))
        elif tag == "textarea":
            self._text = (name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in has:
            self._form.fields.append((self._select, value))
        elif tag == "button" and has.get("type", "submit") == "submit":
            self._form.buttons.append(Button(has.get("formaction") or self._form.action, name, value))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text and self._form:
            self._form.fields.append((self._text[0], "".join(self._text[1]).removeprefix("\n")))
            self._text = None
        if tag == "form":
            self._form = None


def form_with(page: str, at: str, name: str) -> Sendable | None:
    """The form of this page, which stands at this address, that has a field of this name; None without one."""
    return next((form for form in _Forms(page, at).forms if form.holds(name)), None)
