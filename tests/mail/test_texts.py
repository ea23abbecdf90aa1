"""The texts: the same in both languages, filled in safely, readable as plain text and as HTML."""

import re
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from uuid import uuid4

import pytest

from tenants.errors import Invalid
from workflows.mail.links_in_text import as_text_only
from workflows.mail.preview import preview_notice
from workflows.mail.sender import Mail, Person
from workflows.mail.sending import Claimed, Reader, write_mail
from workflows.mail.texts import Letter, Text, render, text, with_name

FOLDER = files("workflows.mail").joinpath("texts")


def keys_in(locale: str) -> list[str]:
    names = [path.name for path in FOLDER.joinpath(locale).iterdir()]
    return sorted(name.removesuffix(".txt") for name in names if name.endswith(".txt"))


KEYS = keys_in("nl")
LOCALES = ("nl", "en")
EVIL = "<script>alert(1)</script>\" onclick='x' {link} -0.t.link- &amp;\r\nBcc: everybody@example.org"


def values(what: Text, value: str = "waarde") -> dict[str, str]:
    links = what.links | {"check_url"}
    return {name: "https://meldketen.example/x" if name in links else value for name in what.placeholders}


def read(letter: Letter, own: dict[str, str]) -> tuple[str, str, str]:
    person = Person("jan@example.nl", "Jan", letter.substitutions(own), {})
    return Mail("notice", letter.subject, letter.text, letter.html, (person,)).as_read_by(person)


