"""What taking a file would refuse is told before: in the dry run and in the file of faults; and proposals are accepted.
"""

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from service.files.proposals import MOST_ACCEPTED
from service.reading.fields import PURPOSES
from tenants.files.uploaded import uploaded_file
from tenants.isolation import acting_for
from tests import factories
from tests.conftest import Database
from tests.service.caller import Caller, caller_for, keys, refused

KVK = [str(uuid4().int % 90_000_000 + 10_000_000) for _ in range(3)]
ANSWERS = {"services": {"payroll_bare": "processor"}, "in_force_from": "2026-01-01", "contact_name": None}
CLIENT_HEADINGS = "klantnummer;naam;kvk-nummer;e-mail;contactpersoon\n"
REFUSED: dict[str, tuple[str, set[tuple[int, str]]]] = {
    "recipients": (
        "naam;e-mail\nAns;ans@@example.nl\nBob;b@example.nl, c@example.nl\n\"Cas de;cas@example.nl\n",
        {(2, "mail.address_invalid"), (3, "file.two_addresses"), (4, "file.quote_open")},
    ),
    "clients": (
        f"{CLIENT_HEADINGS}00123;Anders;{KVK[0]};a@x.example;Ans\n00124;Zonder KvK;;b@x.example;Bob\n"
        f"00125;Zonder contact;{KVK[1]};;\n00126;Vreemd;{KVK[2]};vreemd@@x;Cas\n",
        {(2, "file.listed_otherwise"), (3, "file.kvk_number_missing"), (4, "contact.none"),
         (5, "mail.address_invalid")},
    ),
    "hits": ("klantnummer;aantal\n123;5\n00123;veel\n", {(2, "client.unknown"), (3, "file.not_a_number")}),
    "register": ("nummer;omschrijving;ontdekt op\nL-1;Weg;3-2-2031\n", {(2, "file.in_future")}),
}  # fmt: skip
"""By purpose: a file of which taking would refuse every row, and why each of them."""


@pytest.fixture(scope="module")
def office(app: Flask) -> factories.Office:
    return factories.an_office(1, client_number="00123")


@pytest.fixture(scope="module")
def fenna(app: Flask, office: factories.Office) -> Caller:
    assert office.officer.id
    return caller_for(app, office.officer.id)


def chosen(caller: Caller, office: factories.Office, purpose: str, content: str) -> str:
    """The path of a file whose proposed columns were confirmed."""
    form: dict[str, Any] = {"purpose": purpose, "file": (BytesIO(content.encode()), "lijst.csv")}
    if purpose == "recipients":
        breach: UUID = factories.an_own_breach(office.id, office.officer)
        form["notice_id"] = caller.post(f"breaches/{breach}/notice").json["id"]
    sent = caller.call("POST", "files", data=form)
    assert sent.status_code == 201, sent.text
    columns = [{"place": c["place"], "field": c["field"]} for c in sent.json["columns"] if c["field"]]
    path = f"files/{sent.json['id']}"
    assert caller.put(f"{path}/mapping", {"columns": columns}).status_code == 200
    return path


@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_taking_would_refuse_is_told_before(fenna: Caller, office: factories.Office, purpose: str) -> None:
    content, why = REFUSED[purpose]
    path = chosen(fenna, office, purpose, content)
    run = fenna.get(f"{path}?show=faults").json
    assert {(fault["row"], fault["key"]) for fault in run["items"]} == why and run["fits"] == 0
    text = fenna.call("GET", f"{path}/faults.csv").get_data().decode("utf-8-sig")
    assert [fault["message"] for fault in run["items"] if fault["message"].replace('"', '""') not in text] == []
    assert len(text.splitlines()) == len({row for row, _ in why}) + 1
    if purpose == "recipients":
        assert '"""Cas de";cas@example.nl;4;' in text, "a row that cannot be told apart is given as it stands"
    answers = {"answers": ANSWERS} if purpose == "clients" else {}
    assert keys(fenna.post(f"{path}/taking", {"take": "fitting", **answers})) == [("take", "file.nothing_fits")]


