"""Which column is which: from headings and values, or as a person chose; others are never kept."""

import io

import pytest
import xlsxwriter

from service.reading.fields import PURPOSES
from service.reading.reader import reading_of
from tests.reading.citizens import CITIZENS
from tests.reading.read import people, read
from tests.reading.workbooks import xlsx

HEADINGS = {
    "recipients": {
        "email": (
            "e-mail", "E-mailadres", "Email", "mail", "E-mail privé", "e-mail ouder", "Emailaddress", "Primary Email",
            "E-mail 1 - Value", "Wat is je e-mailadres?", "Mail werk", "E-mail adres 2",
        ),
        "name": (
            "naam", "Naam", "Volledige naam", "Name", "Patiënt", "Cliëntnaam", "Naam, voorletters", "Betrokkene 1",
            "Naam patiënt", "Hoe heet je?", "Naam medewerker", "Full name", "Display Name", "Verzorger 1", "Employee",
            "T.n.v.", "Achternaam, voornaam",
        ),
        "first_name": ("Voornaam", "Roepnaam", "First name", "Forename", "Voornaam kind", "Vnaam"),
        "initials": ("Voorletters", "voorl.", "Voorletter(s)"),
        "infix": ("Tussenvoegsel", "Tussenv.", "Voorvoegsels", "tv", "Tussenvoegsel(s)", "Middle Name"),
        "last_name": ("Achternaam", "Last name", "Surname", "Achternaam leerling", "Anaam"),
    },
    "hits": {
        "client_number": (
            "klantnummer", "Klantnr.", "Cliëntnummer", "Relatienummer", "Debiteurnr", "client number", "Debiteur",
            "Debiteur nr", "Customer no.", "Nummer relatie", "Deb.nr.", "Customer ID", "Dossiernr", "Code",
            "Adm.nr", "Administratienummer",
        ),
        "people": (
            "betrokkenen", "Aantal betrokkenen", "aantal", "Number of people", "aantal getroffen personen",
            "# betrokkenen", "Affected persons", "Aantal personen betrokken", "Hoeveel mensen zijn geraakt?",
            "Number of data subjects", "Aantal medewerkers", "Getroffenen", "Aantal betr.",
            "Aantal pers.", "Aantal wn", "Betroffen personen",
        ),
        "people_min": ("minimaal", "Minstens", "people_min", "Aantal (min.)", "Minimaal aantal personen"),
        "people_max": ("hoogstens", "maximaal", "Aantal betrokkenen (max)"),
        "informed_at": (
            "Geïnformeerd op", "Gebeld op", "Gebeld", "Datum geïnformeerd", "Notified at", "Klant gebeld op",
            "Tijdstip bericht aan klant",
        ),
        "informed_how": ("hoe", "Wijze", "Method", "Kanaal", "Hoe geïnformeerd"),
    },
    "clients": {
        "client_number": ("Relatienummer", "Klantnr", "Code", "Customer ID"),
        "kvk_number": ("KvK", "KvK-nummer", "KvK nr.", "Nummer KvK", "CoC number"),
        "hours_to_notify": ("Meldtermijn (uren)", "uren", "Meldtermijn datalek", "Notify within (hours)"),
        "contact_name": ("Contactpersoon", "t.a.v.", "Contact datalekken", "Naam contactpersoon", "Contact"),
        "contact_email": ("E-mail", "E-mailadres datalekken", "Contact email"),
        "contact_phone": ("Telefoon", "Tel.nr", "Mobiel", "Telefoon contactpersoon"),
        "name": (
            "Naam", "Bedrijfsnaam", "Opdrachtgever", "Debiteur", "Verwerkingsverantwoordelijke", "Company name",
            "Naam klant",
        ),
        "in_force_from": ("Ingangsdatum", "Sinds", "Datum verwerkersovereenkomst", "Start date", "Getekend op"),
        "in_force_to": (
            "Einddatum", "Tot", "Loopt tot", "Geldig tot en met", "t/m", "End date", "in_force_to", "Beëindigd per",
            "Einddatum overeenkomst", "Valid until", "Afloopdatum",
        ),
        "is_test": ("Proef", "is_test", "Test", "Proefklant"),
    },
    "register": {
        "reference": ("Nr.", "Volgnummer", "Dossiernummer", "Dossiernr", "Incident ID", "Intern nummer", "ID"),
        "title": ("Omschrijving", "Wat gebeurde", "Samenvatting", "Naam incident", "Incident title", "Titel"),
        "began_on": ("Datum inbreuk", "Date of breach", "Datum en tijd van het incident", "Startdatum incident"),
        "discovered_on": (
            "Datum ontdekking", "Ontdekt op", "Date discovered", "Ontdekkingsdatum", "Datum en tijd ontdekt",
            "Datum kennisname", "Ontdekt d.d.", "Lek ontdekt",
        ),
        "reported_on": ("Datum melding AP", "Date reported", "Meldingsdatum AP", "Gemeld bij AP op", "Melding AP d.d."),
        "reported_to_ap": (
            "Gemeld aan AP", "Gemeld bij AP?", "Reported to authority?", "Melden AP (j/n)", "Is er gemeld bij de AP?",
            "AP geïnformeerd",
        ),
        "people_told": (
            "Betrokkenen geïnformeerd", "Gemeld aan betrokkenen", "Data subjects informed?", "Betrokkenen informeren",
        ),
        "people": ("aantal getroffen personen", "Number of data subjects affected", "Nombre de personnes concernées"),
        "people_min": ("Aantal betrokkenen (min)",), "people_max": ("Aantal betrokkenen (max)",),
        "ap_number": ("Meldnummer AP", "AP-kenmerk", "Kenmerk AP", "Zaaknummer AP", "Zaaknr AP"),
        "kinds_of_data": ("Soort gegevens", "Categorieën persoonsgegevens", "Soorten persoonsgegevens"),
        "nature": ("Aard van de inbreuk", "Type datalek", "Nature of breach", "Oorzaak", "Soort inbreuk"),
        "measures": ("Maatregelen", "Genomen maatregelen", "Remedial actions"),
        "consequences": ("Gevolgen", "Gevolgen van de inbreuk", "Impact", "Gevolgen voor betrokkenen"),
        "reason": ("Motivering", "Reden niet melden", "Toelichting"),
    },
}  # fmt: skip
OTHERS = {
    "recipients": (
        "Geb.datum", "IBAN", "Lidsoort", "Straat", "Woonplaats", "Opmerking", "M/V", "", "Bedrijfsnaam", "Nickname",
        "Name Prefix", "Nieuwsbrief e-mail", "E-mail 1 - Label", "Straatnaam", "Gebruikersnaam", "Team naam",
    ),
    "hits": ("Naam", "Opmerking", "Telefoon", "Betrokkene 1", "Plaats", "Klantnaam", "BTW-nummer klant"),
    "clients": (
        "Plaats", "Postcode", "Btw-nummer", "Betalingstermijn (dagen)", "Einddatum boekjaar", "Straatnaam", "Faxnummer",
    ),
    "register": (
        "Melder", "Wie", "Betrokkene 1", "Status", "Einddatum incident", "Telefoonnummer melder", "Afdeling", "Naam",
    ),
}  # fmt: skip
CASES = [
    (purpose, name, heading)
    for purpose, fields in HEADINGS.items() for name, headings in fields.items() for heading in headings
]  # fmt: skip


