"""What people and programs see of an old register that was taken over: in the list, a search, on its page, in files."""

from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.lines import END, ISOLATE
from tests.conftest import Database
from tests.factories import an_own_breach
from tests.pages.conftest import TOKEN, Reader, slug_of
from tests.service.caller import caller_for
from tests.worlds.old_register import HASH, OldRegister, an_old_register
from workflows.notification.taking_over import take_back
from workflows.running.searches import index_in_time

Login = Callable[[Actor], Reader]
READ_ALL_THE_SAME = {
    "web.breaches.shown", "web.exports.evidence", "api_breaches.show_breach", "api_breaches.show_history",
    "api_exports.export_evidence",
}  # fmt: skip

SAID = (
    "Overgenomen uit uw oude register", "Het oude nummer is DL-2023-007.", "rij 3 van het bestand", HASH, "2 jan 2024",
    "27 dec 2023", "24 dec 2023", "AP-771234", "onduidelijk", "ongeveer 40", "Diefstal", "Schijf niet versleuteld",
    "Misbruik van gegevens", "Wachtwoord veranderd",
)  # fmt: skip
"""Of the laptop, on its page in Dutch."""


@pytest.fixture(scope="module")
def old(database: Database, app: Flask) -> OldRegister:
    register = an_old_register()
    an_own_breach(register.id, register.officer, title="Van vandaag")
    return register


def page(reader: Reader, old: OldRegister, rest: str, **asked: str) -> str:
    answer = reader.client.get(f"/o/{slug_of(old.id)}{rest}", query_string=asked)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(answer.text).replace(ISOLATE, "").replace(END, "").split())


def test_the_list_shows_what_was_decided_then_under_its_own_day(old: OldRegister, reader: Login) -> None:
    there = reader(old.officer)
    first = page(there, old, "/register")
    assert "Van vandaag" in first and "Brief zoek" in first and "van 27 dec 2023" in first
    assert "toen gemeld bij de AP" in first and "onduidelijk of het is gemeld" in first and "geen termijn" in first
    of_2023 = page(there, old, "/register", year="2023")
    assert "Laptop uit de auto" in of_2023 and "Oud geval" not in of_2023 and "Van vandaag" not in of_2023
    assert "Mail aan een ander" in page(there, old, "/register", year="2019", state="taken_over")
    assert page(there, old, "/register", origin="taken_over", year="2021").count("Oud geval") == 45
    for others in ("open", "submitted", "not_notified", "ended"):
        assert "Oud geval" not in page(there, old, "/register", state=others)
    for term in ("running", "late", "in_time", "not_begun"):
        assert "Oud geval" not in page(there, old, "/register", term=term)
    assert "Oud geval" in page(there, old, "/register", q="geval", state="taken_over")


@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_search_finds_it_by_its_old_number_and_that_of_the_authority(
    old: OldRegister, reader: Login, is_indexed: bool
) -> None:
    if is_indexed:
        index_in_time(60)
    there = reader(old.officer)
    for typed, title in (("DL-2023-007", "Laptop"), ("771234", "Laptop"), ("2026-0001", "Mail aan een ander")):
        shown = page(there, old, "/search", q=typed)
        assert title in shown and "overgenomen uit oud register" in shown


def test_its_page_says_what_the_old_register_said_and_asks_nothing(old: OldRegister, reader: Login) -> None:
    there, where = reader(old.officer), f"/breaches/{old.breach_id('DL-2023-007')}"
    shown = page(there, old, where)
    assert [words for words in SAID if words not in shown] == [] and old.officer.name in shown
    assert "nog niet bekend" not in page(there, old, f"/breaches/{old.breach_id('DL-1')}")
    main = shown.partition("<main")[2].partition("</main>")[0]
    assert main and "<form" not in main and "/assess" not in main and "data-until" not in main
    assert "het had geen eigen nummer" in page(there, old, f"/breaches/{old.breach_id('oud-0001')}").lower()
    there.client.set_cookie("language", "en")
    answer = there.client.get(f"/o/{slug_of(old.id)}{where}", headers={"Accept-Language": "en"}).text
    assert "Taken over from your old register" in answer and "unclear" in answer


