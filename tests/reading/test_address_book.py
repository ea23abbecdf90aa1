"""An address book (vCard) gives a person for each card, and one clear line for every other purpose."""

import pytest

from service.reading.outcome import Unreadable
from tests.reading.read import people, read

BOOK = "\r\n".join((
    "BEGIN:VCARD", "VERSION:3.0", "N:Pol;Jan;van der;;", "FN:Jan van der Pol", "EMAIL;TYPE=INTERNET:jan@a.example",
    "TEL:0612345678", "BDAY:1980-01-02", "END:VCARD",
    "BEGIN:VCARD", "VERSION:4.0", "N:Wit;Els;;;", "item1.EMAIL;TYPE=HOME:els@", " a.example", "END:VCARD",
    "BEGIN:VCARD", "VERSION:2.1", "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB =", "M=C3=BCller", "END:VCARD",
    "BEGIN:VCARD", "FN:Kim Kat", "EMAIL:kim@a.example", "EMAIL:kim@werk.example", "END:VCARD",
    "BEGIN:VCARD", "ORG:Bakkerij Jansen\\; Zn;Winkel", "END:VCARD", "",
))  # fmt: skip


def test_each_card_is_a_person() -> None:
    got = read(BOOK)
    assert [(item["name"], item["address"]) for item in got.items.values()] == [
        ("Jan van der Pol", "jan@a.example"), ("Els Wit", "els@a.example"), ("Zoë Müller", None),
        ("Kim Kat", "kim@a.example"), ("Bakkerij Jansen; Zn;Winkel", None),
    ]  # fmt: skip
    assert list(got.items) == [1, 2, 3, 4, 5] and not got.faults and "0612345678" not in str(got)
    assert set(got.asks) == {"file.two_columns", "file.both_filled"} and got.asks["file.both_filled"].rows == (4,)


@pytest.mark.parametrize("rest", ["", "BEGIN:VCARD\nFN:Els\nEND:VCARD\n"])
def test_a_card_that_was_cut_off_is_somebody_too(rest: str) -> None:
    assert ("Jan", "jan@a.example") in people(f"BEGIN:VCARD\nFN:Jan\nEMAIL:jan@a.example\n{rest}")


def test_a_card_without_anything_is_named() -> None:
    assert read("BEGIN:VCARD\nTEL:06\nEND:VCARD\n" + BOOK).asks["file.rows_without"].rows == (1,)


@pytest.mark.parametrize("purpose", ["hits", "clients", "register"])
def test_an_address_book_is_no_list_of_clients(purpose: str) -> None:
    with pytest.raises(Unreadable, match="is_address_book"):
        read(BOOK, purpose)


def test_pasted_people_have_no_headings_to_ask_about() -> None:
    text = "Jan Pol <jan@a.example>; els@a.example"
    assert people(text) == [("Jan Pol", "jan@a.example"), ("", "els@a.example")] and read(text).asks == {}


def test_what_a_mail_program_writes_before_its_recipients_is_no_name() -> None:
    text = "Aan: Jan Pol <jan@a.example>\nCC: Els <els@a.example>; Bo <bo@a.example>\n"
    assert people(text) == [("Jan Pol", "jan@a.example"), ("Els", "els@a.example"), ("Bo", "bo@a.example")]


def test_no_address_of_a_card_is_dropped() -> None:
    first = "BEGIN:VCARD\nFN:Jan\nEMAIL:j@a.example\nEND:VCARD\n" + "".join(
        f"BEGIN:VCARD\nFN:P {n}\nEMAIL:p{n}@a.example\nEND:VCARD\n" for n in range(300)
    )

    def card(addresses: int) -> str:
        lines = "".join(f"EMAIL:e{n}@b.example\n" for n in range(addresses))
        return f"{first}BEGIN:VCARD\nFN:Els\n{lines}END:VCARD\n"

    for many in (2, 4, 10):
        assert read(card(many)).asks["file.both_filled"].rows == (302,), "also beyond the first cards"
    got = read(card(12))
    assert got.faults == [(302, "file.two_addresses", "e9@b.example, e10@b.example, e11@b.example")]
    assert read("BEGIN:VCARD\nFN:Jan\nEMAIL:j@a.example\nEND:VCARD\n").asks == {}


MAIL = """Hoi Yusuf,

Deze mensen horen op de lijst:
> Jan Jansen <jan@a.example>; Piet de Vries <piet@a.example>, "Smit, Kees" <kees@a.example>
> Bol, Els <els@a.example>;bo@a.example
>> Oma zonder mail

Met vriendelijke groet,
Fenna de Boer
Kantoor Linde <fenna@linde.example>
fenna@linde.example
"""
IN_MAIL = [
    ("Jan Jansen", "jan@a.example"), ("Piet de Vries", "piet@a.example"), ("Kees Smit", "kees@a.example"),
    ("Els Bol", "els@a.example"), ("", "bo@a.example"),
]  # fmt: skip


