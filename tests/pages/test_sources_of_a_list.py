"""Where the list of a notice comes from: each file that made it, what did not fit, and what is said before taking."""

import re
from html import unescape

import pytest

from tenants.identity.users import OWNER
from tests.factories import a_member
from tests.pages.files import THREE, OfAList
from tests.pages.forms import visible
from tests.pages.worlds import Login
from tests.reading import workbooks


@pytest.fixture
def notice(reader: Login) -> OfAList:
    return OfAList(reader)


def test_who_did_not_fit_is_named_where_the_list_is_approved(notice: OfAList) -> None:
    notice.taken(THREE, "fitting")
    for seen, has_link in ((notice.olga, True), (notice.there.adam, False)):
        page = seen.see(notice.there.page)
        assert "1 rij paste niet en is niet overgenomen" in visible(page)
        assert ("/faults.csv" in page) is has_link, visible(page)
    file = re.findall(r'href="([^"]+)/faults.csv"', notice.olga.see(notice.there.page))[0]
    page = visible(notice.olga.see(file))
    assert "1 rij paste niet" in page and "U kunt dit downloaden tot" in page


def card_of_files(page: str) -> str:
    """The words of the block that says where a list comes from."""
    found = re.search(r'<section class="card" id="list-file">.*?</section>', page, re.S)
    return visible(found[0]).translate({0x2068: None, 0x2069: None}) if found else ""


def test_each_file_that_made_the_list_is_named_also_after_a_later_one_was_undone(notice: OfAList) -> None:
    run = notice.chosen(notice.columns_of(b"naam;e-mail\nAns;ans@example.nl\nBob;bob@example.nl\n", "club.csv"))
    notice.olga.done(f"{run}/taking", {"take": "all"}, seen=run)
    ways = (("add", b"naam;e-mail\nCas;cas@example.nl\n", "erbij.csv"), ("take_away", b"naam\nBob\n", "eraf.csv"))
    runs = list[str]()
    for how, content, name in ways:
        content = content if how == "add" else b"naam;e-mail\nBob;bob@example.nl\n"
        runs.append(notice.chosen(notice.columns_of(content, name)))
        page = notice.olga.done(f"{runs[-1]}/taking", {"take": "all", "how": how}, seen=runs[-1])
    sources = card_of_files(page)
    first = "club.csv: 2 van 2 rijen zijn overgenomen. Alleen deze mensen stonden daarna op de lijst."
    added = "erbij.csv: 1 van 1 rij is overgenomen. Deze mensen kwamen erbij."
    off = "eraf.csv: 1 van 1 rij is overgenomen. Deze mensen gingen van de lijst af."
    assert f"{off} {added} {first} Ongedaan maken" in sources, sources
    told = visible(page).translate({0x2068: None, 0x2069: None})
    assert "Deze mensen kwamen erbij. Daarna stonden er 3 mensen op de lijst. erbij.csv: 1 rij." in told, told
    page = notice.olga.done(f"{runs[1]}/undone", {}, seen=runs[1])
    sources = card_of_files(page)
    assert f"{added} {first}" in sources and "eraf.csv" not in sources and "Ongedaan maken" not in sources, sources
    assert notice.olga.send(f"{runs[0]}/undone", {}, seen=runs[0]).status_code == 422
    assert "3 mensen informeren" in visible(notice.olga.see(notice.there.page))


def test_a_second_proposal_for_a_cell_is_accepted(notice: OfAList) -> None:
    rows = [["naam", "e-mail"], ["Jan", "jan@mÃ¼nchen.example."], ["Bob", "bob@example.nl"]]
    content = workbooks.xlsx({"Blad1": rows})
    run = notice.chosen(notice.columns_of(content, "lijst.xlsx"))
    page = notice.olga.see(f"{run}?show=faults")
    for _ in range(2):
        accept = re.findall(r'name="accept"\s+value="([^"]+)"', page)
        page = notice.olga.done(f"{run}/proposals?show=faults", {"accept": unescape(accept[0])}, seen=run)
        assert "1 voorstel aangenomen." in visible(page).translate({0x2068: None, 0x2069: None})
    assert "2 van 2 rijen passen" in visible(page)


def test_a_chosen_column_with_citizen_numbers_is_named_before_it_is_taken(notice: OfAList) -> None:
    columns = notice.columns_of(b"BSN;achternaam;mail\n111222333;Bos;a@example.nl\n")
    run = notice.chosen(columns, **{"columns.0.field": "first_name"})
    notes = re.findall(r'<p class="note">([^<]*)</p>', notice.olga.see(run))
    assert any("waarschijnlijk burgerservicenummers" in note for note in notes), notes


def test_a_file_that_waits_is_named_where_its_sender_begins(notice: OfAList, reader: Login) -> None:
    columns = notice.columns_of(THREE, "wacht.csv")
    file, new = columns.removesuffix("/columns"), notice.send_to
    for page in (notice.there.page, new):
        words = visible(notice.olga.see(page)).translate({0x2068: None, 0x2069: None})
        assert "wacht.csv is gelezen, maar nog niet overgenomen. Het wacht tot" in words
        assert f'href="{file}"' in notice.olga.see(page)
    colleague = reader(a_member(notice.there.id, OWNER, "Otto"))
    assert file not in colleague.see(new)
    run = notice.chosen(columns)
    assert f'href="{file}"' in notice.olga.see(new)
    notice.olga.done(f"{run}/taking", {"take": "fitting"}, seen=run)
    assert "wacht tot" not in visible(notice.olga.see(new))


def test_a_row_that_does_not_fit_is_found_by_its_name_and_says_whose_it_is(notice: OfAList) -> None:
    rows = b"Jan;Bos;jan@@x;NL01\nEva;Bos;eva@example.nl;NL02\nPiet;Vos;piet@@x;NL03\n"
    run = notice.chosen(notice.columns_of(b"voornaam;achternaam;e-mail;rekening\n" + rows))
    page = unescape(visible(notice.olga.see(f"{run}?search=bOS"))).translate({0x2068: None, 0x2069: None})
    assert "1 rij met 'bOS'" in page and "Ook gevonden in 1 fout." in page and "Rij 2 Jan Bos" in page, page
    assert "piet@@x" not in page and "gevonden in" not in visible(notice.olga.see(f"{run}?search=NL01"))
    page = visible(notice.olga.see(f"{run}?show=faults"))
    assert "Rij 2 Jan Bos" in page and "Rij 4 Piet Vos" in page and "NL03" not in page
