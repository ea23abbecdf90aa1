"""A list of people comes from a file through the pages: sent, its columns chosen, looked at, taken, and taken back."""

import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from service.files.faults_csv import MARKS
from service.reading.fields import PURPOSES as FIELDS
from service.words.texts import t
from tenants.identity.users import OWNER
from tests.counting import statements_of
from tests.factories import NOTICE_TEXT, Office, a_member
from tests.pages.files import THREE, OfAList, chosen_on
from tests.pages.forms import visible
from tests.pages.worlds import Login

FILES = Path("tests/reading/files")


@pytest.fixture
def notice(reader: Login) -> OfAList:
    return OfAList(reader)


def test_a_file_becomes_the_list_of_a_notice(notice: OfAList) -> None:
    assert "Hoogstens 30 MB. Hoogste aantal rijen: 100.000." in visible(notice.olga.see(notice.there.page))
    columns = notice.columns_of(THREE)
    page = notice.olga.see(columns)
    assert "Bijvoorbeeld: NL01; NL02; NL03" in visible(page)
    assert chosen_on(page) | {} == {
        "columns.0.place": "0", "columns.0.field": "name", "columns.1.place": "1", "columns.1.field": "email",
        "columns.2.place": "2", "columns.2.field": "", "headings_row": "1",
    }  # fmt: skip
    run = notice.chosen(columns)
    page = visible(notice.olga.see(run))
    assert "2 van 3 rijen passen" in page and "Beste Ans," in page and "Overnemen wat past: 2 van 3" in page
    faults = visible(notice.olga.see(f"{run}?show=faults"))
    assert "bob@@x" in faults and "Rij 3" in faults
    assert notice.olga.send(f"{run}/taking", {"take": "all"}, seen=run).status_code == 422
    page = visible(notice.olga.done(f"{run}/taking", {"take": "fitting"}, seen=run))
    assert "lijst.csv is overgenomen." in page and "1 persoon informeren" not in page
    assert "2 van 3 rijen zijn overgenomen" in visible(notice.olga.see(run))


def test_a_second_file_says_what_would_be_lost_and_is_undone(notice: OfAList) -> None:
    page = visible(notice.taken(b"naam;e-mail\nAns;ans@example.nl\nJos\xe9;jose@example.nl\n"))
    assert "Beste Ans, Opvallend" not in page and "Beste José," in page and "Ongedaan maken" in page
    run = notice.chosen(notice.columns_of(b"naam;e-mail\nAns;ans@example.nl\nBob;bob@example.nl\n"))
    page = visible(notice.olga.see(run))
    assert "Er staan al 2 mensen op de lijst" in page and "1 persoon staat dan niet meer op de lijst" in page
    assert "1 persoon uit dit bestand staat niet zo op de lijst" in page and "Bob, bob@example.nl" in page
    refused = notice.olga.send(f"{run}/taking", {"take": "all"}, seen=run)
    assert refused.status_code == 422 and 'href="#f-how"' in refused.text
    page = notice.olga.done(f"{run}/taking", {"take": "all", "how": "add"}, seen=run)
    assert "3 mensen informeren" in visible(page)
    people = f"{notice.there.page}/people"
    assert "1 persoon met" in visible(notice.olga.see(f"{people}?search=BOB"))
    page = notice.olga.done(f"{run}/undone", {}, seen=run)
    assert "2 mensen informeren" in visible(page)
    assert "niet meer overgenomen" in visible(notice.olga.see(run))
    assert notice.olga.send(f"{run}/undone", {}, seen=people).status_code == 422


def test_the_page_of_a_file_opens_one_part_of_it_and_no_list(notice: OfAList, app: Flask) -> None:
    notice.taken(b"naam;e-mail\nAns;ans@example.nl\n")
    run = notice.chosen(notice.columns_of(b"naam;e-mail\nAns;ans@example.nl\nBob;bob@example.nl\n"))
    with statements_of(app) as statements:
        page = visible(notice.olga.see(run))
    assert "Er staat al 1 persoon op de lijst" in page and "Beste Bob," in page
    opened = [statement for statement in statements if "sealed" in statement]
    assert len([statement for statement in opened if "uploaded_part" in statement]) == 1
    assert not [statement for statement in opened if "from recipient" in statement]


def test_what_cannot_be_read_comes_back_at_its_field(notice: OfAList) -> None:
    def refused(content: bytes, name: str = "lijst.csv", **more: Any) -> str:
        answer = notice.sent(content, name, **more)
        assert answer.status_code == 422, answer.status_code
        return answer.text

    assert "Dit is een PDF" in refused(b"%PDF-1.4", "lijst.pdf")
    assert "Er staat niets in dit bestand" in refused(b"\n")
    assert "Kies een bestand, of plak de rijen" in refused(b"", "")
    page = refused(b"x" * (30 * 1024 * 1024 + 1))
    assert "te groot: hoogstens 30 MB" in page and 'href="#f-file"' in page
    page = refused(b"naam\nAns\n", pasted="Bob <bob@example.nl>")
    assert 'href="#f-pasted"' in page and "Bob &lt;bob@example.nl&gt;" in page
    page = notice.olga.send(notice.send_to, {"pasted": "%PDF-1.4"}, seen=notice.there.page).text
    assert 'href="#f-pasted"' in page and "<details open>" in page


