"""Anybody may ask whether a message is genuine, with the code that stands in it."""

from typing import Any

from flask_smorest import Blueprint

from service.admission.access import public
from service.api.routes import Resource
from service.schemas.notice import GenuineAnswer
from tenants.errors import NotFound
from tenants.register.notices import genuine

blueprint: Blueprint = Resource("genuine", __name__, url_prefix="/api/genuine")


@blueprint.route("/<code>")
@public
@blueprint.response(200, GenuineAnswer)
def check_code(code: str) -> dict[str, Any]:
    """Return who sent the message with this code, and when. 404 (NotFound) when no message has this code."""
    message = genuine(code)
    if message is None:
        raise NotFound("notice.code_unknown")
    names = ("organisation", "standing", "registered_by", "calls_itself", "subject", "sent_at", "proof", "contact")
    return {name: getattr(message, name) for name in names}