@pytest.mark.parametrize(("purpose", "name", "heading"), CASES)
def test_headings_that_people_write(purpose: str, name: str, heading: str) -> None:
    field = PURPOSES[purpose].of_heading(heading)
    assert field and field.name == name


@pytest.mark.parametrize(("purpose", "heading"), [
    (purpose, heading) for purpose, headings in OTHERS.items() for heading in headings
])  # fmt: skip
def test_headings_of_what_nobody_needs(purpose: str, heading: str) -> None:
    assert PURPOSES[purpose].of_heading(heading) is None


@pytest.mark.parametrize("purpose", HEADINGS)
def test_a_column_of_citizen_numbers_is_never_proposed_where_it_can_be_missed(purpose: str) -> None:
    """Whatever stands above it; and what is said of it is what happens."""
    rows = "".join(f"{number}\tx\n" for number in CITIZENS)
    for heading in (heading for headings in HEADINGS[purpose].values() for heading in headings):
        got = read(f"{heading}\tx\n{rows}", purpose, headings_row=1)
        used = got.asks.get("file.citizen_numbers_used")
        assert ("file.citizen_numbers" in got.asks) == (heading in got.unused) == (used is None), heading
        assert got.mapping == ({heading: "client_number"} if used else {}), heading
        assert purpose in ("hits", "clients") or used is None


