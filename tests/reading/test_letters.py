"""Letters: each encoding that people's programs write, and what is asked where it is not certain."""

import json
from dataclasses import dataclass
from io import BytesIO

import pytest

from service.reading.encodings import CHOSEN, GUESSED
from service.reading.letters import MOST_LOOKED_AT, letters_of
from service.reading.letters_shown import MOST_EXAMPLES, with_examples
from service.reading.outcome import Ask, Unreadable
from service.reading.values.client_number import Known
from tests.reading.read import people, read
from tests.reading.workbooks import ods, xlsx


@dataclass(frozen=True)
class Letters:
    """The letters of a file, with the whole text at once."""

    text: str
    encoding: str
    asks: tuple[Ask, ...] = ()


def letters_in(content: bytes, chosen: str | None = None) -> Letters:
    letters = letters_of(BytesIO(content), chosen)
    return Letters("".join(letters.text.lines()), letters.encoding, letters.asks)


NAMES = "naam;email\nRenée Müller;renee@a.example\nBjörn Sørensen;bjorn@a.example\nAnaïs Niño;anais@a.example\n"
KEPT = [
    ("Renée Müller", "renee@a.example"), ("Björn Sørensen", "bjorn@a.example"), ("Anaïs Niño", "anais@a.example"),
]  # fmt: skip


@pytest.mark.parametrize("encoding", [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman", "cp850", "cp1250",
    "cp1254", "iso8859-15",
])  # fmt: skip
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_names_are_read_as_they_were_written(encoding: str, ending: str) -> None:
    poorer = NAMES.replace("Sørensen", "Sorensen").replace("Anaïs Niño", "Anais Nino")
    names = poorer if encoding == "cp1250" else NAMES
    kept = [(row["name"], row["address"]) for row in read(names).items.values()]
    assert people(names.replace("\n", ending).encode(encoding)) == kept
    assert encoding == "cp1250" or kept == KEPT


@pytest.mark.parametrize(("encoding", "names"), [
    ("mac_roman", NAMES), ("cp850", NAMES), ("mac_roman", "García"), ("cp850", "Élodie"),
    ("mac_roman", "Kaat D’Haese"), ("cp1250", "Dvořák, Wałęsa"), ("cp1250", "Dvořák"), ("cp1250", "Łukasz"),
    ("cp1250", "Horváth Őry"),
    ("cp1254", "Gülşen Yılmaz"), ("cp1254", "Yılmaz"), ("cp1254", "Ayşe Şahin İnan"),
    ("iso8859-15", "Renée € 5"),
])  # fmt: skip
def test_old_letters_of_another_machine_are_read_and_asked_about(encoding: str, names: str) -> None:
    letters = letters_in(names.encode(encoding))
    [asked] = letters.asks
    assert (letters.text, letters.encoding) == (names, encoding)
    assert (asked.key, asked.proposed, asked.choices[0]) == ("file.letters_uncertain", encoding, encoding)
    assert "cp1252" in asked.choices and asked.examples == ()


@pytest.mark.parametrize(("encoding", "names"), [
    ("cp1251", "Иван"), ("cp1251", "Мария Петрова-Сидорова"),
    ("koi8-r", "Иван Петров"), ("cp866", "Иван Петров"),
    ("iso8859-5", "Мария Иванова"), ("cp1253", "Γιώργος Παπαδόπουλος"),
    ("cp1253", "Ελένη"), ("cp1255", "משה לוי"),
    ("cp1251", "Дмитро Шевченко\nIvan"), ("cp1251", "Щукин"),
])  # fmt: skip
def test_letters_of_another_script_are_read_and_asked_about(encoding: str, names: str) -> None:
    text = f"naam;email\n{names};c@a.example\n"
    got = read(text.encode(encoding))
    asked = got.asks["file.letters_uncertain"]
    assert (got.encoding, asked.proposed, asked.choices[0]) == (encoding,) * 3 and "cp1252" in asked.choices
    first = names.split()[0]
    assert got.items[2]["name"].startswith(first) and any(first in words for words in asked.examples)


