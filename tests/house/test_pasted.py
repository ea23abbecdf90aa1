"""Text from word processors, in every field: taken as it was meant, or refused with the sign named; never "again"."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, get_flashed_messages
from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from service.admission.admission import admission
from service.http.faults import message
from service.schemas.answers import FormAnswers
from service.schemas.fields import Email, KvkNumber, Line, LongText, Number, Password, Phone, Whole
from service.schemas.incident import ClientsCsv
from service.typed.document import typed_document
from service.web.kept_forms import SECRET
from service.words.signs import code_of, first_control, marks_left_out
from service.words.texts import LOCALES, catalogue
from tenants.lines import BREAKS, INVISIBLE
from tests.house.answers import answers_in_words
from tests.house.schemas import schemas_to_fill_in
from workflows.law.ap_form.model import the_form

FILES = (ClientsCsv,)
UNSEEN = re.compile(f"[{INVISIBLE}{BREAKS}\t]")
AGAIN = re.compile(r"\b(?:typ|vul)\b[^.]*\bopnieuw\b|\b(?:type|fill)\b[^.]*\bagain\b", re.I)
SAMPLES = {Email: "lida@vijver.example", KvkNumber: "12345678", Phone: "020 123 45 67", Whole: "12", Number: "12"}
MEANT = {
    "\x0b": (" ", "\n"), "\u2028": (" ", "\n"), "\u2029": (" ", "\n"), "\x0c": (" ", "\n"), "\x85": (" ", "\n"),
    "\r\n": (" ", "\n"), "\u00a0": (" ", "\u00a0"), "\u202f": (" ", "\u202f"), "\u2009": (" ", "\u2009"),
    "\u200b": ("", ""), "\u2060": ("", ""), "\ufeff": ("", ""), "\u00ad": ("", ""), "\u200e": ("", ""),
    "\u202e": ("", ""), "\x1f": ("", ""), "\ufffc": ("", ""), "\x1e": ("-", "-"), "\x92": ("\u2019",) * 2,
    "\x93": ("\u201c",) * 2, "\x96": ("\u2013",) * 2, "\x80": ("\u20ac",) * 2, "\uf0b7": ("\u2022",) * 2,
    "\u2018": ("\u2018",) * 2, "\u201d": ("\u201d",) * 2, "\u2013": ("\u2013",) * 2, "\u2022": ("\u2022",) * 2,
    "\ufb01": ("\ufb01",) * 2,
}
"""What a word processor pastes, with what it means in one line, and in a text of paragraphs."""
DIRECTION = {"L", "R", "AL", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
NAMED = {"\x00": "U+0000", "\x07": "U+0007", "\ud83d": "U+D83D"}
"""What cannot be kept."""


def texts() -> Iterator[tuple[str, Any]]:
    """Every field of every schema in which somebody types, those within lists too."""
    for schema in schemas_to_fill_in():
        for name, field in schema._declared_fields.items():
            inner = field.inner if isinstance(field, fields.List) else field
            if isinstance(inner, (Line, Whole, Number)) and not isinstance(inner, FILES):
                yield f"{schema.__name__}.{name}", inner


def sample_of(field: Any) -> str | None:
    """Return something that this field takes; None for a pattern of its own."""
    known = next((text for kind, text in SAMPLES.items() if isinstance(field, kind)), "Een twee")
    for text in (known, "123456", "12345678", "20"):
        try:
            field.deserialize(text)
        except ValidationError:
            continue
        return text
    return None


def test_what_is_pasted_into_any_field_is_taken_as_meant_or_named(app: Flask) -> None:
    walked = 0
    with app.test_request_context():
        for name, field in texts():
            good = sample_of(field)
            for pasted, meanings in MEANT.items() if good else ():
                walked += 1
                typed = f"{good[:2]}{pasted}{good[2:]}" if good else ""
                try:
                    kept = field.deserialize(typed)
                except ValidationError as refusal:
                    said = [message(key, key.values) for key in refusal.messages]  # type: ignore[attr-defined]
                    assert said and not any(map(AGAIN.search, said)), (name, pasted)
                    assert type(field) is not Line or len(field.validators) > 1, (name, pasted)
                    continue
                assert not UNSEEN.search(str(kept).replace("\n", "")), (name, pasted)
                if type(field) in (Line, LongText):
                    meant = meanings[type(field) is LongText]
                    assert kept == " ".join(f"{good[:2]}{meant}{good[2:]}".split(" ")), (name, pasted)
    assert walked > 1500


def test_what_cannot_be_kept_is_named_in_every_field(app: Flask) -> None:
    walked = 0
    for language in LOCALES:
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            for name, field in texts():
                for sign, code in NAMED.items() if isinstance(field, Line) else ():
                    walked += 1
                    with pytest.raises(ValidationError) as refusal:
                        field.deserialize(f"ab{sign}cd")
                    said = " ".join(message(key, key.values) for key in refusal.value.messages)
                    assert f"ab[{code}]cd" in said and not AGAIN.search(said), name
    assert walked > 300


def test_a_form_gives_its_schema_what_was_pasted() -> None:
    """So what holds for the fields of the schemas holds for the pages."""
    walked = 0
    for kind in schemas_to_fill_in():
        schema = kind()
        for name, field in schema.load_fields.items():
            if type(field) in (Line, LongText):
                walked += 1
                typed = "een\u2028twee\u00adx\x92s"
                assert typed_document(schema, MultiDict({name: typed}))[name] == typed, (kind, name)
    assert walked > 50


def test_every_answer_to_the_form_takes_what_was_pasted_as_meant() -> None:
    walked = 0
    for question in the_form().questions:
        for answer in answers_in_words(question, "Re\u00adke\u200bning\x92s"):
            walked += 1
            assert "Rekening\u2019s" in str(FormAnswers().deserialize({question.id: answer})), question.id
    assert walked > 20


@pytest.mark.parametrize(("typed", "kept"), [
    ("o\u2019neill@vijver.example", "o'neill@vijver.example"),
    ("jan\u2011piet@vijver.example", "jan-piet@vijver.example"),
    ("\u200elida@vijver.example\u00a0", "lida@vijver.example"),
])  # fmt: skip
def test_an_address_is_taken_as_it_was_meant(typed: str, kept: str) -> None:
    assert Email().deserialize(typed) == kept


@pytest.mark.parametrize(("typed", "named"), [
    ("iris@vijver\u2024example", ("Op plaats 12", "U+2024", "lijkt op “.”")),
    ("jan\u2013piet@vijver.example", ("Op plaats 4", "U+2013", "lijkt op “-”")),
    ("\u201clida\u201d@vijver.example", ("Op plaats 1", "U+201C", "kan niet in een e-mailadres")),
    ("of\ufb01ce@vijver.example", ("Op plaats 3", "U+FB01", "lijkt op “fi”")),
    ("l\u0456da@vijver.example", ("Op plaats 2", "U+0456")),
])  # fmt: skip
def test_a_sign_that_no_address_has_is_named(app: Flask, typed: str, named: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as refusal:
        Email().deserialize(typed)
    with app.test_request_context():
        said = " ".join(message(key, key.values) for key in refusal.value.messages)
    assert all(words in said for words in named), said


def test_each_mark_of_direction_is_named_where_it_is_left_out() -> None:
    """Every sign that turns a text and is not seen; what merely has no width is taken as meant."""
    unseen = (chr(n) for n in range(0x110000) if UNSEEN.match(chr(n)))
    turning = {sign for sign in unseen
               if unicodedata.category(sign) == "Cf" and unicodedata.bidirectional(sign) in DIRECTION}  # fmt: skip
    around = {sign: [mark["around"] for mark in marks_left_out(f"ab\r\n{sign}")] for sign in turning}
    named = {sign for sign in turning if around[sign] == [f"ab [{code_of(sign)}]"]}
    assert named == turning and len(named) == 12


@pytest.mark.parametrize(("text", "around"), [
    ("Gisteren om half drie liep de deur\u200e open naar de gang.", "liep de deur[U+200E] open naar"),
    ("\u200eGisteren om half drie", "[U+200E]Gisteren om half"),
    ("om half\u200e\u202a", "om half[U+200E]"),
    ("half\r\n\r\ndrie \u200e\r\nuur", "half drie [U+200E] uur"),
    ("x" * 500 + "\u200e" + "y" * 500, "x" * 40 + "[U+200E]" + "y" * 40),
])  # fmt: skip
def test_a_sign_that_nobody_sees_is_shown_between_the_words_where_it_stands(text: str, around: str) -> None:
    assert marks_left_out(text)[0]["around"] == around
    control = first_control(text.replace("\u200e", "\x07"))
    assert control is not None and control["around"] == around.replace("U+200E", "U+0007")


def test_a_secret_with_such_a_mark_is_not_spoken_of(app: Flask) -> None:
    """It is kept as it was typed, and no page shows where in it a sign stands."""
    declared = {name for schema in schemas_to_fill_in() for name, field in schema._declared_fields.items()
                if isinstance(field, Password)}  # fmt: skip
    assert declared and declared <= SECRET
    sent = {name: "geheim\u200ewoord" for name in SECRET} | {"title": "Map\u200ekwijt"}
    with app.test_request_context("/account", method="POST", data=sent):
        admission().is_done = True
        app.process_response(Response())
        [said] = get_flashed_messages()
    assert "Map[U+200E]kwijt" in said, "of the title alone"


@pytest.mark.parametrize("language", LOCALES)
def test_no_fault_of_a_field_asks_to_type_it_again(language: str) -> None:
    faults = {key: text for key, text in catalogue(language).items()
              if key.startswith(("errors.field.", "errors.moment.", "errors.mail.address"))}  # fmt: skip
    assert len(faults) > 30 and [key for key, text in faults.items() if AGAIN.search(text)] == []
