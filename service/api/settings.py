"""The settings of an organisation, which fill the authority's form and stand in its mails."""

from typing import Any

from flask_smorest import Blueprint

from service.admission.access import actor, allowed, may
from service.admission.idempotency import idempotent
from service.api.answers import all_columns, etag, version_looked_at
from service.api.routes import OF_ORGANISATION, Resource, works_once
from service.schemas.settings import SettingsAnswer, SettingsSchema
from tenants.organisations.organisations import the_acting_organisation
from tenants.organisations.settings import FLAGS, trade_names_of
from workflows.settings.changing import change_settings, fg_state, reporters, settings_missing
from workflows.settings.reply_address import ask_again

blueprint: Blueprint = Resource("settings", __name__, url_prefix=f"{OF_ORGANISATION}/settings")
Answer = tuple[dict[str, Any], dict[str, str]]


@blueprint.route("")
@blueprint.response(200, SettingsAnswer)
@may("read")
def show_settings() -> Answer:
    """Return the settings of this organisation, and what is not set yet. The ETag is their version."""
    return _settings()


@blueprint.route("", methods=["PUT"])
@idempotent
@blueprint.arguments(SettingsSchema(partial=True))
@blueprint.response(200, SettingsAnswer)
@may("see_to_settings")
def put_settings(payload: dict[str, Any]) -> Answer:
    """Store these settings; what is left out stays. 412 when somebody else changed one of them since If-Match.

    A notification that was approved with another answer takes another approval. Another address for answers gets a
    mail with a link, and is used once somebody there confirmed it.
    """
    change_settings(payload, actor(), version_looked_at())
    return _settings()


@blueprint.route("/reply-address/link", methods=["POST"])
@works_once
@blueprint.response(204)
@may("see_to_settings")
def mail_reply_link() -> None:
    """Mail another link to the address for answers that nobody confirmed yet. The earlier link ends."""
    ask_again(actor())


def _settings() -> Answer:
    organisation = the_acting_organisation()
    more = {
        "trade_names": trade_names_of(organisation), "fg": fg_state(organisation),
        "flags": {name: getattr(organisation, name) for name in FLAGS}, "missing": sorted(settings_missing()),
        "reporters": reporters() if allowed("see_to_settings") else None,
    }  # fmt: skip
    return all_columns(organisation) | more, etag(organisation.settings_version)
