"""Questions in words: each has a text in both languages, and no name of the machine's own stands in one."""

import ast
import re
from functools import partial

import pytest

from service.reading.encodings import TABLES
from service.reading.fields import PURPOSES
from service.reading.outcome import Ask, Wrong
from service.reading.questions import words_of, words_of_choice
from service.reading.values.address import address_in
from service.words.texts import spoken
from tenants.lines import filled_in
from tests.house.reading import nodes
from tests.reading.read import read
from tests.reading.workbooks import xlsx
from workflows.plurals import form

MACHINE_WORDS = re.compile(r"_|day-month|month-day|\bboth\b|cp\d|8859|utf|\bclient number\b|twice \(", re.IGNORECASE)
LISTS = {
    "letters": ("naam\nDvořák Wałęsa\n".encode("cp1250"), "recipients"),
    "letters twice": ("naam;email\nJosÃ©;a@b.example\n", "recipients"),
    "columns": ("naam;e-mail;e-mail ouder\nJan;jan@a.example;ma@a.example\n", "recipients"),
    "surnames": ("naam;waar\nBol, Jan;\n", "recipients"),
    "by values": ("naam;waar\nJan;jan@a.example\n", "recipients"),
    "no number": ("klantnaam;aantal\nBakkerij;5\n", "hits"),
    "no name": ("klantnummer;plaats\nK1;Dorp\n", "clients"),
    "neither": ("plaats;melder;status\nDorp;Jan;open\n", "register"),
    "order": ("klantnummer;gebeld op;hoe\nK1;4-3-2026 9:15;brief\nk1;;\n", "hits"),
    "contradiction": ("klantnummer;gebeld op;hoe\nK1;14-3-2026 9:15;brief\nK2;3-14-2026 9:15;brief\n", "hits"),
    "rows": ("Leden\nnaam;email\nJan;jan@a.example\n\nJan 2;\nTotaal;2\nnaam;email\n2 leden;\n", "recipients"),
    "citizens": ("klantnummer;aantal;BSN\n111222333;1;\n123456782;2;\n100000009;3;\n", "hits"),
    "sheets": (xlsx({"Leden": [["naam"], ["Jan"]], "Oud": [["naam"], ["Els"]]}, ["Oud"]), "recipients"),
}  # fmt: skip


def said(language: str, key: str, **values: object) -> str:
    return filled_in(form(spoken(language), key, values, language), values)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_word_of_the_machine_stands_in_a_question(name: str, language: str) -> None:
    asks = read(*LISTS[name]).asks.values()
    lines = [words_of(ask, partial(said, language)) for ask in asks]
    assert lines and not [line for line in lines if MACHINE_WORDS.search(re.sub("[Cc]lient number", "", line))]


def test_each_question_of_the_reader_has_a_text() -> None:
    keys = {
        node.args[0].value.removeprefix("file.") for _, node in nodes("service/reading")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Ask", "about_rows")
        and isinstance(node.args[0], ast.Constant)
    }  # fmt: skip
    assert len(keys) > 12 and all(f"files.ask.{key}" in spoken(language) for key in keys for language in ("nl", "en"))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_field_and_each_encoding_has_a_name(language: str) -> None:
    names = {field.name for fields in PURPOSES.values() for field in fields.fields}
    named = {f"files.field.{name}" for name in names} | {f"files.letters.{name}" for name in TABLES}
    assert named <= set(spoken(language))


def test_days_are_written_out_in_the_language_of_the_reader() -> None:
    [asked] = read("klantnummer;gebeld op;hoe\nK1;4-3-2026 9:15;brief\n", "hits").asks.values()
    assert "4 March 2026, 3 April 2026" in words_of(asked, partial(said, "en"))
    assert "4 maart 2026, 3 april 2026" in words_of(asked, partial(said, "nl"))


def test_one_row_is_said_in_the_singular() -> None:
    one, two = (words_of(Ask("file.notes", rows=rows), partial(said, "nl")) for rows in ((7,), (1, 7)))
    assert one.startswith("Op rij 7 staat een opmerking") and two.startswith("Deze rijen zijn een opmerking")


@pytest.mark.parametrize("count", [2, 4])
def test_addresses_of_a_cell_are_counted(count: int) -> None:
    wrong = address_in(" / ".join(f"p{n}@a.example" for n in range(count)))
    assert isinstance(wrong, Wrong) and f" ({count})" in said("nl", f"errors.{wrong.key}", **wrong.values)


def test_hidden_sheets_are_called_so() -> None:
    asked = read(*LISTS["sheets"]).asks["file.sheets"]
    assert words_of(asked, partial(said, "nl")) == "Er zijn meer bladen: Leden, Oud (verborgen). We lezen 'Leden'."
    assert words_of_choice(asked, "Leden", partial(said, "nl")) == "Leden"
