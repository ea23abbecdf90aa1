"""Clients with their agreements, and an old register, come from a file through the pages, and are taken back."""

import io
import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask

from service.admission.access import COOKIE
from tests.factories import Office, a_member, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.files import chosen_on
from tests.pages.forms import visible
from tests.pages.worlds import Login
from tests.service.caller import caller_for


def dry_run_of(there: Reader, new: str, content: str) -> str:
    """The address of the dry run of a file that was sent at `new`, with the columns that its page proposes."""
    sent = there.send(new, {"file": (io.BytesIO(content.encode()), "lijst.csv")})
    assert sent.status_code == 303, visible(sent.text)
    columns = sent.headers["Location"]
    chosen = there.send(columns, chosen_on(there.see(columns)))
    assert chosen.status_code == 303, visible(chosen.text)
    return str(chosen.headers["Location"])


def test_clients_of_a_file_are_recorded_with_what_is_said_of_all_of_them(reader: Login) -> None:
    house = an_office(1)
    there, base = reader(house.officer), f"/o/{slug_of(house.id)}"
    kvk = [uuid4().int % 90_000_000 + 10_000_000 for _ in range(2)]
    rows = [f"0009{n};Bakkerij {n};{number};b{n}@bol{n}.example" for n, number in enumerate(kvk)]
    new = f"{base}/files/new/clients"
    assert new in there.see(f"{base}/agreements")
    run = dry_run_of(there, new, "\n".join(["klantnummer;naam;kvk;e-mail", *rows]))
    without = there.send(f"{run}/taking", {"take": "all"}, run)
    summary = re.findall(r'<li><a href="#f-answers-([^"]+)"', without.text)
    assert without.status_code == 422 and sorted(summary) == ["contact_name", "in_force_from", "services"]
    assert "zoals bij rij 2. Vul hier de dag in." in visible(without.text) and "regel" not in visible(without.text)
    assert without.text.count('aria-invalid="true"') >= 2, "the day and the name are marked as wrong"
    answers = {"answers.services.payroll_bare": "processor", "answers.in_force_from": "1-1-2026"}
    checked = there.done(f"{run}/checking", {"answers.in_force_from": "1-1-2026"}, run)
    assert "0 van 2 rijen passen" in visible(checked) and 'name="answers.contact_name"' in checked
    there.done(f"{run}/checking", answers | {"answers.contact_name": "Administratie"}, run)
    taken = there.done(f"{run}/taking", {"take": "all", **answers, "answers.contact_name": "Administratie"}, run)
    assert "2 nieuwe opdrachtgevers vastgelegd." in visible(taken)
    assert "Bakkerij 1" in there.see(f"{base}/agreements")
    there.done(f"{run}/undone", {}, run)
    assert "Bakkerij 1" not in there.see(f"{base}/agreements")


def test_who_must_prove_it_first_is_led_there_and_loses_nothing(reader: Login, app: Flask) -> None:
    number = f"{uuid4().int % 90_000_000 + 10_000_000}"
    house = an_office(1, kvk_number=number)
    there, base = reader(house.officer), f"/o/{slug_of(house.id)}"
    row = f"00077;Bakkerij Anders;{number};nieuw@anders.example;Bea"
    run = dry_run_of(there, f"{base}/files/new/clients", f"klantnummer;naam;kvk;e-mail;contactpersoon\n{row}")
    assert house.officer.id
    there.client.set_cookie(COOKIE, caller_for(app, house.officer.id, proven=False).token)
    answers = {"answers.services.payroll_bare": "processor", "answers.in_force_from": "1-1-2026"}
    doubled = there.send(f"{run}/taking", {"take": "all", **answers}, run)
    assert doubled.status_code == 422 and 'href="/proof' not in doubled.text
    sure = {"take": "all", **answers, "answers.confirmed_doubles": "true"}
    refused = there.send(f"{run}/taking", sure, run)
    assert refused.status_code == 403 and 'href="/proof?next=' in refused.text
    assert "Open dat in een nieuw tabblad" in visible(refused.text)
    for page in (refused.text, there.see(run)):
        assert 'value="1-1-2026"' in page and re.search(r'confirmed_doubles"\s+value="true" checked', page)
    there.client.set_cookie(COOKIE, caller_for(app, house.officer.id).token)
    assert "1 nieuwe opdrachtgever vastgelegd." in visible(there.done(f"{run}/taking", sure, run))


def test_a_proposed_client_is_shown_by_name(reader: Login) -> None:
    house = an_office(2)
    there, base = reader(house.officer), f"/o/{slug_of(house.id)}"
    rows = "k0001;\nk 0002;Client 2\nK-0002;Kneuterdam\n"
    run = dry_run_of(there, f"{base}/files/new/hits", f"klantnummer;naam\n{rows}")
    assert "zien we pas bij “Verder: nakijken”" in visible(there.see(run))
    page = visible(there.see(f"{run}?show=faults"))
    assert "k0001 wordt K0001 (Client 1)." in page and "Neem beide voorstellen" in page
    assert "Bedoelde u K0002 (Client 2)?" in page and "Neem K0002 (Client 2)" in page
    assert "Neem K0002 (Client 2)" not in visible(there.see(f"{run}?show=fits")), "asked for, though nothing fits"
    accepted = visible(there.done(f"{run}/proposals", {"accept_all": "client.unknown"}, run))
    assert "Rij 2, klantnummer: K0001 (Client 1)." in accepted and "Neem beide voorstellen" not in accepted


