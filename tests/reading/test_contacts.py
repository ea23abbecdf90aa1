"""The contacts of a client, in the ways in which a spreadsheet spreads them over its columns."""

import pytest

from tests.reading.read import read

JAN, ELS = {"name": "Jan", "email": "jan@x.example"}, {"name": "Els", "email": "els@x.example"}
FILES = [
    ("Contact 1 naam;Contact 1 e-mail;Contact 2 naam;Contact 2 e-mail", "Jan;jan@x.example;Els;els@x.example", []),
    ("Contactpersoon1;Contactpersoon2;E-mail1;E-mail2", "Jan;Els;jan@x.example;els@x.example", []),
    ("1e contact;2e contact;e-mail 1e contact;e-mail 2e contact", "Jan;Els;jan@x.example;els@x.example", []),
    ("Contactpersoon;E-mail;Contactpersoon;E-mail", "Jan;jan@x.example;Els;els@x.example", []),
    ("E-mail;Contactpersoon;E-mail;Contactpersoon", "jan@x.example;Jan;els@x.example;Els", []),
    ("Contactpersoon;E-mail;Mobiel;Contactpersoon;E-mail;Mobiel", "Jan;jan@x.example;;Els;els@x.example;", []),
    ("Contactpersoon;E-mail;E-mail werk", "Jan;jan@x.example;info@x.example", [{"email": "info@x.example"}]),
]


@pytest.mark.parametrize(("headings", "cells", "others"), FILES)
def test_each_contact_has_its_own_columns(headings: str, cells: str, others: list[dict[str, str]]) -> None:
    contacts = read(f"Klantnr;Naam;{headings}\n1;Bakker;{cells}\n", "clients").items[2]["contacts"]
    assert contacts == ([JAN, *others] if others else [JAN, ELS])


def test_a_second_telephone_number_is_of_the_same_name() -> None:
    text = "Klantnr;Naam;Contactpersoon;Telefoon;Mobiel\n1;Bakker;Jan;020 1;06 1\n2;Slager;Els;020 2;020 2\n"
    items = read(text, "clients").items
    assert items[2]["contacts"] == [{"name": "Jan", "phone": "020 1"}, {"name": "Jan", "phone": "06 1"}]
    assert items[3]["contacts"] == [{"name": "Els", "phone": "020 2"}]


def test_all_addresses_that_do_not_fit_are_named_at_once() -> None:
    text = "Klantnr;Naam;E-mail 1;E-mail 2\n1;Bakker;jan(at)x.example;els(at)x.example\n"
    assert [fault[0] for fault in read(text, "clients").faults] == [2, 2]


def test_a_contact_that_stands_twice_is_one() -> None:
    text = "Klantnr;Naam;Contact 1;E-mail 1;Contact 2;E-mail 2\n1;Bakker;Jan;jan@x.example;Jan;jan@x.example\n"
    assert read(text, "clients").items[2]["contacts"] == [JAN]


@pytest.mark.parametrize("none", ["-", "n.v.t.", "Onbekend", "geen", "?", "onduidelijk"])
def test_words_for_nobody_are_no_contact_no_number_and_no_client(none: str) -> None:
    headings = "Klantnr;Naam;Contactpersoon;E-mail;Telefoon"
    text = f"{headings}\n1;Bakker;{none};jan@x.example;{none}\n2;Slager;{none};{none};{none}\n3;{none};Jan;;020 1\n"
    got = read(text, "clients")
    assert [item["contacts"] for item in got.items.values()] == [[{"email": "jan@x.example"}], []]
    assert got.faults == [(4, "file.name_missing", "")]