def test_pasted_rows_and_a_file_above_eight_megabytes_are_read_whole(notice: OfAList) -> None:
    pasted = notice.olga.send(notice.send_to, {"pasted": "Ans Bos <ans@example.nl>; Bob <bob@example.nl>"},
                              seen=notice.there.page)  # fmt: skip
    assert "2 rijen" in visible(notice.olga.see(pasted.headers["Location"]))
    rows = "".join(f"Lezer {n};lezer{n}@example.nl;{'x' * 10_000}\n" for n in range(900))
    columns = notice.columns_of(f"naam;e-mail;opmerking\n{rows}".encode())
    assert "900 rijen" in visible(notice.olga.see(columns))


def test_numbers_of_citizens_are_named_and_not_shown(notice: OfAList) -> None:
    page = notice.olga.see(notice.columns_of(b"naam;BSN;mail\nAns;111222333;a@example.nl\n"))
    assert "burgerservicenummers" in page and "111222333" not in page


def test_the_columns_turn_no_words_around_and_each_is_named_once(notice: OfAList) -> None:
    columns = notice.columns_of("na\u202eam;e-\u2028mail\nAns\u202etab;ans@example.nl\u2028x\nשרה;\n".encode())
    page = notice.olga.see(columns)
    assert "naam</label>" in page and "Anstab; \u2068שרה\u2069" in page and "ans@example.nl x" in page
    assert not set("\u202e\u2028") & set(page)
    twice = notice.olga.send(columns, chosen_on(page) | {"columns.1.place": "0"})
    assert twice.status_code == 422 and "Kolom 0 staat hier twee keer" in twice.text


def test_another_row_of_headings_shows_the_columns_anew(notice: OfAList) -> None:
    columns = notice.columns_of(b"Uitdraai\nxx;yy\nAns;ans@example.nl\n")
    form = chosen_on(notice.olga.see(columns)) | {"headings_row": "2"}
    page = notice.olga.done(columns, form, seen=columns)
    assert "opnieuw gelezen" in page and ">xx</label>" in page and "gebruiken we niet" in page
    run = notice.chosen(columns, **{"columns.0.field": "name", "columns.1.field": "email"})
    assert "1 van 1 rij past" in visible(notice.olga.see(run))
    again = notice.columns_of(b"Uitdraai\nxx;yy\nBob;bob@example.nl\n")
    assert "zoals de vorige keer" in notice.olga.see(again)


def test_names_addresses_and_lines_that_were_found_are_asked_about_on_the_page(notice: OfAList) -> None:
    columns = notice.columns_of(b"Naam;Login\nBruinsma, Ans;ans@a.example\nJansen, De Vries en Partners;\n")
    page = unescape(visible(notice.olga.see(columns)))
    assert "In kolom 'Login' staan e-mailadressen" in page and "voorop: Bruinsma, Ans = Ans Bruinsma" in page
    run = notice.chosen(columns)
    assert "Ans Bruinsma" in notice.olga.see(run) and "Jansen, De Vries en Partners" in notice.olga.see(run)
    assert "voorop: Bruinsma, Ans = Ans Bruinsma" in unescape(visible(notice.olga.see(columns))), "also when chosen"
    run = notice.chosen(columns, **{"orders.0.order": "as-written"})
    assert "Bruinsma, Ans" in notice.olga.see(run) and "Ans Bruinsma" not in notice.olga.see(run)
    columns = notice.columns_of(b"Jan <jan@a.example>\nGroet, Els\nLia <lia@a.example>\n")
    page = unescape(visible(notice.olga.see(columns)))
    assert "Deze 2 regels lezen we niet als mensen" in page and "Horen deze rijen bij de lijst?" in page
    assert "1 van 1 rij past" in visible(notice.olga.see(notice.chosen(columns)))
    page = visible(notice.olga.see(notice.chosen(columns, side_rows="true")))
    assert "Lia" in page and "Els Groet" in page and "regels lezen we niet" not in page


