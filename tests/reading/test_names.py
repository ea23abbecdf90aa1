"""The name of a person from a cell, its parts, or both; and an address that stands among the names."""

import pytest

from tests.reading.read import people, read


@pytest.mark.parametrize(("parts", "name"), [
    ("Jan;Jan;;;de Vries", "Jan de Vries"), ("Jan;;;;de Vries", "Jan de Vries"), ("Jan;;J.;de;Vries", "Jan de Vries"),
    ("Jan Willem;Jan;;de;Vries", "Jan Willem de Vries"), ("Jan de Vries;Jan;;de;Vries", "Jan de Vries"),
    ("Vries, Jan;Jan;;de;Vries", "Jan de Vries"), ("Els Jansen-Pol;Els;;;Jansen", "Els Jansen-Pol"),
    ("Els Pol;Els;;;Jansen", "Els Pol Jansen"), ("J.P. Vries;;J.;de;Vries", "J. de Vries"),
    ("Mevr. Els Pol;Els;E.;;Pol", "Mevr. Els Pol"), ("Bakkerij Pol;Piet;;;Pol", "Piet Pol"),
    ("Pol;Piet;;;", "Piet Pol"),
    ("n.v.t.;Jan;-;-;Pol", "Jan Pol"), (";Min;;;No", "Min No"), ("-;;;;", ""), (";onbekend;;;onbekend", ""),
])  # fmt: skip
def test_a_name_and_its_parts_say_together_what_they_say_alone(parts: str, name: str) -> None:
    headings = "Naam;Voornaam;Voorletters;Tussenvoegsel;Achternaam;E-mail"
    assert people(f"{headings}\n{parts};a@b.example\n") == [(name, "a@b.example")]


@pytest.mark.parametrize(("cells", "name"), [
    ("J. de Vries;;J.;de", "J. de Vries"), ("Piet Jansen;;P.;", "Piet Jansen"), ("Vries, J. de;;J.;de", "J. de Vries"),
    ("Jan de Vries;;J.;", "Jan de Vries"), ("de heer J. de Vries;;J.;", "de heer J. de Vries"),
    ("J. de Vries;Jan;;", "Jan de Vries"), ("J.P. de Vries;Jan;J.P.;de", "Jan de Vries"),
    ("Vries;;J.;de", "J. de Vries"),
    ("J. P. de Vries;;J.P.;", "J. P. de Vries"), ("Jansen;;J.;", "J. Jansen"), ("de Vries;;J.;de", "J. de Vries"),
    ("Mevr. Pol;;E.;", "Mevr. E. Pol"), ("Vries, Jan;;;de", "Jan de Vries"), ("J. Vries;;;de", "J. de Vries"),
    ("Vries, Jan de;;J.;", "Jan de Vries"), ("De Vries;;D.;", "D. De Vries"), ("J.;;J.;", "J."), ("Mr;Jan;;", "Jan Mr"),
    ("Jansen, De Vries en Partners;;P.;", "P. Jansen, De Vries en Partners"), (";;J.;de", "J. de"),
])  # fmt: skip
def test_letters_and_calling_names_stand_once_in_a_name_without_a_column_of_surnames(cells: str, name: str) -> None:
    assert people(f"Naam;Roepnaam;Voorletters;Tussenvoegsel;E-mail\n{cells};a@b.example\n") == [(name, "a@b.example")]