@pytest.mark.parametrize(("encoding", "name"), [
    ("cp1253", "ΕΛΕΝΗ"), ("cp1255", "דוד"), ("cp1251", "ЩУКИН"),
])  # fmt: skip
def test_a_short_name_of_another_script_is_one_of_the_choices(encoding: str, name: str) -> None:
    assert encoding in letters_in(name.encode(encoding)).asks[0].choices


@pytest.mark.parametrize(("encoding", "called", "name"), [
    *((name, name, "Jan") for name in (*GUESSED, *CHOSEN)), ("cp1251", "Windows-1251", "Иван"),
    ("koi8-r", "KOI8_R", "Иван"), ("iso8859-5", "ISO-8859-5", "Иван"),
    ("cp1257", "windows-1257", "Jānis Bērziņš"),
    ("iso8859-13", "ISO-8859-13", "Šarūnas"), ("cp1253", "cp1253", "Ελένη"), ("iso8859-8", "hebrew", "דוד"),
    ("cp852", "IBM852", "Wałęsa"), ("latin-1", "ISO-8859-1", "José"), ("utf-8", "UTF8", "José"),
])  # fmt: skip
def test_letters_can_be_chosen_by_each_of_their_names(encoding: str, called: str, name: str) -> None:
    got = read(f"naam;email\n{name};c@a.example\n".encode(encoding), encoding=called)
    assert (got.items[2]["name"], got.encoding) == (name, encoding) and not got.asks


@pytest.mark.parametrize("name", ["hex", "utf-7", "idna", "nooit", "é"])
def test_other_letters_are_refused(name: str) -> None:
    with pytest.raises(Unreadable, match=r"^file\.letters$"):
        letters_of(BytesIO(b"naam\nJan\n"), name)


@pytest.mark.parametrize("names", [
    *NAMES.split("\n")[1:-1], "Renée", "Björn", "Anaïs", "Loïs", "Müller", "Françoise", "Ñ", "Ø", "Å",
    "Núñez", "Øyvind", "D’Haese", "in ’t Veld", "– € 5", "Jan … Pol", "RENÉE", "DANIËL", "één keer",
    "à la carte", "Özdemir", "Çelik", "Hélène", "Strauß", "João", "Íñigo", "Häkkinen", "Zoë’s",
    "Ilse “Bé” Mol", "½ dag", "12°", "Þórður", "Jan – (€ 5)",
])  # fmt: skip
def test_letters_of_windows_are_not_asked_about(names: str) -> None:
    assert letters_in(f"naam\n{names}\n".encode("cp1252")) == Letters(f"naam\n{names}\n", "cp1252")


@pytest.mark.parametrize(("encoding", "name"), [("cp1250", "Němec"), ("mac_roman", "Luís"), ("cp1250", "Černý")])
def test_letters_that_may_be_those_of_windows_are_asked_about(encoding: str, name: str) -> None:
    assert encoding in letters_in(name.encode(encoding)).asks[0].choices


def test_a_sign_of_money_that_nobody_writes_is_asked_about() -> None:
    many = "Renée Björn Anaïs Müller Françoise " * 9
    [asked] = letters_in(f"{many}\n¤ 5".encode("cp1252")).asks
    assert asked.key == "file.letters_uncertain" and {"cp1252", "iso8859-15"} <= set(asked.choices)


def test_a_byte_without_a_sign_is_asked_about_and_shown() -> None:
    letters = letters_in("Renée Björn Anaïs Müller Françoise Jo".encode("cp1252") + b"\x81")
    assert letters.text.endswith("Jo\ufffd") and letters.asks[0].key == "file.letters_uncertain"


