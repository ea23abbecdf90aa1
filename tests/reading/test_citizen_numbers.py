"""Citizen numbers (BSN): in which forms a column of them is known, and that it is left out or told as used."""

import pytest

from service.reading.citizen_numbers import passes_eleven_test
from service.reading.fields import PURPOSES
from tests.reading.citizens import CITIZENS
from tests.reading.read import read


@pytest.mark.parametrize("values", [["111222333", "123456782"], ["111222333"]])
def test_citizen_numbers_are_named_and_left_out(values: list[str]) -> None:
    rows = "".join(f"Jan {n};{value};j{n}@a.example\n" for n, value in enumerate(values))
    got = read(f"naam;BSN;e-mail\n{rows}")
    assert got.asks["file.citizen_numbers"].columns == ("BSN",) and "BSN" in got.unused
    assert not any(value in str(got.items) for value in values)


@pytest.mark.parametrize(("purpose", "headings", "field"), [
    ("hits", "Klantnummer;Aantal", "client_number"), ("clients", "klantnummer;naam", "client_number"),
    ("hits", "Klantnummer;Code", None), ("clients", "Nummer;Naam", None), ("clients", "Klantnummer BSN;Naam", None),
    ("register", "Nummer;Titel", None), ("recipients", "Naam;E-mail", None), ("recipients", "Klantnaam;Mail", None),
])  # fmt: skip
def test_citizen_numbers_are_used_only_as_a_client_number_that_nothing_else_gives(
    purpose: str, headings: str, field: str | None
) -> None:
    text = f"{headings}\n" + "".join(f"{number};{nth}\n" for nth, number in enumerate(CITIZENS, 11))
    got, first = read(text, purpose), headings.partition(";")[0]
    assert got.mapping.get(first) == field
    for mapping in ({0: "client_number"}, {0: "name"}, {0: "reference"}):
        if mapping[0] in {known.name for known in PURPOSES[purpose].fields}:
            chosen = read(text, purpose, mapping=mapping)
            assert chosen.asks["file.citizen_numbers_used"].proposed == mapping[0] == chosen.mapping[first]
            assert "file.citizen_numbers" not in chosen.asks
            assert read(text, purpose, mapping=mapping, is_remembered=True).unused[0] == first


@pytest.mark.parametrize("heading", [
    "BSN", "bsn-nummer", "B.S.N.", "Client BSN", "client_bsn", "clientBsn", "BSN2", "BSN's", "Burgerservicenummer",
    "burger service nr", "Sofinummer", "Patiënt BSN-nr", "Citizen service number",
])  # fmt: skip
def test_headings_of_citizen_numbers(heading: str) -> None:
    assert "file.citizen_numbers" in read(f"naam;{heading}\nJan;x\n").asks
    assert not {"file.citizen_numbers"} & read("naam;clubsnaam;websnel\nJan;x;x\n").asks.keys()


@pytest.mark.parametrize("form", [
    "{}", "{0:.4}-{0[4]}{0[5]}-{0[6]}{0[7]}{0[8]}", "{}.0", "{},00", "0{}", "'{}", "BSN {}", "bsn: {}", "{} (BSN)",
    "BSN-nr. {}", "{0[0]},{0[1]}{0[2]}{0[3]}{0[4]}{0[5]}{0[6]}{0[7]}{0[8]}E+08", "\u200b{}\u00a0",
    "{0:.3}.{0[3]}{0[4]}{0[5]}.{0[6]}{0[7]}{0[8]}", "Burgerservicenummer {}", "{}\nonbekend",
    "{}\nn.v.t.", "{}\naangevraagd", "{}\n-",
])  # fmt: skip
def test_forms_in_which_people_write_citizen_numbers(form: str) -> None:
    cells = "\n".join(form.format(number) for number in CITIZENS).replace("\n", "\n\t")
    assert "file.citizen_numbers" in read(f"Titel\tNummer\n\t{cells}\n", "register").asks


@pytest.mark.parametrize("values", [
    ("111222333", "100000000", "100000001"), ("111222333",) * 4, ("12-03-2026", "13-03-2026", "15-01-2026"),
    ("+31 6 12345678", "+31612345679", "0031612345670"), ("K111222333", "K123456782", "K100000009"),
    ("111222333", "123456782", "100000009", *"abcd"),
])  # fmt: skip
def test_numbers_that_are_no_citizen_numbers(values: tuple[str, ...]) -> None:
    got = read("klantnummer;naam\n" + "".join(f"{value};A\n" for value in values), "clients")
    assert not {"file.citizen_numbers", "file.citizen_numbers_used"} & got.asks.keys()


def test_a_slip_among_many_citizen_numbers_hides_none_of_them() -> None:
    cells = [*CITIZENS * 3, "123456789"]
    assert "file.citizen_numbers" in read("Titel;Nummer\n" + "".join(f";{cell}\n" for cell in cells), "register").asks


@pytest.mark.parametrize(("text", "passes"), [
    ("111222333", True), ("123456782", True), ("111222334", False), ("0034", False), ("", False), ("1112.22.333", True),
])  # fmt: skip
def test_the_test_of_a_citizen_number(text: str, passes: bool) -> None:
    assert passes_eleven_test(text) is passes
