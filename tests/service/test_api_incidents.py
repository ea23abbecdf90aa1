"""The office's incidents, agreements and escalations through the API."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.service.caller import Caller, keys, refused

Incident = dict[str, Any]


def test_an_incident_opens_at_its_clients(officer: Caller, incident: Incident) -> None:
    answer = officer.post("incidents", incident)
    assert answer.status_code == 201, answer.text
    assert answer.json["title"] == "Back-upstation kwijt"
    path = f"incidents/{answer.json['id']}"
    assert officer.get(path).json == answer.json
    board = officer.get(f"{path}/board").json
    assert (board["total"], board["people_min"], board["people_max"]) == (1, 5, 5)
    assert sum(board[state] for state in ("waiting", "soon", "late", "informed", "acknowledged", "decided")) == 1
    [row] = officer.get(f"{path}/escalations").json["items"]
    assert (row["people_min"], row["informed_at"]) == (5, None)
    whole = officer.get(f"escalations/{row['id']}").json
    assert (whole["run"]["step"], whole["hours_agreed"]) == ("inform", 24)


def test_a_preview_says_what_would_happen_and_records_nothing(officer: Caller, incident: Incident) -> None:
    before = officer.get("incidents").json["items"]
    answer = officer.post("incidents/preview", incident)
    assert answer.status_code == 200, answer.text
    preview = answer.json
    assert (preview["clients"], preview["people_max"], [group["hours"] for group in preview["hours"]]) == (1, 5, [24])
    [sample] = preview["samples"]
    assert sample["reasons"] == ["first", "largest", "oddest"] and "Back-upstation kwijt" in sample["letter"]["text"]
    assert officer.get("incidents").json["items"] == before
    unknown = incident | {"clients": [{"client_number": "K0777"}]}
    refused(officer.post("incidents/preview", unknown), 422, "invalid.many")


def test_clients_from_a_csv(officer: Caller, incident: Incident) -> None:
    del incident["clients"]
    answer = officer.post("incidents", incident | {"clients_csv": "klantnummer;aantal\nK0001;5\nK0002;?\n"})
    assert answer.status_code == 201, answer.text
    board = officer.get(f"incidents/{answer.json['id']}/board").json
    assert (board["total"], board["people_not_known"]) == (2, 1)


def test_each_fault_has_its_line_and_nothing_is_saved(officer: Caller, incident: Incident) -> None:
    before = officer.get("incidents").json["items"]
    clients = [{"client_number": number} for number in ("K0001", "K0001", "K0777")]
    answer = officer.post("incidents", incident | {"clients": clients})
    refused(answer, 422, "invalid.many")
    assert [(fault["line"], fault["key"]) for fault in answer.json["errors"]] == [
        (2, "client.doubled"), (3, "client.unknown"),
    ]  # fmt: skip
    assert "K0777" in answer.json["errors"][1]["message"]
    assert officer.get("incidents").json["items"] == before


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("found_at", "2026-03-29T02:30", "moment.does_not_exist"),
        ("found_at", "2025-10-26T02:30", "moment.is_twice"),
        ("found_at", "2999-01-01T00:00:00Z", "moment.in_future"),
        ("found_at", "gisteren", "moment.unreadable"),
        ("title", "", "field.required"),
        ("title", "nul\u0000", "field.control_character"),
        ("services", ["witwassen"], "field.not_a_choice"),
        ("contact_email", "fenna", "mail.address_invalid"),
        ("facts", {"humeur": "slecht"}, "field.unknown"),
        ("clients", [], "incident.no_clients"),
        ("clients", [{"client_number": "K0001", "people": 1.5}], "field.not_a_number"),
        ("clients", [{"client_number": "K0001", "people_min": 9, "people_max": 1}], "fact.people_reversed"),
        ("kleur", "rood", "field.unknown"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_field(officer: Caller, incident: Incident, field: str, value: Any, fault: str) -> None:
    answer = officer.post("incidents", incident | {field: value})
    assert answer.status_code == 422
    assert fault in [key for name, key in keys(answer) if name.startswith(field.removesuffix("_csv"))]


def test_the_second_pass_of_an_hour_can_be_meant(officer: Caller, incident: Incident) -> None:
    twice = {"happened_from": "2025-10-26T02:30", "happened_from_fold": 1}
    answer = officer.post("incidents", incident | twice)
    assert answer.json["happened_from"] == "2025-10-26T01:30:00+00:00"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe{", b"[" * 100_000, b'{"title": "\\ud800"}', b"NaN"])
def test_what_is_not_json_is_refused(officer: Caller, body: bytes) -> None:
    refused(officer.call("POST", "incidents", data=body, content_type="application/json"), 400, "http.400")


def test_what_is_no_incident_is_refused(officer: Caller) -> None:
    assert keys(officer.post("incidents", ["x"])) == [("body", "field.not_an_object")]
    assert ("title", "field.required") in keys(officer.call("POST", "incidents"))
    refused(officer.call("POST", "incidents", data="title=x", content_type="text/plain"), 415, "http.415")


def test_a_reader_records_nothing(reader: Caller, incident: Incident) -> None:
    refused(reader.post("incidents", incident), 403, "role.not_enough")
    assert reader.get("incidents").status_code == 200


def test_a_call_informs_the_controller_once(
    officer: Caller, incident: Incident, moment: Callable[[float], str]
) -> None:
    made = officer.post("incidents", incident).json
    [row] = officer.get(f"incidents/{made['id']}/escalations").json["items"]
    path = f"escalations/{row['id']}/conversations"
    call = {"outcome": "spoken", "called_at": moment(0.1), "contact_name": "Anna"}
    refused(officer.post(path, call | {"called_at": moment(9)}), 422, "call.too_early")
    for nobody in (None, "  "):
        assert keys(officer.post(path, call | {"contact_name": nobody})) == [("contact_name", "call.who_required")]
    missed = officer.post(path, {"outcome": "nobody", "called_at": moment(0.2)})
    assert (missed.status_code, missed.json["informed_how"]) == (200, None), missed.text
    answer = officer.post(path, call | {"note": "Belt terug"})
    assert (answer.status_code, answer.json["informed_how"]) == (200, "phone"), answer.text
    later = officer.post(path, call | {"called_at": moment(0)}).json
    assert later["informed_at"] == answer.json["informed_at"]
    spoken = later["conversations"]
    assert [(made["outcome"], made["informed"]) for made in spoken] == [
        ("spoken", False), ("spoken", True), ("nobody", False),
    ]  # fmt: skip
    undone = officer.post(f"{path}/{spoken[1]['seq']}/take-back", {"reason": "Verkeerde klant"})
    assert undone.status_code == 200 and undone.json["informed_at"] == spoken[0]["called_at"], undone.text
    assert undone.json["conversations"][1]["taken_back"]["reason"] == "Verkeerde klant"
    refused(officer.post(f"{path}/{spoken[1]['seq']}/take-back", {"reason": "x"}), 409, "call.taken_back_before")
    none = officer.post(f"{path}/{spoken[0]['seq']}/take-back", {"reason": "Ook niet"}).json
    assert (none["informed_at"], none["informed_how"]) == (None, None) and none["call_needed_at"]
    refused(officer.post(f"{path}/999999/take-back", {"reason": "x"}), 404, "call.unknown")
    refused(officer.post(f"escalations/{uuid4()}/conversations", call), 404, "escalation.unknown")


def test_an_incident_is_ended_with_a_reason_and_is_open_again(
    officer: Caller, reader: Caller, incident: Incident, moment: Callable[[float], str]
) -> None:
    path = f"incidents/{officer.post('incidents', incident).json['id']}"
    assert (officer.get(path).json["ended_at"], officer.get(path).json["end"]) == (None, None)
    refused(officer.post(f"{path}/end", {"reason": "Klaar"}), 422, "incident.not_all_informed")
    [row] = officer.get(f"{path}/escalations").json["items"]
    calls = f"escalations/{row['id']}/conversations"
    call = {"outcome": "spoken", "called_at": moment(0.1), "contact_name": "Anna"}
    seq = officer.post(calls, call).json["conversations"][0]["seq"]
    refused(officer.post(f"{path}/end", {"reason": None}), 422, "incident.end_reason")
    refused(reader.post(f"{path}/end", {"reason": "Klaar"}), 403, "role.not_enough")
    ended = officer.post(f"{path}/end", {"reason": "Iedereen is gebeld"})
    assert ended.status_code == 200, ended.text
    assert (ended.json["end"]["by"], ended.json["end"]["reason"]) == ("Fenna de Wit", "Iedereen is gebeld")
    listed = officer.get("incidents?limit=1").json["items"][0]
    assert listed["ended_at"] == ended.json["ended_at"] == ended.json["end"]["ended_at"]
    refused(officer.post(f"{path}/end", {"reason": "Nog eens"}), 409, "incident.ended")
    assert officer.post(f"{calls}/{seq}/take-back", {"reason": "Verkeerde klant"}).status_code == 200
    assert officer.get(path).json["end"] is None
    assert officer.get("incidents?limit=1").json["items"][0]["ended_at"] is None


def test_a_client_is_taken_and_let_go(
    officer: Caller, owner: Caller, reader: Caller, incident: Incident, moment: Callable[[float], str]
) -> None:
    made = officer.post("incidents", incident).json
    [row] = officer.get(f"incidents/{made['id']}/escalations").json["items"]
    at = f"escalations/{row['id']}"
    seen = officer.get(at).json["newest_entry"]
    assert owner.put(f"{at}/caller?seen={seen}").json["caller"]["name"]
    refused(officer.put(f"{at}/caller?seen={seen}"), 422, "call.taken_meanwhile")
    call = {"outcome": "nobody", "called_at": moment(0.1)}
    refused(officer.post(f"{at}/conversations?seen={seen}", call), 422, "call.taken_meanwhile")
    assert officer.call("DELETE", f"{at}/caller").json["caller"], "a colleague's call goes on"
    assert owner.call("DELETE", f"{at}/caller").json["caller"] is None
    refused(reader.put(f"{at}/caller"), 403, "role.not_enough")
    newest = officer.get(at).json["newest_entry"]
    assert officer.put(f"{at}/caller?seen={newest}").json["caller"]["name"] == "Fenna de Wit"


def test_a_contact_is_corrected_and_the_newest_change_is_asked(
    officer: Caller, handler: Caller, incident: Incident
) -> None:
    made = officer.post("incidents", incident).json
    [row] = officer.get(f"incidents/{made['id']}/escalations").json["items"]
    at = f"escalations/{row['id']}/contacts"
    before = officer.get(at).json
    right = {"name": "Gijs", "email": "gijs@nieuw.example", "seen": before["seen"]}
    refused(handler.put(f"{at}/1", right), 403, "role.not_enough")
    assert keys(officer.put(f"{at}/1", {"name": "Gijs", "seen": 0})) == [("email", "contact.no_way_to_reach")]
    answer = officer.put(f"{at}/1", right)
    assert (answer.status_code, answer.json["outcome"]) == (200, "mailed"), answer.text
    assert answer.json["contacts"][0]["email"] == "gijs@nieuw.example" and answer.json["seen"] > before["seen"]
    last = len(before["contacts"]) + 1
    added = officer.put(f"{at}/{last}", {"name": "Bel", "phone": "010 12345", "seen": answer.json["seen"]})
    assert (added.json["outcome"], len(added.json["contacts"])) == ("kept", last), added.text
    refused(officer.put(f"{at}/9", right), 404, "contact.unknown")


def test_pages_follow_each_other(officer: Caller, incident: Incident) -> None:
    for _ in range(3):
        officer.post("incidents", incident)
    first = officer.get("incidents?limit=2").json
    second = officer.get(f"incidents?limit=2&after={first['next']}").json
    ids = [row["id"] for row in first["items"] + second["items"]]
    everything = [row["id"] for row in officer.get("incidents?limit=200").json["items"]]
    assert len(set(ids)) == len(ids)
    assert ids == everything[: len(ids)]
    assert officer.get("incidents?limit=200").json["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=veel"])
def test_a_page_has_its_bounds(officer: Caller, query: str) -> None:
    assert keys(officer.get(f"incidents?{query}"))[0][0] == "limit"


@pytest.mark.parametrize("token", ["x", "bm9uc2Vucw", "%00", "\u20ac", "MjAyNi0wMS0wMXx4"])
def test_a_broken_token_is_refused(officer: Caller, token: str) -> None:
    for path in ("incidents", "agreements", "breaches", "notices"):
        assert keys(officer.get(path, query_string={"after": token})) == [("after", "page.after_unreadable")]


def a_client(**values: Any) -> dict[str, Any]:
    """A client as the API takes it."""
    return {
        "name": "Bakkerij 't Hoekje", "kvk_number": "87654321", "client_number": "N1", "hours_to_notify": 24,
        "contacts": [{"name": "Jan", "email": "jan@example.nl"}], "services": {"payroll_bare": "processor"},
        "in_force_from": "2026-01-01",
    } | values  # fmt: skip


def test_agreements_are_registered_as_a_set(officer: Caller) -> None:
    answer = officer.post("agreements", {"clients": [a_client()]})
    assert (answer.status_code, answer.json) == (201, {"registered": 1}), answer.text
    last = officer.get("agreements?limit=200").json["items"][-1]
    assert (last["client_number"], last["services"]) == ("N1", {"payroll_bare": "processor"})
    other = a_client(client_number="N2", kvk_number="87654322", name="Garage Snel",
                     contacts=[{"name": "Bo", "email": "bo@garage.example"}])  # fmt: skip
    pair = [other, a_client(in_force_from="2026-01-01")]
    again = officer.post("agreements", {"clients": pair})
    assert keys(again) == [("clients.1.client_number", "agreement.doubled")]
    assert "N2" not in [row["client_number"] for row in officer.get("agreements?limit=200").json["items"]]


def test_a_client_number_names_one_client_of_an_office(officer: Caller) -> None:
    baker, butcher = {"name": "Bakker Alleen", "kvk_number": "87654401"}, {"name": "Slager", "kvk_number": "87654402"}
    both = [a_client(client_number="A1", in_force_to="2026-02-28", **baker),
            a_client(client_number="A1", in_force_from="2026-03-01", **butcher)]  # fmt: skip
    within = officer.post("agreements", {"clients": both, "confirmed_doubles": True})
    assert officer.post("agreements", {"clients": both[:1], "confirmed_doubles": True}).status_code == 201
    others = [a_client(client_number="A2", **butcher), *both[1:]]
    later = officer.post("agreements", {"clients": others, "confirmed_doubles": True})
    for refusal in (within, later):
        assert keys(refusal) == [("clients.1.client_number", "agreement.number_taken")]
        assert "A1 is Bakker Alleen" in refusal.text
    numbers = [row["client_number"] for row in officer.get("agreements?limit=200").json["items"]]
    assert numbers.count("A1") == 1 and "A2" not in numbers
    renewed = a_client(client_number="A1", in_force_from="2026-03-01", **baker)
    assert officer.post("agreements", {"clients": [renewed]}).status_code == 201
    another = {"clients": [a_client(client_number="A3", **baker)]}
    assert ("clients.0.kvk_number", "client.likely_double_kvk_number") in keys(officer.post("agreements", another))
    assert officer.post("agreements", another | {"confirmed_doubles": True}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kvk_number", "123"), ("hours_to_notify", 0), ("contacts", []), ("services", {}), ("services", {"x": "y"}),
        ("in_force_from", "2026-02-30"), ("in_force_to", "2025-01-01"), ("client_number", "x" * 41),
    ],
)  # fmt: skip
def test_an_agreement_is_checked(officer: Caller, field: str, value: Any) -> None:
    answer = officer.post("agreements", {"clients": [a_client(**{field: value})]})
    assert keys(answer)[0][0].startswith(f"clients.0.{field}")


def test_only_an_officer_registers_agreements(approver: Caller) -> None:
    refused(approver.post("agreements", {"clients": [a_client()]}), 403, "role.not_enough")
