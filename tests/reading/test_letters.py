"""Letters: each encoding that people's programs write, and what is asked where it is not certain."""

import pytest

from service.reading.letters import letters_of
from service.reading.outcome import Unreadable
from tests.reading.read import people, read

NAMES = "naam;email\nRenée Müller;renee@a.example\nBjörn Sørensen;bjorn@a.example\nAnaïs Niño;anais@a.example\n"
KEPT = [
    ("Renée Müller", "renee@a.example"), ("Björn Sørensen", "bjorn@a.example"), ("Anaïs Niño", "anais@a.example"),
]  # fmt: skip


@pytest.mark.parametrize("encoding", [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman", "cp850",
])  # fmt: skip
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_names_are_read_as_they_were_written(encoding: str, ending: str) -> None:
    assert people(NAMES.replace("\n", ending).encode(encoding)) == KEPT


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_old_letters_of_another_machine_are_asked_about(encoding: str) -> None:
    asked = read(NAMES.encode(encoding)).asks["file.letters_uncertain"]
    assert asked.proposed == encoding and "cp1252" in asked.choices and "Müller" in asked.examples[0]


def test_letters_of_windows_are_not_asked_about() -> None:
    assert read(NAMES.encode("cp1252")).asks == {}
    euros = "naam;email\nJan – de bakker (€ 5);jan@a.example\nKaat D’Haese;kaat@a.example\n"
    assert read(euros.encode("cp1252")).asks == {}


@pytest.mark.parametrize("name", ["José", "Chloë", "Łukasz", "Zoë Ågren", "Françoise", "Dvořák"])
def test_letters_that_were_saved_in_the_wrong_encoding(name: str) -> None:
    try:
        wrong = name.encode().decode("cp1252")
    except UnicodeDecodeError:
        wrong = "".join(chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
                        for byte in name.encode())  # fmt: skip
    got = read(f"naam;email\n{wrong};a@b.example\n")
    assert got.items[2]["name"] == name and got.encoding == "utf-8, twice"
    chosen = read(f"naam;email\n{wrong};a@b.example\n", encoding="utf-8")
    assert chosen.items[2]["name"] == wrong.replace("\x81", ""), "a person said that these are the letters"


def test_rare_letters_that_are_right_stay() -> None:
    assert people("naam;email\nÂngela Ã Å;a@b.example\n") == [("Ângela Ã Å", "a@b.example")]


def test_an_encoding_that_was_chosen_is_taken() -> None:
    assert read("naam;email\nRenée;r@a.example\n".encode("cp850"), encoding="cp850").items[2]["name"] == "Renée"
    with pytest.raises(Unreadable):
        letters_of("é".encode("cp1252"), "utf-8")
    with pytest.raises(Unreadable):
        letters_of(b"a", "no-such-encoding")