def test_what_is_said_of_all_clients_is_asked_of_the_rules_too(fenna: Caller, office: factories.Office) -> None:
    content = f"{CLIENT_HEADINGS}00200;Bol;{KVK[0]};a@x.example;\n"
    path = chosen(fenna, office, "clients", content)
    columns = [{"place": c["place"], "field": c["field"]} for c in fenna.get(path).json["columns"] if c["field"]]
    assert fenna.get(path).json["fits"] == 1
    file = fenna.put(f"{path}/mapping", {"columns": columns, "answers": ANSWERS | {"in_force_from": None}}).json
    assert (file["fits"], file["faults"]) == (0, 2)
    told = {fault["key"] for fault in fenna.get(f"{path}?show=faults").json["items"]}
    assert told == {"file.in_force_from_missing", "file.contact_name_missing"}


def test_services_of_two_columns_that_were_accepted_stay_so(fenna: Caller, office: factories.Office) -> None:
    headings = f"{CLIENT_HEADINGS.strip()};dienst 1;dienst 2\n"
    rows = f"00210;Bol;{KVK[1]};c@x.example;Ans;Boekhouding;Hosting\n00123;Client 1;;;;Boekhouding;Hosting\n"
    path = chosen(fenna, office, "clients", headings + rows)
    columns = [{"place": c["place"], "field": c["field"]} for c in fenna.get(path).json["columns"] if c["field"]]
    fenna.put(f"{path}/mapping", {"columns": columns, "answers": ANSWERS})
    wrong = {(row["row"], row["key"]): row["proposals"] for row in fenna.get(f"{path}?show=faults").json["items"]}
    assert wrong[2, "file.service_without_role"] == ["Bookkeeping (processor), Hosting and storage (processor)"]
    assert wrong[3, "file.listed_otherwise"] == [], "beside the other column it would not hold"
    run = fenna.put(f"{path}/proposals", {"accept": [{"key": "file.service_without_role"}]}).json
    assert run["fits"] == 1
    [item] = fenna.get(path).json["items"]
    assert item["services"] == {"bookkeeping": "processor", "hosting": "processor"}


def test_columns_are_proposed_anew_without_any(fenna: Caller, office: factories.Office) -> None:
    path = chosen(fenna, office, "hits", "klantnummer;aantal\n00123;5\n")
    fenna.put(f"{path}/mapping", {"columns": [{"place": 0, "field": "client_number"}]})
    anew = fenna.put(f"{path}/mapping", {"headings_row": 1}).json
    assert [column["field"] for column in anew["columns"]] == ["client_number", "people"] and not anew["is_confirmed"]
    refused(fenna.post(f"{path}/taking", {"take": "all"}), 422, "file.columns_first")


def test_a_proposal_is_accepted_and_taken_back(fenna: Caller, office: factories.Office) -> None:
    path = chosen(fenna, office, "hits", "klantnummer;aantal\n123;5\n999;6\n")
    here = {"row": 2, "column": "klantnummer"}
    for wrong in ({"row": 3, "column": "klantnummer"}, here | {"proposal": "00999"}, {"key": "file.no_choice"}):
        assert keys(fenna.put(f"{path}/proposals", {"accept": [wrong]})) == [("proposals", "file.not_proposed")]
    everywhere = {"key": "client.unknown"}
    for beside in ({"row": 2}, {"column": "klantnummer"}, {"proposal": "00999"}, here):
        answer = fenna.put(f"{path}/proposals", {"accept": [everywhere, everywhere | beside]})
        assert keys(answer) == [("accept.1.key", "file.here_or_everywhere")], "one of both, at its field"
    for half, lacking in (({"row": 2}, ["column"]), ({"column": "klantnummer"}, ["row"]), ({}, ["row", "column"])):
        answer = fenna.put(f"{path}/proposals", {"accept": [half]})
        assert keys(answer) == [(f"accept.0.{name}", "field.required") for name in lacking]
    assert fenna.get(path).json["accepted"] == 0
    file = fenna.put(f"{path}/proposals", {"accept": [here]}).json
    assert (file["fits"], file["faults"], file["accepted"]) == (1, 1, 1)
    [item] = fenna.get(path).json["items"]
    assert (item["row"], item["client_number"], item["name"]) == (2, "00123", "Client 1")
    file = fenna.put(f"{path}/proposals", {"take_back": [here]}).json
    assert (file["fits"], file["faults"], file["accepted"]) == (0, 2, 0)
    assert fenna.put(f"{path}/proposals", {"accept": [{"key": "client.unknown"}]}).json["accepted"] == 1
    taken = fenna.post(f"{path}/taking", {"take": "fitting"}).json
    assert (taken["result"]["clients"], taken["result"]["accepted"], taken["accepted"]) == (1, 1, 1)


