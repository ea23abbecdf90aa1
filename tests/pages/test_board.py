"""The board of an incident: own states that add up, a list to search, what stays open, print, file and sent mails."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask

from tenants.agreements.processing_agreements import register_clients
from tenants.history.entries import Actor
from tenants.identity.users import HANDLER
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import Office, a_client, a_member, an_incident, an_office
from tests.open_decisions import fail_for_good
from tests.pages.conftest import Reader, slug_of
from tests.service.caller import caller_for
from workflows.escalation.board_states import CODES, FILTERS, LETTERS, STATES, TERMS, codes_of, counted
from workflows.escalation.calling import let_go, take
from workflows.escalation.escalation import inform, make_aware
from workflows.escalation.incident_board import sums

Login = Callable[[Actor], Reader]
NAMES = (
    "Zon & Zee", "Café Élan", "Bakkerij Oost", "De Molen", "Garage Noord", "Hotel Zuid", "Kapper West", "Tandarts",
)  # fmt: skip


@pytest.fixture(scope="module")
def house(app: Flask, database: Database) -> Office:
    """An office with eight clients; the last has a telephone number alone."""
    office = an_office(0)
    with acting_for(office.id):
        register_clients([a_client(n, name=name) for n, name in enumerate(NAMES[:-1], 1)])
        register_clients([a_client(8, name=NAMES[-1], contacts=[{"name": "Désirée", "phone": "06-12 34 56 78"}])])
    return Office(office.id, office.officer, len(NAMES))


@pytest.fixture(scope="module")
def at(house: Office, database: Database) -> str:
    """The address of a board with one client in each state but "acknowledged" and "decided"."""
    incident = an_incident(house, hours_ago=20)
    with acting_for(house.id):
        first = {e.controller_name: e for e in board(incident.id, 50)}
        list(inform([first[name] for name in NAMES if name != "De Molen"]))
        make_aware({first["Kapper West"].id: (datetime.now(UTC) - timedelta(hours=1), "phone")})
    states = {"Café Élan": "bounced", "Bakkerij Oost": "unknown", "Garage Noord": "accepted"}
    for name, state in states.items():
        database.outside("update recipient set state = :s where about_id = :e", s=state, e=first[name].id)
    database.outside("update escalation set call_needed_at = now() where id = :e", e=first["Zon & Zee"].id)
    stopped = "update mail_batch set state = 'stopped' where id = (select batch_id from recipient where about_id = :e)"
    database.outside("""insert into mail_batch (organisation_id, id, purpose, about_id, text_key, locale, common, state)
        select organisation_id, uuidv7(), purpose, about_id, text_key, locale, common, 'planned' from mail_batch
         where id = (select batch_id from recipient where about_id = :e)""", e=first["Hotel Zuid"].id)
    database.outside("""update recipient set batch_id = (select max(id::text)::uuid from mail_batch)
                         where about_id = :e""", e=first["Hotel Zuid"].id)
    database.outside(stopped, e=first["Hotel Zuid"].id)
    return f"/o/{slug_of(house.id)}/incidents/{incident.id}"


def names_on(page: str) -> list[str]:
    """The clients in the list of a page, in its order."""
    return [name.replace("&amp;", "&") for name in re.findall(r'<th scope="row">\s*([^<]+?)\s*<br>', page)]


def test_each_letter_is_one_state_with_one_term_and_they_add_up() -> None:
    assert len(set(LETTERS)) == len(CODES) and sorted({state for state, _ in CODES}) == sorted(STATES)
    assert [code for name in STATES for code in codes_of(name)] == list(range(len(CODES)))
    of_all = counted("".join(LETTERS) * 2)
    assert sum(of_all[name] for name in STATES) == 2 * len(CODES) and of_all["late"] == 14
    assert sum(of_all[name] for name in (*TERMS, "informed", "acknowledged", "decided")) == 2 * len(CODES)
    assert set(counted("")) == set(FILTERS) and not any(counted("").values())


def test_every_client_has_the_state_that_is_true(house: Office, at: str, reader: Login) -> None:
    page = reader(house.officer).see(at)
    states = dict.fromkeys(STATES, 0) | dict.fromkeys(
        ("bounced", "unknown", "under_way", "call_now", "stopped", "phone_only", "to_write", "informed"), 1
    )
    for name, count in states.items():
        assert f'data-sum="{name}">{count}<' in page, name
    assert "Elk teken is een opdrachtgever" in page and 'title="Café Élan"' in page
    shown = ("mail kwam terug: bel", "alleen per telefoon: bel", "uitkomst van de mail onbekend", "06-12 34 56 78")
    for words in shown:
        assert words in page, words


@pytest.mark.parametrize(("asked", "names"), [
    ({"search": "cafe"}, ["Café Élan"]), ({"search": "K0003"}, ["Bakkerij Oost"]),
    ({"search": "desiree"}, [NAMES[7]]),
    ({"search": "0612345678"}, [NAMES[7]]), ({"search": "%"}, []), ({"state": "unknown"}, ["Bakkerij Oost"]),
    ({"state": "bounced", "search": "zon"}, []), ({"sort": "name"}, [NAMES[i] for i in (2, 1, 3, 4, 5, 6, 7, 0)]),
    ({"state": "late"}, []), ({"state": "informed"}, ["Kapper West"]),
    ({"state": "nonsense", "search": "zon"}, [NAMES[0]]),
])  # fmt: skip
def test_the_list_finds_filters_and_sorts_without_script(
    house: Office, at: str, reader: Login, asked: dict[str, str], names: list[str],
) -> None:
    page = reader(house.officer).see(f"{at}?{urlencode(asked)}")
    assert names_on(page) == list(names) and f'data-sum="matching">{len(names)}<' in page


def test_by_state_what_asks_for_a_call_comes_first_and_pages_make_the_whole(
    house: Office, at: str, app: Flask
) -> None:
    assert house.officer.id
    caller, after = caller_for(app, house.officer.id), ""
    found: list[tuple[Any, ...]] = []
    path = f"{at.partition('/incidents/')[2]}/escalations"
    for _ in range(9):
        answer: Any = caller.get(f"incidents/{path}?sort=state&limit=3{after}").json
        found += [(row["state"], row["term"], row["client_number"]) for row in answer["items"]]
        if answer["next"] is None:
            break
        after = f"&after={answer['next']}"
    assert [state for state, *_ in found] == [name for name in STATES if name not in ("acknowledged", "decided")]
    assert len({number for *_, number in found}) == 8 and found[-1][1] is None
    sums_of: Any = caller.get(f"incidents/{path.partition('/')[0]}/board").json
    assert sum(sums_of["states"].values()) == sums_of["total"] == 8 and sums_of["read_at"]
    assert caller.get(f"incidents/{path}?state=nonsense").status_code == 422


def test_too_many_words_are_refused_at_the_field_and_nothing_typed_is_lost(
    house: Office, at: str, reader: Login
) -> None:
    page = reader(house.officer).see(f"{at}?search=a+b+c+d+e+f", 422)
    assert "Zoek op hoogstens vijf woorden" in page and 'value="a b c d e f"' in page and len(names_on(page)) == 8


def test_what_stays_open_gets_sums_tiles_and_rows_of_one_reading_and_little_when_nothing_changed(
    house: Office, at: str, reader: Login, database: Database
) -> None:
    there = reader(house.officer)
    page = there.see(f"{at}?sort=name")
    version, rows = re.findall(r'data-version="(\w+)"', page)[0], "".join(re.findall(r'data-was="(\w+)"', page))
    live = f"{at}/board.json?sort=name&rows={rows}"
    same = json.loads(there.see(f"{live}&version={version}"))
    assert set(same) == {"version", "shown"} and set(same["shown"]) == {"moment"} and same["version"] == version
    database.outside("update escalation set call_needed_at = now() where controller_name = 'De Molen'")
    news = json.loads(there.see(f"{live}&version={version}"))
    assert news["version"] != version and len(news["tiles"]) == len(news["rows"]) == 8
    assert counted(news["tiles"]) == {name: news["sums"][name] for name in FILTERS} and news["sums"]["call_now"] == 2
    [changed] = [row for row in news["rows"] if row not in rows]
    assert names_on(changed) == ["De Molen"] and "nog niet bereikt: bel" in changed
    assert "Bel 3 opdrachtgevers" in news["fragments"]["call"] and "Bel 2 opdrachtgevers" in page
    other = json.loads(there.see(f"{at}/board.json?sort=state&rows={rows}"))
    assert sorted(row for row in other["rows"] if row in rows) == sorted(row for row in news["rows"] if row in rows)
    database.outside("update escalation set call_needed_at = null where controller_name = 'De Molen'")


def test_what_waits_for_a_person_is_of_the_same_reading(reader: Login, database: Database) -> None:
    """Mail to decide about, a contact in doubt and a failed step come to an open board without another change."""
    office = an_office(1)
    incident = an_incident(office)
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}/incidents/{incident.id}"

    def notes_after(act: Callable[[], object]) -> str:
        page = there.see(base)
        version, rows = re.findall(r'data-version="(\w+)"', page)[0], "".join(re.findall(r'data-was="(\w+)"', page))
        act()
        answer = json.loads(there.see(f"{base}/board.json?version={version}&rows={rows}"))
        return str(answer["fragments"]["notes"])

    def doubt() -> None:
        database.outside("""update processing_agreement set contacts = jsonb_set(
            contacts, '{0,led_elsewhere_at}', to_jsonb(now())) where processor_id = :o""", o=office.id)  # fmt: skip

    assert "wacht op uw controle" in notes_after(doubt)
    failed = notes_after(lambda: fail_for_good(database, office.id, "escalation", "inform"))
    assert "Probeer opnieuw" in failed and "wacht op uw controle" in failed


def test_who_calls_a_client_stands_at_its_row_until_they_let_go(house: Office, at: str, reader: Login) -> None:
    there, incident = reader(house.officer), UUID(at.rpartition("/")[2])
    rows = "".join(re.findall(r'data-was="(\w+)"', there.see(at)))
    with acting_for(house.id):
        called = next(e.id for e in board(incident, 50) if e.controller_name == "De Molen")
        take(called, None, house.officer)
    [row] = [row for row in json.loads(there.see(f"{at}/board.json?rows={rows}"))["rows"] if row not in rows]
    assert names_on(row) == ["De Molen"] and f"{house.officer.name}" in row and "belt nu, sinds" in row
    with acting_for(house.id):
        let_go(called, house.officer)
    assert "belt nu" not in there.see(at)


def test_all_rows_at_once_are_compressed_for_a_browser(house: Office, at: str, reader: Login) -> None:
    there, live = reader(house.officer), f"{at}/board.json"
    plain, small = (there.client.get(live, headers={"Accept-Encoding": how}) for how in ("identity", "gzip"))
    assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) * 2 < len(plain.data) and json.loads(gzip.decompress(small.data))["rows"]
    assert small.headers["Vary"] == plain.headers["Vary"]


def test_print_and_file_have_every_client_and_say_their_moment(
    reader: Login, database: Database, app: Flask
) -> None:
    office = an_office(60)
    incident = an_incident(office, title="=cmd")
    there, base = reader(office.officer), f"/o/{slug_of(office.id)}/incidents/{incident.id}"
    assert len(names_on(there.see(base))) == 50 and "Op deze afdruk: 50 van 60" in there.see(base)
    page = there.see(f"{base}/print")
    assert page.count('<th scope="row">') == 60 and "Stand van" in page and str(datetime.now(UTC).year) in page
    file = there.client.get(f"{base}/board.csv?state=to_write")
    rows = file.data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Stand van;Klantnummer;Opdrachtgever;Proef;Stand;Termijn;") and len(rows) == 61
    assert "bericht wordt gemaakt" in rows[1] and file.headers["Content-Disposition"].endswith('.csv"')
    assert len(there.client.get(f"{base}/board.csv?search=K0007").data.splitlines()) == 2
    assert "Lijst van het bord gedownload" in there.see(base)
    handler = reader(a_member(office.id, HANDLER, "Joris Mulder"))
    handler.see(f"{base}/board.csv", 403)
    assert "board.csv" not in handler.see(base)


def test_what_was_sent_can_be_read_without_the_key_in_its_link(
    house: Office, at: str, reader: Login, database: Database
) -> None:
    there = reader(house.officer)
    page = there.see(f"{at}?search=oost")
    [address] = re.findall(r'href="([^"]+/mails)"', page)
    mails = there.see(address)
    assert "Bakkerij Oost" in mails and "@client.example" in mails and "/receipt/…" in mails
    assert not re.search(r"/receipt/[\w-]{10}", mails) and "Wat ervan werd" in mails
    other = an_office(1)
    reader(other.officer).see(address.replace(slug_of(house.id), slug_of(other.id)), 404)


def test_cause_consequences_measures_and_history_are_on_the_board(house: Office, at: str, reader: Login) -> None:
    page = reader(house.officer).see(at)
    for words in ("Oorzaak", "Gevolgen", "Maatregelen", "Geschiedenis van het incident", "Incident vastgelegd"):
        assert words in page, words


def test_sums_are_those_of_the_acting_office_alone(house: Office, at: str) -> None:
    with acting_for(an_office(0).id):
        assert not any(sums(UUID(at.rpartition("/")[2])).values())