class Page(HTMLParser):
    """Every tag and attribute that a mail program would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.said += data


def test_the_texts_that_the_house_needs_are_there() -> None:
    needed = {
        "escalation",
        "escalation_next_contact",
        "reminder_clock",
        "reminder_overdue", "reminder_overdue_calls", "reminder_overdue_people", "new_browser",
        "reminder_clock_stated", "reminder_overdue_stated",
        "step_failed",
        "clock_unheard", "mail_unheard",
        "glass_broken",
        "verified",
        "verification_withdrawn",
        "reset",
        "reply_address", "reply_changed",
        "security",
        "invitation",
        "invited",
        "breach_received", "breach_to_read", "register_opened", "processor_asks", "processor_writes",
        "renamed", "client_renamed",
        "register_joined_in", "register_joined_into", "client_register_joined",
        "client_proven", "office_gone", "register_split",
        "new_decider", "new_role", "decider_changed", "owner_end_refused", "factor_link", "factor_by_another",
        "owner_end_asked",
        "owner_factor_asked", "owner_factor_waits", "owner_factor_stopped", "owner_second_factor_reset",
        "owner_left",
        "your_turn", "your_turns", "contact_check", "contact_gone", "contacts_changed",
        "notice",
    }
    assert set(KEYS) == needed


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_ask_for_the_same_values(key: str) -> None:
    dutch, english = text(key, "nl"), text(key, "en")
    assert dutch.placeholders == english.placeholders
    assert dutch.links == english.links
    assert len(re.findall("^# ", dutch.body, re.M)) == len(re.findall("^# ", english.body, re.M))


def test_no_language_has_a_text_that_the_other_lacks() -> None:
    assert keys_in("en") == KEYS


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", KEYS)
def test_every_text_is_whole_calm_and_self_contained(key: str, locale: str) -> None:
    what = text(key, locale)
    subject, plain, html = read(render(what, values(what), (), locale), {})
    page = Page(html)
    assert not re.search(r"[{}]", subject + plain + html)
    assert "\n" not in subject and not plain.startswith("# ") and "\n# " not in plain and "\n> " not in plain
    assert not {"img", "script", "link", "iframe", "form", "style"} & set(page.tags)
    assert not {"src", "onclick", "background"} & set(page.attributes)
    assert page.attributes.get("href", []) == ["https://meldketen.example/x"] * len(what.links)
    assert page.attributes["lang"] == [locale, locale] and page.attributes["role"] == ["main"]
    assert page.tags.count("h1") == page.tags.count("title") == 1
    assert f"<title>{escape(subject)}</title>" in html and f">{escape(subject)}</h1>" in html
    links = set(re.findall(r"https://\S+", plain))
    assert set(page.attributes.get("href", [])) <= links


def test_a_notice_has_the_four_parts_and_says_how_to_check_it() -> None:
    assert text("notice", "nl").placeholders == {
        *(
            "trial",
            "answers",
            "subject",
            "nature",
            "contact",
            "consequences",
            "measures",
            "check_code",
            "check_url",
            "organisation",
            "name",
        )
    }


@pytest.mark.parametrize("personal", [False, True])
@pytest.mark.parametrize("key", KEYS)
def test_what_people_type_stays_text(key: str, personal: bool) -> None:
    what = text(key, "nl")
    filled = values(what) | {name: EVIL for name in what.placeholders - what.links - what.in_subject - {"check_url"}}
    letter = render(what, {} if personal else filled, filled if personal else (), "nl")
    subject, plain, html = read(letter, filled)
    page = Page(html)
    assert "script" not in page.tags and "onclick" not in page.attributes
    assert set(page.attributes.get("href", [])) <= {"https://meldketen.example/x"}
    shown = as_text_only(EVIL)  # `0.t.link` may be a host
    assert shown.replace("\r\n", "") in page.said
    assert shown.replace("\r\n", "\n") in plain
    assert "Bcc" not in subject


def test_a_value_cannot_name_the_tag_of_another() -> None:
    what = Text("Onderwerp", "Beste {name}, {secret}")
    first, second = (render(what, {}, {"name", "secret"}, "nl") for _ in range(2))
    spied = first.text.removeprefix("Beste ").partition(",")[2].strip()
    _, plain, _ = read(second, {"name": spied, "secret": "42"})
    assert plain == f"Beste {as_text_only(spied)}, 42"


@pytest.mark.parametrize("value", ["Datalek\nBcc: x@example.org", "Datalek\rX", "a\x85b", "a\u2028b"])
@pytest.mark.parametrize("personal", [False, True])
def test_a_subject_has_one_line(value: str, personal: bool) -> None:
    what = Text("Over {title}", "Dag")
    letter = render(what, {"title": value}, {"title"} if personal else (), "nl")
    subject, _, _ = read(letter, {"title": value} if personal else {})
    assert subject == f"Over {' '.join(value.split())}"


@pytest.mark.parametrize("value", ["javascript:alert(1)", "", 'https://x.nl/"><b>', "https://x.nl/ y", "//x.nl"])
def test_a_button_leads_to_the_web_only(value: str) -> None:
    what = Text("Onderwerp", "> Open: {link}")
    for personal in ((), ("link",)):
        with pytest.raises(Invalid, match="link_invalid"):
            render(what, {"link": value}, personal, "nl").substitutions({"link": value})


def test_a_missing_value_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        render(text("invitation", "nl"), {"link": "https://x.nl/1", "end_of_register": ""}, {"name"}, "nl")
    assert (refusal.value.key, refusal.value.field) == ("mail.value_missing", "organisation")


def test_no_header_holds_a_line_break() -> None:
    for subject, address, name in (
        ("a\nb", "x@y.nl", ""),
        ("a", "x@y.nl\r\nz", ""),
        ("a", "x@y.nl", "J\nBcc: z"),
    ):
        with pytest.raises(ValueError, match="line break"):
            Mail("notice", subject, "", "", (Person(address, name, {}, {}),))


def test_rows_of_before_are_cleaned_on_their_way_out() -> None:
    """A subject with a paragraph separator was saved, approved and released before that was refused."""
    parts = dict.fromkeys(("nature", "contact", "consequences", "measures"), "Een\u2028twee\u202e")
    common = parts | {"subject": "Uw gegevens zijn\u2029kwijtgeraakt", "organisation": "Kapot\nBV"}
    assert preview_notice(common)[0] == "Uw gegevens zijn kwijtgeraakt"
    reader = Reader(uuid4(), uuid4(), "Rob\nPol", "rob@x.nl", {})
    checked = {"check_code": "7K4M-2QXP", "check_url": "https://x.nl/genuine"}
    batch = Claimed(uuid4(), uuid4(), uuid4(), "notice", "notice", "nl", common | checked, (reader,))
    mail = write_mail(batch)
    assert mail.subject == "Uw gegevens zijn kwijtgeraakt" and mail.people[0].name == "Rob Pol"
    assert "Een\ntwee" in mail.text and "\u202e" not in mail.text + mail.html


def test_a_line_that_only_serves_an_empty_value_falls_away() -> None:
    what = text("escalation", "nl")
    _, plain, html = read(render(what, values(what) | {"contact_phone": " "}, (), "nl"), {})
    assert "Telefoon" not in plain + html and "E-mail: waarde" in plain


def test_who_has_no_name_is_greeted_all_the_same() -> None:
    assert with_name(" ", {}, "nl")["name"] == "lezer"
    assert with_name("Jan", {}, "nl")["name"] == "Jan"


def test_a_text_elsewhere_is_no_text() -> None:
    for key in ("../nl/notice", "absent"):
        with pytest.raises(FileNotFoundError):
            text(key, "nl")


def test_the_preview_shows_what_the_reader_will_see() -> None:
    parts = {"subject": "Uw gegevens", "nature": "Een laptop\n\nis weg", "organisation": "Bakker <BV>"}
    subject, plain, html = preview_notice(parts)
    assert subject == "Uw gegevens"
    assert "Een laptop\n\nis weg" in plain and "Beste mevrouw De Vries," in plain and "…" in plain
    assert "Bakker &lt;BV&gt;" in html and "Een laptop<br><br>is weg" in html