def test_a_proposed_client_is_named_and_another_name_is_accepted_by_hand_alone(
    fenna: Caller, office: factories.Office
) -> None:
    content = "klantnummer;bedrijfsnaam\n123;Client 1\n 0123;client 1\n0 123;Bakkerij Kneuterdam\n"
    path = chosen(fenna, office, "hits", content)
    faults = fenna.get(f"{path}?show=faults").json["items"]
    told = [(fault["key"], fault["proposal"], fault["proposal_name"]) for fault in faults]
    like, other = ("client.unknown", "00123", "Client 1"), ("client.unknown_otherwise", "00123", "Client 1")
    assert told == [like, like, other]
    assert "00123 (Client 1)" in fenna.call("GET", f"{path}/faults.csv").get_data(as_text=True)
    assert keys(fenna.put(f"{path}/proposals", {"accept": [{"key": other[0]}]})) == [("proposals", "file.not_proposed")]
    assert fenna.put(f"{path}/proposals", {"accept": [{"row": 4, "column": "klantnummer"}]}).json["accepted"] == 1


def test_no_more_is_accepted_than_is_kept(fenna: Caller, office: factories.Office) -> None:
    path = chosen(fenna, office, "hits", "klantnummer;aantal\n123;5\n")
    with acting_for(office.id):
        file = uploaded_file(UUID(path.removeprefix("files/")))
        accepted = [[row, "aantal", "1"] for row in range(10, MOST_ACCEPTED + 10)]
        file.keep_words({**file.words, "choices": file.words["choices"] | {"accepted": accepted}})
    answer = fenna.put(f"{path}/proposals", {"accept": [{"key": "client.unknown"}]})
    assert keys(answer) == [("proposals", "file.too_many_accepted")]
    one_less = {"accept": [{"key": "client.unknown"}], "take_back": [{"row": 10, "column": "aantal"}]}
    assert fenna.put(f"{path}/proposals", one_less).json["accepted"] == MOST_ACCEPTED


def test_a_proposal_that_no_cell_can_hold_is_told_and_cannot_be_accepted(
    fenna: Caller, office: factories.Office
) -> None:  # fmt: skip
    path = chosen(fenna, office, "hits", "klantnummer;minimaal;maximaal\n00123;20;10\n")
    [fault] = fenna.get(f"{path}?show=faults").json["items"]
    assert (fault["key"], fault["proposal"], fault["proposals"]) == ("fact.people_reversed", "10-20", [])
    for accepting in ({"row": 2, "column": fault["column"]}, {"key": fault["key"]}):
        assert keys(fenna.put(f"{path}/proposals", {"accept": [accepting]})) == [("proposals", "file.not_proposed")]


@pytest.mark.parametrize(("other", "accepted"), [
    ({}, 1), ({"headings_row": 1}, 1), ({"encoding": "utf-8"}, 1), ({"headings_row": 2}, 0),
    ({"encoding": "cp1252"}, 0),
])  # fmt: skip
def test_what_was_accepted_holds_for_the_same_cells_only(
    fenna: Caller, office: factories.Office, other: dict[str, Any], accepted: int
) -> None:
    path = chosen(fenna, office, "hits", "klantnummer;aantal\n123;5\n124;6\n")
    where = {"row": 2, "column": "klantnummer"}
    assert fenna.put(f"{path}/proposals", {"accept": [where]}).json["accepted"] == 1
    file = fenna.put(f"{path}/mapping", {"columns": [{"place": 0, "field": "client_number"}], **other}).json
    assert file["accepted"] == accepted


