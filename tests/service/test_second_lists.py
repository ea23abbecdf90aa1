"""A second list for a notice: compared, added, taken back, and gone when the notice is approved."""

from uuid import UUID

import pytest

from service.files.taking_recipients import Compared
from tenants.history.entries import of_subject
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, Office
from tests.service.caller import Caller, keys, refused
from tests.service.sent_files import chosen
from workflows.notice.second_list import Comparison


def test_a_second_file_is_asked_about_and_can_be_taken_back(
    officer: Caller, notice: str, office: Office
) -> None:  # fmt: skip
    def names() -> list[str]:
        return sorted(person["name"] for person in officer.get(f"notices/{notice}/people").json["items"])

    first = chosen(officer, b"naam;e-mail\nAns;ans@example.nl\nBob;bob@example.nl\n", notice)
    officer.post(f"{first}/taking", {"take": "all"})
    second = chosen(officer, b"naam;e-mail\nBob;BOB@example.nl\nCas;cas@example.nl\n", notice)
    assert keys(officer.post(f"{second}/taking", {"take": "all"})) == [("how", "file.how_first")]
    assert officer.get(second).json["compared"] == {
        "listed": 2, "in_file": 2, "both": 1, "lost": {"replace": 1, "add": 0, "take_away": 1},
        "list": officer.get(second).json["compared"]["list"],
        "after": {"replace": 2, "add": 3, "take_away": 1}, "too_long": [], "elsewhere": 1,
        "first_elsewhere": ["Cas, cas@example.nl"],
    }  # fmt: skip
    officer.post(f"{second}/taking", {"take": "all", "how": "add"})
    assert names() == ["Ans", "Bob", "Cas"]
    refused(officer.call("DELETE", f"{first}/taking"), 422, "file.list_changed")
    undone = officer.call("DELETE", f"{second}/taking").json
    assert undone["state"] == "undone" and names() == ["Ans", "Bob"]
    with acting_for(office.id):
        entry = of_subject(UUID(notice))[-1]
    told = {"hash": undone["hash"], "people": 2, "file_name": "lijst.csv"}
    assert (entry.what, entry.details) == ("notice.list_taken_back", told)
    third = chosen(officer, b"naam;e-mail\nAns;ans@example.nl\n", notice)
    officer.post(f"{third}/taking", {"take": "all", "how": "take_away"})
    assert names() == ["Bob"]


@pytest.mark.parametrize("how", ["replace", "add", "take_away"])
def test_what_a_second_list_would_do_is_what_it_does(officer: Caller, notice: str, how: str) -> None:
    first = chosen(officer, b"naam;e-mail\nJan;gezin@a.example\nMarie;gezin@a.example\nAns;\n;b@a.example\n", notice)
    officer.post(f"{first}/taking", {"take": "all"})
    second = chosen(officer, b"naam;e-mail\n;GEZIN@a.example\nBea;b@a.example\nJan;\n;c@a.example\n", notice)
    told = officer.get(second).json["compared"]
    assert told["lost"] == {"replace": 3, "add": 0, "take_away": 2}
    assert (told["elsewhere"], told["first_elsewhere"]) == (3, ["Bea, b@a.example", "Jan", "c@a.example"])
    taken = officer.post(f"{second}/taking", {"take": "all", "how": how}).json
    assert taken["result"]["people"] == told["after"][how] == {"replace": 4, "add": 6, "take_away": 2}[how]


def test_the_first_list_that_is_taken_back_leaves_none(officer: Caller, notice: str) -> None:
    path = chosen(officer, b"naam;e-mail\nAns;ans@example.nl\n", notice)
    officer.post(f"{path}/taking", {"take": "all"})
    assert officer.call("DELETE", f"{path}/taking").json["state"] == "undone"
    whole = officer.get(f"notices/{notice}").json
    assert (whole["run"]["step"], sum(whole["sums"].values())) == ("recipients", 0)


