"""Clients with their agreements, and an old register, come from a file through the pages, and are taken back."""

import io
import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

from tests.factories import Office, a_member, an_office
from tests.pages.conftest import Reader, slug_of
from tests.pages.files import chosen_on
from tests.pages.forms import visible
from tests.pages.worlds import Login


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
    without = there.send(f"{run}/taking", {"take": "all", "answers.in_force_from": "1-1-2026"}, run)
    assert without.status_code == 422 and "Kies bij minstens" in visible(without.text)
    answers = {"answers.services.payroll_bare": "processor", "answers.in_force_from": "1-1-2026"}
    unnamed = there.send(f"{run}/taking", {"take": "all", **answers}, run)
    assert unnamed.status_code == 422 and "geen naam" in visible(unnamed.text)
    taken = there.done(f"{run}/taking", {"take": "all", **answers, "answers.contact_name": "Administratie"}, run)
    assert "2 nieuwe opdrachtgevers vastgelegd." in visible(taken)
    assert "Bakkerij 1" in there.see(f"{base}/agreements")
    there.done(f"{run}/undone", {}, run)
    assert "Bakkerij 1" not in there.see(f"{base}/agreements")


def test_an_old_register_is_taken_over_once(reader: Login, office: Office, path: Callable[..., str]) -> None:
    there = reader(a_member(office.id))
    headings = "nummer;omschrijving;ontdekt op;gemeld bij AP;melder\n"
    content = f"{headings}Z-1;Laptop kwijt;3-2-2021;onduidelijk;Jan\nZ-2;;;;\n"
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
    again = dry_run_of(there, new, content)
    assert "Z-2 Z-2" not in visible(listed) and "Z-2 Z-2" not in visible(there.see(path("/search?q=Z-2")))
    assert "2 datalekken stonden er al." in visible(there.done(f"{again}/taking", {"take": "all"}, again))
    assert "/undone" not in there.see(again) and "/undone" in there.see(run)
    one = re.search(rf'href="({re.escape(path("/breaches/"))}[0-9a-f-]+)"', listed)
    assert one and there.client.get(f"{one[1]}/evidence.zip").status_code == 200
    page = there.see(run)
    assert "met datalek Z-" in visible(page) and "/undone" not in page
    refused = there.send(f"{run}/undone", {}, run)
    assert refused.status_code == 422 and "met datalek Z-" in visible(refused.text)
    assert "Ongedaan maken" not in visible(refused.text)