@pytest.mark.parametrize("heading", ["Bereikbaar via", "Login", "Gebruiker", "Waar", "Kolom 2"])
@pytest.mark.parametrize(("purpose", "field"), [("recipients", "email"), ("clients", "contact_email")])
def test_a_column_full_of_addresses_is_proposed_whatever_stands_above_it(
    heading: str, purpose: str, field: str
) -> None:  # fmt: skip
    rows = ("K1;Bol;bo@a.example", "K2;Pol;onbekend", "K3;Wit;Els <els@a.example>", "K4;Vos;")
    text = "".join(f"{row};;baas@a.example\n" for row in rows)
    got = read(f"Klantnummer;Naam;{heading};E-mail;Gemaakt door\n{text}", purpose)
    asked = got.asks["file.column_by_values"]
    assert got.mapping[heading] == field and asked.columns == (heading,) and asked.proposed == field
    assert "Gemaakt door" in got.unused, "an address that is the same in each row is that of somebody else"
    assert not got.faults and len(got.items) == 4
    chosen = read(f"Klantnummer;Naam;{heading}\n{text}", purpose, mapping={1: "name"}, headings_row=1)
    assert heading in chosen.unused and "file.column_by_values" not in chosen.asks


@pytest.mark.parametrize("values", [
    ["bel jan@a.example", "ja", "els@a.example"], ["@jan", "@els", "@bo"], ["bo@a.example", "Bo", "Els"], CITIZENS,
])  # fmt: skip
def test_a_column_with_some_addresses_is_not_proposed(values: list[str]) -> None:
    got = read("Naam;Opmerking\n" + "".join(f"P{place};{value}\n" for place, value in enumerate(values)))
    assert got.unused == ["Opmerking"] and "file.column_by_values" not in got.asks
    other = read("Naam;E-mail;Login\nJan;jan@a.example;j@b.example\n")
    assert other.unused == ["Login"] and other.asks == {}


def test_names_from_their_parts() -> None:
    text = "Achternaam;Voorv.;Voorletters;Roepnaam;E-mail\nDam;van;J.P.;Jan;a@b.example\nPol;;Q.;;c@d.example\n"
    assert people(text) == [("Jan van Dam", "a@b.example"), ("Q. Pol", "c@d.example")]
    assert people("Naam;Tussenvoegsel;Voornaam;E-mail\nDam;van;Jan;a@b.example\n") == [("Jan van Dam", "a@b.example")]


def test_an_address_in_the_street_is_no_mail() -> None:
    got = read("naam;adres;e-mail\nJan;Dorpsstraat 1;jan@a.example\n")
    assert got.mapping == {"naam": "name", "e-mail": "email"} and got.unused == ["adres"]
    assert read("naam;adres\nJan;jan@a.example\n").mapping == {"naam": "name", "adres": "email"}
    got = read("naam;mailing;e-mail\nJan;ja;jan@a.example\n")
    assert got.mapping == {"naam": "name", "e-mail": "email"}


