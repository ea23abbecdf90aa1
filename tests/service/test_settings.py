"""The settings of an organisation through the API: whole addresses, versions, who may, and nobody else's."""

from uuid import UUID

import pytest
from flask import Flask

from tenants.identity.users import OWNER
from tests import factories
from tests.service.caller import Caller, caller_for, keys, refused

ADDRESS = {"visiting_street": "Kade 1", "visiting_postcode": "3511ab", "visiting_town": "Utrecht"}


@pytest.fixture
def boss(app: Flask) -> Caller:
    """The owner of an organisation that is not proven, and in which nothing is set."""
    owner = factories.a_member(factories.an_organisation("Bakkerij", is_verified=False), OWNER, "Wim")
    return caller_for(app, UUID(str(owner.id)))


def seen(who: Caller) -> dict[str, str]:
    """The version that somebody looked at."""
    return {"If-Match": who.get("settings").headers["ETag"]}


def test_what_is_left_out_stays_and_null_empties(boss: Caller) -> None:
    first = boss.put("settings", ADDRESS | {"sector": "bakkerij"}, headers=seen(boss))
    assert first.status_code == 200 and first.json["visiting_postcode"] == "3511 AB", first.text
    second = boss.put("settings", {"trade_names": ["Molen", "Molen", "'t Hoekje"]}, headers=seen(boss))
    assert second.json["trade_names"] == ["Molen", "'t Hoekje"] and second.json["sector"] == "bakkerij"
    third = boss.put("settings", {"sector": None}, headers=seen(boss))
    assert (third.json["sector"], third.json["visiting_town"]) == (None, "Utrecht")
    assert third.headers["ETag"] == f'"{third.json["version"]}"' == '"4"'


def test_the_form_has_what_no_question_of_the_authority_asks_beside_its_answers(app: Flask) -> None:
    bakery = factories.an_organisation("Bakkerij")
    boss = caller_for(app, UUID(str(factories.a_member(bakery, OWNER, "Wim").id)))
    path = f"breaches/{factories.an_own_breach(bakery)}/form"
    assert boss.get(path).json["beside"] == {}
    boss.put("settings", {"trade_names": ["Molen"], "size": "micro"}, headers=seen(boss))
    beside = {"organisation_name": {"trade_names": ["Molen"]}, "sector": {"size": "micro"}}
    assert boss.get(path).json["beside"] == beside


def test_it_takes_a_version_and_tells_when_the_same_setting_was_changed(boss: Caller) -> None:
    refused(boss.put("settings", {"sector": "x"}), 428, "version.required")
    old = seen(boss)
    boss.put("settings", {"sector": "bakkerij"}, headers=old)
    refused(boss.put("settings", {"sector": "molen"}, headers=old), 412, "version.out_of_date")
    assert boss.put("settings", {"size": "micro"}, headers=old).status_code == 200, "another setting"
    assert boss.put("settings", {"sector": "bakkerij"}, headers=old).status_code == 200, "it says so already"
    refused(boss.put("settings", {"size": "sme"}, headers={"If-Match": '"99"'}), 412, "version.out_of_date")


def test_all_faults_are_told_at_once_at_their_fields(boss: Caller) -> None:
    faults = keys(boss.put("settings", {
        "visiting_town": "Utrecht", "fg_email": "x", "sender_name": "bank.nl", "size": "huge", "name": None,
        "closed_weekdays": [8], "closed_periods": [{"first": "2026-12-24", "last": "2026-12-01"}],
    }, headers=seen(boss)))  # fmt: skip
    assert {field for field, _ in faults} >= {"fg_email", "sender_name", "size", "closed_weekdays.0"}
    faults = keys(boss.put("settings", {"visiting_town": "Utrecht", "name": None}, headers=seen(boss)))
    assert sorted(faults) == [
        (field, "field.required") for field in ("name", "visiting_postcode", "visiting_street")
    ]  # fmt: skip
    assert boss.get("settings").json["version"] == 1


def test_days_are_kept_in_order(boss: Caller) -> None:
    days = {
        "closed_weekdays": [7, 6, 7],
        "closed_periods": [{"first": "2027-05-05"}, {"first": "2026-12-24", "last": "2027-01-01"}],
    }  # fmt: skip
    answer = boss.put("settings", days, headers=seen(boss)).json
    assert answer["closed_weekdays"] == [6, 7] and answer["closed_periods"] == [
        {"first": "2026-12-24", "last": "2027-01-01"}, {"first": "2027-05-05", "last": "2027-05-05"},
    ]  # fmt: skip


def test_an_owner_of_an_unproven_organisation_corrects_its_name_and_nobody_else_does(
    boss: Caller, officer: Caller
) -> None:
    assert boss.put("settings", {"name": "Bakkerij Jansen"}, headers=seen(boss)).json["name"] == "Bakkerij Jansen"
    assert keys(officer.put("settings", {"name": "Bank"}, headers=seen(officer))) == [("name", "settings.name_proven")]


def test_who_may_read_and_who_may_change(officer: Caller, approver: Caller, reader: Caller, stranger: Caller) -> None:
    assert officer.get("settings").json["reporters"] and approver.get("settings").json["reporters"] is None
    for who in (approver, reader):
        assert who.get("settings").status_code == 200
        assert who.put("settings", {"sector": "x"}, headers=seen(who)).status_code == 403
    at = f"/api/o/{officer.slug}/settings"
    assert stranger.get(at).status_code == 404 and stranger.put(at, {"sector": "x"}).status_code == 404


def test_what_is_missing_becomes_less(boss: Caller) -> None:
    assert boss.get("settings").json["missing"] == ["address", "fg", "reporters", "sender"]
    boss.put("settings", ADDRESS | {"sector": "bakkerij", "fg": "none"}, headers=seen(boss))
    kept = boss.put("/api/me/reporter", {"function": "eigenaar", "phone": "030 123 45 67"})
    assert kept.status_code == 200 and boss.get("/api/me/reporter").json == kept.json
    assert boss.get("settings").json["missing"] == ["sender"]
    assert keys(boss.put("/api/me/reporter", {"phone": "bel"})) == [("phone", "field.phone")]
