"""Every state of a mailed link, and what its holder reads: what became of it, and the way on. A stranger who got the
mail reads nothing that the mail did not say."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from tenants.database import db
from tenants.identity.invitations import end_links_to, invitation_of, new_invitation, use_up
from tenants.identity.users import HANDLER
from tenants.isolation import acting_for
from tests.conftest import Database
from tests.factories import an_organisation
from tests.pages.conftest import Reader
from tests.pages.forms import visible
from tests.pages.worlds import ADDRESS, MailedLink

LAPSED = "update invitation set expires_at = now() where organisation_id = :o"
REPLACED = "update invitation set withdrawn_at = now() where organisation_id = :o"
OPENED = "update organisation set claimed_at = now() where id = :o"
AGREEMENT_ENDED = """
    update processing_agreement set in_force_from = current_date - 9, in_force_to = current_date - 1
     where controller_id = :o"""
NEW_LINK, LOG_IN = "vraag om een nieuwe link", "log in met uw e-mailadres en wachtwoord"
USED = ("De Linde Accountants en is al gebruikt om uw register te openen", LOG_IN)
OVER = ("De Linde Accountants en is verlopen", "Hebt u al een account? Log dan in", NEW_LINK)
REPLACED_AT = ("stuurt het bericht nu naar een ander adres", "Bel De Linde Accountants op een nummer dat u zelf kent")
STATES: dict[str, tuple[tuple[str, ...], int, tuple[str, ...]]] = {
    "unused": ((), 200, ("Bevestig de ontvangst", "Ontvangst bevestigen")),
    "used": (("use",), 200, ("Met deze link is al een account gemaakt. Log in om verder te gaan",)),
    "used, then lapsed": (("use", LAPSED), 404, USED),
    "used by somebody whose seat ended": (("use", "leave"), 404, USED),
    "lapsed": ((LAPSED,), 404, OVER),
    "lapsed, of a register that a colleague opened": ((OPENED, LAPSED), 404, OVER),
    "replaced": ((REPLACED,), 404, REPLACED_AT),
    "replaced, then lapsed": ((REPLACED, LAPSED), 404, REPLACED_AT),
    "unused after the end of the agreement": ((AGREEMENT_ENDED,), 200, ("Bevestig de ontvangst",)),
    "lapsed after the end of the agreement": ((AGREEMENT_ENDED, LAPSED), 404, OVER),
}  # fmt: skip


def brought_to(state: tuple[str, ...], database: Database, organisation: UUID, token: str) -> None:
    """Bring the link of this organisation to a state."""
    acts: dict[str, Callable[[], object]] = {
        "use": lambda: use_up(invitation_of(token)),
        "leave": lambda: end_links_to(ADDRESS),
    }  # fmt: skip
    for act in state:
        if act in acts:
            with acting_for(organisation):
                acts[act]()
        else:
            database.outside(act, o=organisation)


@pytest.mark.parametrize("name", STATES)
def test_each_state_of_an_offices_link_has_its_words(database: Database, stranger: Reader, name: str) -> None:
    sent = MailedLink(database)
    state, status, words = STATES[name]
    brought_to(state, database, sent.client, sent.path.rpartition("/")[2])
    for at in (sent.path, sent.path.replace("/receipt/", "/invitation/"))[: 2 if status == 404 else 1]:
        page = stranger.see(at, status)
        said = visible(page)
        assert all(part in said for part in words), said
        assert (NEW_LINK in said) == (NEW_LINK in words)
        if status == 404:
            assert 'class="button" href="/login' in page
            assert "Back-upstation" not in said and "Client 1" not in said and ADDRESS not in said


def test_each_state_of_an_invitation_of_colleagues_has_its_words(
    app: Flask, database: Database, stranger: Reader
) -> None:
    for state, words in (
        (("use", LAPSED), "Deze link is al gebruikt. Log in met uw e-mailadres en wachtwoord"),
        ((LAPSED,), "Hebt u al een account? Log dan in. Vraag anders om een nieuwe link"),
        ((REPLACED, LAPSED), "Deze uitnodiging is ingetrokken"),
    ):
        house = an_organisation("Bakkerij")
        with acting_for(house):
            token, invitation = new_invitation(house, f"{house}@bakkerij.example", HANDLER)
            db.session.add(invitation)
        brought_to(state, database, house, token)
        page = stranger.see(f"/invitation/{token}", 404)
        assert words in visible(page) and 'class="button" href="/login' in page and "Bakkerij" not in visible(page)
    page = stranger.see("/invitation/nothing", 404)
    assert "Deze link klopt niet of is verlopen" in visible(page) and 'class="button" href="/login' in page
