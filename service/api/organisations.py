"""The organisations where the user has a seat."""

from flask_smorest import Blueprint

from service.admission.access import places
from service.api.routes import Resource
from service.schemas.person import PlaceAnswer
from tenants.identity.users import Place

blueprint: Blueprint = Resource("organisations", __name__, url_prefix="/api/organisations")


@blueprint.route("")
@blueprint.response(200, PlaceAnswer(many=True))
def list_organisations() -> list[Place]:
    """List your organisations, and your role in each."""
    return places()
