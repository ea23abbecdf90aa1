"""Clients with their agreements, and clients that were hit, as spreadsheets hold them."""

from datetime import UTC, date, datetime

import pytest

from service.reading.values.client_number import Known
from service.reading.values.day_order import DAY_FIRST
from service.words.texts import LOCALES, spoken
from tests.reading.read import read
from tests.reading.workbooks import xlsx

CLIENTS = (
    "Relatienummer;Naam;KvK;Meldtermijn (uren);Contactpersoon;E-mail;Telefoon;Ingangsdatum\n"
    "K1;Bakkerij Jansen;12345678;24;Bea Jansen;bea@jansen.example;010 123 45 67;25-5-2018\n"
    "K2;Tandarts Wit;KvK 01234567;;;info@wit.example;;\n"
    "K3;Kapper Kort;1234567;2 dagen;;;;\n"
    "K1;Dubbel;;;;;;\n"
    ";Zonder nummer;;;;;;\n"
)
def test_clients() -> None:
    got = read(CLIENTS, "clients")
    assert got.items == {
        2: {
            "name": "Bakkerij Jansen", "kvk_number": "12345678", "client_number": "K1", "hours_to_notify": 24,
            "in_force_from": date(2018, 5, 25), "in_force_to": None, "services": None,
            "contacts": [{"name": "Bea Jansen", "email": "bea@jansen.example", "phone": "010 123 45 67"}],
        },
        3: {
            "name": "Tandarts Wit", "kvk_number": "01234567", "client_number": "K2", "hours_to_notify": None,
            "in_force_from": None, "in_force_to": None, "services": None, "contacts": [{"email": "info@wit.example"}],
        },
    }  # fmt: skip
    assert got.faults == [
        (4, "file.kvk_number", "01234567"), (4, "file.hours", "48"), (5, "client.doubled", ""),
        (6, "csv.client_number_missing", ""),
    ]  # fmt: skip


ENDS = [
    ("31-12-2023", date(2023, 12, 31)), ("2023-12-31T00:00", date(2023, 12, 31)), ("", None), ("-", None),
    ("n.v.t.", None), ("Onbepaalde tijd", None), ("doorlopend", None), ("geen", None),
]  # fmt: skip


def test_the_last_day_of_an_agreement_and_clients_for_tests() -> None:
    rows = [f"K{nth};Naam;1-1-2020;{cell};nee" for nth, (cell, _) in enumerate(ENDS)]
    rows += ["K0;Naam;1-1-2024;;", "T1;Proef;;rommel;ja", "K9;Naam;;ooit;", "K10;Naam;;;misschien", "K0;Naam;;;"]
    got = read("\n".join(["klantnummer;naam;ingangsdatum;loopt tot;proef", *rows]), "clients")
    assert [item["in_force_to"] for item in got.items.values()] == [*(day for _, day in ENDS), None]
    assert got.faults == [
        (12, "file.day_unreadable", ""), (13, "file.no_choice", ""), (14, "client.doubled", ""),
    ], "a number may stand twice where one agreement ended"  # fmt: skip
    assert got.asks["file.test_clients"].rows == (11,)


SAID = [
    ("boekhouding, salaris", {"bookkeeping": None, "payroll_bare": None}),
    ("Loonadministratie, alleen verwerken (verwerker), Hosting en opslag (zelf verantwoordelijk)",
     {"payroll_bare": "processor", "hosting": "controller"}),
    ("Payroll, processing only; Tax returns (controller)", {"payroll_bare": None, "tax_returns": "controller"}),
    ("Boekhouding en btw-aangifte", {"bookkeeping": None, "tax_returns": None}),
    ("loon + boekhouding/audit", {"payroll_bare": None, "bookkeeping": None, "audit": None}), ("n.v.t.", None),
    ("Boekhouding\nHosting", {"bookkeeping": None, "hosting": None}),
    ("Boekhouding (verwerkingsverantwoordelijke); audit (Data processor)",
     {"bookkeeping": "controller", "audit": "processor"}),
    ("Boekhouding, boekhouden (verwerker), administratie", {"bookkeeping": "processor"}),
]  # fmt: skip
WRONG = [
    ("boekhoudng, Betalingen (verwerker)", "file.service_unknown", "boekhouding, betalingen (verwerker)"),
    ("boekhouding, tuinonderhoud", "file.service_unknown", ""),
    ("Audit (processor), controle (controller)", "file.service_twice", ""),
    ("Boekhoudng (verwerkngsverantwoordelijke)", "file.service_unknown",
     "boekhouding (verwerkingsverantwoordelijke)"),
    ("boekhouding (samen met Jansen)", "file.service_unknown", ""),
]  # fmt: skip


