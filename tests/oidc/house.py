"""Organisations that use the provider of tests/oidc/provider.py, and what comes of a login there."""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask

from tenants.identity.linked_identities import link
from tenants.identity.sessions import person_of_session
from tenants.identity.users import APPROVER, OWNER, Person, make_member
from tenants.isolation import acting_for, acting_for_nobody
from tests import factories
from tests.oidc.browser import Browser
from tests.oidc.provider import Provider
from tests.service.caller import Caller, caller_for

SECRET = "een geheim + met/tekens:é"


@dataclass(frozen=True)
class OrganisationWithProvider:
    """An organisation with a provider, its owner, and a member who is linked as "fenna-1"."""

    id: UUID
    owner: Caller
    member: UUID
    provider: Provider

    @property
    def slug(self) -> str:
        """Its address."""
        return self.owner.slug


def a_house(app: Flask, provider: Provider, role: str = APPROVER, **settings: Any) -> OrganisationWithProvider:
    """An organisation that uses this provider."""
    organisation = factories.an_organisation()
    owner, member = (factories.a_member(organisation, seat, seat).id for seat in (OWNER, role))
    assert owner and member
    caller = caller_for(app, owner)
    body = {"name": "Kantoorlogin", "issuer": provider.url, "client_id": "meldketen", "client_secret": SECRET}
    answer = caller.put("provider", body | settings)
    assert answer.status_code == 200, answer.text
    provider.clients["meldketen"] = SECRET
    provider.redirect_uris.add(answer.json["redirect_uri"])
    with acting_for(organisation):
        link(member, provider.url, "fenna-1")
    return OrganisationWithProvider(organisation, caller, member, provider)


def who_is(browser: Browser) -> Person | None:
    """Who is logged in, in this browser."""
    cookie = browser.client.get_cookie("meldketen_session")
    with acting_for_nobody():
        return person_of_session(cookie.value) if cookie else None


def elsewhere(user_id: UUID) -> UUID:
    """Another organisation, where this user is the owner."""
    other = factories.an_organisation("Elders")
    with acting_for_nobody():
        make_member(user_id, other, OWNER)
    return other


def refusal(browser: Browser, house: OrganisationWithProvider, address: str = "") -> str:
    """Come back with what the provider made of it: refused with a plain page, logged without a person; what for."""
    heard: list[logging.LogRecord] = []
    ear = logging.Handler()
    ear.emit = heard.append  # type: ignore[method-assign]
    log = logging.getLogger("service.web.oidc")
    log.addHandler(ear)
    try:
        if not address:
            browser.get(f"/login/{house.slug}/provider")
            address = browser.at_provider()
        answer = browser.come_back(address)
    finally:
        log.removeHandler(ear)
    assert answer.status_code == 403 and who_is(browser) is None, answer.text
    assert "Probeer het over een paar minuten opnieuw" in answer.text or "Begin opnieuw" in answer.text
    logged = " ".join(str(vars(record)) for record in heard)
    assert not any(name in logged for name in ("fenna", "Fenna", SECRET, "eyJ")), logged
    return str(vars(heard[-1])["fault"]) if heard else "lapsed"
