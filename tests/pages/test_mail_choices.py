"""Which mails somebody gets, in which language, and about which browsers: all of it is kept with the person."""

from uuid import UUID

from flask import Flask

from tenants.identity.users import AUDITOR
from tests.conftest import Database
from tests.factories import Office
from tests.pages.accounts import log_in, somebody
from tests.pages.conftest import Reader

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def told(database: Database, user_id: UUID) -> list[str]:
    """What the history remembers of somebody's login."""
    rows = database.outside("select what from history where subject_id = :id order by seq", id=user_id)
    return [row["what"] for row in rows]


def from_browser(app: Flask, agent: str) -> Reader:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    return Reader(client)


def test_a_new_kind_of_browser_is_told_once_and_a_known_kind_never(app: Flask, office: Office, database: Database):
    email, user_id = somebody(office.id, AUDITOR)
    log_in(from_browser(app, FIREFOX), email)
    log_in(from_browser(app, FIREFOX.replace("140", "141")), email)
    assert told(database, user_id) == []
    for _ in range(2):
        log_in(from_browser(app, CHROME), email)
        assert told(database, user_id) == ["user.new_browser"]
    log_in(from_browser(app, FIREFOX), email)
    database.outside("delete from login_session where user_id = :u", u=user_id)
    log_in(from_browser(app, CHROME), email)
    assert told(database, user_id) == ["user.new_browser"]
    mails = database.outside("""select b.text_key from mail_batch b join recipient r on r.batch_id = b.id
                                 where r.about_id = :u""", u=user_id)
    assert [mail["text_key"] for mail in mails] == ["new_browser"]


def test_which_mails_and_in_which_language_is_a_choice_of_the_person(
    app: Flask, office: Office, database: Database
) -> None:  # fmt: skip
    email, user_id = somebody(office.id, AUDITOR)
    there = Reader(app.test_client())
    log_in(there, email)
    kept = "select mail_turn, mail_reminder, mail_browser, locale from app_user where id = :u"
    assert there.send("/account/mails", {"wanted": ["mail_turn"], "language": "en"}, "/account").status_code == 303
    assert list(database.outside(kept, u=user_id)[0].values()) == [True, False, False, "en"]
    assert told(database, user_id) == ["user.mails_chosen"]
    page = there.see("/account")
    assert "Which emails you get" in page and 'value="mail_turn" aria-describedby="mail_turn-hint" checked' in page
    answer = there.send("/account/mails", {"wanted": ["mail_turn", "mail_of_others"], "language": "fr"}, "/account")
    assert answer.status_code == 422 and list(database.outside(kept, u=user_id)[0].values())[0:1] == [True]


def test_the_language_goes_with_the_person_to_another_browser(app: Flask, office: Office) -> None:
    email, _ = somebody(office.id, AUDITOR)
    first, second = Reader(app.test_client()), Reader(app.test_client())
    log_in(first, email)
    chosen = first.send("/language/en?next=/account/mails", {}, "/account")
    assert chosen.status_code == 303 and chosen.headers["Location"] == "/account/mails"
    assert '<html lang="en"' in first.see("/account") and 'action="/language/nl?' in first.see("/account")
    log_in(second, email)
    assert "My account" in second.see("/account") and "Mijn account" not in second.see("/account")


def test_a_link_of_another_site_changes_no_language_of_a_person(app: Flask, office: Office, database: Database) -> None:
    email, user_id = somebody(office.id, AUDITOR)
    there, elsewhere = Reader(app.test_client()), Reader(app.test_client())
    log_in(there, email)
    assert there.client.get("/language/en?next=/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 303
    assert there.client.post("/language/en?next=/").status_code == 400, "without a token"
    assert elsewhere.client.get("/language/en?next=/").status_code == 303
    assert '<html lang="en"' in elsewhere.see("/genuine?code=x")
    assert database.outside("select locale from app_user where id = :u", u=user_id)[0]["locale"] == "nl"