def test_people_in_a_mail_come_through_and_its_sender_does_not() -> None:
    got = read(MAIL)
    assert people(MAIL) == IN_MAIL and not got.faults
    asked = got.asks["file.lines_left_out"]
    assert asked.count == 7 and asked.examples[2] == "Oma zonder mail"
    assert asked.rows == (), "several people stand on a line: people are counted here, and lines would be another count"
    unquoted = "Hoi Yusuf,\nJan Jansen <jan@a.example>\nPiet de Vries <piet@a.example>\nGroet, Fenna\nf@linde.example"
    assert people(unquoted) == IN_MAIL[:2] and read(unquoted).asks["file.lines_left_out"].rows == (1, 4, 5)
    listed = 'Van: Fenna <fenna@linde.example>\nAan: Jan Jansen <jan@a.example>, Piet de Vries <piet@a.example>\n'
    assert people(listed) == IN_MAIL[:2] and read(listed).asks["file.lines_left_out"].count == 1
    said = read(f"{listed}Onderwerp: Lijst\nAlvast bedankt\nFenna de Boer\n").asks["file.lines_left_out"]
    assert said.examples[1:] == ("Onderwerp: Lijst", "Alvast bedankt", "Fenna de Boer")


def test_a_table_is_no_mail_and_several_people_in_a_cell_are_not_one() -> None:
    table = "naam kind;mail van de ouders\nGezin;Jan Jansen <jan@a.example>, Piet <piet@a.example>\nEls;els@a.example\n"
    got = read(table)
    assert got.faults == [(2, "file.several_people", "")] and list(got.items) == [3]


PASTED = {
    "Piet <p@a.example>\nGroet, Jan <j@a.example>\nMVG Advies <i@a.example>\nKees <k@a.example>": [
        ("Piet", "p@a.example"), ("Jan Groet", "j@a.example"), ("MVG Advies", "i@a.example"), ("Kees", "k@a.example")],
    "Piet <p@a.example>\nGroet, Jan\nLia <l@a.example>\nKees <k@a.example>": [
        ("Piet", "p@a.example"), ("Jan Groet", None), ("Lia", "l@a.example"), ("Kees", "k@a.example")],
    "Aan: Piet <p@a.example>\nMVG Advies <i@a.example>": [("Piet", "p@a.example"), ("MVG Advies", "i@a.example")],
    "Groet, Jan;<j@a.example>\nVries, Piet de;<p@a.example>": [
        ("Jan Groet", "j@a.example"), ("Piet de Vries", "p@a.example")],
    "- Jan\n* Els\n3. b@a.example": [("Jan", None), ("Els", None), ("", "b@a.example")],
    "- Jan;j@a.example\n\u2022 Els-Bo;e@a.example": [("Jan", "j@a.example"), ("Els-Bo", "e@a.example")],
    "Jan;<j@a.example>;<j@b.example>\nEls;<e@a.example>;": [("Jan", "j@a.example"), ("Els", "e@a.example")],
    "- Piet <p@a.example>\n\u2022 Jan <j@a.example>\n1. Lia\n2) b@a.example": [
        ("Piet", "p@a.example"), ("Jan", "j@a.example"), ("Lia", None), ("", "b@a.example")],
    "Jan <j@a.example>; Oma Bep; Piet <p@a.example>\nTante Truus\nMarie, m@a.example\nVries, Els de e@a.example": [
        ("Jan", "j@a.example"), ("Oma Bep", None), ("Piet", "p@a.example"), ("Tante Truus", None),
        ("Marie", "m@a.example"), ("Els de Vries", "e@a.example")],
}  # fmt: skip


@pytest.mark.parametrize("text", PASTED)
def test_each_of_the_people_that_were_pasted_comes_through(text: str) -> None:
    got = read(text)
    assert people(text) == PASTED[text] and not got.faults and "file.lines_left_out" not in got.asks


def test_rows_of_a_mail_are_its_lines() -> None:
    text = "Hoi,\n\nJan <j@a.example>\nPiet <p@a>\nKan dat?\nGroet, Fenna\nKantoor <f@linde.example>\n"
    got = read(text)
    assert list(got.items) == [3] and [row for row, _, _ in got.faults] == [4]
    assert got.asks["file.lines_left_out"].rows == (1, 5, 6, 7)
    chosen = read(text, side_rows=True)
    assert {row: item["name"] for row, item in chosen.items.items()} == {3: "Jan", 6: "Fenna Groet", 7: "Kantoor"}
    assert chosen.asks["file.lines_left_out"].rows == (1, 5), "what is said to nobody stays out"