def test_the_first_address_that_is_filled_or_the_one_that_was_chosen() -> None:
    text = "naam;e-mail lid;e-mail ouder\nJan;;ouder@a.example\nEls;els@a.example;ouder@a.example\n"
    assert people(text) == [("Jan", "ouder@a.example"), ("Els", "els@a.example")]
    assert people(text, mapping={0: "name", 1: "email"}) == [("Jan", None), ("Els", "els@a.example")]


def test_a_heading_stands_on_one_line_without_signs_that_nobody_sees() -> None:
    headings, words = '\u200bnaam;"e-mail\nadres";"oud\u00ad\tnummer\u202e"', ("naam", "e-mail adres", "oud nummer")
    got = read(f"{headings}\nJan;jan@a.example;7\n")
    assert (*got.mapping, *got.unused) == words
    assert [item["address"] for item in got.items.values()] == ["jan@a.example"]


def test_a_hidden_column_is_named_and_left_out() -> None:
    rows = [["naam", "e-mail", "e-mail oud"], ["Jan", "jan@a.example", "oud@a.example"]]
    got = read(xlsx({"A": rows}, hidden_columns=[2]))
    assert got.asks["file.hidden_columns"].columns == ("e-mail oud",) and got.items[2]["address"] == "jan@a.example"
    assert "file.hidden_columns" not in read(xlsx({"A": rows}, hidden_columns=[2]), mapping={2: "email"}).asks


def test_the_sheet_whose_headings_fit_is_proposed_and_others_are_named() -> None:
    members = [["naam", "email"], ["Jan", "jan@a.example"]]
    sheets = {"Lees mij": [["Uitleg"]], "Leden": members, "Oud": members[:1]}
    got = read(xlsx(sheets, hidden_sheets=["Oud"]))
    asked = got.asks["file.sheets"]
    assert (asked.proposed, asked.choices, asked.examples) == ("Leden", ("Lees mij", "Leden", "Oud"), ("Oud",))
    assert [item["name"] for item in got.items.values()] == ["Jan"]


def test_a_file_without_a_column_that_is_needed_is_one_question() -> None:
    got = read("leeftijd;geslacht\n12;v\n13;m\n")
    assert "file.column_missing" in got.asks and not got.items and not got.faults


@pytest.mark.parametrize(("purpose", "text", "mapping"), [
    ("recipients", "Medewerker;Naam;E-mail\n100234;Jan Vos;jan@a.example\n", {"Naam": "name", "E-mail": "email"}),
    ("recipients", "Lid;Naam;E-mail\nja;Jan Vos;jan@a.example\n", {"Naam": "name", "E-mail": "email"}),
    ("recipients", "Lid;E-mail\nja;jan@a.example\n", {"E-mail": "email"}),
    ("hits", "Klant;Klantnummer;Aantal\nBakkerij;00123;5\n", {"Klantnummer": "client_number", "Aantal": "people"}),
    ("clients", "Nr.;Klantnummer;Naam\n1;00123;Bakkerij\n", {"Klantnummer": "client_number", "Naam": "name"}),
    ("clients", "Klant;Klantnaam;Nr\n1001;Bakkerij;7\n", {"Klantnaam": "name", "Nr": "client_number"}),
])  # fmt: skip
def test_of_two_columns_the_one_that_says_it_exactly_is_used(
    purpose: str, text: str, mapping: dict[str, str]
) -> None:
    assert read(text, purpose).mapping == mapping


def test_a_column_of_addresses_that_begins_blank_is_used() -> None:
    adults = "".join(f"P {n};p{n}@a.example;\n" for n in range(250))
    got = read(f"naam;email;email ouder\n{adults}Kind;;ouder@a.example\n")
    assert got.items[252]["address"] == "ouder@a.example"


def test_where_both_columns_of_addresses_are_filled_a_person_is_asked() -> None:
    got = read("naam;email ouder 1;email ouder 2\nSil;pa@a.example;ma@a.example\nTim;pa@a.example;kapot@\n")
    assert got.asks["file.both_filled"].rows == (2,) and got.faults == [(3, "mail.address_invalid", "")]