TURNED = {
    "Bruinsma, Ren\u00e9e": "Ren\u00e9e Bruinsma", "Boer, Jan de": "Jan de Boer",
    "Kooi, Bj\u00f6rn van der": "Bj\u00f6rn van der Kooi",
    "van der Kooi, Merel": "Merel van der Kooi", "Vries, J.P. de": "J.P. de Vries", "Pol,Rob": "Rob Pol",
    "Hooft, Gerard 't": "Gerard 't Hooft", "Boer, dhr. J. de": "dhr. J. de Boer",
}  # fmt: skip
AS_WRITTEN = (
    "Jansen, De Vries en Partners", "Jan Jansen, MSc", "Jansen, jr.", "Bakker, Slager BV", "Pol, Piet en Els",
    "Jan de Wit", "Smit, Smit & Co", "Bol, 12", "Pol, Els, Bo",
)  # fmt: skip


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize("pasted", [False, True])
def test_of_surnames_that_come_first_a_person_is_asked_once(rows: int, pasted: bool) -> None:
    cells = [*TURNED, *AS_WRITTEN] * rows
    lines = [f'"{name}" <p{row}@a.example>' if pasted else f"{name};p{row}@a.example" for row, name in enumerate(cells)]
    text = "\n".join(lines if pasted else ["Naam;E-mail", *lines])
    got = read(text)
    asked = got.asks["file.surname_first"]
    assert asked.examples[0] == "Bruinsma, Ren\u00e9e = Ren\u00e9e Bruinsma" and asked.proposed == "surname-first"
    assert [item["name"] for item in got.items.values()] == [*TURNED.values(), *AS_WRITTEN] * rows
    as_written = read(text, orders={0: "as-written"})
    assert [item["name"] for item in as_written.items.values()] == [*TURNED, *AS_WRITTEN] * rows
    assert "file.surname_first" not in as_written.asks | read(text, orders={0: "surname-first"}).asks


def test_names_as_they_are_said_are_not_asked_about_and_one_person_is_one() -> None:
    assert "file.surname_first" not in read("Naam;E-mail\n" + "".join(f"{name};\n" for name in AS_WRITTEN)).asks
    assert "file.surname_first" not in read("Naam;Tussenvoegsel;E-mail\nVries, Jan;de;j@a.example\n").asks
    twice = read("Naam;E-mail\nJan de Boer;j@a.example\nBoer, Jan de;j@a.example\n")
    assert twice.asks["file.same_person_twice"].rows == (3,)


@pytest.mark.parametrize("name", ["Na", "Nee", "No", "Nil", "Null", "Nb"])
def test_a_surname_that_is_a_word_for_nothing_too_is_kept_and_asked_about(name: str) -> None:
    got = read(f"Achternaam;E-mail\n{name};\n{name};a@b.example\n-;\nonbekend;c@b.example\n")
    assert [item["name"] for item in got.items.values()] == [name, name, ""]
    assert got.asks["file.odd_names"].rows == (2,) and got.asks["file.rows_without"].rows == (4,)


@pytest.mark.parametrize("rest", ["", "Bo;b@a.example\n" * 3])
def test_words_for_no_name_are_no_name(rest: str) -> None:
    got = read(f"Naam;E-mail\nn.v.t.;\n-;a@b.example\n?;\n{rest}")
    assert got.items[3] == {"name": "", "address": "a@b.example", "channel": "email"}
    assert 2 not in got.items and got.asks["file.rows_without"].rows == (2, 4) and not got.faults
    assert people("Voornaam;Achternaam;E-mail\nJan;-;a@b.example\n") == [("Jan", "a@b.example")]


def test_an_address_in_the_name_of_a_row_without_one_is_a_fault() -> None:
    text = "Naam;E-mail\njan@x.example;\nPiet p@x.example;geen\na@x.example of b@x.example;\njan@x,nl;\n"
    proposals = [(2, "jan@x.example"), (3, "p@x.example"), (4, ""), (5, "")]
    got = read(text)
    assert got.faults == [(row, "file.address_in_name", proposal) for row, proposal in proposals] and not got.items
    assert read("Naam\njan@x.example\n").faults == [(2, "file.address_in_name", "")]


def test_the_address_of_a_row_is_no_part_of_its_name() -> None:
    text = "Naam;E-mail\njan@x.example;jan@x.example\nPiet (p@x.example);p@x.example\nEls e@y.example;e@x.example\n"
    assert people(text) == [
        ("", "jan@x.example"), ("Piet", "p@x.example"), ("Els e@y.example", "e@x.example"),
    ]  # fmt: skip
