"""People with a password, perhaps with an app, who log in on a page."""

from uuid import UUID

from tenants.identity.totp import enrol_totp
from tenants.identity.users import add_user, make_member
from tenants.isolation import acting_for_nobody
from tests.pages.conftest import Reader

PASSWORD = "een lange zin als wachtwoord"
_number = iter(range(10_000))


def somebody(organisation: UUID, role: str, secret: str = "") -> tuple[str, UUID]:
    """A new person with a password, perhaps with an app: their address and id."""
    email = f"pages{next(_number)}@kantoor.example"
    with acting_for_nobody():
        user = add_user(email, "Bram Jansen", PASSWORD)
        make_member(user.id, organisation, role)
        if secret:
            enrol_totp(user.id, secret)
    return email, user.id


def log_in(stranger: Reader, email: str, where: str = "/", password: str = PASSWORD) -> str:
    """Where the login page sends one."""
    answer = stranger.send(f"/login?next={where}", {"email": email, "password": password})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])