@pytest.mark.parametrize("before", ["a" * 5000, "é " * MOST_LOOKED_AT])
def test_a_long_text_may_end_in_its_only_old_letter(before: str) -> None:
    assert letters_in(before.encode() + b"Ren\xe9").text == f"{before}René"
    assert letters_in(before.encode() + b"Ren\x8e").encoding.startswith("mac_roman")


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


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize(("wrong", "encoding"), [
    ("cp1252", "utf-8, twice"), ("mac_roman", "utf-8, twice (mac_roman)"), ("cp850", "utf-8, twice (cp850)"),
])  # fmt: skip
def test_letters_that_were_saved_wrongly_several_times(wrong: str, encoding: str, times: int) -> None:
    text = names = "Chloë Brûlé, Søren D’Haese, “Zoë” – € 5 …, Françoise, Łukasz, Şule, Őry"
    for _ in range(times):
        text = saved_in(text, wrong)
    letters = letters_in(text.encode())
    [asked] = letters.asks
    assert (letters.text, letters.encoding) == (names, encoding)
    assert (asked.key, asked.choices, asked.proposed) == ("file.letters_twice", (encoding, "utf-8"), encoding)
    assert letters_in(text.encode(), encoding) == Letters(names, encoding)
    assert letters_in(text.encode(), "utf-8") == Letters(text, "utf-8")


def saved_in(text: str, wrong: str) -> str:
    """The text after its UTF-8 was read in a wrong encoding; a byte without a sign is read as its number."""
    return "".join(bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "mac_roman"])
def test_rows_of_two_encodings(encoding: str) -> None:
    right = {"cp1252": "Björn Anaïs", "cp1250": "Dvořák Wałęsa", "mac_roman": "Björn Anaïs"}[encoding]
    letters = letters_in(f"Zoë\nÁlvaro\n{right}\n".encode().replace(right.encode(), right.encode(encoding)))
    assert letters.text == f"Zoë\nÁlvaro\n{right}\n" and letters.encoding.startswith(f"{encoding}, twice")
    assert {ask.proposed for ask in letters.asks} == {letters.encoding}
    assert "file.letters_twice" in {ask.key for ask in letters.asks}


@pytest.mark.parametrize("text", [
    "Ângela Ã Å", "RENÉ\u00a0DE VRIES", "ANDRÉ’S", "MARIË’S", "CAFÉ – “NOË”",
    "√ 2, ├ ┤, 5 ≈ 6",
])  # fmt: skip
def test_rare_letters_that_are_right_stay(text: str) -> None:
    assert letters_in(text.encode()) == Letters(text, "utf-8")


def test_a_mark_that_was_saved_wrongly_is_no_part_of_the_text() -> None:
    assert letters_in("ï»¿naam".encode()).text == "naam"


CELLS = ["Jan", "Chloë Brûlé", "Søren (Brûlé)", "Jan Pol", "Zoë", "Renée"]


def test_examples_of_letters_that_are_uncertain() -> None:
    asked = with_examples(Ask("file.letters_uncertain", choices=("cp850", "cp1252")), CELLS, "cp850")
    assert asked.examples == ("cp850: Chloë, Brûlé, Søren", "cp1252: Chlo‰, Br–l‚, S›ren")
    assert with_examples(asked, ["Jan"], "cp850").examples == ()
    same = with_examples(Ask("file.letters_uncertain", choices=("cp1252", "iso8859-15")), [*CELLS, "5 €"], "cp1252")
    assert same.examples == ("cp1252: €", "iso8859-15: \ufffd"), "only words that differ are shown"


@pytest.mark.parametrize(("encoding", "wrong"), [
    ("utf-8, twice", "ChloÃ«"), ("utf-8, twice (mac_roman)", "Chlo√´"), ("utf-8-sig, twice (cp850)", "Chlo├½"),
])  # fmt: skip
def test_examples_of_letters_that_were_saved_wrongly(encoding: str, wrong: str) -> None:
    asked = with_examples(Ask("file.letters_twice", proposed=encoding), iter(CELLS), encoding)
    assert asked.examples[0] == f"{wrong} > Chloë" and len(asked.examples) == MOST_EXAMPLES
    assert asked.proposed == encoding


def test_another_question_has_no_examples_of_letters() -> None:
    asked = Ask("file.sheets", choices=("a", "b"))
    assert with_examples(asked, CELLS, "cp1252") == asked


def test_an_encoding_that_was_chosen_is_taken() -> None:
    assert read("naam;email\nRenée;r@a.example\n".encode("cp850"), encoding="cp850").items[2]["name"] == "Renée"
    with pytest.raises(Unreadable):
        letters_in("é".encode("cp1252"), "utf-8")
    with pytest.raises(Unreadable):
        letters_in(b"a", "no-such-encoding")
    with pytest.raises(Unreadable):
        letters_in(b"a", "undefined")


