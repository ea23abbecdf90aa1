"""The identity provider of an organisation."""

from typing import Any

from flask import current_app
from marshmallow import Schema, ValidationError, fields, post_load

from service.oidc.fetching import ProviderFault, parts_of
from service.oidc.installation import is_on_loopback
from service.schemas.faults import Key
from service.schemas.fields import Line, Many
from service.schemas.resource import Resource

MOST_LEVELS = 10


class Issuer(Line):
    """A provider's address, as it calls itself: exactly so it must stand in all that it signs."""

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        url = super()._deserialize(*arguments, **options)
        try:
            if parts_of(url, is_on_loopback(current_app)).query:
                raise ProviderFault("address")
        except ProviderFault as fault:
            raise ValidationError([Key("provider.issuer")]) from fault
        return url


class ProviderSchema(Resource):
    """`client_secret` may be left out when there is one. `proof_acr`: levels that stand for a second factor."""

    name = Line(most=80, required=True)
    issuer = Issuer(most=500, required=True)
    client_id = Line(most=500, required=True)
    client_secret = Line(most=500, load_only=True)
    proof_acr = Many(Line(required=True), most=MOST_LEVELS)

    @post_load
    def none_is_empty(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """No level said: none is trusted."""
        return values | {"proof_acr": list(dict.fromkeys(values["proof_acr"] or []))}


class ProviderAnswer(Schema):
    """The provider, without its secret. `redirect_uri` is to be registered there; people log in at `login_url`."""

    name = fields.String()
    issuer = fields.String()
    client_id = fields.String()
    proof_acr = fields.List(fields.String())
    changed_at = fields.AwareDateTime()
    redirect_uri = fields.String()
    login_url = fields.String()
