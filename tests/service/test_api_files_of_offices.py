"""Clients, clients that were hit, and an old register come from a file through the API, and are taken back."""

from functools import partial
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import Flask

from tenants.register.taken_over import ONE_AT_A_TIME
from tests import factories
from tests.conftest import Database, until
from tests.service.caller import Caller, caller_for, keys, refused

CLIENTS = """klantnummer;naam;kvk-nummer;e-mail;contactpersoon
00091;Bakkerij Bol;{0};bol@bol.example;Bea Bol
00092;Tandarts Tak;{1};tak@tak.example;Ton Tak
"""
REGISTER = """nummer;omschrijving;datum ontdekking;aantal betrokkenen;gemeld bij AP;melder
L-1;Laptop gestolen;3-2-2021;ca. 40;ja;Jan Jansen
L-2;Brief verkeerd bezorgd;14-11-2022;1;onduidelijk;Piet Pietersen
"""
FOR_ALL = {"services": {"payroll_bare": "processor"}, "in_force_from": "2026-01-01"}


def brought(caller: Caller, content: str, purpose: str) -> tuple[str, dict[str, Any]]:
    """The path of a file of which the proposed columns were confirmed, and what it answers."""
    form = {"purpose": purpose, "file": (BytesIO(content.encode()), "lijst.csv")}
    sent = caller.call("POST", "files", data=form)
    assert sent.status_code == 201, sent.text
    columns = [{"place": c["place"], "field": c["field"]} for c in sent.json["columns"] if c["field"]]
    path = f"files/{sent.json['id']}"
    return path, caller.put(f"{path}/mapping", {"columns": columns}).json


def test_clients_that_were_hit_wait_for_their_incident(officer: Caller, incident: dict[str, Any]) -> None:
    path, file = brought(officer, "klantnummer;aantal\nK0001;meer dan 500\nK0002;15-20\n1;5\n", "hits")
    assert (file["fits"], file["faults"]) == (2, 1)
    assert officer.get(f"{path}?show=faults").json["items"][0]["key"] == "client.unknown"
    file_id = file["id"]
    without = {name: value for name, value in incident.items() if name != "clients"}
    with_file = without | {"clients_files": [file_id]}
    assert keys(officer.post("incidents", with_file)) == [("clients_files", "file.not_taken")]
    assert officer.post(f"{path}/taking", {"take": "fitting"}).json["result"]["clients"] == 2
    assert officer.post("incidents/preview", with_file).json["clients"] == 2
    opened = officer.post("incidents", with_file)
    assert opened.status_code == 201, opened.text
    board = officer.get(f"incidents/{opened.json['id']}/escalations").json["items"]
    people = [(row["people_min"], row["people_max"]) for row in board]
    assert sorted(people) == [(15, 20), (501, None)]
    again = officer.post("incidents", with_file)
    assert keys(again) == [("clients_files", "file.used_already")]
    refused(officer.call("DELETE", f"{path}/taking"), 422, "file.used_already")


def test_typed_clients_their_text_and_files_add_up(app: Flask, incident: dict[str, Any]) -> None:
    office = factories.an_office(clients=4)
    assert office.officer.id
    caller = caller_for(app, office.officer.id)
    files = []
    for number in ("K0003", "K0002"):
        path, file = brought(caller, f"klantnummer;aantal\n{number};5\n", "hits")
        caller.post(f"{path}/taking", {"take": "all"})
        files.append(file["id"])
    text = {"clients_csv": "klantnummer\nK0004\n"}
    typed = incident | {"clients": [{"client_number": "K0001"}]} | text | {"clients_files": files[:1]}
    assert caller.post("incidents/preview", typed).json["clients"] == 3
    doubled = typed | {"clients": [{"client_number": n} for n in ("K0001", "K0003", "K0004")]}
    refused = caller.post("incidents/preview", doubled | {"clients_files": files}).json["errors"]
    assert [(f["field"], f["line"], f["key"]) for f in refused] == [
        ("clients", 2, "client.doubled_typed"), ("clients", 3, "client.doubled_typed"),
    ]  # fmt: skip
    words = refused[0]["message"].translate({0x2068: None, 0x2069: None})
    assert "on row 2, and" in words and "on row 2 (lijst.csv)" in words, words
    again, file = brought(caller, "klantnummer\nK0009\nK0003\n", "hits")
    caller.post(f"{again}/taking", {"take": "fitting"})
    [fault] = caller.post("incidents/preview", typed | {"clients_files": [files[0], file["id"]]}).json["errors"]
    assert (fault["field"], fault["line"], fault["list"]) == ("clients_files", 3, "lijst.csv"), fault
    assert fault["key"] == "client.doubled_in_list", fault


def test_clients_of_a_file_are_registered_and_withdrawn(app: Flask) -> None:
    office = factories.an_office(clients=1)
    assert office.officer.id
    caller = caller_for(app, office.officer.id)
    content = CLIENTS.format(*(uuid4().int % 90_000_000 + 10_000_000 for _ in range(2)))
    path, file = brought(caller, content, "clients")
    assert file["fits"] == 2, file
    refused = caller.post(f"{path}/taking", {"take": "all"})
    lacking = [("answers.services", "file.services_missing"), ("answers.in_force_from", "file.days_missing")]
    assert keys(refused) == lacking and "2" in refused.json["errors"][0]["message"]
    taken = caller.post(f"{path}/taking", {"take": "all", "answers": FOR_ALL})
    assert taken.status_code == 200 and taken.json["result"]["new"] == 2, taken.text
    again, _ = brought(caller, content, "clients")
    assert caller.post(f"{again}/taking", {"take": "all", "answers": FOR_ALL}).json["result"]["known"] == 2
    assert caller.call("DELETE", f"{path}/taking").json["state"] == "undone"


