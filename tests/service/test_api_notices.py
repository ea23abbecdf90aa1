"""A notice to people through the API: the list, the four parts, the approval."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from tests.factories import NOTICE_TEXT, Office, verified
from tests.service.caller import Caller, keys, refused
from tests.service.worlds import READERS
from workflows.mail.outbox import Outbox
from workflows.running import jobs


@pytest.fixture
def path(officer: Caller, own_breach: UUID) -> str:
    """Where this test's notice is."""
    begun = officer.post(f"breaches/{own_breach}/notice")
    assert (begun.status_code, begun.json["run"]["step"]) == (201, "recipients"), begun.text
    assert officer.post(f"breaches/{own_breach}/notice").json["id"] == begun.json["id"]
    assert officer.get(f"breaches/{own_breach}").json["notice_id"] == begun.json["id"]
    return f"notices/{begun.json['id']}"


def test_from_a_list_to_the_sending(
    officer: Caller, owner: Caller, approver: Caller, handler: Caller, path: str
) -> None:
    listed = officer.put(f"{path}/recipients", READERS)
    assert (listed.json["sums"]["planned"], listed.json["run"]["step"]) == (2, "text"), listed.text
    assert owner.put(f"{path}/text", NOTICE_TEXT).json["run"]["step"] == "approve"
    refused(owner.post(f"{path}/approval", {"agrees": True}), 403, "step.four_eyes")
    agreed = approver.post(f"{path}/approval", {"agrees": True})
    assert (agreed.json["run"]["step"], bool(agreed.json["approved_at"])) == ("release", True)
    for caller in (officer, owner):
        refused(caller.post(f"{path}/release"), 403, "step.four_eyes")
    refused(approver.post(f"{path}/release"), 403, "role.not_enough")
    assert handler.post(f"{path}/release").json["run"]["step"] == "send"
    refused(handler.post(f"{path}/release"), 409, "step.already_done")
    refused(officer.put(f"{path}/recipients", READERS), 422, "notice.already_approved")
    refused(officer.put(f"{path}/text", NOTICE_TEXT), 422, "notice.already_approved")
    assert officer.get("notices").json["items"][0]["subject"] == NOTICE_TEXT["subject"]


def test_people_from_a_csv_replace_the_list(officer: Caller, path: str) -> None:
    officer.put(f"{path}/recipients", READERS)
    csv = "naam;e-mail\nJosé;jose@example.nl\n".encode("cp1252")
    answer = officer.call("PUT", f"{path}/recipients", data=csv, content_type="text/csv")
    assert (answer.status_code, answer.json["sums"]["planned"]) == (200, 1), answer.text


def test_a_wrong_list_changes_nothing(officer: Caller, path: str) -> None:
    officer.put(f"{path}/recipients", READERS)
    csv = "email\nans@example.nl\nniemand\nANS@example.nl\n"
    answer = officer.call("PUT", f"{path}/recipients", data=csv, content_type="text/csv; charset=utf-8")
    assert [(fault["line"], fault["key"]) for fault in answer.json["errors"]] == [
        (3, "mail.address_invalid"),
    ]
    assert officer.get(path).json["sums"]["planned"] == 2
    assert keys(officer.put(f"{path}/recipients", {"recipients": []})) == [("recipients", "notice.nobody")]
    assert officer.put(f"{path}/recipients", {}).status_code == 422


@pytest.mark.parametrize("part", ["nature", "contact", "consequences", "measures"])
def test_each_of_the_four_parts_is_needed(officer: Caller, path: str, part: str) -> None:
    officer.put(f"{path}/recipients", READERS)
    assert keys(officer.put(f"{path}/text", NOTICE_TEXT | {part: "  "})) == [(part, "notice.part_missing")]


def test_everything_that_a_text_lacks_is_said_at_once(officer: Caller, path: str) -> None:
    officer.put(f"{path}/recipients", READERS)
    refused = keys(officer.put(f"{path}/text", {"contact": "Bel 010 1234567", "measures": "x" * 30_000}))
    assert sorted(refused) == [
        ("consequences", "notice.part_missing"), ("measures", "field.too_long"),
        ("nature", "notice.part_missing"), ("subject", "field.required"),
    ]  # fmt: skip


def test_the_preview_is_what_its_reader_sees(officer: Caller, path: str) -> None:
    officer.put(f"{path}/recipients", READERS)
    assert "…" in officer.get(f"{path}/preview").json["text"]
    officer.put(f"{path}/text", NOTICE_TEXT | {"nature": "<script>x</script>"})
    seen: dict[str, Any] = officer.get(f"{path}/preview").json
    assert seen["subject"] == NOTICE_TEXT["subject"]
    assert "<script>" not in seen["html"]
    assert officer.get(path).json["check_code"] in seen["text"]


def test_a_notice_has_its_version(officer: Caller, path: str) -> None:
    first = officer.get(path).headers["ETag"]
    assert officer.put(f"{path}/recipients", READERS, headers={"If-Match": first}).status_code == 200
    refused(officer.put(f"{path}/text", NOTICE_TEXT, headers={"If-Match": first}), 412, "version.out_of_date")


def test_an_unknown_code_is_reported_as_not_genuine(officer: Caller, path: str) -> None:
    code = officer.get(path).json["check_code"]
    anybody = officer.app.test_client()
    assert anybody.get(f"/api/genuine/{code}").status_code == 404
    assert anybody.get("/api/genuine/XXXX-XXXX").json["key"] == "notice.code_unknown"


