"""What becomes known later, through the API: facts, the authority's form, a term that was moved."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from tests import factories
from tests.factories import Office
from tests.service.caller import Caller, keys, refused

RISK = factories.an_assessment("risk")
FACTS = RISK["facts"]
MOVED = {
    "until": "2099-05-14T12:00", "reason": "Het formulier lag eruit", "source": "autoriteitpersoonsgegevens.nl",
    "moments_confirmed": True,
}  # fmt: skip


@pytest.fixture
def path(own_breach: UUID) -> str:
    """Where this test's breach is."""
    return f"breaches/{own_breach}"


def test_an_assessment_shows_what_it_rests_on(officer: Caller, path: str) -> None:
    more = {
        "severity_answers": {
            "kinds": ["simple"], "circumstance.simple": "none", "identified_by.full_name": "few_in_city",
            "confidentiality": "unknown_or_public", "integrity": "no_wrong_use", "availability": "restored_easily",
        },
        "authority_severity": "limited", "edpb_severity": "minor",
    }  # fmt: skip
    done = officer.post(f"{path}/assessment", RISK | more)
    assert done.status_code == 200, done.text
    assert (done.json["facts"], done.json["people_min"]) == (FACTS, RISK["people_min"])
    assert (done.json["authority_severity"], done.json["edpb_severity"]) == ("limited", "minor")
    enisa = done.json["enisa"]
    assert (enisa["least"], enisa["most"], enisa["score_least"], enisa["score_most"]) == (5, 7, 1.25, 1.75)
    assert (enisa["band_least"], enisa["flags"]) == ("low", [])
    assert done.json["advice"]["notify_authority"] == "yes"
    assert (done.json["facts_changed"], done.json["departure_reason"]) == (False, None)


def test_what_is_left_out_of_an_assessment_stays(officer: Caller, path: str) -> None:
    officer.post(f"{path}/assessment", RISK | {"authority_severity": "limited", "edpb_severity": "minor"})
    again = officer.post(f"{path}/assessment", {"risk": "risk", "reason": "Nog eens bekeken"})
    assert (again.json["facts"], again.json["people_max"]) == (FACTS, RISK["people_max"])
    assert (again.json["authority_severity"], again.json["edpb_severity"]) == ("limited", "minor")


def test_departing_from_the_advice_needs_its_reason(officer: Caller, path: str) -> None:
    departing = RISK | {"risk": "unlikely"}
    assert keys(officer.post(f"{path}/assessment", departing)) == [
        ("departure_reason", "assessment.departs_from_advice")
    ]
    done = officer.post(f"{path}/assessment", departing | {"departure_reason": "De dief is gepakt"})
    assert (done.status_code, done.json["departure_reason"]) == (200, "De dief is gepakt")


def test_facts_that_change_afterwards_are_flagged_until_somebody_looks(officer: Caller, path: str) -> None:
    officer.post(f"{path}/assessment", RISK)
    first = officer.get(path).headers["ETag"]
    values = {"facts": FACTS | {"misused": True}, "people_min": 5, "people_max": 9}
    changed = officer.put(f"{path}/facts", values, headers={"If-Match": first})
    assert (changed.status_code, changed.json["facts_changed"], changed.json["people_max"]) == (200, True, 9)
    assert changed.json["facts"]["misused"] is True
    refused(officer.put(f"{path}/facts", values), 422, "facts.nothing_changed")
    refused(officer.put(f"{path}/facts", {"facts": {}}, headers={"If-Match": first}), 412, "version.out_of_date")
    refused(officer.post(f"{path}/facts/seen", headers={"If-Match": first}), 412, "version.out_of_date")
    seen = officer.post(f"{path}/facts/seen", headers={"If-Match": changed.headers["ETag"]})
    assert (seen.status_code, seen.json["facts_changed"]) == (200, False)
    refused(officer.post(f"{path}/facts/seen"), 409, "facts.nothing_to_see")


def test_measures_are_added_with_the_facts_and_stay_when_they_are_left_out(officer: Caller, path: str) -> None:
    people = {"people_min": 5, "people_max": 9}
    added = officer.put(f"{path}/facts", {"facts": FACTS, "measures": "Wachtwoord\r\ngewijzigd", **people})
    assert (added.status_code, added.json["measures"]) == (200, "Wachtwoord\ngewijzigd"), added.text
    by_id = {q["id"]: q for c in officer.get(f"{path}/form").json["chapters"] for q in c["questions"]}
    assert by_id["measures"]["value"] == "Wachtwoord\ngewijzigd"
    refused(
        officer.put(f"{path}/facts", {"facts": FACTS, "measures": "Wachtwoord\ngewijzigd", **people}),
        422, "facts.nothing_changed",
    )  # fmt: skip
    more = officer.put(f"{path}/facts", {"facts": FACTS | {"misused": True}, "measures": None, **people})
    assert (more.status_code, more.json["measures"]) == (200, "Wachtwoord\ngewijzigd")