def test_a_client_without_a_service_is_told_at_its_row_and_can_be_left_out(app: Flask) -> None:
    office = factories.an_office(clients=1)
    assert office.officer.id
    caller = caller_for(app, office.officer.id)
    content = "klantnummer;naam;kvk-nummer;e-mail;contactpersoon;Diensten\n" + "".join(
        f"0050{n};Bakkerij {n};{uuid4().int % 90_000_000 + 10_000_000};{n}@b{n}.example;Bea;{services}\n"
        for n, services in enumerate(("Boekhouding (verwerker)", "", "Boekhouding (verwerker)"))
    )
    path, file = brought(caller, content, "clients")
    assert (file["fits"], file["faults"]) == (3, 0), "nobody said yet what holds for all clients"
    said = {"in_force_from": "2026-01-01"}
    refused = caller.post(f"{path}/taking", {"take": "fitting", "answers": said})
    lacking = [("answers.services", "file.services_missing"), ("answers.leave_out", "file.lacking_left_out")]
    assert keys(refused) == lacking
    assert {"1", "3"} <= set(refused.json["errors"][0]["message"].replace(":", " ").replace(".", " ").split())
    columns = [{"place": c["place"], "field": c["field"]} for c in caller.get(path).json["columns"] if c["field"]]
    file = caller.put(f"{path}/mapping", {"columns": columns, "answers": said}).json
    assert (file["fits"], file["wrong_rows"]) == (2, 1)
    [fault] = caller.get(f"{path}?show=faults").json["items"]
    assert (fault["row"], fault["column"], fault["key"]) == (3, "Diensten", "file.service_missing")
    again, _ = brought(caller, content, "clients")
    taken = caller.post(f"{again}/taking", {"take": "fitting", "answers": said | {"leave_out": True}})
    assert taken.status_code == 200, taken.text
    assert (taken.json["result"]["new"], taken.json["result"]["left"]) == (2, 1)


def test_an_old_register_comes_along_once(app: Flask) -> None:
    house = factories.an_organisation()
    who = factories.a_member(house)
    assert who.id
    caller = caller_for(app, who.id)
    path, file = brought(caller, REGISTER, "register")
    assert [column["heading"] for column in file["columns"] if column["field"] is None] == ["melder"]
    assert caller.post(f"{path}/taking", {"take": "all"}).json["result"]["new"] == 2
    again, _ = brought(caller, REGISTER, "register")
    assert caller.post(f"{again}/taking", {"take": "all"}).json["result"]["known"] == 2
    assert len(caller.get("breaches").json["items"]) == 2
    assert caller.call("DELETE", f"{path}/taking").json["state"] == "undone"
    assert caller.get("breaches").json["items"] == []


def test_equal_rows_of_an_old_register_are_told_and_add_up(app: Flask) -> None:
    who = factories.a_member(factories.an_organisation())
    assert who.id
    caller = caller_for(app, who.id)
    content = "omschrijving;datum ontdekking\nMail verkeerd;3-2-2021\nMail verkeerd;3-2-2021\nBrief weg;\n"
    path, _ = brought(caller, content, "register")
    run = caller.get(path).json
    assert (run["fits"], run["known"], run["alike"], run["equal"]) == (3, 0, 0, 1)
    taken = caller.post(f"{path}/taking", {"take": "all"}).json["result"]
    assert (taken["new"], taken["known"], taken["equal"]) == (3, 0, 1)
    again, _ = brought(caller, content, "register")
    assert [caller.get(again).json[name] for name in ("known", "equal")] == [3, 0]


def test_of_two_who_take_one_register_the_second_learns_that_it_was_known(app: Flask, database: Database) -> None:
    """Both wait for the same turn, so that neither sees the other's breaches before."""
    house = factories.an_organisation()
    ids = [factories.a_member(house).id for _ in range(2)]
    callers = [caller_for(app, each) for each in ids if each]
    calls = []
    paths = [brought(caller, REGISTER, "register")[0] for caller in callers]
    with database.superuser.connect() as holder:
        holder.execute(ONE_AT_A_TIME, {"organisation": str(house)})
        for nth in range(2):
            calls.append(database.elsewhere(partial(callers[nth].post, f"{paths[nth]}/taking", {"take": "all"})))
            until(lambda waiting=nth + 1: database.blocked() >= waiting)
        holder.rollback()
    results = [call.result(30).json["result"] for call in calls]
    assert [(each["new"], each["known"]) for each in results] == [(2, 0), (0, 2)]


def test_a_file_of_another_organisation_is_not_there(app: Flask, officer: Caller) -> None:
    path, _ = brought(officer, "klantnummer\nK0001\n", "hits")
    stranger = factories.a_member(factories.an_organisation("Een derde"))
    assert stranger.id
    other = caller_for(app, stranger.id)
    for call in ("GET", "DELETE"):
        refused(other.call(call, path), 404, "file.unknown")
    refused(other.post(f"{path}/taking", {"take": "all"}), 404, "file.unknown")
    refused(officer.get(f"files/{uuid4()}"), 404, "file.unknown")
