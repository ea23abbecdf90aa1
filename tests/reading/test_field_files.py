"""Files that people had, with the outcome that is right, through `meldketen read`."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.cli import main

FILES = Path(__file__).parent / "files"
Printed = pytest.CaptureFixture[str]


def outcome(name: str, purpose: str, printed: Printed) -> dict[str, Any]:
    """The last line of the command for the one file whose name begins so."""
    [file] = FILES.glob(f"{name}-*")
    assert main(["read", str(file), "--as", purpose]) == 0
    answer: dict[str, Any] = json.loads(printed.readouterr().out.splitlines()[-1])
    assert answer["purpose"] == purpose and answer["fits"] == len(answer["items"])
    return answer


def people(answer: dict[str, Any]) -> list[tuple[int, str, str | None]]:
    """The row, name and address of each person."""
    return [(item["row"], item["name"], item["address"]) for item in answer["items"]]


def faults(answer: dict[str, Any]) -> dict[int, tuple[str, str | None]]:
    """The key and the proposal of the fault of each row."""
    return {fault["row"]: (fault["key"], fault["proposal"]) for fault in answer["faults"]}


def asks(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The questions by their key."""
    return {ask["key"]: ask for ask in answer["asks"]}


def test_titles_above_and_a_total_below(capsys: Printed) -> None:
    answer = outcome("01", "recipients", capsys)
    assert (answer["encoding"], answer["headings_row"], answer["rows"]) == ("cp1252", 3, 5)
    assert people(answer) == [
        (4, "Renée Bruinsma", "renee@waterlelie.example"),
        (5, "Björn van der Kooi", "ouders.kooi@waterlelie.example"),
        (6, "Merel van der Kooi", "ouders.kooi@waterlelie.example"), (7, "Loïs D'Haese", "lois@waterlelie.example"),
        (8, "Aart Tol", None),
    ]  # fmt: skip
    assert [item["channel"] for item in answer["items"]] == ["email"] * 4 + ["other"]
    assert answer["unused"] == ["Lidnr.", "Geb.datum", "Lidsoort", "IBAN"]
    assert asks(answer)["file.two_columns"]["columns"] == ["E-mail lid", "E-mail ouder"]
    assert asks(answer)["file.total_row"]["rows"] == [9] and asks(answer)["file.headings_row"]["rows"] == [1, 2]
    assert "NL00TEST" not in json.dumps(answer) and "07-02-1984" not in json.dumps(answer)


def test_signs_that_nobody_sees(capsys: Printed) -> None:
    answer = outcome("02", "recipients", capsys)
    assert people(answer) == [
        (2, "Lida Vos", "lida@vijver.example"), (3, "Rob Pol", "rob@vijver.example"),
        (4, "Tess Roo", "tess@vijver.example"), (5, "Wim Kat", "wim@vijver.example"),
        (6, "Bea Mol", "bea@vijver.example"), (7, "Lida V.", "lida@vijver.example"),
    ]  # fmt: skip
    assert faults(answer) == {8: ("mail.address_looks_like", "iris@vijver.example")}


def test_pasted_from_a_mail(capsys: Printed) -> None:
    answer = outcome("03", "recipients", capsys)
    assert people(answer) == [
        (2, "Lida Vos", "lida@vijver.example"), (3, "Rob Pol", "rob@vijver.example"),
        (4, "Tess Roo", "tess@vijver.example"), (6, "Bea Mol", "bea@vijver.example"),
        (11, "Hugo Zand", "hugo@vijver.example"),
    ]  # fmt: skip
    assert faults(answer) == {
        5: ("file.two_addresses", "wim@vijver.example, wim@kantoor.example"),
        7: ("mail.address_invalid", "iris@vijver.example"),
        8: ("file.two_addresses", "ton@vijver.example, els@vijver.example"),
        9: ("mail.address_invalid", "jet@vijver.example"), 10: ("mail.address_invalid", "nel@vijver.example"),
    }  # fmt: skip


