"""Forms of pages: what is typed in them, and what a browser sends."""

import re
from datetime import datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service import web
from tests.pages.conftest import Reader, typed_assessment

LONG = 'Eerste regel met "aanhalingstekens" & <haken>\r\n\r\n  derde regel, ' + "heel lang " * 90 + "einde"
TEMPLATES = Path(web.__file__).parent / "templates"
HIDDEN = re.compile(r'name="(csrf_token|version|seen)" value="([^"]*)"')
LINK = re.compile(r'<a class="[^"]+"\s+href="([^"]+)"')


OF_A_PAGE = {"q", "csrf_token", "form_key", "viewport", "draft_id", "draft_number", "draft_tab", "draft_of"}
"""Names on a page of a form that nobody fills in."""


def visible(page: str) -> str:
    """The words of a page, without tags and the signs that isolate a name."""
    return " ".join(re.sub(r"<[^>]*>|[\u2066-\u2069]", "", page).split())


def local(hours_ago: float = 1) -> str:
    """A moment in local time, as a form may send it in one field."""
    return (datetime.now(ZoneInfo("Europe/Amsterdam")) - timedelta(hours=hours_ago)).strftime("%Y-%m-%dT%H:%M")


def shown(at: str) -> str:
    """A moment such as 2026-12-03T14:05 as the field of its day shows it, with the end of that field's name."""
    return f'.day" value="{"-".join(reversed(at[:10].split("-")))}"'


def an_incident_form(**more: Any) -> dict[str, Any]:
    """An incident form in which everything is filled in but the clients."""
    values = {
        "title": "Laptop gestolen", "description": "Uit de auto.", "found_at": local(3), "became_aware_at": local(2),
        "services": ["payroll_bare"], "facts.nature": ["confidentiality"], "facts.data": ["name", "bsn"],
        "contact_name": "Fenna", "contact_email": "fg@delinde.nl",
    }  # fmt: skip
    return values | more


def recorded(reader: Reader, to: str, form: dict[str, Any]) -> str:
    """The board that follows an incident form: its check page is looked at, and sent."""
    checked = reader.send(to, form)
    assert checked.status_code == 200 and 'name="checked"' in checked.text, checked.text
    sent = send_fields(reader, to, Fields(checked.text).forms[to], send="1")
    assert sent.status_code == 303, sent.text
    return reader.see(sent.headers["Location"])


class Fields(HTMLParser):
    """What the forms of a page would send, by where they go: hidden fields as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, list[tuple[str, str]]] = {}
        self.files: list[str] = []
        self._at = ""
        self.feed(page)

    def at(self, path: str) -> dict[str, str]:
        """The fields of the form that goes to this path: it says so, or it is on the page of that path."""
        return dict(self.forms[path] if path in self.forms else self.forms[""])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._at = attributes.get("action", "")
            self.forms.setdefault(self._at, [])
        if tag == "input" and attributes.get("type") == "hidden":
            self.forms.setdefault(self._at, []).append((attributes["name"], attributes.get("value", "")))
        if tag == "input" and attributes.get("type") == "file":
            self.files.append(attributes["name"])


def send_fields(reader: Reader, to: str, fields: list[tuple[str, str]], **more: str) -> TestResponse:
    """A form as a browser sends it, several values of one name included."""
    data: dict[str, list[str]] = {}
    for name, value in [*fields, *more.items()]:
        data.setdefault(name, []).append(value)
    return reader.client.post(to, data=data)


def csrf(reader: Reader) -> str:
    """The token that this browser's forms carry."""
    match = re.search(r'name="csrf_token" value="([^"]+)"', reader.client.get("/proof").get_data(as_text=True))
    assert match
    return match[1]


def login_routes(app: Flask) -> list[Rule]:
    """Every page that takes a form of somebody who is logged in, at an organisation or at their account."""
    return [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())
            and rule.rule.startswith(("/o/", "/account"))]  # fmt: skip


def typed_facts(people: int) -> dict[str, Any]:
    known = {name: fact for name, fact in typed_assessment("high").items() if name.startswith("facts.")}
    return known | {"people_min": str(people), "people_max": str(people)}


def untouched_form(page: str) -> dict[str, str | list[str]]:
    """What a browser would send from this page when nobody touches it."""
    form: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        named, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if named and value and (("checkbox" not in tag and "radio" not in tag) or " checked" in tag):
            before = form.get(named[1], [])
            form[named[1]] = [*(before if isinstance(before, list) else [before]), value[1]]
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.S):
        form[name] = text
    for name, options in re.findall(r'<select[^>]* name="([^"]+)">(.*?)</select>', page, re.S):
        form[name] = "".join(re.findall(r'value="([^"]*)" selected', options))
    return form


def typed_over(reader: Reader, at: str, typed: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends from the form of the page `at` that goes there, when somebody fills in only these fields."""
    form = re.search(rf'<form [^>]*action="{at}".*?</form>', reader.see(at), re.S)
    assert form, "no such form on this page"
    there = {
        name: [unescape(item) for item in ([value] if isinstance(value, str) else value)]
        for name, value in untouched_form(form[0]).items()
    }  # fmt: skip
    return there | typed


def links(page: str, ending: str) -> list[str]:
    """Where the links of a page lead whose address ends like this."""
    return [unescape(address) for address in LINK.findall(page) if unescape(address).endswith(ending)]