def test_the_history_says_where_a_proposal_was_accepted(
    fenna: Caller, office: factories.Office, database: Database
) -> None:
    path = chosen(fenna, office, "recipients", "naam;e-mail\nAns;ans@example.nl\nBob;b@example.nl, c@example.nl\n")
    both = fenna.get(f"{path}?show=faults").json["items"][0]
    assert both["proposals"] == ["b@example.nl", "c@example.nl"]
    one = {"row": 3, "column": "e-mail"}
    assert keys(fenna.put(f"{path}/proposals", {"accept": [one]})) == [("proposals", "file.not_proposed")]
    assert fenna.put(f"{path}/proposals", {"accept": [one | {"proposal": "c@example.nl"}]}).json["fits"] == 2
    file = fenna.post(f"{path}/taking", {"take": "all"}).json
    assert fenna.get(f"notices/{file['notice_id']}/people").json["items"][1]["address"] == "c@example.nl"
    query = "select details from history where what = 'notice.list_from_file' and subject_id = :id"
    [entry] = database.outside(query, id=file["notice_id"])
    assert (entry["details"]["accepted"], entry["details"]["accepted_rows"]) == (1, [3])
    columns = chosen(fenna, office, "register", "nummer;omschrijving;gemeld bij AP\nQ-1;Weg;ja, op tijd\n")
    assert fenna.put(f"{columns}/proposals", {"accept": [{"key": "file.answer_with_more"}]}).json["fits"] == 1
    assert fenna.post(f"{columns}/taking", {"take": "all"}).json["result"]["accepted"] == 1
    [breach] = [each for each in fenna.get("breaches").json["items"] if each["reference"] == "Q-1"]
    [entry] = fenna.get(f"breaches/{breach['id']}/history").json["items"]
    assert entry["details"]["accepted"] == ["reported_to_ap"]


def test_a_file_that_added_nothing_has_nothing_to_undo(fenna: Caller, office: factories.Office) -> None:
    content = "nummer;omschrijving\nR-1;Weg\n"
    first, again = (chosen(fenna, office, "register", content) for _ in range(2))
    for path in (first, again):
        assert fenna.post(f"{path}/taking", {"take": "all"}).status_code == 200
    refused(fenna.call("DELETE", f"{again}/taking"), 422, "file.added_nothing")
    assert fenna.call("DELETE", f"{first}/taking").status_code == 200


PARTLY = {
    "recipients": f"{REFUSED['recipients'][0]}Eva;eva@example.nl\n",
    "clients": f"{REFUSED['clients'][0]}00901;Bakker;{KVK[2]};bak@bol.example;Eva\n",
    "hits": "klantnummer;aantal\n123;5\n00123;4\n",
    "register": f"{REFUSED['register'][0]}L-2;Weg;3-2-2021\n",
}  # fmt: skip
"""By purpose: a file of which one row fits."""
OF_ALL = {"how": "add", "answers": ANSWERS | {"confirmed_doubles": True}}
TELLS = {"recipients": "notice.list_from_file", "clients": "clients.taken_from_file", "register": "register.taken_over"}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_did_not_fit_stays_for_a_day_after_the_rest_was_taken(
    fenna: Caller, office: factories.Office, database: Database, purpose: str
) -> None:
    path = chosen(fenna, office, purpose, PARTLY[purpose])
    before, wrong = fenna.get(f"{path}/faults.csv").get_data(), fenna.get(path).json["wrong_rows"]
    taken = fenna.post(f"{path}/taking", {"take": "fitting", **OF_ALL})
    assert taken.status_code == 200, taken.text
    assert (taken.json["result"]["wrong_rows"], taken.json["result"]["fits"]) == (wrong, 1)
    assert fenna.get(f"{path}/faults.csv").get_data() == before and b";proposal" in before
    if purpose in TELLS:
        told = database.outside(
            "select details, personal from history where what = :what and organisation_id = :me order by seq desc",
            what=TELLS[purpose], me=office.id)[0]  # fmt: skip
        assert (told["details"]["rows"], told["details"]["wrong_rows"]) == (wrong + 1, wrong) and told["personal"]
        assert "lijst.csv" not in str(told)
    database.outside("update uploaded_file set ended_at = now() - interval '1 day' where id = :id", id=path[6:])
    refused(fenna.get(f"{path}/faults.csv"), 409, "file.faults_gone")


def test_clients_that_are_left_out_by_what_is_said_of_all_of_them_can_be_had_too(
    fenna: Caller, office: factories.Office
) -> None:
    kvk = [str(uuid4().int % 90_000_000 + 10_000_000) for _ in range(2)]
    rows = f"00911;Een;{kvk[0]};een@bol.example;Eva\n00912;Twee;{kvk[1]};twee@bol.example;\n"
    path = chosen(fenna, office, "clients", f"{CLIENT_HEADINGS}{rows}00913;Drie;;drie@bol.example;Bo\n")
    answers = {**ANSWERS, "leave_out": True, "confirmed_doubles": True}
    result = fenna.post(f"{path}/taking", {"take": "fitting", "answers": answers}).json["result"]
    assert (result["new"], result["left"], result["wrong_rows"]) == (1, 1, 2)
    text = fenna.get(f"{path}/faults.csv").get_data().decode()
    assert "00912" in text and "00913" in text and "00911" not in text