def test_facts_are_for_those_who_may(officer: Caller, approver: Caller, reader: Caller, path: str) -> None:
    refused(approver.put(f"{path}/facts", {"facts": FACTS}), 403, "role.not_enough")
    refused(reader.post(f"{path}/facts/seen"), 403, "role.not_enough")
    refused(approver.post(f"{path}/facts/seen"), 409, "facts.nothing_to_see")
    officer.post(f"{path}/assessment", RISK)
    officer.put(f"{path}/facts", {"facts": FACTS | {"misused": True}})
    assert approver.post(f"{path}/facts/seen").status_code == 200
    reversed_people = {"facts": FACTS | {"people_min": 9}, "people_max": 3}
    assert keys(officer.put(f"{path}/facts", reversed_people)) == [("people_max", "fact.people_reversed")]
    assert keys(officer.put(f"{path}/facts", {})) == [("facts", "field.required")]


def test_the_form_is_filled_with_what_is_known(officer: Caller, reader: Caller, path: str) -> None:
    answered = officer.put(f"{path}/form", {"answers": {"summary": "Een mail naar de verkeerde"}})
    assert answered.status_code == 200, answered.text
    form = reader.get(f"{path}/form?lang=nl")
    assert form.headers["ETag"] == answered.headers["ETag"] == officer.get(path).headers["ETag"]
    by_id = {question["id"]: question for chapter in form.json["chapters"] for question in chapter["questions"]}
    assert by_id["summary"]["value"] == "Een mail naar de verkeerde"
    assert (by_id["reporter_name"]["value"], by_id["discovered_at"]["state"]) == ("Riet", "filled")
    assert sum(form.json["sums"].values()) == form.json["shown"] == len(by_id)
    english = reader.get(f"{path}/form?lang=en").json["chapters"][0]["label"]
    assert english != form.json["chapters"][0]["label"]


def test_an_answer_that_the_form_does_not_have_is_refused(officer: Caller, reader: Caller, path: str) -> None:
    wrong = {"answers": {"colour": "red", "groups": ["martians"], "summary": "Goed"}}
    assert sorted(keys(officer.put(f"{path}/form", wrong))) == [
        ("answers.colour", "answer.refused"), ("answers.groups", "answer.refused"),
    ]  # fmt: skip
    refused(reader.put(f"{path}/form", {"answers": {"summary": "x"}}), 403, "role.not_enough")
    old = {"If-Match": '"0"'}
    refused(officer.put(f"{path}/form", {"answers": {"summary": "x"}}, headers=old), 412, "version.out_of_date")


def test_a_moved_term_moves_both_moments(officer: Caller, reader: Caller, path: str) -> None:
    before = officer.get(path)
    refused(reader.post(f"{path}/moved-term", MOVED), 403, "role.not_enough")
    refused(officer.post(f"{path}/moved-term", MOVED, headers={"If-Match": '"0"'}), 412, "version.out_of_date")
    moved = officer.post(f"{path}/moved-term", MOVED, headers={"If-Match": before.headers["ETag"]})
    assert moved.status_code == 200, moved.text
    assert moved.json["alarm_at"] == moved.json["due_at"] > before.json["due_at"] > before.json["alarm_at"]
    assert moved.json["moved_term"]["source"] == MOVED["source"]
    [clock] = moved.json["run"]["clocks"]
    assert clock["due_at"] == moved.json["due_at"]


def test_a_term_is_not_moved_back_or_unexplained(
    officer: Caller, path: str, moment: Callable[[float], str], office: Office
) -> None:
    refused(officer.post(f"{path}/moved-term", MOVED | {"until": moment(1)}), 422, "moved_term.not_later")
    assert keys(officer.post(f"{path}/moved-term", MOVED | {"source": " "})) == [("source", "field.required")]
    far = MOVED | {"until": "9999-12-31T23:59Z"}
    assert keys(officer.post(f"{path}/moved-term", far)) == [("until", "moment.too_far_ahead")]
    assert officer.get(path).json["moved_term"] is None


def test_what_is_sent_twice_is_done_once(officer: Caller, path: str) -> None:
    for method, where, body in (
        ("PUT", "facts", {"facts": FACTS}), ("PUT", "form", {"answers": {"summary": "Kwijt"}}),
        ("POST", "moved-term", MOVED),
    ):  # fmt: skip
        key = {"Idempotency-Key": uuid4().hex}
        first, again = (officer.call(method, f"{path}/{where}", json=body, headers=key) for _ in range(2))
        assert (first.status_code, again.status_code, again.json) == (200, 200, first.json), where
    assert officer.get(path).json["version"] == 4