def test_services_as_people_write_them() -> None:
    cells = [cell for cell, _ in SAID] + [cell for cell, *_ in WRONG]
    rows = [f'K{nth};Naam {nth};"{cell}"' for nth, cell in enumerate(cells, 2)]
    got = read("\n".join(["klantnummer;naam;Geleverde diensten", *rows]), "clients")
    assert [item["services"] for item in got.items.values()] == [services for _, services in SAID]
    assert [fault[1:] for fault in got.faults] == [(key, proposal) for _, key, proposal in WRONG]


@pytest.mark.parametrize(("cells", "services", "faults"), [
    ("Audit;loon", {"audit": None, "payroll_bare": None}, []),
    ("Audit (verwerker);audit", {"audit": "processor"}, []), ("Audit;audit (verwerker)", {"audit": "processor"}, []),
    ("Audit (verwerker), Hosting (verwerker);hosting", {"audit": "processor", "hosting": "processor"}, []),
    ("Audit (verwerker);controle (zelf verantwoordelijk)", None, [(2, "file.service_twice", "")]),
    ("audt;tuinonderhoud", None, [(2, "file.service_unknown", "audit"), (2, "file.service_unknown", "")]),
])  # fmt: skip
def test_services_in_several_columns_are_those_of_one_client(
    cells: str, services: dict[str, str | None] | None, faults: list[tuple[int, str, str]]
) -> None:
    got = read(f"klantnummer;naam;dienst 1;dienst 2\nK1;Een;{cells}\n", "clients")
    assert [item["services"] for item in got.items.values()] == ([services] if services else [])
    assert got.faults == faults


@pytest.mark.parametrize("purpose", ["clients", "hits"])
def test_numbers_that_differ_in_capitals_only_are_asked_about(purpose: str) -> None:
    text = "klantnummer;naam\nK1;Een\nk1;Twee\n007;Drie\nK 1;Vier\n7;Vijf\nK2;Zes\n"
    got = read(text, purpose)
    asked = got.asks["file.numbers_alike"]
    assert list(got.items) == [2, 3, 4, 5, 6, 7]
    assert asked.rows == (3, 5, 6) and asked.examples == ("K1 / k1", "K1 / K 1", "007 / 7")


@pytest.mark.parametrize("purpose", ["clients", "hits"])
def test_a_yes_of_a_spreadsheet_is_no_client_number(purpose: str) -> None:
    book = xlsx({"Blad1": [["klantnummer", "naam"], [True, "Een"], ["K2", "Twee"]]})
    assert read(book, purpose).faults == [(2, "file.number_yes_no", "")]
    assert list(read(book, "hits", Known(["true", "K2"])).items) == [2, 3], "unless somebody has that number"


def test_two_known_numbers_are_two_clients() -> None:
    assert read("klantnummer\nK1\nk1\n", "hits", Known(["K1", "k1"])).asks == {}
    got = read("klantnummer\nK1\nk1\n", "hits", Known(["K1"]))
    assert list(got.items) == [2] and got.faults == [(3, "client.unknown", "K1")]


@pytest.mark.parametrize(("purpose", "headings"), [
    ("hits", "klantnummer;aantal"), ("hits", "klantnummer;minimaal"), ("register", "Nr.;Aantal betrokkenen"),
])  # fmt: skip
def test_an_unclear_number_of_people_is_told_and_one_that_is_not_known_is_not(purpose: str, headings: str) -> None:
    got = read(f"{headings}\n1;onbekend\n2;Onduidelijk\n3;5\n4;in onderzoek\n", purpose)
    assert [item["people_min"] for item in got.items.values()] == [None, None, 5, None]
    assert got.asks["file.people_unclear"].rows == (3, 5) and not got.faults


