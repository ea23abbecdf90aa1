"""What a draft holds is seen on the page that says "Uw concept staat hieronder": no part that is folded hides it."""

from html.parser import HTMLParser

import pytest
from flask import Flask

from service.web.drafts import FORMS
from tests.pages.long_forms import House
from tests.pages.worlds import Login

TEXTS = ("text", "search", "email", "tel")


class Standing(HTMLParser):
    """What stands in the long form of a page: values by field, those in folded parts apart, and what may be chosen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden, self.seen, self.folded = dict[str, str](), dict[str, str](), dict[str, str]()
        self.may_be_chosen, self.texts = dict[str, str](), list[str]()
        self._folds, self._text = list[bool](), ""
        start = page.index('name="draft_of"')
        self.feed(page[page.rindex("<form", 0, start) : page.index("</form>", start)])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        name, kind, value = has.get("name", ""), has.get("type", "text"), has.get("value", "")
        if tag == "details":
            self._folds.append("open" not in has)
        elif tag == "textarea":
            self._text = name
            self.texts.append(name)
        elif tag == "input" and kind == "hidden":
            self.hidden[name] = value
        elif tag == "input" and kind in TEXTS and "readonly" not in has:
            self.texts.append(name)
            self._stands(name, value)
        elif tag == "input" and kind in ("radio", "checkbox"):
            if value:
                self.may_be_chosen.setdefault(name, value)
            if "checked" in has:
                self._stands(name, value)

    def handle_data(self, data: str) -> None:
        if self._text:
            self._stands(self._text, data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._folds.pop()
        if tag == "textarea":
            self._text = ""

    def _stands(self, name: str, value: str) -> None:
        if value.strip():
            (self.folded if any(self._folds) else self.seen)[name] = value.strip()




WITHOUT_CHOICES = {"recipients", "text"}


@pytest.mark.parametrize(
    ("form", "kind"),
    [*((form, "texts") for form in sorted(FORMS)), *((form, "choices") for form in sorted(FORMS - WITHOUT_CHOICES))],
)
def test_no_folded_part_hides_what_a_draft_holds(form: str, kind: str, reader: Login, app: Flask) -> None:
    house = House(app, reader)
    there = reader(house.who(form))
    before = Standing(there.see(house.page(form)))
    added = dict.fromkeys(before.texts, "12") if kind == "texts" else before.may_be_chosen
    typed = before.seen | before.folded | added
    kept = there.client.post(before.hidden["draft_of"], data=before.hidden | typed)
    assert kept.status_code == 303
    after = Standing(there.see(kept.headers["Location"]))
    assert {name: value for name, value in after.folded.items() if before.folded.get(name) != value} == {}
    there_now = [name for name, value in added.items() if after.seen.get(name) == value]
    assert added and len(there_now) > len(added) / 2, "the walk typed something, and it is there"
