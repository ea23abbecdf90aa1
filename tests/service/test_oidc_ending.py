"""What ends with a provider: whoever came in on its word is out, and whoever is on the way does not come in."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.oidc.browser import Browser
from tests.oidc.house import SECRET, OrganisationWithProvider, a_house, who_is
from tests.oidc.provider import ProviderServer
from tests.service.caller import caller_for


def _remove(house: OrganisationWithProvider) -> None:
    assert house.owner.call("DELETE", "provider").status_code == 204


def _replace(house: OrganisationWithProvider) -> None:
    body = {"name": "Ander", "issuer": house.provider.url, "client_id": "another", "client_secret": SECRET}
    assert house.owner.put("provider", body).status_code == 200


def _unlink(house: OrganisationWithProvider) -> None:
    own = Browser(house.owner.app, caller_for(house.owner.app, house.member).token)
    page = f"/o/{house.slug}/provider/link"
    assert own.post(f"/o/{house.slug}/provider/unlink", page).status_code == 303


@pytest.mark.parametrize(("ends", "tenant"), [(_remove, "gone"), (_replace, "other"), (_unlink, "loose")])
def test_its_logins_end_at_once(
    app: Flask, server: ProviderServer, ends: Callable[[OrganisationWithProvider], None], tenant: str
) -> None:
    house = a_house(app, server.tenant(tenant))
    inside, own = Browser(app), caller_for(app, house.member)
    assert inside.log_in(house.slug).status_code == 303 and who_is(inside) is not None
    ends(house)
    assert who_is(inside) is None
    assert own.get("/api/organisations").status_code == 200


def test_a_login_on_its_way_is_refused_after_the_provider_ended(app: Flask, server: ProviderServer) -> None:
    house = a_house(app, server.tenant("on-the-way"))
    under_way = Browser(app)
    under_way.get(f"/login/{house.slug}/provider")
    address = under_way.at_provider()
    _replace(house)
    assert under_way.come_back(address).status_code == 403 and who_is(under_way) is None


def test_another_name_or_secret_lets_everybody_stay(app: Flask, server: ProviderServer) -> None:
    house = a_house(app, server.tenant("renamed"))
    inside = Browser(app)
    assert inside.log_in(house.slug).status_code == 303
    body = {"name": "Nieuwe naam", "issuer": house.provider.url, "client_id": "meldketen", "client_secret": "anders"}
    assert house.owner.put("provider", body).status_code == 200
    assert who_is(inside) is not None