def test_a_code_that_was_sent_is_genuine(officer: Caller, approver: Caller, path: str, database: Any) -> None:
    officer.put(f"{path}/recipients", READERS)
    officer.put(f"{path}/text", NOTICE_TEXT)
    approver.post(f"{path}/approval", {"agrees": True})
    sent = officer.get(path).json
    database.outside("update notice set sent_at = now() where id = cast(:id as uuid)", id=sent["id"])
    database.outside("update organisation set verified_at = null, verified_how = null")
    answer = officer.app.test_client().get(f"/api/genuine/{sent['check_code'].lower()}").json
    assert (answer["organisation"], answer["standing"], answer["contact"]) == (None, "self_registered", None)
    assert answer["subject"] == NOTICE_TEXT["subject"]
    assert answer["calls_itself"] == "De Linde Accountants"
    page = officer.app.test_client().get(f"/genuine?code={sent['check_code']}").text
    assert "zelf aangemeld, niet geverifieerd" in page
    [own] = database.outside("select organisation_id from notice where id = cast(:id as uuid)", id=sent["id"])
    database.outside("insert into operator_act (organisation_id, act, note) values (:o, 'found', 'x')",
                     o=own["organisation_id"])  # fmt: skip
    answer = officer.app.test_client().get(f"/api/genuine/{sent['check_code']}").json
    page = officer.app.test_client().get(f"/genuine?code={sent['check_code']}").text
    assert (answer["organisation"], answer["standing"]) == (None, "founded")
    assert "aangemeld door" in page and "zelf aangemeld" not in page and "niet geverifieerd" in page
    verified(database.config.owner_url(), own["organisation_id"])
    answer = officer.app.test_client().get(f"/api/genuine/{sent['check_code']}").json
    assert (answer["organisation"], answer["standing"]) == ("De Linde Accountants", "verified")
    assert answer["contact"] == NOTICE_TEXT["contact"]
    page = officer.app.test_client().get(f"/genuine?code={sent['check_code']}").text
    assert NOTICE_TEXT["contact"] in page
    assert "Dit bericht is echt, en verstuurd door De Linde Accountants" in page and "niet geverifieerd" not in page


def test_a_code_is_genuine_however_it_is_typed(
    officer: Caller, approver: Caller, path: str, database: Any
) -> None:  # fmt: skip
    officer.put(f"{path}/recipients", READERS)
    officer.put(f"{path}/text", NOTICE_TEXT)
    approver.post(f"{path}/approval", {"agrees": True})
    database.outside("update notice set sent_at = now(), check_code = 'UAJP-6BAJ' where id = cast(:id as uuid)",
                     id=officer.get(path).json["id"])  # fmt: skip
    anybody = officer.app.test_client()
    for typed in ("UAJP 6BAJ", "UAJP6BAJ", "UAJP\u20136BAJ", "UAJP\u20116BAJ", "UAJP-6BAJ.", "uajp-6baj",
                  " uajp\xa06baj ", "U A J P 6 B A J", "UAJP\xad-6BAJ", "\uff35\uff21\uff2a\uff30-6BAJ"):  # fmt: skip
        assert anybody.get(f"/api/genuine/{quote(typed)}").status_code == 200, typed
        assert NOTICE_TEXT["subject"] in anybody.get("/genuine", query_string={"code": typed}).text, typed
    for typed in ("UAJP-6BA", "UAJP-6BAJJ", "AUAJP-6BA", "..."):
        assert anybody.get(f"/api/genuine/{quote(typed)}").json["key"] == "notice.code_unknown", typed


def test_who_is_on_the_list_is_read_in_pages_and_in_disguise(officer: Caller, reader: Caller, path: str) -> None:
    people = [{"name": f"Anna {n}", "email": f"a{n}@lezer.nl"} for n in range(7)]
    assert officer.put(f"{path}/recipients", {"recipients": people}).status_code == 200
    first = officer.get(f"{path}/people?limit=4").json
    rest = officer.get(f"{path}/people?limit=4&after={first['next']}").json
    assert [who["name"] for who in first["items"] + rest["items"]] == [f"Anna {n}" for n in range(7)]
    assert rest["next"] is None and first["items"][0]["state"] == "planned"
    assert officer.get(f"{path}/people?group=not_reached").json["items"] == []
    disguised = reader.get(f"{path}/people").json
    assert [who["name"] for who in disguised["items"]] == ["A…"] * 5 and disguised["next"] is None
    assert "a1@" not in str(disguised)


def test_a_trial_goes_to_the_person_who_asks(
    officer: Caller, reader: Caller, office: Office, path: str, outbox: Outbox
) -> None:
    answer = officer.post(f"{path}/trial", {"subject": "Proef van ons"})
    assert answer.status_code == 200, answer.text
    while jobs.drain(str(office.id)):
        pass
    [mail] = [mail for mail in outbox.mails if "Proef van ons" in str(mail)]
    assert [person.address for person in mail.people] == [answer.json["email"]]
    refused(reader.post(f"{path}/trial", {}), 403, "role.not_enough")
    for _ in range(4):
        assert officer.post(f"{path}/trial", {}).status_code == 200
    refused(officer.post(f"{path}/trial", {}), 422, "notice.trials_over")
