"""What somebody typed into a long form and did not send: kept, theirs alone, and there again without JavaScript too."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from tenants.form_drafts import MOST_BYTES, MOST_DRAFTS, MOST_TOGETHER, About, drafts_of, typed_in
from tenants.history.entries import Actor
from tenants.identity.users import OWNER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import Office, a_member, an_office, an_own_breach
from tests.pages.conftest import TOKEN, Reader, slug_of
from tests.pages.forms import LONG, Fields, an_incident_form, csrf, recorded, send_fields

Login = Callable[[Actor], Reader]
Path = Callable[..., str]
SECRET_WORD = "Zeldzaamwoord"
JSON = {"Accept": "application/json"}
ROWS = "select * from form_draft where user_id = :who and sealed is not null order by saved_at"
SIZES = "select octet_length(sealed) as size from form_draft where user_id = :who and sealed is not null"


def page_fields(page: str) -> dict[str, str]:
    """The hidden fields that say which draft a page continues, and its token."""
    marks = dict(re.findall(r'name="(draft_id|draft_number|draft_tab)" value="([^"]*)"', page))
    token = TOKEN.search(page)
    assert token and len(marks) == 3, page
    return marks | {"csrf_token": token[1]}


def saved(reader: Reader, at: str, fields: dict[str, str], **typed: object) -> TestResponse:
    """A save as the script of the page sends it; the fields then continue what was saved."""
    answer = reader.client.post(at, data=fields | typed, headers=JSON)
    body = answer.get_json()
    if "draft_id" in body:
        fields |= {"draft_id": body["draft_id"], "draft_number": str(body["draft_number"])}
    return answer


@pytest.fixture
def anna(reader: Login, office: Office) -> Reader:
    return reader(a_member(office.id, name="Anna"))


def test_a_draft_is_there_again_in_another_browser_and_gone_once_it_is_sent(
    reader: Login, path: Path, office: Office, database: Database
) -> None:
    who = a_member(office.id, name="Anna")
    here, elsewhere = reader(who), reader(who)
    fields = page_fields(here.see(path("/incidents/new")))
    answer = saved(here, path("/drafts/incident"), fields, **an_incident_form(title=SECRET_WORD, description=LONG))
    assert answer.status_code == 200 and re.fullmatch(r"Concept bewaard om \d\d:\d\d\.", answer.get_json()["words"])
    page = elsewhere.see(path("/incidents/new"))
    assert "Uw concept van" in page and SECRET_WORD in page and "derde regel" in page
    board = recorded(elsewhere, path("/incidents/new"), an_incident_form(title=SECRET_WORD, **page_fields(page),
        **{"clients.0.client_number": "K0001", "clients.0.people": "3"}))  # fmt: skip
    assert SECRET_WORD in board and database.outside(ROWS, who=who.id) == []
    late = saved(here, path("/drafts/incident"), fields, title="Te laat")
    assert late.status_code == 409 and "al verstuurd" in late.get_json()["words"]
    assert "Uw concept van" not in here.see(path("/incidents/new")), "a save that comes late brings nothing back"


def test_the_database_holds_no_word_of_a_draft(path: Path, office: Office, reader: Login, database: Database) -> None:
    who = a_member(office.id)
    mine = reader(who)
    saved(mine, path("/drafts/own_breach"), page_fields(mine.see(path("/breaches/new"))), description=SECRET_WORD,
          password="geheim-wachtwoord")  # fmt: skip
    [row] = database.outside("select form_draft::text as row, encode(sealed, 'escape') as bytes from form_draft"
                             " where user_id = :who", who=who.id)  # fmt: skip
    assert SECRET_WORD not in row["row"] + row["bytes"] and "description" not in row["row"] + row["bytes"]
    with acting_for(office.id):
        [draft] = drafts_of(About(who.id, "own_breach"))
        assert typed_in(who.id, draft.id) == {"description": [SECRET_WORD]}, "no secret, no token, nothing of one page"


def test_nobody_else_reads_a_draft_not_even_an_owner(anna: Reader, path: Path, office: Office, reader: Login) -> None:
    fields = page_fields(anna.see(path("/breaches/new")))
    saved(anna, path("/drafts/own_breach"), fields, description=SECRET_WORD)
    owner = reader(a_member(office.id, OWNER))
    for address in ("/breaches/new", f"/breaches/new?draft={fields['draft_id']}"):
        assert SECRET_WORD not in owner.see(path(address))
    theirs = page_fields(owner.see(path("/breaches/new"))) | {"draft_id": fields["draft_id"], "draft_number": "1"}
    saved(owner, path("/drafts/own_breach"), theirs, description="Van de eigenaar")
    owner.client.post(path(f"/drafts/own_breach/removal/{fields['draft_id']}"), data={"csrf_token": csrf(owner)})
    page = anna.see(path("/breaches/new"))
    assert SECRET_WORD in page and "Van de eigenaar" not in page


def test_the_button_keeps_a_draft_without_javascript(anna: Reader, path: Path) -> None:
    page = anna.see(path("/breaches/new"))
    at = re.search(r'formaction="([^"]+)" formnovalidate>Bewaren als concept', page)
    assert at
    kept = anna.client.post(at[1], data=page_fields(page) | {"title": SECRET_WORD})
    assert kept.status_code == 303
    shown = anna.see(kept.headers["Location"])
    assert "Concept bewaard om" in shown and SECRET_WORD in shown and "staat hieronder" in shown


def test_throwing_away_is_asked_first(anna: Reader, path: Path) -> None:
    fields = page_fields(anna.see(path("/breaches/new")))
    saved(anna, path("/drafts/own_breach"), fields, title=SECRET_WORD)
    link = re.search(r'href="([^"]+)">Concept weggooien', anna.see(path("/breaches/new")))
    assert link
    asked = anna.see(link[1])
    assert "Concept weggooien?" in asked and SECRET_WORD in anna.see(path("/breaches/new")), "asking changes nothing"
    anna.done(link[1], {})
    assert SECRET_WORD not in anna.see(path("/breaches/new"))


def test_two_pages_of_one_form_do_not_replace_each_other(anna: Reader, path: Path) -> None:
    at = path("/drafts/own_breach")
    first = page_fields(anna.see(path("/breaches/new")))
    assert saved(anna, at, first, title="Eerste venster").get_json()["beside"] == ""
    second = page_fields(anna.see(path("/breaches/new")))
    assert saved(anna, at, second, title="Tweede venster").get_json()["beside"] == "", "it went on with what it showed"
    beside = saved(anna, at, first, title="Eerste, verder").get_json()
    assert beside["beside"] == path("/breaches/new") and beside["draft_id"] != second["draft_id"]
    assert saved(anna, at, first, title="Eerste, nog verder").get_json()["beside"] == "", "told once"
    page = anna.see(path("/breaches/new"))
    assert "Eerste, nog verder" in page and "U hebt nog een concept van dit formulier" in page
    other = anna.see(path(f"/breaches/new?draft={second['draft_id']}"))
    assert "Tweede venster" in other and "Eerste, nog verder" not in other


def test_a_save_whose_answer_was_lost_is_no_second_page(anna: Reader, path: Path, database: Database) -> None:
    fields = page_fields(anna.see(path("/breaches/new")))
    for title in ("een", "twee", "drie"):
        answer = saved(anna, path("/drafts/own_breach"), dict(fields), title=title).get_json()
        assert answer["draft_id"] == fields["draft_id"] and answer["beside"] == ""


def test_a_draft_on_an_older_version_says_what_changed_since(path: Path, office: Office, reader: Login) -> None:
    breach_id = an_own_breach(office.id, office.officer)
    anna, joris = reader(a_member(office.id, name="Anna")), reader(a_member(office.id, name="Joris"))
    at = path(f"/breaches/{breach_id}/facts")
    page = anna.see(at)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    saved(anna, path(f"/drafts/facts/{breach_id}"), page_fields(page), measures=SECRET_WORD, version=version[1])
    joris.done(at, {"people_min": "12", "people_max": "12"})
    shown = anna.see(at)
    assert SECRET_WORD in shown and 'id="changed-meanwhile"' in shown and "Joris" in shown


def test_a_draft_that_is_too_large_is_refused_in_words_and_a_large_list_is_kept(anna: Reader, path: Path) -> None:
    at, fields = path("/drafts/incident"), page_fields(anna.see(path("/incidents/new")))
    rows = {f"clients.{n}.{column}": f"waarde {n}" for n in range(4000) for column in ("client_number", "people")}
    assert saved(anna, at, fields, **rows).status_code == 200
    refused = saved(anna, at, fields, description="x" * MOST_BYTES)
    assert refused.status_code == 409 and "te groot om als concept" in refused.get_json()["words"]


def test_drafts_do_not_pile_up(path: Path, office: Office, reader: Login, database: Database) -> None:
    who = a_member(office.id)
    mine = reader(who)
    token = csrf(mine)
    for n in range(MOST_DRAFTS + 3):
        saved(mine, path("/drafts/own_breach"), {"csrf_token": token}, title=f"Nummer {n}")
    kept = database.outside(ROWS, who=who.id)
    assert len(kept) == MOST_DRAFTS


def test_a_draft_ends_with_the_seat(path: Path, office: Office, reader: Login, database: Database) -> None:
    who = a_member(office.id)
    mine = reader(who)
    saved(mine, path("/drafts/own_breach"), page_fields(mine.see(path("/breaches/new"))), title="x")
    database.outside("delete from membership where user_id = :who", who=who.id)
    assert database.outside("select 1 from form_draft where user_id = :who", who=who.id) == []


def test_saving_by_itself_does_not_prolong_a_login(
    path: Path, office: Office, reader: Login, database: Database
) -> None:
    who = a_member(office.id)
    mine = reader(who)
    fields = page_fields(mine.see(path("/breaches/new")))
    seen = "select last_seen_at from login_session where user_id = :who"
    database.outside("update login_session set last_seen_at = now() - interval '20 minutes' where user_id = :who",
                     who=who.id)  # fmt: skip
    before = database.outside(seen, who=who.id)
    saved(mine, path("/drafts/own_breach"), fields, title="x")
    assert database.outside(seen, who=who.id) == before


def test_a_draft_whose_key_is_destroyed_is_told_calmly(reader: Login, database: Database) -> None:
    office = an_office(0)
    mine = reader(office.officer)
    at = f"/o/{slug_of(office.id)}"
    fields = page_fields(mine.see(f"{at}/breaches/new"))
    saved(mine, f"{at}/drafts/own_breach", fields, title=SECRET_WORD)
    database.outside("update organisation_key set wrapped_key = null, destroyed_at = now() where organisation_id = :o",
                     o=office.id)  # fmt: skip
    page = mine.see(f"{at}/breaches/new")
    assert "kan niemand meer lezen" in page and SECRET_WORD not in page
    refused = saved(mine, f"{at}/drafts/own_breach", fields, title="Nog eens")
    assert refused.status_code == 409 and "Versturen kan wel" in refused.get_json()["words"]


@pytest.mark.parametrize("form", ["onbekend", "by_question", "ended"])
def test_an_unknown_form_keeps_nothing(anna: Reader, path: Path, form: str) -> None:
    answer = anna.client.post(path(f"/drafts/{form}"), data={"csrf_token": csrf(anna), "x": "y"}, headers=JSON)
    assert answer.status_code == 404


def test_hostile_values_stand_as_text(anna: Reader, path: Path) -> None:
    fields = page_fields(anna.see(path("/breaches/new")))
    hostile = '"><script>alert(1)</script>\u202e'
    saved(anna, path("/drafts/own_breach"), fields, title=hostile, description=hostile)
    page = anna.see(path("/breaches/new"))
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_the_fields_of_a_draft_go_along_to_the_check_page(anna: Reader, path: Path) -> None:
    page = page_fields(anna.see(path("/incidents/new")))
    checked = anna.send(path("/incidents/new"), an_incident_form(**page, **{"clients.0.client_number": "K0001"}))
    fields = dict(Fields(checked.text).forms[path("/incidents/new")])
    assert fields["draft_id"] == page["draft_id"]
    back = send_fields(anna, path("/incidents/new"), Fields(checked.text).forms[path("/incidents/new")], back="1")
    assert page_fields(back.text)["draft_id"] == page["draft_id"] and UUID(page["draft_tab"])


def test_all_drafts_of_a_person_have_an_end_together(
    path: Path, office: Office, reader: Login, database: Database
) -> None:  # fmt: skip
    who = a_member(office.id)
    mine, other, at = reader(who), reader(a_member(office.id)), path("/drafts/own_breach")
    token, large = csrf(mine), "x" * (MOST_BYTES - 1000)
    answers = [saved(mine, at, {"csrf_token": token}, title=large) for _ in range(MOST_TOGETHER // MOST_BYTES + 1)]
    assert [answer.status_code for answer in answers] == [200] * (len(answers) - 1) + [409]
    refused = answers[-1].get_json()
    assert "meer dan 10 MB" in refused["words"] and set(refused) == {"words"}
    assert sum(row["size"] for row in database.outside(SIZES, who=who.id)) <= MOST_TOGETHER
    kept = answers[0].get_json()
    again = {"csrf_token": token, "draft_id": kept["draft_id"], "draft_number": str(kept["draft_number"])}
    assert saved(mine, at, again, title="Kort").status_code == 200, "a draft that is there may become smaller"
    assert saved(other, at, {"csrf_token": csrf(other)}, title=large).status_code == 200


def test_a_draft_beside_another_one_counts_too(
    path: Path, office: Office, reader: Login, database: Database
) -> None:  # fmt: skip
    who = a_member(office.id)
    mine, at, large = reader(who), path("/drafts/own_breach"), "x" * (MOST_BYTES - 1000)
    first = page_fields(mine.see(path("/breaches/new")))
    saved(mine, at, first, title=large)
    second = page_fields(mine.see(path("/breaches/new")))
    assert saved(mine, at, second, title=large).status_code == 200, "the second page went on with the draft"
    for _ in range(MOST_TOGETHER // MOST_BYTES - 1):
        assert saved(mine, at, {"csrf_token": csrf(mine)}, title=large).status_code == 200
    beside = saved(mine, at, first, title=large)
    assert beside.status_code == 409 and "meer dan 10 MB" in beside.get_json()["words"]
    assert sum(row["size"] for row in database.outside(SIZES, who=who.id)) <= MOST_TOGETHER