def test_words_for_no_value_are_no_number_and_strokes_are_no_text() -> None:
    headings = "Nr.;Omschrijving;Meldnummer AP;Maatregelen;Gevolgen"
    rows = "-;Een;-;-;n.v.t.\n-;Twee;n.v.t.;?;Geen\nonbekend;Drie;AP-1;Gebeld;--\n-;-;-;;?\n"
    got = read(f"{headings}\n{rows}", "register")
    named = [(item["reference"], item["ap_number"]) for item in got.items.values()]
    texts = [(item["measures"], item["consequences"]) for item in got.items.values()]
    assert named == [(None, None), (None, None), (None, "AP-1")] and not got.faults
    assert texts == [(None, "n.v.t."), (None, "Geen"), ("Gebeld", None)] and got.asks["file.rows_without"].rows == (5,)
    assert read("Nr.;Omschrijving\n8;-\n", "register").items[2]["title"] == ""


def test_a_sum_without_a_word_for_it_is_no_client() -> None:
    got = read("klantnummer;naam;aantal\nK1;Een;12\nK2;Twee;5\n;;17\n", "hits")
    assert list(got.items) == [2, 3] and not got.faults and got.asks["file.sum_of_rows"].rows == (4,)
    other = read("klantnummer;naam;aantal\nK1;Een;12\nK2;Twee;5\n;;18\n", "hits")
    assert other.faults == [(4, "csv.client_number_missing", "")]


def test_the_order_of_one_column_is_proposed_for_the_others() -> None:
    text = "ID;Incident name;Date occurred;Date discovered\n1;Mail;02/03/2024;02/14/2024\n"
    got = read(text, "register")
    assert got.items[2]["title"] == "Mail" and got.items[2]["began_on"] == date(2024, 2, 3)
    assert got.asks["file.day_or_month"].proposed == "month-day"


@pytest.mark.parametrize("moment", ["", "-", "onbekend", "n.v.t.", "nee", "nog niet", "Onbekend"])
@pytest.mark.parametrize("how", ["", "-", "onbekend", "N.v.t.", "geen", "?"])
def test_nobody_was_told_where_neither_when_nor_how_is_said(moment: str, how: str) -> None:
    got = read(f"Klantnummer;Ge\u00efnformeerd op;Hoe\nK1;{moment};{how}\nK2;{moment};brief\n", "hits")
    assert (got.items[2]["informed_at"], got.items[2]["informed_how"]) == (None, None)
    assert got.faults == [(3, "client.informed_incomplete", "")]
    told = read(f"Klantnummer;Gebeld op;Hoe\nK1;25-11-2026 9:15;{how}\n", "hits").items[2]
    assert told["informed_how"] == "phone"
    other = read(f"Klantnummer;Ge\u00efnformeerd op;Hoe\nK1;25-11-2026 9:15;{how}\n", "hits")
    assert other.faults == [(2, "client.informed_incomplete", "")]


@pytest.mark.parametrize("words", [
    "zo snel mogelijk", "Onverwijld", "z.s.m.", "zsm!", "without undue delay", "ASAP", "As soon as possible",
    *(spoken(language)["agreements.no_hours"] for language in LOCALES),
])  # fmt: skip
def test_as_soon_as_possible_is_no_number_of_hours(words: str) -> None:
    got = read(f"Klantnr;Naam;Meldtermijn (uren)\n1;Bol;{words}\n2;Wit;24\n", "clients")
    assert [item["hours_to_notify"] for item in got.items.values()] == [None, 24] and not got.faults


def test_who_was_called_at_an_unknown_moment_is_asked_about_and_a_heading_says_how() -> None:
    text = "Klantnummer;Gebeld op;Hoe\nK1;onbekend;telefoon\nK2;25-11-2026 9:15;\nK3;onbekend;\n"
    got = read(text, "hits")
    assert got.faults == [(2, "client.informed_incomplete", "")]
    assert (got.items[3]["informed_how"], got.items[4]["informed_at"]) == ("phone", None)


@pytest.mark.parametrize("cell", ["ja, 28-11-2026 14:30", "Ja (28-11-2026 14:30)", "ja, op 28-11-2026 om 14:30 uur"])
def test_when_a_client_was_called_stands_behind_an_answer(cell: str) -> None:
    got = read(f"Klantnummer;Al gebeld\nK1;{cell}\nK2;ja\n", "hits")
    assert got.items[2]["informed_at"] == datetime(2026, 11, 28, 13, 30, tzinfo=UTC)
    assert got.items[2]["informed_how"] == "phone"
    assert got.faults == [(3, "csv.moment_unreadable", "")]


def test_the_order_of_days_behind_an_answer_is_asked() -> None:
    got = read("Klantnummer;Al gebeld\nK1;ja, 4-3-2026 9:15\n", "hits")
    assert got.asks["file.day_or_month"].proposed == DAY_FIRST
