"""Who is linked to whom: by themselves or by a mailed link, in one organisation, never by address."""

from flask import Flask

from tenants.database import db
from tenants.history.entries import of_subject
from tenants.identity.invitations import new_invitation
from tenants.identity.linked_identities import link
from tenants.identity.users import AUDITOR
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.oidc.browser import Browser
from tests.oidc.house import OrganisationWithProvider, a_house, who_is
from tests.oidc.provider import ProviderServer
from tests.service.caller import caller_for


def test_two_organisations_with_one_provider_do_not_cross(app: Flask, server: ProviderServer) -> None:
    """The same issuer, subject and address: linked in one, nobody in the other, until linked there too."""
    shared = server.tenant("shared")
    shared.user = {"sub": "both", "name": "Beide", "email": "u@example.nl", "email_verified": True}
    first_house, two = a_house(app, shared), a_house(app, shared)
    with acting_for(first_house.id):
        link(first_house.member, shared.url, "both")
    browser = Browser(app)
    assert browser.log_in(first_house.slug).status_code == 303
    other = Browser(app)
    answer = other.log_in(two.slug)
    assert answer.status_code == 403 and "koppel" in answer.text and who_is(other) is None
    assert browser.get(f"/o/{two.slug}/register").status_code == 404
    with acting_for(two.id):
        link(two.member, shared.url, "both")
    assert other.log_in(two.slug).status_code == 303
    person = who_is(other)
    assert person is not None and person.id == two.member


def test_an_address_alone_links_no_identity(app: Flask, server: ProviderServer, database: Database) -> None:
    there = a_house(app, server.tenant("addresses"))
    [row] = database.outside("select email from app_user where id = :id", id=there.member)
    there.provider.user = {"sub": "stranger", "name": "X", "email": row["email"], "email_verified": True}
    assert Browser(app).log_in(there.slug).status_code == 403


def test_a_member_links_themselves_after_proof(app: Flask, server: ProviderServer, database: Database) -> None:
    there = a_house(app, server.tenant("linking"))
    there.provider.user = {"sub": "new-1", "name": "Nieuw"}
    member = caller_for(app, there.member)
    browser, page = Browser(app, member.token), f"/o/{there.slug}/provider/link"
    database.outside("delete from linked_identity where user_id = :id", id=there.member)
    going = browser.post(page, page)
    assert going.status_code == 200 and "/login/oidc/go" in going.text
    assert browser.come_back(browser.at_provider()).headers["Location"] == page
    assert "Uw account is gekoppeld" in browser.get(page).text
    by_provider = Browser(app)
    assert by_provider.log_in(there.slug).status_code == 303
    with acting_for(there.id):
        assert [entry.what for entry in of_subject(there.id)][-1] == "provider.linked"
    assert browser.post(f"/o/{there.slug}/provider/unlink", page).status_code == 303
    assert Browser(app).log_in(there.slug).status_code == 403


def test_no_link_without_fresh_proof_or_from_a_login_by_provider(
    app: Flask, server: ProviderServer, database: Database
) -> None:
    there = a_house(app, server.tenant("stale"), AUDITOR)
    page = f"/o/{there.slug}/provider/link"
    there.provider.lies["claims"] = {"amr": ["mfa"]}
    browser = Browser(app)
    browser.log_in(there.slug)
    database.outside("delete from linked_identity where user_id = :id", id=there.member)
    assert browser.post(page, page).status_code == 403
    own = Browser(app, caller_for(app, there.member).token)
    late = "update login_session set proof_at = now() - interval '6 minutes' where user_id = :id"
    database.outside(late, id=there.member)
    assert own.get(page).text.count("Bevestig eerst wie u bent") == 1
    assert own.post(page, f"/o/{there.slug}/register").status_code == 403