def test_what_does_not_fit_is_corrected_and_given_back(notice: OfAList) -> None:
    run = notice.chosen(notice.columns_of(b"id;xx;e-mail\n7;=Ans;ans@@example.nl\n8;Bob;bob@example.nl\n", "x.csv"),
                        **{"columns.1.field": "name"})  # fmt: skip
    answer = notice.olga.client.get(f"{run}/faults.csv")
    text = answer.get_data().decode("utf-8-sig")
    assert text.startswith("Naam;e-mail;rij;wat er niet klopt;voorstel\r\n'=Ans;ans@@example.nl;2;"), text
    assert "Bob" not in text and ";7" not in text
    columns = notice.columns_of(text.replace("@@", "@").encode())
    assert "1 van 1 rij past" in visible(notice.olga.see(notice.chosen(columns)))


def test_a_file_that_is_left_is_gone_and_others_see_nothing(notice: OfAList, reader: Login) -> None:
    columns = notice.columns_of(THREE)
    stranger = OfAList(reader)
    assert stranger.olga.client.get(columns.replace(notice.there.base, stranger.there.base)).status_code == 404
    stranger.olga.see(f"{stranger.there.base}/files/new/recipients?notice_id={notice.there.page[-36:]}", 404)
    file = columns.removesuffix("/columns")
    assert "Er is niets van overgenomen" in notice.olga.done(f"{file}/left", {}, seen=columns)
    assert notice.olga.client.get(columns).status_code == 404


@pytest.mark.parametrize(("purpose", "list_at"), [("clients", "/agreements"), ("register", "/register")])
def test_the_page_of_a_list_leads_to_a_file_for_it(
    reader: Login, office: Office, path: Callable[..., str], purpose: str, list_at: str
) -> None:
    owner = reader(a_member(office.id, OWNER, "Olga"))
    address = path(f"/files/new/{purpose}")
    assert address in owner.see(path(list_at)) and owner.client.get(address).status_code == 200
    assert owner.client.get(path("/files/new/nothing")).status_code == 404


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("purpose", FIELDS)
def test_a_reader_knows_each_field_by_the_name_that_we_give_it(app: Flask, purpose: str, language: str) -> None:
    """So that what we write into a file is read again; and the columns that we add are none of its fields."""
    fields = FIELDS[purpose]
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        known = {field.name: fields.of_heading(t(f"files.field.{field.name}")) for field in fields.fields}
        assert {name: field and field.name for name, field in known.items()} == {name: name for name in known}
        assert [fields.of_heading(t(mark)) for mark in MARKS] == [None, None, None]


def test_who_approves_sees_odd_signs_and_no_whole_names(notice: OfAList) -> None:
    notice.taken("naam;e-mail\nJosÃ© Bos;a@example.nl\nAnna Bos;b@example.nl\n".encode("utf-16"))
    page = visible(notice.there.adam.see(notice.there.page))
    assert "Beste J··é ···," in page and "Ongedaan maken" not in page
    assert "Anna Bos" not in page
    found = visible(notice.there.adam.see(f"{notice.there.page}/people?search=anna"))
    assert "1 persoon met" in found and "A… …@example.nl" in found


def test_a_proposal_is_accepted_on_the_page_and_what_was_typed_stays(notice: OfAList) -> None:
    notice.taken(b"naam;e-mail\nEva;eva@example.nl\n")
    content = b"naam;e-mail\nAns;ans@example.nl\nBob;b@example.nl, c@example.nl\nCas;cas [at] example.nl\n"
    run = notice.chosen(notice.columns_of(content))
    page = notice.olga.done(f"{run}/looking?show=faults", {"how": "add", "search": "niet gezocht"}, seen=run)
    assert "Neem b@example.nl" in visible(page) and "Neem cas@example.nl" in visible(page)
    assert re.search(r'name="how" value="add"[^>]*checked', page)
    values = [unescape(value) for value in re.findall(r'name="accept"\s+value="([^"]+)"', page)]
    assert len(values) == 3
    page = notice.olga.done(f"{run}/proposals?show=faults", {"accept": values[1], "how": "add"}, seen=run)
    assert "U nam 1 voorstel aan" in visible(page) and "2 van 3 rijen passen" in visible(page)
    page = notice.olga.done(f"{run}/looking", {"find": "1", "search": "BOB"}, seen=run)
    assert "c@example.nl" in visible(page) and "1 rij met" in visible(page) and "Neem b@" not in visible(page)
    [back] = [unescape(value) for value in re.findall(r'name="take_back"\s+value="([^"]+)"', page)]
    assert "1 van 3 rijen past" in visible(notice.olga.done(f"{run}/proposals", {"take_back": back}, seen=run)).replace(
        "passen", "past")  # fmt: skip
    for wrong in ("[]", "{", '[3, "e-mail", "x@example.nl"]', '["3", "e-mail", "x"]'):
        refused = notice.olga.send(f"{run}/proposals", {"accept": wrong}, seen=run)
        assert refused.status_code == 422 and 'href="#f-proposals"' in refused.text