def test_families_and_people_without_mail(capsys: Printed) -> None:
    answer = outcome("04", "recipients", capsys)
    by_mail = [item for item in answer["items"] if item["channel"] == "email"]
    assert (answer["rows"], answer["fits"], len(by_mail)) == (10, 10, 6)
    assert len({item["address"].casefold() for item in by_mail}) == 3
    others = [item["name"] for item in answer["items"] if item["channel"] == "other"]
    assert others == ["Aart Tol", "Dina Tol", "Wessel Prins", "Truus Baas"]


def test_letters_of_a_mac_are_asked_about(capsys: Printed) -> None:
    answer = outcome("05", "recipients", capsys)
    names = ["Chloë Brûlé", "Søren Lykke", "Iñigo Nuñez", "Anaïs Rémy"]
    assert [item["name"] for item in answer["items"]] == names
    assert asks(answer)["file.letters_uncertain"]["proposed"] == answer["encoding"] == "mac_roman"


def test_letters_that_were_saved_wrongly_are_asked_about(capsys: Printed) -> None:
    answer = outcome("06", "recipients", capsys)
    assert [item["name"] for item in answer["items"]] == ["Chloë Brûlé", "Søren Åkesson", "Maël Hégé"]
    assert "ChloÃ« > Chloë" in asks(answer)["file.letters_twice"]["examples"]


def test_what_a_spreadsheet_did_to_numbers(capsys: Printed) -> None:
    answer = outcome("08", "hits", capsys)
    assert faults(answer) == {
        3: ("file.short_form", None), 4: ("file.decimals", "20031"), 6: ("file.made_a_day", "8-9"),
        7: ("file.made_a_day", "3-10"), 13: ("file.thousands", "3500"), 17: ("file.not_a_number", None),
    }  # fmt: skip
    kept = {item["row"]: (item["people_min"], item["people_max"], item["estimate"]) for item in answer["items"]}
    assert kept == {
        2: (5, 5, False), 5: (2, 2, False), 8: (75, 75, True), 9: (20, 20, True), 10: (None, 15, False),
        11: (250, None, False), 12: (2000, None, False), 14: (30, 40, False), 15: (15, 20, False),
        16: (None, None, False), 18: (2000, 2000, False), 19: (0, 0, False),
    }  # fmt: skip


def test_clients_that_were_called(capsys: Printed) -> None:
    answer = outcome("09", "hits", capsys)
    assert {item["row"]: item["informed_at"] for item in answer["items"]} == {
        2: "2026-11-25T09:15:00+01:00", 3: "2026-02-12T09:15:00+01:00", 5: "2026-11-25T09:15:00+01:00",
        10: "2026-11-24T16:00:00+01:00",
    }  # fmt: skip
    assert {row: key for row, (key, _) in faults(answer).items()} == {
        4: "csv.moment_without_time", 6: "file.day_without_year", 7: "csv.moment_unreadable",
        8: "csv.moment_is_twice", 9: "csv.informed_how",
    }  # fmt: skip


def test_our_own_list_of_who_was_not_reached(capsys: Printed) -> None:
    answer = outcome("10", "recipients", capsys)
    assert people(answer) == [
        (2, "Bode Ros", "+bode@vijver.example"), (3, "Lex Graaf", "-lex@vijver.example"),
        (4, "=Som van Dijk", "som@vijver.example"), (5, "- onbekend -", "geen.naam@vijver.example"),
        (6, "@huis Bewind", "bewind@vijver.example"),
    ]  # fmt: skip
    assert answer["unused"] == ["Stand", "Sinds", "Waarom niet aangekomen"]


def test_names_with_signs_stay_names(capsys: Printed) -> None:
    answer = outcome("12", "recipients", capsys)
    assert [item["address"] for item in answer["items"]] == [
        "ton@vijver.example", "pol@vijver.example", "kim@vijver.example", "lida@vijver.example",
        "wim@vijver.example", "bea@vijver.example", "iris@vijver.example", "sara@vijver.example",
    ]  # fmt: skip
    assert answer["items"][5]["name"] == 'Bea "Bé" Mol; geb. Zand'


def test_half_known_numbers_stay_half_known(capsys: Printed) -> None:
    answer = outcome("13", "hits", capsys)
    ends = [(item["people_min"], item["people_max"]) for item in answer["items"]]
    assert ends == [(250, None), (None, 15), (30, 40), (None, None)]
