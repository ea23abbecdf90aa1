"""An invitation whose link the test knows."""

from uuid import uuid4

from tenants.identity.invitations import new_invitation
from tenants.identity.users import AUDITOR
from tests.conftest import Database

PASSWORD = "een lange zin als wachtwoord"


def known_link(database: Database, invitation_id: str) -> str:
    """The token is in the mail alone: this gives the invitation one that the test knows."""
    token, row = new_invitation(uuid4(), "x@example.nl", AUDITOR)
    database.outside("update invitation set token_hash = :h where id = :id", h=row.token_hash, id=invitation_id)
    return token