def test_a_list_that_changed_meanwhile_is_looked_at_again(officer: Caller, notice: str) -> None:
    first = chosen(officer, b"naam;e-mail\nAns;ans@example.nl\n", notice)
    officer.post(f"{first}/taking", {"take": "all"})
    bob, cas = b"naam;e-mail\nBob;bob@example.nl\n", b"naam;e-mail\nCas;cas@example.nl\n"
    second, third = chosen(officer, bob, notice), chosen(officer, cas, notice)
    looked_at = officer.get(second).json["compared"]["list"]
    assert officer.post(f"{third}/taking", {"take": "all", "how": "add"}).status_code == 200
    replaced = officer.post(f"{second}/taking", {"take": "all", "how": "replace", "list": looked_at})
    assert keys(replaced) == [("how", "file.list_changed_meanwhile")]
    now = officer.get(second).json["compared"]
    assert (now["listed"], now["lost"]["replace"]) == (2, 2) and now["list"] != looked_at
    assert officer.post(f"{second}/taking", {"take": "all", "how": "add"}).json["result"]["people"] == 3
    everybody = chosen(officer, b"e-mail\nans@example.nl\nbob@example.nl\ncas@example.nl\n", notice, {
        "columns": [{"place": 0, "field": "email"}]})  # fmt: skip
    assert keys(officer.post(f"{everybody}/taking", {"take": "all", "how": "take_away"})) == [("how", "file.takes_all")]


def test_the_list_of_before_ends_when_a_notice_is_approved(
    officer: Caller, owner: Caller, approver: Caller, notice: str, database: Database
) -> None:
    contents = (f"naam;e-mail\n{name};{name}@example.nl\n".encode() for name in ("a", "b"))
    first, second = (chosen(officer, content, notice) for content in contents)
    officer.post(f"{first}/taking", {"take": "all"})
    officer.post(f"{second}/taking", {"take": "all", "how": "replace"})
    before = "select count(*) as n from uploaded_part where kind = 'before' and file_id = :id"
    assert database.outside(before, id=second.removeprefix("files/")) == [{"n": 1}]
    owner.put(f"notices/{notice}/text", NOTICE_TEXT)
    assert approver.post(f"notices/{notice}/approval", {"agrees": True}).status_code == 200
    assert database.outside(before, id=second.removeprefix("files/")) == [{"n": 0}]
    refused(officer.call("DELETE", f"{second}/taking"), 422, "notice.already_approved")


def test_the_people_of_before_end_with_the_list_that_could_be_undone(
    officer: Caller, notice: str, database: Database
) -> None:
    def before() -> list[str]:
        rows = database.outside("""
            select distinct p.file_id from uploaded_part p join uploaded_file f on f.id = p.file_id
             where p.kind = 'before' and f.about_id = :notice""", notice=notice)  # fmt: skip
        return [f"files/{row['file_id']}" for row in rows]

    contents = (f"naam;e-mail\n{name};{name}@example.nl\n".encode() for name in "abcd")
    first, second, third, fourth = (chosen(officer, content, notice) for content in contents)
    officer.post(f"{first}/taking", {"take": "all"})
    officer.post(f"{second}/taking", {"take": "all", "how": "replace"})
    assert before() == [second]
    officer.post(f"{third}/taking", {"take": "all", "how": "add"})
    assert before() == [third]
    assert officer.call("DELETE", f"{third}/taking").status_code == 200 and before() == []
    refused(officer.call("DELETE", f"{second}/taking"), 422, "file.list_changed")
    officer.post(f"{fourth}/taking", {"take": "all", "how": "add"})
    assert before() == [fourth]
    list_typed = {"recipients": [{"name": "Eva", "email": "eva@example.nl"}]}
    assert officer.put(f"notices/{notice}/recipients", list_typed).status_code == 200 and before() == []


@pytest.mark.parametrize(("listed", "in_file", "both", "too_long"), [
    (100_000, 11, 0, ("add",)), (100_000, 11, 11, ()), (60_000, 50_000, 9_999, ("add",)), (60_000, 50_000, 10_000, ()),
])  # fmt: skip
def test_a_way_that_makes_a_list_too_long_is_told_before_it_is_taken(
    listed: int, in_file: int, both: int, too_long: tuple[str, ...]
) -> None:
    people = Comparison(listed, in_file, both, both, listed + in_file - both, in_file - both, ())
    assert Compared(people, "").too_long == too_long
