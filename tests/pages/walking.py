"""Walks every page that somebody can reach, and sends every form on it empty, and then filled with nonsense."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from html.parser import HTMLParser

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.pages.conftest import Reader
from tests.pages.days_written import wrongly_written

MOST_OF_A_ROUTE = 2
"""Addresses of one route that one reader looks at: enough to meet its subjects in every state."""
FORM = re.compile("<form.*?</form>", re.S)
LINK = re.compile(r' href="(/[^"#]*)')
NAMED = frozenset(
    {"a", "button", "label", "legend", "summary", "title", "h1", "h2", "h3", "h4", "th", "caption", "option"}
)
"""Elements that a person knows by their words."""
KEPT = ("class", "type", "role", "tabindex", "aria-current", "aria-invalid", "data-focus")
WITHOUT_END = frozenset({"input", "br", "meta", "link", "img", "rect", "path", "hr"})
NONSENSE = {"email": "geen adres", "number": "veel"}


@dataclass(frozen=True)
class Page:
    """A page as it was answered, with its route and what its reader was doing."""

    rule: str
    html: str
    about: str

    @cached_property
    def shape(self) -> frozenset[tuple[str, str]]:
        """The page without its words and numbers: each kind of element at its place, and the order of the headings."""
        parts = Parts(self.html)
        return frozenset((self.rule, part) for part in (*parts.kinds, " ".join(parts.headings)))


def fewest(pages: Iterable[Page]) -> list[Page]:
    """Return pages that together have every kind of element of all these pages: first the one with most of what is
    left."""
    left = list(pages)
    missing = frozenset[tuple[str, str]]().union(*(page.shape for page in left))
    chosen = []
    while missing:
        chosen.append(max(left, key=lambda page: len(page.shape & missing)))
        missing -= chosen[-1].shape
        left = [page for page in left if page.shape & missing]
    return chosen


class Parts(HTMLParser):
    """The kinds of elements of a page, each with the elements around it; and its headings, alike ones once.

    An element that lacks the words by which it is known is another kind than the same element with words. So is an
    attribute without a value. In this way a name that one language lacks is seen. The language of a part is left out.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.around: list[str] = []
        self.with_words = 0
        self.kinds: set[str] = set()
        self.headings: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = " ".join([tag, *(kept(name, value) for name, value in attrs if name != "lang")])
        self.kinds.add(">".join([*self.around, kind]))
        if tag not in WITHOUT_END:
            self.around.append(kind)
        if tag in ("h1", "h2", "h3", "h4", "legend") and self.headings[-1:] != [tag]:
            self.headings.append(tag)

    def handle_data(self, data: str) -> None:
        if not data.isspace():
            self.with_words = len(self.around)

    def handle_endtag(self, tag: str) -> None:
        if tag in WITHOUT_END:
            return
        if tag in NAMED and self.with_words < len(self.around):
            self.kinds.add(">".join([*self.around, "no words"]))
        while self.around and self.around.pop().split(" ")[0] != tag:
            pass
        self.with_words = min(self.with_words, len(self.around))


def kept(name: str, value: str | None) -> str:
    """What the shape of a page keeps of an attribute: its name, whether it has a value, and some values."""
    if name in KEPT:
        return f"{name}={value}"
    return name if value else f"{name}="


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: where each goes, its hidden fields, and the fields to fill in."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address = address
        self.sent: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.is_open = False
        self.feed("".join(FORM.findall(page)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form" and at.get("method", "get") == "post":
            self.is_open = True
            self.sent.append((at.get("action") or self.address, {}, {}))
        if self.is_open and tag in ("input", "select", "textarea") and "name" in at:
            _, hidden, typed = self.sent[-1]
            kind = at.get("type", "text") if tag == "input" else tag
            (hidden if kind == "hidden" else typed)[at["name"]] = at.get("value", "") if kind == "hidden" else kind

    def handle_endtag(self, tag: str) -> None:
        self.is_open = self.is_open and tag != "form"


@dataclass
class Walk:
    """What was met: the pages, and the routes that answered to each method."""

    app: Flask
    pages: dict[frozenset[tuple[str, str]], Page] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    sent: set[tuple[str, frozenset[str], str]] = field(default_factory=set)
    days: dict[tuple[str, str], str] = field(default_factory=dict)
    """Each day that was written in the wrong order, by route, with where it was met first."""

    def rule_of(self, address: str, method: str = "GET") -> str:
        """Return the route of this address; blank for an address of no page."""
        try:
            rule, _ = self.app.url_map.bind("").match(address.partition("?")[0], method, return_rule=True)
        except HTTPException:
            return ""
        return rule.rule if rule.endpoint.startswith("web.") and not rule.endpoint.endswith("static") else ""

    def look(self, reader: Reader, start: list[str], language: str, role: str, follows: bool = True) -> dict[str, str]:
        """Look at these addresses, and `follows` every link from them; return the pages that answered, by address.

        Each page is in this language as a whole, whatever the language of a part of it.
        """
        reader.client.set_cookie("language", language)
        waiting, met, counts, answered = list(start), set(start), Counter[str](), {}
        while waiting:
            address = waiting.pop(0)
            rule = self.rule_of(address)
            if counts[rule] >= MOST_OF_A_ROUTE or rule.startswith("/language"):
                continue
            counts[rule] += 1
            answer = reader.client.get(address)
            self.met(rule, answer, f"{language} {role}")
            if answer.mimetype == "text/html" and answer.status_code != 303:
                assert f'<html lang="{language}"' in answer.text, (language, address)
                answered[address] = answer.text
                links = [unescape(link) for link in LINK.findall(answer.text)]
                new = dict.fromkeys(links if follows else [])
                waiting += [link for link in new if link not in met and self.rule_of(link)]
                met.update(new)
        return answered

    def met(self, rule: str, answer: TestResponse, about: str, method: str = "GET") -> None:
        """Keep the first page of each shape."""
        if answer.status_code < 400 or method == "POST":
            self.seen.add((method, rule))
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            page = Page(rule, answer.text, f"{method} {about} {answer.request.path}")
            language = "en" if '<html lang="en"' in answer.text else "nl"
            for day in wrongly_written(answer.text, language):
                self.days.setdefault((rule, day), page.about)
            self.pages.setdefault(page.shape, page)

    def send_forms(self, reader: Reader, forms: Forms, with_nonsense: bool) -> None:
        """Send each form of a page that asks to fill in something, once for each shape of it."""
        for action, hidden, typed in forms.sent:
            rule = self.rule_of(action, "POST")
            known = (rule, frozenset(re.sub(r"[\da-f-]{36}|\d+", "", name) for name in typed), str(with_nonsense))
            if not typed:
                self.seen.add(("POST", rule))
            elif rule and known not in self.sent:
                self.sent.add(known)
                kinds = {name: kind for name, kind in typed.items() if kind not in ("checkbox", "radio", "file")}
                said = {name: NONSENSE.get(kind, "x") if with_nonsense else "" for name, kind in kinds.items()}
                self.met(rule, reader.client.post(action, data=hidden | said), "refused", "POST")