@pytest.mark.parametrize(("rows", "odd"), [(300, "Łukasz"), (300, "Dvořák")])
def test_the_oddest_word_of_all_rows_is_an_example(rows: int, odd: str) -> None:
    many = "".join(f"René{n % 7 * 'e'}\n" for n in range(rows))
    asked = read(f"naam\n{many}{odd}\n".encode("cp1250")).asks["file.letters_uncertain"]
    assert all(len(words.split(", ")) == MOST_EXAMPLES for words in asked.examples)
    assert any(odd in words for words in asked.examples)


def test_the_oddest_word_that_was_saved_twice_is_an_example() -> None:
    twice = ("naam\n" + "José\nMüller\nAnaïs\n" * 100 + "Wałęsa\n").encode().decode("cp1252").encode()
    asked = read(twice).asks["file.letters_twice"]
    assert len(asked.examples) == MOST_EXAMPLES and any("Wałęsa" in words for words in asked.examples)


MISREAD = ["José Perez", "Voilà", "Zoë \u2019t Hooft"]


def misread(name: str) -> str:
    return name.encode().decode("cp1252")


@pytest.mark.parametrize("form", ["xlsx", "ods", "json"])
def test_letters_of_another_encoding_are_a_fault_of_their_cell(form: str) -> None:
    """The names stand among many plain ones, so that the fast way through the rows must not let them pass."""
    names = [*(f"Jan {nth}" for nth in range(300)), "Çelik Müller", *map(misread, MISREAD)]
    rows = [["naam", "e-mail"], *([name, f"a{nth}@x.example"] for nth, name in enumerate(names))]
    content = json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]).encode()
    if form != "json":
        content = xlsx({"Blad": rows}) if form == "xlsx" else ods(rows)
    got = read(content)
    assert len(got.items) == 301 and not got.asks
    assert got.faults == [(302 + nth, "file.letters_misread", name) for nth, name in enumerate(MISREAD, 1)]
    accepted = {(row, "naam"): proposal for row, _, proposal in got.faults}
    again = read(content, accepted=accepted)
    assert not again.faults and [again.items[row]["name"] for row, _ in accepted] == MISREAD


def test_what_else_is_wrong_with_a_misread_row_is_told_and_nobody_is_lost_by_it() -> None:
    rows = [["naam", "e-mail"], [misread("José"), "j@@x.example"], [misread("Zoë"), "z@x.example"],
            ["Zoë", "z@x.example"], [misread("Zoë"), "z@x.example"]]  # fmt: skip
    got = read(xlsx({"Blad": rows}))
    assert [fault[:2] for fault in got.faults] == [
        (2, "file.letters_misread"), (2, "mail.address_invalid"), (3, "file.letters_misread"),
        (5, "file.letters_misread"),
    ]  # fmt: skip
    assert list(got.items) == [4] and not got.asks
    hits = [["klantnummer", "aantal", "geïnformeerd op", "hoe"], [misread("Kü1"), "veel", "morgen", "duif"],
            ["Kü1", "5", "", ""]]  # fmt: skip
    got = read(xlsx({"Blad": hits}), "hits", Known(["Kü1"]))
    assert {fault[1] for fault in got.faults} == {
        "file.letters_misread", "file.not_a_number", "csv.moment_unreadable", "csv.informed_how",
    }  # fmt: skip
    assert list(got.items) == [3]


def test_all_cells_that_cannot_be_kept_are_told_at_once() -> None:
    got = read("nr;omschrijving;maatregelen\n1;#N/A;#VALUE!\n", "register")
    assert got.faults == [(2, "file.error_cell", ""), (2, "file.error_cell", "")]


def test_who_chose_letters_as_they_were_saved_gets_no_faults() -> None:
    text = json.dumps([{"naam": misread("José"), "e-mail": "j@x.example"}], ensure_ascii=False)
    assert "file.letters_twice" in read(text).asks and read(text).items[2]["name"] == "José"
    for content in (text, f"naam;e-mail\n{misread('José')};j@x.example\n"):
        assert [item["name"] for item in read(content, encoding="utf-8").items.values()] == [misread("José")]
