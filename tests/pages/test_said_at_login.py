"""What the login says: a wrong password or code is a login that failed; who has no code is not asked for one."""

from itertools import count
from uuid import UUID

import pyotp
import pytest
from flask import Flask

from tenants.identity.totp import enrol_totp
from tenants.identity.users import OWNER, add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.factories import an_organisation
from tests.pages.conftest import Reader

_number = count()
PASSWORD = "een lange zin als wachtwoord"
LINK = "/proof/lost/link/een-link-uit-de-mail"
SAVED = {"nl": "Nog niet opgeslagen", "en": "Not saved yet"}
FAILED = {"nl": "Inloggen lukte niet", "en": "You could not be logged in"}


@pytest.fixture
def email(app: Flask) -> str:
    """Of an owner with an app for codes."""
    address, house = f"inlog{next(_number)}@kantoor.example", an_organisation()
    with acting_for_nobody():
        who: UUID = add_user(address, "Bram Jansen", PASSWORD).id
        make_member(who, house, OWNER)
        enrol_totp(who, pyotp.random_base32())
    return address


@pytest.mark.parametrize("language", list(FAILED))
def test_a_wrong_password_or_code_is_a_login_that_failed(stranger: Reader, email: str, language: str) -> None:
    stranger.client.set_cookie("language", language)
    wrong = stranger.send("/login", {"email": email, "password": "niet dit"})
    assert wrong.status_code == 422 and FAILED[language] in wrong.text and SAVED[language] not in wrong.text
    assert stranger.send("/login", {"email": email, "password": PASSWORD}).headers["Location"].startswith("/proof")
    wrong = stranger.send("/proof", {"code": "000000"})
    assert wrong.status_code == 422 and FAILED[language] in wrong.text and SAVED[language] not in wrong.text


def test_the_link_for_a_lost_factor_is_where_a_new_browser_arrives(stranger: Reader, email: str) -> None:
    asked = stranger.client.get(LINK).headers["Location"]
    assert asked == f"/login?next={LINK}"
    admitted = stranger.send(asked, {"email": email, "password": PASSWORD})
    assert admitted.headers["Location"] == LINK, "and not the page that asks for the code that is lost"
    assert "Begin met wachten" in stranger.see(LINK)
    assert stranger.send("/login?next=/account", {"email": email, "password": PASSWORD}).headers["Location"] == (
        "/proof?next=/account"
    )


@pytest.mark.parametrize(("language", "words"), [("nl", "Vul eerst de code in"), ("en", "First fill in the code")])
def test_a_check_without_a_code_says_so_at_the_field(stranger: Reader, language: str, words: str) -> None:
    stranger.client.set_cookie("language", language)
    assert words not in stranger.see("/genuine") and 'aria-invalid="true"' not in stranger.see("/genuine?code=XXXX")
    for empty in ("", "%20"):
        page = stranger.see(f"/genuine?code={empty}", 422)
        assert words in page and 'aria-invalid="true"' in page and 'aria-describedby="f-code-more"' in page
