"""Who gets in: nobody without logging in, nobody in another's organisation, and no forged form."""

from collections.abc import Callable

from tenants.history.entries import Actor
from tenants.identity.users import AUDITOR, add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.factories import Office, a_member, an_organisation
from tests.pages.conftest import Reader, slug_of

Login = Callable[[Actor], Reader]
PASSWORD = "vier losse woorden hier"


def test_a_stranger_is_asked_who_they_are(stranger: Reader, path: Callable[..., str]) -> None:
    answer = stranger.client.get(path("/register"))
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login?next=/o/")


def test_logging_in_goes_where_one_wanted_to_be_and_out_again(stranger: Reader, office: Office) -> None:
    with acting_for_nobody():
        user = add_user("fg@delinde.example", "Fenna", PASSWORD)
        make_member(user.id, office.id, AUDITOR)
    wrong = stranger.send("/login", {"email": "fg@delinde.example", "password": "fout"})
    assert wrong.status_code == 422 and "horen niet bij elkaar" in wrong.get_data(as_text=True)
    assert 'value="fg@delinde.example"' in wrong.get_data(as_text=True)
    page = stranger.done("/login?next=/genuine", {"email": "FG@delinde.example", "password": PASSWORD})
    assert "Is dit bericht echt?" in page
    assert stranger.client.get("/").headers["Location"] == f"/o/{slug_of(office.id)}/"
    stranger.done("/logout", {}, seen="/genuine")
    assert stranger.client.get("/").headers["Location"].startswith("/login")


def test_nobody_is_sent_to_another_site_after_logging_in(stranger: Reader) -> None:
    for target in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert 'action="/login?next=/"' in stranger.see(f"/login?next={target}")


def test_a_page_of_another_organisation_is_answered_404(reader: Login, office: Office) -> None:
    other = an_organisation("Een ander")
    page = reader(office.officer).see(f"/o/{slug_of(other)}/", 404)
    assert "u hoort er niet bij" in page and "Naar het overzicht" in page


def test_a_form_without_its_token_is_refused(reader: Login, office: Office, path: Callable[..., str]) -> None:
    answer = reader(office.officer).client.post(path("/people"), data={"email": "a@b.nl", "role": "auditor"})
    assert answer.status_code == 400 and "Dit formulier is verlopen" in answer.get_data(as_text=True)


def test_a_reader_is_refused_to_record(reader: Login, office: Office, path: Callable[..., str]) -> None:
    only_looks = reader(a_member(office.id, AUDITOR))
    assert "Dit mag u niet doen" in only_looks.see(path("/incidents/new"), 403)
    assert only_looks.send(path("/breaches/new"), {}, seen=path("/register")).status_code == 403


def test_a_page_that_does_not_exist_says_what_to_do(stranger: Reader) -> None:
    assert "Deze pagina is er niet" in stranger.see("/nergens", 404)


def test_the_language_is_kept_with_the_page(stranger: Reader) -> None:
    assert '<html lang="nl"' in stranger.see("/genuine?code=x")
    answer = stranger.client.get("/language/en?next=/genuine?code=x")
    assert answer.headers["Location"] == "/genuine?code=x"
    assert '<html lang="en"' in stranger.see("/genuine?code=x")


def test_the_page_allows_nothing_from_elsewhere(stranger: Reader) -> None:
    page = stranger.see("/login")
    assert "http://" not in page and "https://" not in page and " style=" not in page
