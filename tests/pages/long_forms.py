"""Every long form that keeps a draft, on the page of somebody who may fill it in, and filled in."""

from html.parser import HTMLParser
from uuid import UUID

from flask import Flask

from service.web.drafts import ABOUT_A_BREACH, MADE, page_of_form
from tenants.form_drafts import About
from tenants.history.entries import Actor
from tests.factories import an_office
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.worlds import READERS, Controller, Login, a_begun_notice


class Filled(HTMLParser):
    """The long form of a page: where it goes, and what a browser sends when somebody fills in every text."""

    def __init__(self, page: str, at: str) -> None:
        super().__init__()
        self.own_address, self.action = at, ""
        self.sent, self._sent = dict[str, list[str]](), dict[str, list[str]]()
        self.texts, self._texts = list[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "form":
            self._at, self._sent, self._texts = given.get("action") or self.own_address, {}, []
        if not name or "disabled" in given or "readonly" in given:
            return
        if tag == "textarea" or (tag == "input" and kind in ("text", "search", "email", "tel")):
            self._sent[name] = [self._words(name)]
            self._texts.append(self._sent[name][0])
        elif tag == "input" and (kind == "hidden" or (kind in ("checkbox", "radio") and "checked" in given)):
            self._sent.setdefault(name, []).append(given.get("value", ""))
        if name == "draft_of":
            self.action, self.sent, self.texts = self._at, self._sent, self._texts

    def _words(self, name: str) -> str:
        return f'Getypt in {name}: "ja" & <nee>'


class House:
    """Every long form, each on the page of somebody who may fill it in."""

    def __init__(self, app: Flask, reader: Login) -> None:
        self.app, self.reader = app, reader
        office, bakery, listed = an_office(1), Controller(reader), a_begun_notice(reader)
        assessed, texted = Controller(reader), a_begun_notice(reader)
        assessed.do(assessed.olga, "assess", **typed_assessment())
        texted.do(texted.olga, "recipients", **READERS)
        of_office = (office.id, office.officer, None)
        of_bakery = (bakery.id, bakery.officer, bakery.breach)
        about = dict.fromkeys(MADE, of_office) | dict.fromkeys(ABOUT_A_BREACH, of_bakery)
        about["draft"] = (assessed.id, assessed.officer, assessed.breach)
        for name, there in (("recipients", listed), ("text", texted)):
            about[name] = (there.id, there.officer, UUID(there.page.rpartition("/")[2]))
        self.about: dict[str, tuple[UUID, Actor, UUID | None]] = about

    def who(self, form: str) -> Actor:
        return self.about[form][1]

    def filled_in(self, there: Reader, form: str) -> Filled:
        return Filled(there.see(self.page(form)), self.page(form))

    def page(self, form: str) -> str:
        organisation, who, subject = self.about[form]
        assert who.id
        with self.app.test_request_context():
            return page_of_form(About(who.id, form, subject), slug=slug_of(organisation))
