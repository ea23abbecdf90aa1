"""Who can log in at the demo: three people for each decision, because one prepares, one approves and one sends.

The secret of their codes is derived from the installation's own key, so the names here give no access to any
installation.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from service.demo import names
from service.demo.clients import CLAIMED, domain
from tenants.identity.users import APPROVER, HANDLER, OWNER, PRIVACY_OFFICER

OFFICE = ("de-linde", "De Linde Accountants", "00999999")
# This is printed for everybody to read; only `meldketen demo` gives it to anybody.
DEMO_PASSWORD = "welkom-bij-de-linde"
SECRET_BYTES = 20


@dataclass(frozen=True)
class Login:
    """A person of the demo who can log in."""

    name: str
    email: str
    role: str
    of: str


def _at_client(number: int) -> tuple[Login, Login, Login]:
    where, company, first = domain(number), names.company(number), 4 * number + 5
    return (
        Login(names.person(first), f"directie@{where}", OWNER, company),
        Login(names.person(first + 3), f"tweede@{where}", APPROVER, company),
        Login(names.person(first + 5), f"derde@{where}", HANDLER, company),
    )


AT_OFFICE = (
    Login("Fenna de Wit", "fenna@delinde.example", PRIVACY_OFFICER, OFFICE[1]),
    Login("Joris Mulder", "joris@delinde.example", APPROVER, OFFICE[1]),
    Login("Sanne de Linde", "sanne@delinde.example", OWNER, OFFICE[1]),
)
AT_CLIENTS = tuple(_at_client(number) for number in range(CLAIMED))
LOGINS = (*AT_OFFICE, *(login for people in AT_CLIENTS for login in people))


def app_secret(secret_key: str, email: str) -> str:
    """Return the secret in the app of this person of the demo, for the installation that has this key."""
    digest = hmac.digest(secret_key.encode(), f"meldketen demo: the codes of {email}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:SECRET_BYTES]).decode()


def as_table(logins: tuple[Login, ...] = LOGINS) -> list[str]:
    """Return a line for each of them: address, name, role and organisation in columns."""
    rows = [(login.email, login.name, login.role.replace("_", " "), login.of) for login in logins]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)) for row in rows]