def test_a_link_ends_with_the_session_that_began_it(app: Flask, server: ProviderServer) -> None:
    """Another account that logged in meanwhile, in the same browser, is not linked."""
    there = a_house(app, server.tenant("swapped"))
    there.provider.user = {"sub": "swapped", "name": "X"}
    browser, page = Browser(app, there.owner.token), f"/o/{there.slug}/provider/link"
    browser.post(page, page)
    address = browser.at_provider()
    browser.client.set_cookie("meldketen_session", caller_for(app, there.member).token)
    assert browser.come_back(address).status_code == 403
    with acting_for(there.id):
        assert "provider.linked" not in [entry.what for entry in of_subject(there.id)]


def test_an_identity_is_one_persons(app: Flask, server: ProviderServer) -> None:
    there = a_house(app, server.tenant("taken"))
    browser, page = Browser(app, there.owner.token), f"/o/{there.slug}/provider/link"
    browser.post(page, page)
    answer = browser.come_back(browser.at_provider())
    assert answer.status_code == 422 and "al iemand anders" in answer.text


def invited(there: OrganisationWithProvider, email: str) -> str:
    """The link of an invitation, as it was mailed."""
    with acting_for_nobody():
        token, row = new_invitation(there.id, email, AUDITOR)
        db.session.add(row)
    return token


def test_an_invitation_is_accepted_through_the_provider(app: Flask, server: ProviderServer, database: Database) -> None:
    there = a_house(app, server.tenant("inviting"), AUDITOR)
    there.provider.user = {"sub": "joris", "name": "Joris Mulder", "email": "heel@anders.example"}
    token = invited(there, "joris@kantoor.example")
    browser, page = Browser(app), f"/invitation/{token}"
    assert browser.post(f"{page}/provider", page).status_code == 200
    answer = browser.come_back(browser.at_provider())
    assert answer.headers["Location"] == f"/o/{there.slug}/", answer.text
    person = who_is(browser)
    assert person is not None and (person.email, person.name) == ("joris@kantoor.example", "Joris Mulder")
    assert [place.role for place in person.places] == [AUDITOR]
    [row] = database.outside("select password_hash from app_user where email = 'joris@kantoor.example'")
    assert row["password_hash"] is None
    assert Browser(app).log_in(there.slug).status_code == 303
    late = Browser(app)
    page = late.get(page).text
    assert "/provider" not in page, "a link that was used leads nowhere"


def test_nobody_joins_through_the_provider_under_the_name_of_a_member(
    app: Flask, server: ProviderServer, database: Database
) -> None:
    there = a_house(app, server.tenant("naming"), AUDITOR)
    [row] = database.outside("select name from app_user where id = :id", id=there.member)
    there.provider.user = {"sub": "namesake", "name": f" {row['name'].upper()} "}
    token = invited(there, "namesake@kantoor.example")
    browser, page = Browser(app), f"/invitation/{token}"
    browser.post(f"{page}/provider", page)
    answer = browser.come_back(browser.at_provider())
    assert answer.status_code == 422 and "Iemand anders heet hier al zoals u" in answer.text
    assert database.outside("select from app_user where email = 'namesake@kantoor.example'") == []
    assert browser.get(page).status_code == 200, "the link still works"


def test_an_invitation_that_was_used_meanwhile_is_refused(
    app: Flask, server: ProviderServer, database: Database
) -> None:
    there = a_house(app, server.tenant("racing"), AUDITOR)
    there.provider.user = {"sub": "later", "name": "Later"}
    token = invited(there, "later@kantoor.example")
    browser = Browser(app)
    browser.post(f"/invitation/{token}/provider", f"/invitation/{token}")
    address = browser.at_provider()
    database.outside("update invitation set used_at = now() where email = 'later@kantoor.example'")
    assert browser.come_back(address).status_code == 422 and who_is(browser) is None
    assert database.outside("select from app_user where email = 'later@kantoor.example'") == []


def test_a_former_member_is_refused(app: Flask, server: ProviderServer, database: Database) -> None:
    there = a_house(app, server.tenant("leaving"))
    browser = Browser(app)
    browser.log_in(there.slug)
    database.outside("delete from membership where user_id = :id", id=there.member)
    assert browser.get(f"/o/{there.slug}/register").status_code == 404
    assert Browser(app).log_in(there.slug).status_code == 403