def test_a_file_for_an_approved_notice_is_refused_when_it_is_brought(notice: OfAList) -> None:
    run = notice.chosen(notice.columns_of(b"naam;e-mail\nEva;eva@example.nl\n"))
    notice.olga.done(f"{run}/taking", {"take": "all"}, seen=run)
    seen = notice.there.page
    assert "/undone" in notice.olga.see(run)
    notice.there.do(notice.olga, "text", **NOTICE_TEXT)
    notice.there.do(notice.there.adam, "approve", agrees="true")
    answer = notice.olga.send(notice.send_to, {"file": (io.BytesIO(THREE), "lijst.csv")}, seen=seen)
    assert answer.status_code == 422 and "is goedgekeurd" in visible(answer.text)
    page = notice.olga.see(run)
    assert "is goedgekeurd" in visible(page) and "/undone" not in page


def test_each_row_fits_or_has_a_fault_or_is_left_out_and_nothing_that_fits_shows_the_faults(notice: OfAList) -> None:
    rows = b"Ans;ans@example.nl;1\nAns;ans@example.nl;2\n;;3\n" + b"x" * 101 + b";a@b;4\nCas;c@@d;5\n"
    page = visible(notice.olga.see(notice.chosen(notice.columns_of(b"naam;e-mail;id\n" + rows))))
    assert "1 van 5 rijen past" in page.replace("passen", "past") and "2 rijen passen niet" in page
    assert "2 rijen laten we weg" in page and "(rij 3)" in page and "Op rij 4 staat niets" in page
    assert "Past: 1 rij" in page and "Klopt niet: 2 rijen" in page and "ans@example.nl" in page
    run = notice.chosen(notice.columns_of(b"naam;e-mail\nCas;cas [at] example.nl\nDia;dia [at] example.nl\n"))
    page = visible(notice.olga.see(run))
    assert "past geen enkele rij" in page and "Neem beide voorstellen" in page and "Hier staan geen rijen" not in page
    page = notice.olga.done(f"{run}/proposals?show=faults", {"accept_all": "mail.address_invalid"}, seen=run)
    assert "Past: 2 rijen" in visible(page) and "cas@example.nl" in visible(page)
    assert re.search(r'tabindex="-1" data-focus>\s*<p>2 voorstellen aangenomen', page.replace("\u2068", ""))


@pytest.mark.parametrize(("more", "fields"), [
    ({"headings_row": "999"}, ["headings_row"]), ({"headings_row": "x"}, ["headings_row"]),
    ({"columns.1.field": "name"}, ["columns-0-field", "columns-1-field"]),
    ({"columns.0.field": "", "columns.2.field": "name"}, ["columns-1-field", "columns-2-field"]),
])  # fmt: skip
def test_what_is_wrong_with_the_columns_stands_at_each_field(
    notice: OfAList, more: dict[str, str], fields: list[str]
) -> None:
    columns = notice.columns_of(b"x;naam;e-mail\n1;Ans;ans@example.nl\n" if "columns.0.field" in more else THREE)
    answer = notice.olga.send(columns, chosen_on(notice.olga.see(columns)) | more)
    assert answer.status_code == 422
    assert re.findall(r'href="#f-([^"]+)"', answer.text) == fields
    for field in fields:
        assert re.search(rf'<(?:select|input)[^>]* id="f-{field}"[^>]*\s+aria-invalid="true"', answer.text)
        assert re.search(rf'id="f-{field}-more">.*?class="fault"', answer.text, re.S)


@pytest.mark.parametrize(("content", "asked", "chosen", "name"), [
    ("naam;e-mail\nJosé;j@x.example\n".encode().decode("cp1252").encode(),
     "José (UTF-8, hersteld)", "utf-8", "José".encode().decode("cp1252")),
    ("naam;e-mail\nИван;i@x.example\n".encode("cp1251"),
     "Иван (Windows met Russische letters)", "koi8-r", "хБЮМ"),
    ("naam;e-mail\nDvořák;d@x.example\n".encode("cp1250"), "Dvořák (Windows in Midden-Europa)", "cp1257", None),
])  # fmt: skip
def test_letters_are_chosen_in_words(
    notice: OfAList, content: bytes, asked: str, chosen: str, name: str | None
) -> None:
    columns = notice.columns_of(content)
    page = notice.olga.see(columns)
    assert asked in visible(page) and "twice" not in visible(page)
    assert f'value="{chosen}"' in page and "Geen van deze?" in visible(page)
    refused = notice.olga.send(columns, chosen_on(page) | {"encoding": "punycode"})
    assert refused.status_code == 422 and "letters die u koos" in visible(refused.text)
    run = notice.chosen(columns, encoding=chosen)
    assert name is None or name in visible(notice.olga.see(run))
    assert re.search(rf'value="{chosen}"\s+checked', notice.olga.see(columns))