def test_cells_beyond_the_headings_are_named() -> None:
    got = read("naam;email\nJan;jan@a.example;jan@b.example\nEls;els@a.example;\n")
    assert got.faults == [(2, "csv.too_many_cells", "")] and list(got.items) == [3]
    assert read("naam;email;\nJan;jan@a.example;rood\nEls;els@a.example;geel\n").unused == ["C"]


def test_a_name_that_is_whole_is_not_made_longer() -> None:
    text = "Naam;Roepnaam;Tussenvoegsel;E-mail\nJan de Vries;Jan;de;a@b.example\nPol;Piet;;c@d.example\n"
    assert people(text) == [("Jan de Vries", "a@b.example"), ("Piet Pol", "c@d.example")]


def test_two_without_a_name_on_one_address_are_two() -> None:
    assert len(read("Leerlingnr;E-mail ouder\n1;pa@a.example\n2;pa@a.example\n").items) == 2


def test_a_workbook_names_the_error_that_its_cell_shows() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["naam", "e-mail"])
    errors = ("#REF!", "#DIV/0!", "#NAME?", "#N/A")
    for row, error in enumerate(errors, 1):
        sheet.write_formula(row, 0, "=A1", None, "Jan")
        sheet.write_formula(row, 1, "=Z1", None, error)
    book.close()
    reading = reading_of(file.getvalue(), "recipients")
    assert list(reading.items()) == [] and [fault.value for fault in reading.faults] == list(errors)


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#N/B", "#DEEL/0!"])
def test_an_error_of_a_formula_is_a_fault(error: str) -> None:
    assert read(f"naam;email\nJan;{error}\n").faults == [(2, "file.error_cell", "")]
    assert read(f"klantnummer;aantal\nK1;{error}\n", "hits").faults == [(2, "file.error_cell", "")]


def test_a_letter_that_was_lost_is_a_fault() -> None:
    assert read("naam;email\nRen\ufffde;r@a.example\n").faults == [(2, "file.letter_lost", "")]


@pytest.mark.parametrize(("text", "mapping"), [
    ("Code;Relatie;Aantal\n1001;Bakkerij Jansen;5\n", {"Code": "client_number", "Aantal": "people"}),
    ("nr;klant;aantal\n1;K7;5\n", {"klant": "client_number", "aantal": "people"}),
    ("Relatie;Naam;Getroffen\n1001;Bakker;ca 300\n", {"Relatie": "client_number", "Getroffen": "people"}),
    ("Relatie;Getroffen\n1001;ja\n", {"Relatie": "client_number"}),
    ("Debiteur;Gebeld;Personen\n1001;ja;5\n", {"Debiteur": "client_number", "Personen": "people"}),
    ("Debiteur;Gebeld;Hoe\n1001;25-11-2026 9:15;brief\n",
     {"Debiteur": "client_number", "Gebeld": "informed_at", "Hoe": "informed_how"}),
])  # fmt: skip
def test_values_decide_where_a_heading_has_two_meanings(text: str, mapping: dict[str, str]) -> None:
    assert read(text, "hits").mapping == mapping


def test_what_comes_from_the_ap_or_another_tool_is_an_old_register() -> None:
    text = (
        "Incident ID;Naam incident;Samenvatting;Ontdekkingsdatum;Melding AP;Minimaal;Maximaal;Genomen maatregelen;"
        "Te nemen maatregelen\n7;Laptop weg;Uit de auto;2024-02-13;ja;10;20;Gewist;Kluis\n"
    )
    item = read(text, "register").items[2]
    assert (item["reference"], item["title"], item["description"]) == ("7", "Laptop weg", "Uit de auto")
    assert (item["people_min"], item["people_max"], item["measures"]) == (10, 20, "Gewist\nKluis")


def test_a_column_with_values_goes_before_one_without() -> None:
    assert people("E-mail;Naam;Wat is uw naam?\n;;Jan Pol\n") == [("Jan Pol", None)]
