"""Lists as people save them, and what is wrong with them, by line."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from service.admission.admission import admission
from service.schemas.lists import MOST_CLIENTS, read_clients, read_recipients
from tenants.errors import ManyInvalid
from workflows.escalation.incident import ClientHit
from workflows.mail.batches import Addressee


@pytest.fixture(autouse=True)
def a_moment() -> Iterator[None]:
    """Moments are compared with the request's."""
    with Flask(__name__).app_context():
        admission().now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        yield


def faults(read: object, content: bytes | str) -> list[tuple[int | None, str]]:
    """The row and key of each fault; no row where it is about the whole list."""
    with pytest.raises(ManyInvalid) as refusal:
        read(content)  # type: ignore[operator]
    return [(fault.values.get("line"), fault.key) for fault in refusal.value.faults]


INVISIBLE = ("\u200b", "\u200e", "\u2060", "\ufeff", "\u00ad", "\u202e")


@pytest.mark.parametrize("sign", INVISIBLE)
@pytest.mark.parametrize("cell", ["{}K1", "K{}1", "K1{}"])
def test_a_sign_that_nobody_sees_is_no_part_of_a_cell(sign: str, cell: str) -> None:
    assert read_clients(f"klantnummer;aantal\n{cell.format(sign)};{sign}5\n") == [ClientHit(2, "K1", 5, 5)]
    person = f"naam;e-mail\nJos{sign}é;jose@example.nl{sign}\n"
    assert read_recipients(person) == [Addressee("José", "jose@example.nl")]
    line = read_clients(f"klantnummer;geinformeerd op;hoe\nK1;20-11-2026{sign} 08:40;tele{sign}foon\n")
    assert line[0].informed_how == "phone" and line[0].informed_at is not None


HITS = [ClientHit(2, "K1", 5, 5), ClientHit(3, "K2", None, None)]


@pytest.mark.parametrize("heading", ["client_number,people", "Klantnummer,Betrokkenen", "OPDRACHTGEVER , Aantal"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_headings_in_both_languages_with_and_without_a_mark(heading: str, mark: str) -> None:
    assert read_clients(f"{mark}{heading}\nK1,5\nK2,\n".encode()) == HITS


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end(sign: str, end: str) -> None:
    assert read_clients(f"aantal{sign}klantnummer{end}5{sign}K1{end}?{sign}K2{end}") == HITS


def test_excel_says_its_delimiter_first() -> None:
    assert [hit.client_number for hit in read_clients("sep=;\nklantnummer;aantal\nK1;5\n")] == ["K1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_encoding(encoding: str) -> None:
    assert read_recipients("naam;e-mail\nJosé;jose@example.nl\n".encode(encoding)) == [
        Addressee("José", "jose@example.nl")
    ]


@pytest.mark.parametrize(
    ("people", "least", "most"),
    [("5", 5, 5), ("1.200", 1200, 1200), ("10-20", 10, 20), ("10 tot 20", 10, 20), ("onbekend", None, None)],
)
def test_how_many_people(people: str, least: int | None, most: int | None) -> None:
    [hit] = read_clients(f"klantnummer;aantal\nK1;{people}\n")
    assert (hit.people_min, hit.people_max) == (least, most)


@pytest.mark.parametrize("written", ["2026-11-20T08:40", "20-11-2026 8:40", "2026-11-20T07:40:00Z"])
def test_a_row_says_when_and_how_a_client_was_told(written: str) -> None:
    [hit] = read_clients(f"klantnummer;geïnformeerd op;hoe\nK1;{written};telefoon\n")
    assert (hit.informed_at, hit.informed_how) == (datetime(2026, 11, 20, 7, 40, tzinfo=UTC), "phone")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [(None, "file.empty")]),
        ("klantnummer\n\n", [(None, "csv.empty")]),
        ("klantnummer\nK1\n\nK2\nK1\n", [(5, "client.doubled")]),
        ("klantnummer;aantal\nK1;veel\nK2;1.5\nK3;-1\n", [(n, "file.not_a_number") for n in (2, 3, 4)]),
        ("klantnummer;aantal\nK1;20-10\n", [(2, "fact.people_reversed")]),
        ("klantnummer;aantal\n;5\n", [(2, "csv.client_number_missing")]),
        ("klantnummer;aantal\nK1;5;6\nK2;5\nK3;5\n", [(2, "csv.too_many_cells")]),
        ("klantnummer;aantal\nK1;5\nTotaal;5\n", [(3, "file.question")]),
        ("klantnummer;hoe\nK1;duif\n", [(2, "client.informed_incomplete")]),
        ("klantnummer;geinformeerd op;hoe\nK1;2026-12-01T08:00;brief\n", [(2, "moment.in_future")]),
        ("klantnummer;geinformeerd op;hoe\nK1;2026-03-29T02:30;brief\n", [(2, "moment.does_not_exist")]),
        (b"\x00\x01", [(None, "file.no_text")]),
    ],
)
def test_what_is_wrong_with_a_list_of_clients(content: bytes | str, expected: list[tuple[int | None, str]]) -> None:
    assert faults(read_clients, content) == expected


def test_a_cell_of_several_lines_is_one_row_as_in_a_spreadsheet() -> None:
    content = 'naam;email\n"Jan\nPieter";x@\nAns;ans@example.nl\nBep;y@\n'
    assert faults(read_recipients, content) == [(2, "mail.address_invalid"), (4, "mail.address_invalid")]


@pytest.mark.parametrize(
    "address",
    ["xy", "x@", "@example.nl", "x@y", "x y@example.nl", "x@example..nl", "x@-a.nl", "x@[127.0.0.1]", "a@b@example.nl",
     ".x@example.nl", "x" * 65 + "@example.nl", "x@localhost"],
)  # fmt: skip
def test_an_invalid_address_is_refused(address: str) -> None:
    refused = faults(read_recipients, f"naam;email\nAns;{address}\nBob;bob@example.nl\n")
    assert refused == [(2, "mail.address_invalid")]


def test_an_international_domain_is_written_as_mail_servers_do() -> None:
    assert read_recipients("email\nx@bücher.nl\n")[0].address == "x@xn--bcher-kva.nl"


def test_the_wrong_file_is_not_read_to_its_end() -> None:
    refused = faults(read_recipients, "email\nans@example.nl\n" + "x@\n" * 5000)
    assert len(refused) == 101
    assert refused[-1][1] == "csv.and_more"


def test_a_list_has_an_end() -> None:
    lines = "\n".join(f"K{n}" for n in range(MOST_CLIENTS + 1))
    assert faults(read_clients, f"klantnummer\n{lines}\n") == [(None, "file.too_many_rows")]