def test_home_and_overview_ask_nothing_of_it(old: OldRegister, reader: Login) -> None:
    shown = page(reader(old.officer), old, "/")
    assert "Oud geval" not in shown and "Laptop uit de auto" not in shown and "Van vandaag" in shown


def test_the_file_of_the_register_has_it_in_words(old: OldRegister, reader: Login) -> None:
    lines = page(reader(old.officer), old, "/register.csv")
    assert "Oud register: gemeld bij de AP" in lines and "DL-2023-007" in lines and "2023-12-27" in lines


def test_the_api_answers_with_it(old: OldRegister, app: Flask) -> None:
    caller, breach_id = caller_for(app, id_of(old.officer)), old.breach_id("DL-2023-007")
    told = caller.get(f"breaches/{breach_id}").json
    assert told and told["found_at"] is told["run"] is told["turn"] is told["due_at"] is None
    assert told["decision_state"] == "taken_over" and told["taken_over"]["people_told"] == "unclear"
    assert "taken_over_key" not in told and told["still_due"] == told["done_alone"] == []
    listed = caller.get("breaches?origin=taken_over&limit=100").json
    assert listed and len(listed["items"]) == 49 and listed["items"][0]["decision_state"] == "taken_over"
    history = caller.get(f"breaches/{breach_id}/history").json
    assert history and history["items"][0]["details"]["file"] == HASH


def id_of(actor: Actor) -> UUID:
    assert actor.id is not None
    return actor.id


def about_a_breach(app: Flask) -> list[tuple[str, Rule]]:
    """Every route about one breach, with one of its methods."""
    rules = [rule for rule in app.url_map.iter_rules() if "breach_id" in rule.arguments]
    return [(method, rule) for rule in rules for method in (rule.methods or ()) if method not in ("HEAD", "OPTIONS")]


def test_every_step_and_act_about_it_is_refused_and_says_why(old: OldRegister, app: Flask, reader: Login) -> None:
    there, caller, breach_id = reader(old.officer), caller_for(app, id_of(old.officer)), old.breach_id("DL-1")
    token = TOKEN.search(there.see(f"/o/{slug_of(old.id)}/breaches/new"))
    routes = [(method, rule) for method, rule in about_a_breach(app) if rule.endpoint not in READ_ALL_THE_SAME]
    assert token and len(routes) > 20
    before = caller.get(f"breaches/{breach_id}/history").json
    answers = []
    for method, rule in routes:
        names = dict.fromkeys(rule.arguments, "assess") | {"organisation": slug_of(old.id), "breach_id": breach_id}
        _, path = rule.build(names) or ("", "")
        if path.startswith("/api"):
            answers.append((rule.endpoint, caller.call(method, path)))
        else:
            answers.append((rule.endpoint, there.client.open(path, method=method, data={"csrf_token": token[1]})))
    assert [(endpoint, answer.status_code) for endpoint, answer in answers if answer.status_code < 400] == []
    assert {answer.status_code for _, answer in answers} == {403, 404, 409, 422}
    told = [answer.text for _, answer in answers if answer.status_code == 409]
    assert len(told) > 20 and all("oude register" in words or "old register" in words for words in told)
    assert caller.get(f"breaches/{breach_id}/history").json == before


def test_after_it_was_taken_back_it_is_nowhere(database: Database, reader: Login) -> None:
    old = an_old_register()
    there, where = reader(old.officer), f"/o/{slug_of(old.id)}/breaches/{old.breach_id('DL-1')}"
    index_in_time(60)
    with acting_for(old.id):
        take_back(old.file, old.officer)
    index_in_time(60)
    assert there.client.get(where).status_code == 404
    assert "Oud geval" not in page(there, old, "/register") + page(there, old, "/search", q="geval")
    assert "Oud geval" not in page(there, old, "/")


def test_another_organisation_finds_none(old: OldRegister, reader: Login) -> None:
    other = an_old_register(name="Ander kantoor")
    there = reader(other.officer)
    assert there.client.get(f"/o/{slug_of(other.id)}/breaches/{old.breach_id('DL-1')}").status_code == 404
    assert page(there, other, "/register", origin="taken_over", year="2023").count("Laptop") == 1
