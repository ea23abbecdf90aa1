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
    """The address of a provider, exactly as it calls itself: everything that it signs must have the same text."""

    def _deserialize(self, *arguments: Any, **options: Any) -> str:
        url = super()._deserialize(*arguments, **options)
        try:
            if parts_of(url, is_on_loopback(current_app)).query:
                raise ProviderFault("address")
        except ProviderFault as fault:
            raise ValidationError([Key("provider.issuer")]) from fault
        return url


class ProviderSchema(Resource):
    """The settings of a provider. `client_secret` may be left out when there is one.

    `proof_acr`: the levels that count as a second factor.
    """

    name = Line(most=80, required=True)
    issuer = Issuer(most=500, required=True)
    client_id = Line(most=500, required=True)
    client_secret = Line(most=500, load_only=True)
    proof_acr = Many(Line(required=True), most=MOST_LEVELS)

    @post_load
    def none_is_empty(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the values with an empty list for no level: then no level is trusted."""
        return values | {"proof_acr": list(dict.fromkeys(values["proof_acr"] or []))}


class ProviderAnswer(Schema):
    """The provider, without its secret. The provider must know `redirect_uri`. People log in at `login_url`."""

    name = fields.String()
    issuer = fields.String()
    client_id = fields.String()
    proof_acr = fields.List(fields.String())
    changed_at = fields.AwareDateTime()
    redirect_uri = fields.String()
    login_url = fields.String()