def test_an_old_register_is_taken_over_once(reader: Login, office: Office, path: Callable[..., str]) -> None:
    there = reader(a_member(office.id))
    headings = "nummer;omschrijving;ontdekt op;gemeld bij AP;melder\n"
    content = f"{headings}Z-1;Laptop kwijt;3-2-2021;onduidelijk;Jan\nZ-2;;;;\n"
    equal = dry_run_of(there, path("/files/new/register"), f"{headings};Brief;;;\n;Brief;;;\n")
    assert "1 rij zonder nummer zegt precies hetzelfde als een eerdere rij: rij 3." in visible(there.see(equal))
    new = path("/files/new/register")
    assert new in there.see(path("/register"))
    run = dry_run_of(there, new, content)
    assert "Jan" not in there.see(run)
    taken = visible(there.done(f"{run}/taking", {"take": "all"}, run))
    assert "2 datalekken overgenomen." in taken and "Bekijk het register" in taken and "Wat past er" not in taken
    assert there.client.get(f"{run}/taking").headers["Location"] == run
    listed = unescape(there.see(path("/register")))
    assert "Laptop kwijt" in listed and re.search(r"[Oo]vergenomen", listed)
    exported = there.client.get(path("/register.csv")).get_data().decode("utf-8-sig")
    assert "uit uw oude register" in exported and "zelf ontdekt" not in exported
    other = visible(there.see(dry_run_of(there, new, content.replace("Laptop", "Tas"))))
    assert "Van 1 bekend datalek zegt het bestand een andere titel" in other and "(rij 2)" in other
    again = dry_run_of(there, new, content)
    assert "bekend datalek" not in visible(there.see(again))
    assert "Z-2 Z-2" not in visible(listed) and "Z-2 Z-2" not in visible(there.see(path("/search?q=Z-2")))
    assert "1 rij zonder nummer" not in visible(there.see(again))
    assert "2 datalekken stonden er al." in visible(there.done(f"{again}/taking", {"take": "all"}, again))
    assert "/undone" not in there.see(again) and "/undone" in there.see(run)
    one = re.search(rf'href="({re.escape(path("/breaches/"))}[0-9a-f-]+)"', listed)
    assert one and there.client.get(f"{one[1]}/evidence.zip").status_code == 200
    page = there.see(run)
    assert "met datalek Z-" in visible(page) and "/undone" not in page
    refused = there.send(f"{run}/undone", {}, run)
    assert refused.status_code == 422 and "met datalek Z-" in visible(refused.text)
    assert "Ongedaan maken" not in visible(refused.text)


def test_the_last_file_that_can_be_undone_is_the_last_one_that_was_taken(
    reader: Login, office: Office, path: Callable[..., str]
) -> None:
    there, new = reader(a_member(office.id)), path("/files/new/register")
    first, second = (dry_run_of(there, new, f"nummer;omschrijving\n{name};Weg\n") for name in ("V-1", "V-2"))
    again = dry_run_of(there, new, "nummer;omschrijving\nV-1;Weg\n")
    for run in (second, first, again):
        there.done(f"{run}/taking", {"take": "all"}, run)
    assert f'href="{first}"' in there.see(new)
    there.done(f"{first}/undone", {}, first)
    assert f'href="{second}"' in there.see(new)


def test_no_way_around_a_dry_run_loses_what_was_typed(reader: Login) -> None:
    house = an_office(1)
    there, base = reader(house.officer), f"/o/{slug_of(house.id)}"
    rows = f"001;Een;;een@bol.example\n002;Twee;{uuid4().int % 90_000_000 + 10_000_000};twee@bol.example\n"
    run = dry_run_of(there, f"{base}/files/new/clients", f"klantnummer;naam;kvk;e-mail\n{rows}")
    page = there.see(run)
    main = page[page.index("<main"):page.index("</main>")]
    around = [at for at in re.findall(r'href="([^"]*)"', main) if at.startswith(("?", "#rows", run))]
    assert around == [f"{run}/faults.csv"], around
    ways = set(re.findall(rf'formaction="({run}/looking[^"]*)"', unescape(main)))
    assert ways >= {f"{run}/looking?show={show}" for show in ("fits", "faults", "columns")}, ways
    typed = {"answers.contact_name": "Administratie"}
    for way in ways:
        there.done(way, typed, run)
        assert 'value="Administratie"' in there.see(run), way
    there.send(f"{run}/columns", chosen_on(there.see(f"{run}/columns")), f"{run}/columns")
    assert 'value="Administratie"' in there.see(run)


@pytest.mark.parametrize(("purpose", "content", "found", "whose"), [
    ("clients", "klantnummer;naam;e-mail\n00041;Bakker Bos;b@bol.example\n00042;Vos;v@bol.example\n", ("bos", "41"),
     "Rij 2 00041 Bakker Bos"),
    ("register", "nummer;omschrijving;ontdekt op\nW-7;Laptop weg;3-2-2093\nW-8;Mail;3-2-2094\n", ("LAPTOP", "w-7"),
     "Rij 2 W-7 Laptop weg"),
])  # fmt: skip
def test_rows_that_do_not_fit_are_found_by_what_they_say(
    reader: Login, purpose: str, content: str, found: tuple[str, ...], whose: str
) -> None:
    house = an_office(1)
    there = reader(house.officer)
    run = dry_run_of(there, f"/o/{slug_of(house.id)}/files/new/{purpose}", content)
    for words in found:
        page = visible(there.see(f"{run}?search={words}"))
        assert whose in page and "Rij 3" not in page, page
