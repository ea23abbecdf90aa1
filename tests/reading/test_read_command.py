"""`meldketen read`: one line of JSON last, words before it, and one line for a file that cannot be read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli import main
from tests.reading.workbooks import xlsx

Printed = pytest.CaptureFixture[str]
REFUSED = {
    b"": "Er staat niets in dit bestand", b"%PDF-1.7": "Dit is een PDF", b"PK\x03\x04broken": "beschadigd",
    b"\xd0\xcf\x11\xe0\xa1\xb1": "oud Excel-bestand", b"<html><table>": "webpagina", b"naam\0mail\0": "geen lijst",
    b"\x89PNG\r\n": "plaatje",
}


@pytest.mark.parametrize("content", REFUSED)
def test_what_is_no_list_gets_one_line(tmp_path: Path, capsys: Printed, content: bytes) -> None:
    (tmp_path / "lijst.csv").write_bytes(content)
    assert main(["read", str(tmp_path / "lijst.csv"), "--as", "recipients"]) == 2
    printed = capsys.readouterr()
    assert REFUSED[content] in printed.err and printed.err.count("\n") == 1 and not printed.out


def test_a_file_that_is_not_there(tmp_path: Path, capsys: Printed) -> None:
    assert main(["read", str(tmp_path / "weg.csv"), "--as", "hits"]) == 2
    assert "weg.csv" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "words"), [("nl", "meer adressen (2)"), ("en", "several addresses (2)")])
def test_faults_are_said_in_words(tmp_path: Path, capsys: Printed, language: str, words: str) -> None:
    (tmp_path / "lijst.csv").write_text("naam;email\nWim;wim@a.example / wim@b.example\n")
    assert main(["read", str(tmp_path / "lijst.csv"), "--as", "recipients", "--lang", language]) == 0
    said, answer = capsys.readouterr().out.splitlines()
    assert said.startswith("2: ") and words in said
    [fault] = json.loads(answer)["faults"]
    assert fault == {
        "row": 2, "column": "email", "key": "file.two_addresses", "value": "wim@a.example / wim@b.example",
        "proposal": "wim@a.example, wim@b.example",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_question_and_fault_has_words(tmp_path: Path, capsys: Printed, language: str) -> None:
    titles = [["Ledenlijst"], ["naam", "e-mail", "e-mail ouder", "BSN"], ["Jan", "jan@", "", "111222333"]]
    rows = [*titles, ["naam", "e-mail", "e-mail ouder", "BSN"], [], ["Els", "els@a.example", "", ""], ["Totaal", 2]]
    (tmp_path / "lijst.xlsx").write_bytes(xlsx({"Een": rows, "Twee": [["x"]]}, ["Twee"], [3]))
    assert main(["read", str(tmp_path / "lijst.xlsx"), "--as", "recipients", "--lang", language]) == 0
    *said, answer = capsys.readouterr().out.splitlines()
    assert len(said) == len(json.loads(answer)["asks"]) + len(json.loads(answer)["faults"]) > 6
    assert not [line for line in said if "{" in line]


def test_only_json_where_that_is_asked(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "lijst.csv").write_text("naam;email\n" + "Wim;wim@\n" * 60)
    assert main(["read", str(tmp_path / "lijst.csv"), "--as", "recipients", "--json"]) == 0
    [answer] = capsys.readouterr().out.splitlines()
    assert len(json.loads(answer)["faults"]) == 60


def test_the_first_hundred_are_shown_of_all(tmp_path: Path, capsys: Printed) -> None:
    rows = "".join(f"Persoon {n};p{n}@a.example\n" for n in range(250))
    (tmp_path / "lijst.csv").write_text(f"naam;email\n{rows}")
    main(["read", str(tmp_path / "lijst.csv"), "--as", "recipients", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert (answer["rows"], answer["fits"], len(answer["items"])) == (250, 250, 100)


def test_a_sheet_and_a_row_of_headings_can_be_chosen(tmp_path: Path, capsys: Printed) -> None:
    sheets = {"Leden": [["naam", "email"], ["Jan", "jan@a.example"]], "Oud": [["x"], ["naam", "email"], ["Els", "-"]]}
    (tmp_path / "lijst.xlsx").write_bytes(xlsx(sheets))
    file = str(tmp_path / "lijst.xlsx")
    main(["read", file, "--as", "recipients", "--json", "--sheet", "Oud", "--headings-row", "2"])
    answer = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in answer["items"]] == ["Els"] and answer["headings_row"] == 2
    assert main(["read", file, "--as", "recipients", "--sheet", "Weg"]) == 2


def test_standard_input_is_a_file_too() -> None:
    for content, code in (("naam;email\nJan;jan@a.example\n", 0), ("", 2)):
        command = [sys.executable, "-m", "service.cli", "read", "-", "--as", "recipients", "--json"]
        ran = subprocess.run(command, input=content.encode(), capture_output=True, check=False)
        assert ran.returncode == code
        said = ran.stdout if code == 0 else ran.stderr
        assert said.count(b"\n") == 1 and (b"jan@a.example" in said) == (code == 0)


def test_headings_in_a_row_that_is_not_there_get_one_line(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "lijst.csv").write_text("naam;email\nJan;jan@a.example\n")
    assert main(["read", str(tmp_path / "lijst.csv"), "--as", "recipients", "--headings-row", "99"]) == 2
    printed = capsys.readouterr()
    assert "Er is geen rij 99: de laatste is rij 2" in printed.err and not printed.out


def test_nobody_was_informed_after_now(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "lijst.csv").write_text("klantnummer;gebeld op;hoe\nK1;25-11-2099 9:15;telefoon\n")
    assert main(["read", str(tmp_path / "lijst.csv"), "--as", "hits", "--json"]) == 0
    [fault] = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["row"], fault["key"]) == (2, "file.in_future")


def test_clients_are_read_by_the_rules_by_which_they_are_registered(tmp_path: Path, capsys: Printed) -> None:
    rows = [
        "K1;Bakkerij;12345678;a@x.example;", "K2;Halve telefoon;12345679;;12", "K3;Zonder KvK;;c@x.example;",
        "K4;Zonder contact;87654321;;", "K5;Zonder beide;;;", "K6;Te kort;123;;",
    ]  # fmt: skip
    (tmp_path / "lijst.csv").write_text("\n".join(["klantnummer;naam;kvk;e-mail;telefoon", *rows]))
    assert main(["read", str(tmp_path / "lijst.csv"), "--as", "clients"]) == 0
    *said, line = capsys.readouterr().out.splitlines()
    answer = json.loads(line)
    assert (answer["rows"], answer["fits"], [item["row"] for item in answer["items"]]) == (6, 4, [2, 4, 5, 6])
    assert [(fault["row"], fault["column"], fault["key"]) for fault in answer["faults"]] == [
        (3, "telefoon", "field.phone"), (7, "kvk", "file.kvk_number"),
    ]  # fmt: skip
    assert {ask["key"]: ask["rows"] for ask in answer["asks"]} == {
        "file.lacks_kvk_number": [4, 6], "file.lacks_contact": [5, 6],
    }  # fmt: skip
    assert len(said) == 5 and "niet vergeleken met de opdrachtgevers" in said[-1]


@pytest.mark.parametrize(("purpose", "language", "words"), [
    ("hits", "nl", "klantnummers kent"), ("hits", "en", "client numbers"), ("clients", "en", "not compared"),
    ("register", "nl", "niet vergeleken"), ("register", "en", "not compared"),
])  # fmt: skip
def test_it_says_with_what_nothing_was_compared(
    tmp_path: Path, capsys: Printed, purpose: str, language: str, words: str
) -> None:
    (tmp_path / "lijst.csv").write_text("klantnummer;naam\nK1;Bakkerij\n")
    assert main(["read", str(tmp_path / "lijst.csv"), "--as", purpose, "--lang", language]) == 0
    *said, _ = capsys.readouterr().out.splitlines()
    assert words in said[-1]
